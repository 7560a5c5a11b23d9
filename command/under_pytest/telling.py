"""What a session of pytest found of one system: evidence, verdicts and reports, as a run leaves."""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from idaudit.checks.guard import Guard
from idaudit.command.under_pytest.asked import Asked
from idaudit.command.under_pytest.asking import Examined
from idaudit.fixtures.canaries import Mint
from idaudit.reports.audit import Audit, exit_code
from idaudit.reports.evidence import EvidenceWriter, read_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import write_outputs
from idaudit.reports.record import CheckRecord, OperationRecord, RunEnd, RunHeader
from idaudit.reports.table import print_verdicts
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import worst_outcome

NOT_SHOWN = 12
"""What pytest leaves with where no test failed and a required promise is not shown."""

_STOPPED = "pytest stopped before every check was asked"


@dataclass(slots=True)
class Gathered:
    """What came of the checks of one session, from whichever process."""

    records: dict[str, CheckRecord] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    """The checks that the session kept, after -k, -m and whatever else selects."""
    cleared: list[OperationRecord] = field(default_factory=list)

    def take(self, record: CheckRecord) -> None:
        """Keep one record; of a check that a plugin asked again, the worse."""
        before = self.records.get(record.id, record)
        worst = worst_outcome([before.outcome, record.outcome])
        self.records[record.id] = before if before.outcome is worst else record


def audit_of(asked: Asked, known: Examined, gathered: Gathered) -> Audit:
    """
    Judge what was gathered, and write every output.

    Raises:
        WaiverError: a waiver matched nothing.
        Leak: a report would have held an applicant's value; none is written.
        SetupError: the outputs cannot be written.

    """
    model, guard = load(), Guard(Mint(asked.options.seed))
    header = _narrowed(known.header, gathered.collected)
    with tempfile.TemporaryDirectory(prefix="idaudit-") as scratch:
        evidence = Path(scratch, "evidence.jsonl")
        with EvidenceWriter(evidence, guard.clean) as writer:
            for entry in (header, *known.entries, *gathered.records.values(), *gathered.cleared):
                writer.write(entry)
            writer.write(_end(gathered))
        # What only -k or --lf left out is not its waiver's fault; all else has to match.
        left_out = {*known.header.selected} - {*header.selected}
        waived = [each for each in asked.waivers if each.guarantee not in left_out]
        audit = judge(read_evidence(evidence), model, waived)
        write_outputs(audit, model, asked.options.out, evidence, inspect=guard.inspect)
    return audit


def status(audit: Audit) -> int:
    """Return what pytest leaves with where no test of it failed."""
    codes = {0: int(pytest.ExitCode.OK), 1: int(pytest.ExitCode.TESTS_FAILED)}
    return codes.get(exit_code(audit), NOT_SHOWN)


def lines(audit: Audit, out: Path) -> list[str]:
    """Return the verdicts as a build log can hold them."""
    text = StringIO()
    print_verdicts(audit, out / "report.html", Console(file=text, force_terminal=False))
    return text.getvalue().splitlines()


def _end(gathered: Gathered) -> RunEnd:
    """Say how it ended: with a check that was kept and not asked, early."""
    early = gathered.collected - gathered.records.keys()
    return RunEnd(datetime.now(UTC), completed=not early, why=_STOPPED if early else "")


def _narrowed(header: RunHeader, collected: Collection[str]) -> RunHeader:
    """
    Return *header* about the promises of which at least one check was collected.

    Of such a promise every check stays planned, so that one left out by -k or
    --lf leaves its promise not shown.
    """
    asked = {each.guarantee for each in header.planned if each.id in collected}
    left_out = {each.guarantee for each in header.planned} - asked
    return replace(
        header,
        planned=tuple(each for each in header.planned if each.guarantee in asked),
        selected=tuple(each for each in header.selected if each not in left_out),
    )
