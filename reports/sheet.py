"""
The matrix of a procurement as a table: each promise, what was found, on what grounds.

One row for each promise, as CSV here and as a workbook in ``workbook.py``. No
cell is taken for a formula, whatever the audited system wrote.
"""

import csv
import io
from collections.abc import Iterator

from idaudit.reports import words
from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.renderers import renderer
from idaudit.reports.text import one_line
from idaudit.threatmodel.model import ThreatModel

_COLUMNS = (
    "guarantee", "code", "area", "promise", "verdict", "required", "reason", "assurance",
    "checks", "trials", "positive_controls", "findings", "accepted_by", "accepted_until",
    "relied_on_until", "source", "accepted_because", "obligation", "standards", "evidence",
    "missed_in_100",
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
    for row in rows(audit, model):
        writer.writerow([cell(value) for value in row.values()])
    return text.getvalue()


def rows(audit: Audit, model: ThreatModel) -> Iterator[dict[str, object]]:
    """Yield one row per guarantee, by column; numbers are numbers."""
    numbers = numbered_checks(audit)
    clauses = model.programmes[audit.header.program].clauses
    for judgement in audit.guarantees:
        clause = clauses[judgement.guarantee]
        evidence = ", ".join(
            str(numbers[judgement.guarantee, each.id]) for each in judgement.checks
        )
        more = {
            "accepted_because": judgement.waiver.reason if judgement.waiver else "",
            "obligation": words.binding(clause),
            "standards": "; ".join(standards(judgement, model)),
            "evidence": evidence,
            "missed_in_100": words.in_a_hundred(judgement) or "",
        }
        plain = zip(_COLUMNS, _row(judgement, model, audit), strict=False)  # the first columns
        yield dict(plain) | more


def numbered_checks(audit: Audit) -> dict[tuple[str, str], int]:
    """Return the number of every check, as the report counts its evidence, from 1."""
    checks = [check for one in audit.guarantees for check in one.checks]
    return {(each.guarantee, each.id): number for number, each in enumerate(checks, 1)}


def standards(judgement: Judgement, model: ThreatModel) -> Iterator[str]:
    """Yield each standard behind a promise: edition, ids, and which of those nobody checked."""
    guarantee = model.guarantees[judgement.guarantee]
    for source in model.sources.values():
        ids = list(guarantee.standards.get(source.id, ()))
        ids += [f"{id_} (unverified)" for id_ in guarantee.unverified_standards.get(source.id, ())]
        if ids:
            yield f"{source.title} ({source.date}): {', '.join(ids)}"


def _row(judgement: Judgement, model: ThreatModel, audit: Audit) -> tuple[object, ...]:
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
        audit.relied_on_until.isoformat() if judgement.checks and audit.relied_on_until else "",
        "; ".join(f"{cite.source.title} {cite.place}".strip() for cite in guarantee.sources),
    )


def cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
