"""The traceability of the model for a spreadsheet, and where threats stand for a program."""

import csv
import io
import json
from collections.abc import Iterable

from idaudit.reports.model.brief import Brief
from idaudit.reports.sheet import cell
from idaudit.threatmodel.status import Standing
from idaudit.threatmodel.traceability import Row

SCHEMA = "idaudit/threatmodel/v1"
_COLUMNS = (
    "guarantee", "code", "promise", "ways", "threat", "severity", "story", "status", "because",
    "check", "what the check says", "defect", "what the defect does", "controls",
)  # fmt: skip


def traceability(rows: Iterable[Row]) -> str:
    """Render one row for each guarantee, threat, check and defect, in RFC 4180's form."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([cell(value) for value in _values(row)])
    return text.getvalue()


def _values(row: Row) -> tuple[str, ...]:
    """Return one row's values; where there is no check, the reason stands in its place."""
    threat = row.threat
    none = f"none: {row.reason}"
    return (
        row.guarantee.id,
        row.guarantee.code,
        row.guarantee.statement,
        ", ".join(map(str, row.ways)) or "a way of its own",
        threat.id,
        threat.severity.value,
        threat.story,
        row.standing.status.value,
        row.standing.because,
        row.check.id if row.check else none,
        row.check.statement if row.check else none,
        row.defect.id if row.defect else none,
        row.defect.statement if row.defect else none,
        "; ".join(row.controls),
    )


def standings_json(brief: Brief) -> str:
    """Render where every threat stands, as data."""
    told = {
        "schema": SCHEMA,
        "target": brief.target,
        "tally": {status.value: number for status, number in brief.tally},
        "threats": [_standing(each) for each in brief.standings.values()],
        "losses": {
            export.name: [{"field": loss.field, "why": loss.why} for loss in export.losses]
            for export in brief.exports
        },
    }
    return json.dumps(told, indent=1, ensure_ascii=True) + "\n"


def _standing(standing: Standing) -> dict[str, object]:
    threat = standing.threat
    return {
        "id": threat.id,
        "family": threat.family,
        "breaks": [*threat.breaks],
        "severity": threat.severity.value,
        "status": standing.status.value,
        "because": standing.because,
        "checks": [*standing.checks],
        "defects": [*standing.defects],
    }
