"""The matrix of a procurement: page, table and workbook agree, and nothing is a formula."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from idaudit.command.main import exit_code_of
from idaudit.reports import workbook as workbooks
from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.evidence import EvidenceWriter
from idaudit.reports.judge import judge
from idaudit.reports.record import RunRecord
from idaudit.reports.renderers import render
from idaudit.reports.workbook import workbook
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(0)")


@pytest.fixture
def waived(broken: RunRecord, model: ThreatModel, waiver_day: date) -> Audit:
    """The run in which a scan was found and somebody accepts it."""
    return judge(broken, model, [Waiver("no-scan-kept", "The new store.", "The CPO", waiver_day)])


def _rows(audit: Audit, model: ThreatModel) -> dict[str, dict[str, str]]:
    """Return the table's rows by guarantee."""
    rows = csv.DictReader(io.StringIO(render("csv", audit, model), newline=""))
    return {row["guarantee"]: row for row in rows}


def _opened(audit: Audit, model: ThreatModel) -> Workbook:
    """Return the workbook as a spreadsheet program reads it."""
    return load_workbook(io.BytesIO(workbook(audit, model)))


def test_a_row_says_on_what_a_verdict_rests(waived: Audit, model: ThreatModel) -> None:
    """Verdict, depth, evidence by number, who accepts it, why, and until when."""
    row = _rows(waived, model)["no-scan-kept"]

    assert row["verdict"] == "waived"
    assert (row["assurance"], row["checks"], row["evidence"]) == ("grey-box", "1", "1")
    assert (row["accepted_by"], row["accepted_until"]) == ("The CPO", "2026-06-30")
    assert row["accepted_because"] == "The new store."
    assert _rows(waived, model)["kill-switch"]["missed_in_100"] == "53"


def test_standards_bear_their_edition_and_their_doubts(record: RunRecord) -> None:
    """An id that nobody compared with the text says so, in the table and on the page."""
    model = load()
    header = replace(record.header, program="idnyc-2017", planned=(), selected=())
    audit = judge(replace(record, header=header, checks=()), model)
    row = _rows(audit, model)["no-scan-kept"]

    assert "NIST SP 800-53, revision 5" in row["standards"]
    assert re.search(r"ISO/IEC 27701:2019[^;]*: 7\.4\.7 \(unverified\)", row["standards"])
    assert row["obligation"] == "The law requires it"
    assert "unverified: 7.4.7, 7.4.8" in render("matrix", audit, model)
    assert "sin verificar: " in render("matrix-es", audit, model)


def test_the_page_has_a_row_for_every_promise(waived: Audit, model: ThreatModel) -> None:
    """Nothing is left out, and nothing is added up."""
    text = render("matrix", waived, model)

    for guarantee in model.guarantees:
        assert f'<tr id="{guarantee}">' in text
    assert "The CPO" in text
    assert "2026-06-30" in text
    assert "%" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert not re.search(r"<script|<link|@import|url\((?!#)|https?://", text)


def test_the_workbook_says_what_the_table_says(waived: Audit, model: ThreatModel) -> None:
    """The same rows, and beside them the headlines, the run, and what no test shows."""
    book = _opened(waived, model)
    table = [
        ["" if cell is None else cell for cell in row]
        for row in book["Promises"].iter_rows(values_only=True)
    ]

    assert book.sheetnames == ["Promises", "Headlines", "Not established", "Run"]
    for row in table[1:]:
        told = dict(zip(table[0], row, strict=True))
        assert {name: str(value) for name, value in told.items()} == _rows(waived, model)[row[0]]
    assert book["Promises"].freeze_panes == "B2"
    assert book["Headlines"]["B2"].value == "waived"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_spreadsheet_computes_what_a_system_wrote(
    broken: RunRecord, model: ThreatModel, text: str
) -> None:
    """A text that looks like a formula stays a text, in every sheet of the workbook."""
    header = replace(broken.header, target_name=text)
    first, *rest = broken.checks
    check = replace(first, reason=text, findings=(replace(first.findings[0], story=(text,)),))
    audit = judge(replace(broken, header=header, checks=(check, *rest)), model)

    for sheet in _opened(audit, model):
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f"]
    parts = zipfile.ZipFile(io.BytesIO(workbook(audit, model)))
    sheets = [parts.read(name) for name in parts.namelist() if "/worksheets/" in name]
    assert len(sheets) == 4
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_a_formula_would_be_seen() -> None:
    """What reads the workbook back does tell a formula from a text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "=1+1"

    assert sheet["A1"].data_type == "f"


def test_the_same_audit_gives_the_same_workbook(waived: Audit, model: ThreatModel) -> None:
    """A workbook can be compared with the one that was filed."""
    assert workbook(waived, model) == workbook(waived, model)


def test_without_its_writer_the_table_is_named(
    waived: Audit, model: ThreatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever installed no extra is told which, and what there is without it."""
    monkeypatch.setattr(workbooks, "find_spec", lambda _: None)

    with pytest.raises(UsageError, match="--format csv"):
        workbook(waived, model)


def test_a_workbook_goes_to_a_file(
    broken: RunRecord, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is no text, so a terminal is not filled with it; the same judging as any format."""
    header = replace(broken.header, program="idnyc-2017")
    with EvidenceWriter(tmp_path / "evidence.jsonl") as evidence:
        for entry in (header, *broken.surfaces, *broken.checks, broken.end):
            evidence.write(entry)

    assert exit_code_of(["report", str(tmp_path), "--format", "xlsx"]) == 64
    assert "name a file with --out" in capsys.readouterr().err
    out = tmp_path / "promises.xlsx"
    assert exit_code_of(["report", str(tmp_path), "--format", "xlsx", "--out", str(out)]) == 0
    assert load_workbook(out)["Run"]["B2"].value == "Reference city (reference)"
    assert exit_code_of(["report", str(tmp_path), "--format", "html", "--lang", "es"]) == 0
    assert '<html lang="es">' in capsys.readouterr().out
    assert exit_code_of(["report", str(tmp_path), "--format", "junit", "--lang", "es"]) == 64
    assert exit_code_of(["report", str(tmp_path), "--format", "html", "--lang", "xx"]) == 64
