"""Driving one target and writing down all that was seen of it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from idaudit.checks.doctor import Examination, examine
from idaudit.checks.guard import Guard
from idaudit.checks.plugin import Lender
from idaudit.command.crew import ask_in_parts
from idaudit.command.interrupts import INTERRUPTS, Interrupted
from idaudit.command.lenders import open_lender
from idaudit.command.options import RunOptions
from idaudit.command.plan import Plan
from idaudit.command.progress import Steps
from idaudit.command.share import Share, ask, crowd
from idaudit.command.source import planned_reading, read_source
from idaudit.command.version import __version__, commit
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.nursery import Nursery
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.fixtures.targets.tidying import Borrowed
from idaudit.reports.evidence import Entry, EvidenceWriter
from idaudit.reports.record import (
    OperationRecord,
    PlannedCheck,
    RunEnd,
    RunHeader,
    SurfaceRecord,
)
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.verdict import Assurance


def gather(
    options: RunOptions,
    plan: Plan,
    evidence: Path,
    console: Console,
    nursery: Nursery | None = None,
    known: Examination | None = None,
) -> None:
    """
    Examine the target, ask every planned check, and write it all to *evidence*.

    Reference cities come from *nursery*, where one is lent. What is *known* of the
    target is taken for found, and not examined again.

    Raises:
        UsageError: the target file cannot be used.
        SetupError: the target cannot be started, or nobody can apply there.

    """
    with EvidenceWriter(evidence, Guard(Mint(options.seed)).clean) as writer:
        begun: list[type[Entry]] = []

        def write(entry: Entry) -> None:
            begun.append(type(entry))
            with INTERRUPTS.held():  # a line that is torn breaks the chain of all that follow
                writer.write(entry)

        try:
            why = _driven(options, plan, write, console, nursery, known)
        except Interrupted:
            if not begun:
                raise
            why = INTERRUPTS.why
        why = INTERRUPTS.why or why
        with INTERRUPTS.finishing():
            writer.write(RunEnd(finished=datetime.now(UTC), completed=not why, why=why))


def _driven(
    options: RunOptions,
    plan: Plan,
    write: Callable[[Entry], None],
    console: Console,
    nursery: Nursery | None,
    known: Examination | None,
) -> str:
    """Do what :func:`gather` does; return why not all of it was done, "" where it was."""
    opened = open_lender(options.target, plan.programme, options.seed, nursery)
    with INTERRUPTS.closed_whole(opened) as lender:
        try:
            return _asked(options, plan, write, console, lender, known)
        finally:
            with INTERRUPTS.held():
                tidy(lender, write, console)


def tidy(lender: Lender, write: Callable[[Entry], None], console: Console) -> None:
    """Take back what was planted in a system that goes on being used, and say what was not."""
    if isinstance(lender, Borrowed) and lender.planted:
        tidied = lender.tidy()
        console.print(f"Clearing up: {tidied}", markup=False, highlight=False)
        write(OperationRecord("clean_up", offered=True, works=not tidied.left, detail=str(tidied)))


def _asked(
    options: RunOptions,
    plan: Plan,
    write: Callable[[Entry], None],
    console: Console,
    lender: Lender,
    known: Examination | None,
) -> str:
    """Examine the target and ask every planned check; return why not all was asked, or ""."""
    mint = Mint(options.seed)
    console.print("Examining the target", markup=False, highlight=False)
    people = crowd(mint, anew=options.target.anew)
    with lender.unused() as target:
        write(header_of(options, plan, target))
        found = known or examine(target, mint, people(target))
        share = Share(options, plan.names, found, target.disposable)
    for entry in entries_of(found):
        write(entry)
    refuse_the_undrivable(found)
    for record in read_source(options, plan):
        write(record)
    with Steps(console, "Checking", len(plan.checks)) as steps:
        if options.target.anew and options.jobs > 1:
            return ask_in_parts(share, write, steps.step)
        ask(share, plan, lender, people, write, steps.step)
        return ""


def header_of(options: RunOptions, plan: Plan, target: Target) -> RunHeader:
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
        planned=(
            *(
                PlannedCheck(each.id, each.guarantee, needs_controls=each.sees)
                for each in plan.checks.values()
            ),
            *planned_reading(options, plan),
        ),
        selected=plan.selected,
        relied_on_days=options.relied_on_days,
        unasked_counts=True,
    )


def entries_of(found: Examination) -> Iterator[OperationRecord | SurfaceRecord]:
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
    for place in found.undeclared:
        yield SurfaceRecord(**asdict(place))
    if found.unlooked:
        yield SurfaceRecord(
            id="elsewhere",
            kind="unknown",
            bytes=0,
            declared=False,
            probed=False,
            control_found=False,
            note=found.unlooked,
        )


def refuse_the_undrivable(found: Examination) -> None:
    """Raise SetupError where nobody can even apply: there is nothing to audit."""
    why = found.missing().get(Operation.OPEN_APPLICATION)
    if why is not None:
        raise SetupError(
            f"the doctor could not open a single application: {why}; "
            "run 'idaudit doctor' to see what the target does offer"
        )
