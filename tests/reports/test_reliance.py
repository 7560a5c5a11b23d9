"""The last day an audit may be relied on: from its evidence, on every page, and past once it is."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from idaudit.command import printing
from idaudit.command.printing import render_again
from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.bundle.basis import basis_of
from idaudit.reports.evidence import parse_evidence, write_evidence
from idaudit.reports.judge import judge
from idaudit.reports.record import RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel

DAYS = 30
LAST = date(2026, 3, 31)


def _audit(record: RunRecord, model: ThreatModel, waivers: Sequence[Waiver] = ()) -> Audit:
    """Return the audit of *record*, which its maker means to be relied on for a month."""
    header = replace(record.header, relied_on_days=DAYS)
    return judge(replace(record, header=header), model, waivers)


def test_the_last_day_is_the_one_that_a_bundle_attests(
    broken: RunRecord, model: ThreatModel, waiver_day: date
) -> None:
    """Counted from the run's end, and ended early by a waiver: the evidence and the seal agree."""
    early = Waiver("no-scan-kept", "The new store.", "The CPO", date(2026, 3, 9))
    late = replace(early, expires=waiver_day)
    for waivers, last in (((), LAST), ((late,), LAST), ((early,), early.expires)):
        audit = _audit(broken, model, waivers)

        assert audit.relied_on_until == last == basis_of(audit, model, DAYS).relied_on_until


def test_every_form_of_the_report_has_it(record: RunRecord, model: ThreatModel) -> None:
    """The page in both languages, the matrix beside the waiver's end, the table, the data."""
    audit = _audit(record, model)
    rows = list(csv.DictReader(io.StringIO(render("csv", audit, model), newline="")))

    assert "It may be relied on until 31 March 2026." in render("html", audit, model)
    told = "Se puede confiar en esta auditoría hasta el 31 de marzo de 2026."
    assert told in render("html-es", audit, model)
    assert told in render("matrix-es", audit, model)
    assert render("matrix", audit, model).count('<time datetime="2026-03-31">') == len(
        [one for one in audit.guarantees if one.checks]
    )
    columns = list(rows[0])
    assert columns.index("relied_on_until") == columns.index("accepted_until") + 1
    assert {row["relied_on_until"] for row in rows if row["checks"] != "0"} == {"2026-03-31"}
    assert {row["relied_on_until"] for row in rows if row["checks"] == "0"} == {""}
    assert json.loads(render("json", audit, model))["relied_on_until"] == "2026-03-31"


def test_what_nobody_said_is_not_made_up(record: RunRecord, model: ThreatModel) -> None:
    """Evidence of an earlier version names no day: the page has none, and the data says null."""
    older = judge(record, model)

    assert json.loads(render("json", older, model))["relied_on_until"] is None
    assert "relied on until" not in render("html", older, model)


@pytest.mark.parametrize("form", ["html", "matrix", "md", "html-es"])
def test_a_report_told_too_late_says_so_in_its_headline(
    form: str, record: RunRecord, model: ThreatModel
) -> None:
    """On the last day all is well; on the next the headline itself says that it is past."""
    audit = _audit(record, model)
    in_time = render(form, replace(audit, read_on=LAST), model)
    late = render(form, replace(audit, read_on=date(2026, 4, 1)), model)
    told = (
        "se podía confiar en esto hasta el 31" if form == "html-es" else "this could be relied on"
    )

    assert told not in in_time
    assert told in (late.split("<h1>")[1].split("</h1>")[0] if "html" in form else late)
    assert render("json", replace(audit, read_on=date(2026, 4, 1)), model) == render(
        "json", audit, model
    )


def test_idaudit_report_tells_by_the_day_it_is_asked(
    record: RunRecord, model: ThreatModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rendered again years later, a report from March 2026 says what it is."""
    monkeypatch.setattr(printing, "load", lambda: model)
    header = replace(record.header, relied_on_days=DAYS)
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(write_evidence(replace(record, header=header)))

    assert parse_evidence(path.read_bytes(), path).header.relied_on_days == DAYS
    assert b"; this could be relied on until 31 March 2026" in render_again(path, "html", None)
