"""``idaudit doctor``: what can be driven and seen, and what can therefore be judged."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from idaudit.checks.catalogue import Declaration, Tier
from idaudit.checks.doctor import Examination, examine
from idaudit.checks.gaps import Step, lacks, next_steps
from idaudit.checks.guard import Guard
from idaudit.command.lenders import TargetChoice, open_lender
from idaudit.command.plan import Plan, make_plan, programme_called
from idaudit.command.share import crowd
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.operation import Operation
from idaudit.reports.codec import mapped
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.loader import load


def examine_target(
    choice: TargetChoice, program: str, seed: int, console: Console, *, as_json: bool
) -> int:
    """
    Examine the target, print what was found, and return 0, or 3 where a run would be refused.

    Raises:
        UsageError: something named does not exist.
        SetupError: the target cannot be started.

    """
    model = load()
    programme = programme_called(model, program)
    plan = make_plan(model, programme, Tier.DEEP, ())
    mint = Mint(seed)
    with open_lender(choice, programme, seed) as lender, lender.unused() as target:
        seen = examine(target, mint, crowd(mint, anew=choice.anew)(target))
        found = mapped(seen, Guard(mint).clean)
        free = target.disposable
    told = _Told(
        found, _counted(plan.checks.values(), found, disposable=free), _steps(plan, found, free)
    )
    if as_json:
        console.print_json(json.dumps(told.as_json(), default=str))
    else:
        _print(told, len(model.guarantees), console)
    # What needs nobody to apply, such as a look at the line, is no audit by itself.
    return 0 if told.can and Operation.OPEN_APPLICATION not in found.missing() else 3


_LONGEST = 500  # letters of what a target says of itself


@dataclass(frozen=True, slots=True)
class _Told:
    """What was found, and what follows from it."""

    found: Examination
    counted: Mapping[str, tuple[int, int]]  # promise -> checks that can be asked, and all
    steps: tuple[Step, ...]

    @property
    def can(self) -> list[str]:
        """The promises about which at least one check can be asked."""
        return sorted(name for name, (some, _) in self.counted.items() if some)

    def as_json(self) -> dict[str, object]:
        """Return all of it as data."""
        checks = {name: {"can": some, "all": every} for name, (some, every) in self.counted.items()}
        steps = [{**asdict(each), "told": each.told()} for each in self.steps]
        return {**asdict(self.found), "judgeable": self.can, "checks": checks, "next": steps}


def _counted(
    checks: Iterable[Declaration], found: Examination, *, disposable: bool
) -> dict[str, tuple[int, int]]:
    """Return for each promise how many of its checks can be asked, of how many."""
    counted: dict[str, tuple[int, int]] = {}
    for each in checks:
        some, every = counted.get(each.guarantee, (0, 0))
        can = not lacks(each, found, disposable=disposable)
        counted[each.guarantee] = (some + can, every + 1)
    return counted


def _steps(plan: Plan, found: Examination, disposable: bool) -> tuple[Step, ...]:  # noqa: FBT001  what the target says
    return next_steps(plan.checks.values(), found, disposable=disposable)


def _print(told: _Told, promises: int, console: Console) -> None:
    """Print what was found as two tables, and what follows in sentences."""
    found = told.found
    operations = Table("operation", "works", "detail", title="What can be driven", box=None)
    for each in found.operations:
        operations.add_row(each.operation.value, _word(each.works), _told(each.detail))
    surfaces = Table(
        "surface", "kind", "bytes", "seen", "detail", title="What can be seen", box=None
    )
    for surface in found.surfaces:
        seen = _word(surface.control_found)
        told_of = _told(surface.id), surface.kind, str(surface.size), seen, _told(surface.detail)
        surfaces.add_row(*told_of)
    for place in found.undeclared:
        surfaces.add_row(place.id, place.kind, str(place.bytes), "no", _told(place.note))
    if found.unlooked:
        surfaces.add_row("elsewhere", "unknown", "", "no", _told(found.unlooked))
    console.print(operations, surfaces, sep="\n\n")
    if found.veiled:
        console.print(_told(f"\nWhat lies there is not shown to be gone: {found.veiled}."))
    named = ", ".join(f"{name} ({'/'.join(map(str, told.counted[name]))})" for name in told.can)
    console.print(
        f"\n{len(told.can)} of {promises} promises can be judged, "
        f"by so many of their checks: {named}"
        "\nWhat a check cannot be asked is not shown; it is never held for or against the system."
    )
    for number, step in enumerate(told.steps):
        first = "Then" if number else "Next step that would add most"
        console.print(_told(f"{first}: {step.told()}"))


def _told(words: str) -> Text:
    """Return a target's own words so that a terminal shows them, obeys none and fits them in."""
    return Text(one_line(inert(words), _LONGEST))


def _word(works: bool) -> str:  # noqa: FBT001  a predicate turned into a word
    return "yes" if works else "no"
