"""One audit from start to finish: examine, check, judge, write."""

import secrets
import shlex
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from idaudit.checks.catalogue import Tier
from idaudit.checks.doctor import Examination, examine
from idaudit.checks.plugin import Sitting, run_checks
from idaudit.checks.redaction import redacted
from idaudit.command.lenders import TargetChoice, open_lender
from idaudit.command.plan import Plan, make_plan, programme_called
from idaudit.command.progress import Steps
from idaudit.command.version import __version__, commit
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.reports.audit import Audit
from idaudit.reports.evidence import EvidenceWriter, read_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import refuse_foreign, write_outputs
from idaudit.reports.record import (
    OperationRecord,
    PlannedCheck,
    RunEnd,
    RunHeader,
    SurfaceRecord,
)
from idaudit.reports.waivers import read_waivers
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Assurance

DEFAULT_PROGRAMME = "idnyc-2017"
DEFAULT_OUT = Path("reports/out/latest")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one audit is asked to do."""

    target: TargetChoice = field(default_factory=TargetChoice)
    program: str = DEFAULT_PROGRAMME
    tier: Tier = Tier.GATE
    only: tuple[str, ...] = ()
    seed: int = field(default_factory=lambda: secrets.randbelow(2**32))
    """Fresh for each run: what an earlier run left in a lasting target is not this run's."""
    out: Path = DEFAULT_OUT
    waivers: Path | None = None

    def reproduce(self, guarantee: str) -> str:
        """Return the command that shows what was found of *guarantee* again."""
        words = ["idaudit", "run", "--target", self.target.spec, "--program", self.program]
        if self.target.defect:
            words += ["--defect", self.target.defect]
        words += ["--tier", self.tier.value, "--only", guarantee, "--seed", str(self.seed)]
        return shlex.join(words)


def run_audit(options: RunOptions, console: Console) -> Audit:
    """
    Audit, write everything to ``options.out``, and return what was judged.

    Raises:
        UsageError: something named does not exist.
        SetupError: the target cannot be driven, or the outputs not written.
        WaiverError: a waiver is wrong, expired, or matched nothing.

    """
    model = load()
    programme = programme_called(model, options.program)
    plan = make_plan(model, programme, options.tier, options.only)
    waivers = (
        read_waivers(options.waivers, model, datetime.now(UTC).date()) if options.waivers else ()
    )
    options.target.check()
    _refuse_unwritable(options.out)
    with tempfile.TemporaryDirectory(prefix="idaudit-") as scratch:
        evidence = Path(scratch, "evidence.jsonl")
        gather(options, plan, evidence, console)
        audit = judge(read_evidence(evidence), model, waivers)
        write_outputs(audit, model, options.out, evidence)
    return audit


def gather(options: RunOptions, plan: Plan, evidence: Path, console: Console) -> None:
    """Drive the target and write down in *evidence* all that was seen."""
    mint = Mint(options.seed)
    with (
        open_lender(options.target, plan.programme, options.seed) as lender,
        EvidenceWriter(evidence, lambda text: redacted(text, (), mint)) as writer,
    ):
        console.print("Examining the target", markup=False, highlight=False)
        people = crowd(mint, anew=options.target.anew)
        with lender.unused() as target:
            writer.write(_header(options, plan, target))
            found = examine(target, mint, people(target))
            disposable = target.disposable
        for entry in _found(found):
            writer.write(entry)
        _refuse_the_undrivable(found)
        with Steps(console, "Checking", len(plan.checks)) as steps:
            run_checks(
                Sitting(
                    lender=lender,
                    programme=plan.programme,
                    mint=mint,
                    people=people,
                    planned=plan.checks,
                    missing=found.missing(),
                    blind=found.blind(),
                    disposable=disposable,
                    reproduce=options.reproduce,
                    write=writer.write,
                    progress=steps.step,
                )
            )
        writer.write(RunEnd(finished=datetime.now(UTC), completed=True))


def crowd(mint: Mint, *, anew: bool) -> Callable[[Target], Applicants]:
    """
    Return who applies at a lent target.

    Where each target is had *anew*, everybody counts from one, so that a story
    is the same whatever ran before it; a lasting target must not meet the same
    person twice.
    """
    lasting = Applicants(mint)
    return lambda target: Applicants(mint, target.now().date()) if anew else lasting


def _refuse_unwritable(out: Path) -> None:
    """Raise SetupError before anything is driven where the reports could not be kept."""
    refuse_foreign(out)
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryDirectory(dir=out.absolute().parent).cleanup()
    except OSError as error:
        raise SetupError(
            f"{out}: no report can be written there ({error.strerror}); "
            "name another folder with --out"
        ) from error


def _header(options: RunOptions, plan: Plan, target: Target) -> RunHeader:
    """Say what is known before the first check."""
    surfaces = [each.id for each in target.surfaces()]
    return RunHeader(
        suite_version=__version__,
        suite_commit=commit(),
        target_name=target.name,
        target_kind=target.kind,
        target_database=target.database,
        assurance=Assurance.GREY_BOX if surfaces else Assurance.BLACK_BOX,
        program=plan.programme.id,
        tier=plan.tier.value,
        seed=options.seed,
        started=datetime.now(UTC),
        planned=tuple(
            PlannedCheck(each.id, each.guarantee, needs_controls=each.sees)
            for each in plan.checks.values()
        ),
        selected=plan.selected,
    )


def _found(found: Examination) -> Iterator[OperationRecord | SurfaceRecord]:
    """Yield what the doctor found, as evidence."""
    for operation in found.operations:
        yield OperationRecord(
            operation.operation.value, operation.offered, operation.works, operation.detail
        )
    for surface in found.surfaces:
        yield SurfaceRecord(
            id=surface.id,
            kind=surface.kind,
            bytes=surface.size,
            declared=True,
            probed=surface.probed,
            control_found=surface.control_found,
            note=surface.detail,
        )


def _refuse_the_undrivable(found: Examination) -> None:
    """Raise SetupError where nobody can even apply: there is nothing to audit."""
    why = found.missing().get(Operation.OPEN_APPLICATION)
    if why is not None:
        raise SetupError(
            f"the doctor could not open a single application: {why}; "
            "run 'idaudit doctor' to see what the target does offer"
        )
