"""A share of one audit's checks, and asking them of targets lent by one lender."""

from collections.abc import Callable
from dataclasses import dataclass

from idaudit.checks.doctor import Examination
from idaudit.checks.plugin import Lender, Sitting, run_checks
from idaudit.command.options import RunOptions
from idaudit.command.plan import Plan
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Target
from idaudit.reports.record import CheckRecord
from idaudit.threatmodel.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Share:
    """Some checks of one audit, with what they must know; it can be sent to another process."""

    options: RunOptions
    names: tuple[str, ...]
    found: Examination
    disposable: bool


def ask(
    share: Share,
    plan: Plan,
    lender: Lender,
    people: Callable[[Target], Applicants],
    write: Callable[[CheckRecord], None],
    progress: Callable[[str, Outcome], None],
    learned: dict[str, object] | None = None,
) -> int:
    """
    Ask every check of *share*, and return pytest's exit code.

    What was *learned* by those asked before serves them too.
    """
    return run_checks(
        Sitting(
            lender=lender,
            programme=plan.programme,
            mint=Mint(share.options.seed),
            people=people,
            planned={name: plan.checks[name] for name in share.names},
            missing=share.found.missing(),
            blind=share.found.blind(),
            veiled=share.found.veiled,
            disposable=share.disposable,
            reproduce=share.options.reproduce,
            write=write,
            progress=progress,
            learned={} if learned is None else learned,
        )
    )


def crowd(mint: Mint, *, anew: bool, first: int = 1) -> Callable[[Target], Applicants]:
    """
    Return who applies at a lent target.

    Where each target is had *anew*, everybody counts from one, so that a story
    is the same whatever ran before it; a lasting target must not meet the same
    person twice, and meets them from the *first* on.
    """
    lasting = Applicants(mint, first=first)
    return lambda target: Applicants(mint, target.now().date()) if anew else lasting
