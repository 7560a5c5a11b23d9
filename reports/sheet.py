"""The verdicts as a table for a spreadsheet."""

import csv
import io

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.renderers import renderer
from idaudit.reports.text import one_line
from idaudit.threatmodel.model import ThreatModel

_COLUMNS = (
    "guarantee", "code", "area", "promise", "verdict", "required", "reason", "assurance",
    "checks", "trials", "positive_controls", "findings", "accepted_by", "accepted_until", "source",
)  # fmt: skip
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # and their full-width forms


@renderer("csv")
def sheet(audit: Audit, model: ThreatModel) -> str:
    """Render one row per guarantee, in RFC 4180's form."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for judgement in audit.guarantees:
        writer.writerow([cell(value) for value in _row(judgement, model)])
    return text.getvalue()


def _row(judgement: Judgement, model: ThreatModel) -> tuple[object, ...]:
    """Return one guarantee's values, in the columns' order."""
    guarantee, waiver = model.guarantees[judgement.guarantee], judgement.waiver
    return (
        guarantee.id,
        guarantee.code,
        guarantee.area.value,
        guarantee.statement,
        judgement.verdict.value,
        "yes" if judgement.required else "no",
        judgement.reason,
        judgement.assurance.value,
        len(judgement.checks),
        judgement.trials,
        judgement.positive_controls,
        sum(len(check.findings) for check in judgement.checks),
        waiver.owner if waiver else "",
        waiver.expires.isoformat() if waiver else "",
        "; ".join(f"{cite.source.title} {cite.place}".strip() for cite in guarantee.sources),
    )


def cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
