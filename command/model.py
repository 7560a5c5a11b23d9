"""``idaudit threatmodel``: the gates, and then the pictures, the exports and the tables."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from idaudit.command.linking import links, sightings
from idaudit.reports.evidence import read_evidence
from idaudit.reports.model.brief import Brief
from idaudit.reports.model.files import PAGE, write_model
from idaudit.reports.model.page import STATUSES
from idaudit.reports.outputs import EVIDENCE
from idaudit.reports.record import RunRecord
from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.diagrams.draw import diagrams
from idaudit.threatmodel.exports.exporters import EXPORTERS
from idaudit.threatmodel.gates import GATES, Court, breaches
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import read_proof, shipped_proof
from idaudit.threatmodel.register import read_register
from idaudit.threatmodel.status import Result, Run, honest_run, standings
from idaudit.threatmodel.traceability import trace

BREACHED = 1


def show_model(out: Path | None, bundle: Path | None, matrix: Path | None, console: Console) -> int:
    """
    Print where the threats stand, and fill *out* where given; return the exit code.

    A breached gate is named with what lost its cover, and nothing is written.
    *bundle* is a run's folder or its evidence, *matrix* a detection matrix.
    """
    court = court_of(matrix)
    found = breaches(court)
    if found:
        _complain(found, console)
        return BREACHED
    told = brief_of(court, _run(court, bundle))
    _tell(told, console)
    if out:
        write_model(told, out)
        console.print(f"Written: {escape(str(out / PAGE))}", highlight=False, soft_wrap=True)
    return 0


def court_of(matrix: Path | None = None) -> Court:
    """Return all that the gates look at; *matrix* stands for the proof that ships."""
    return Court(
        model=load(),
        links=links(),
        proof=read_proof(matrix) if matrix else shipped_proof(),
        register=read_register(),
        seen=sightings(),
        today=datetime.now(UTC).date(),
    )


def _run(court: Court, bundle: Path | None) -> Run:
    """Return the run that the threats are judged by."""
    if bundle is None:
        return honest_run(court.proof)
    return run_of(read_evidence(bundle / EVIDENCE if bundle.is_dir() else bundle), court)


def run_of(record: RunRecord, court: Court) -> Run:
    """Return what a run that is written down said of each check."""
    results = {
        each.id: Result(
            each.outcome, tuple(finding.reason for finding in each.findings), each.reason
        )
        for each in record.checks
    }
    header = record.header
    return Run(header.target_name, results, court.model.programmes.get(header.program))


def brief_of(court: Court, run: Run) -> Brief:
    """Return what there is to tell after *run*: statuses, rows, pictures, exports."""
    stand = standings(court.model, court.links, court.proof, run, court.today)
    return Brief(
        model=court.model,
        standings=stand,
        rows=trace(court.model, court.links, stand),
        target=run.target,
        diagrams=diagrams(court.model.attack, stand),
        exports=tuple(export(court.model, stand) for export in EXPORTERS.values()),
    )


def _complain(found: tuple[Gap, ...], console: Console) -> None:
    for gap in found:
        console.print(escape(f"{gap.kind} {gap.id}: {gap.what}"), highlight=False, soft_wrap=True)
    number = "1 breach" if len(found) == 1 else f"{len(found)} breaches"
    console.print(f"{number} of the model's gates; nothing was written", highlight=False)


def _tell(brief: Brief, console: Console) -> None:
    threats, promises = len(brief.standings), len(brief.model.guarantees)
    console.print(
        f"{len(GATES)} gates passed. {threats} threats to {promises} promises, "
        f"on {escape(brief.target)}:",
        highlight=False,
    )
    for status, number in brief.tally:
        if number:
            console.print(f"{number:>5}  {STATUSES[status].lower()}", highlight=False)
