"""A comparison for programs and for spreadsheets; nothing is averaged into a score."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from idaudit.reports.comparing.change import Step, cautions, exit_code
from idaudit.reports.comparing.reported import Reported, Said
from idaudit.reports.sheet import cell
from idaudit.threatmodel.verdict import Verdict

SCHEMA = "idaudit/diff/v1"


def as_json(audits: Sequence[Reported], found: Sequence[Step]) -> str:
    """Return a comparison as JSON; *found* is empty where audits only stand side by side."""
    data = {
        "schema": SCHEMA,
        "audits": [_audit(audit) for audit in audits],
        "cautions": list(cautions(audits)),
        "changes": [_step(step) for step in found],
        "guarantees": [
            {"id": id_, "verdicts": [_verdict(said) for said in row]}
            for id_, row in side_by_side(audits)
        ],
        "exit_code": exit_code(found),
    }
    return json.dumps(data, indent=2) + "\n"


def as_csv(audits: Sequence[Reported]) -> str:
    """Return one row for each promise and one column of verdicts for each audit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["guarantee", *map(cell, columns(audits))])
    for subject, verdicts in headlines(audits):
        writer.writerow([f"headline: {subject}", *verdicts])
    for id_, row in side_by_side(audits):
        writer.writerow([cell(id_), *(_verdict(said) or "" for said in row)])
    return text.getvalue()


def columns(audits: Sequence[Reported]) -> list[str]:
    """Return what each audit is called: its target, and its folder where two share one."""
    names = [audit.target for audit in audits]
    return [
        name if names.count(name) == 1 else f"{name} ({audit.path})"
        for name, audit in zip(names, audits, strict=True)
    ]


def headlines(audits: Sequence[Reported]) -> Iterator[tuple[str, list[Verdict]]]:
    """Yield the three headline verdicts, each audit's beside the others'."""
    for rows in zip(*(audit.headline for audit in audits), strict=True):
        yield rows[0][0].value, [verdict for _, verdict in rows]


def side_by_side(audits: Sequence[Reported]) -> Iterator[tuple[str, list[Said | None]]]:
    """Yield every promise that any audit knows, with what each audit says of it."""
    known = [audit.by_guarantee for audit in audits]
    for id_ in dict.fromkeys(id_ for each in known for id_ in each):
        yield id_, [each.get(id_) for each in known]


def _verdict(said: Said | None) -> str | None:
    return said.verdict.value if said else None


def _audit(audit: Reported) -> dict[str, object]:
    return {
        "path": audit.path,
        "target": audit.target,
        "program": audit.program,
        "tier": audit.tier,
        "suite": audit.version,
        "started": audit.started,
        "completed": audit.completed,
        "headline": {subject.value: verdict.value for subject, verdict in audit.headline},
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "guarantee": step.guarantee,
        "change": step.change.value,
        "before": _verdict(step.before),
        "after": _verdict(step.after),
        "reason": step.after.reason if step.after else "",
        "reasons_new": list(step.appeared),
        "reasons_gone": list(step.gone),
    }
