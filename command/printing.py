"""What the smaller commands print or write, apart from the verdicts themselves."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from idaudit.checks.guard import Guard
from idaudit.command.matrix import Matrix
from idaudit.fixtures.canaries import Mint
from idaudit.reports.bundle.basis import judged_by
from idaudit.reports.evidence import read_evidence
from idaudit.reports.judge import judge
from idaudit.reports.outputs import EVIDENCE
from idaudit.reports.renderers import formats, render
from idaudit.reports.waivers import read_waivers
from idaudit.reports.workbook import NAME as WORKBOOK
from idaudit.reports.workbook import workbook
from idaudit.threatmodel.errors import SetupError, UsageError, did_you_mean
from idaudit.threatmodel.loader import load


def write_text(path: Path, text: str) -> None:
    """
    Write *text* to *path*, whole or not at all.

    Raises:
        SetupError: the file cannot be written there.

    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """
    Write *data* to *path*, whole or not at all.

    Raises:
        SetupError: the file cannot be written there.

    """
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SetupError(
            f"{path}: cannot be written ({error.strerror}); name a file in a writable folder"
        ) from error


def render_again(bundle: Path, shape: str, waivers: Path | None) -> bytes:
    """
    Judge the evidence in *bundle* (a folder or its evidence file) again, and render it.

    A signed bundle is judged by the promises and the waivers in it.

    Raises:
        UsageError: no such format, no evidence there, or damaged evidence.
        WaiverError: a waiver is wrong, had expired by then, or matches nothing.
        Leak: the evidence holds a value of an applicant, so nothing is rendered.

    """
    if shape not in (known := shapes()):
        hint = did_you_mean(shape, known)
        raise UsageError(f"--format {shape}: no such format{hint}; there are {', '.join(known)}")
    record = read_evidence(bundle / EVIDENCE if bundle.is_dir() else bundle)
    model, accepted = judged_by(bundle, load())
    if waivers:
        accepted = read_waivers(waivers, model, record.header.started.date())
    audit = replace(judge(record, model, accepted), read_on=datetime.now(UTC).date())
    book = shape == WORKBOOK
    data = workbook(audit, model) if book else render(shape, audit, model).encode()
    Guard(Mint(record.header.seed)).inspect({shape: data})
    return data


def shapes() -> tuple[str, ...]:
    """Return every format a report can be had in, as text or as a workbook."""
    return tuple(sorted((*formats(), WORKBOOK)))


def print_matrix(matrix: Matrix, console: Console) -> None:
    """Print every city with what became of it, and the one-line sum."""
    table = Table("city", "should break", "result", "by", box=None)
    for defect in matrix.defects:
        word = "caught" if defect.caught else "MISSED"
        table.add_row(defect.id, defect.guarantee, word, ", ".join(defect.by))
    for city in matrix.lawful:
        word = "FLAGGED" if city.flagged else "left alone"
        table.add_row(city.id, "nothing", word, ", ".join(city.by))
    console.print(table)
    for city in matrix.lawful:
        for check, why in zip(city.by, city.why, strict=True):
            console.print(f"{city.id}: {check}: {why}", markup=False, highlight=False)
    caught = sum(each.caught for each in matrix.defects)
    flagged = sum(each.flagged for each in matrix.lawful)
    console.print(
        f"{caught} of {len(matrix.defects)} defects caught, "
        f"{flagged} of {len(matrix.lawful)} lawful cities flagged",
        highlight=False,
    )
    if matrix.missing:
        told = f"Interrupted: {matrix.missing} cities were not asked, and no matrix is written."
        console.print(told, highlight=False)
