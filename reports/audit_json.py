"""``audit.json``: the contract other people's scripts depend on."""

import json

from idaudit.reports.audit import Audit, Judgement, exit_code
from idaudit.reports.codec import encode, stamp
from idaudit.reports.record import CheckRecord, SurfaceRecord
from idaudit.reports.renderers import renderer
from idaudit.threatmodel.model import ThreatModel

AUDIT_SCHEMA = "idaudit/audit/v1"


@renderer("json")
def audit_json(audit: Audit, _model: ThreatModel) -> str:
    """Render ``audit.json``; plain ASCII, so that no byte of it can move a terminal."""
    return json.dumps(_audit(audit), indent=2, allow_nan=False) + "\n"


def _audit(audit: Audit) -> dict[str, object]:
    """Return the whole file's object."""
    header = audit.header
    return {
        "schema": AUDIT_SCHEMA,
        "suite": {"version": header.suite_version, "commit": header.suite_commit},
        "target": {
            "name": header.target_name,
            "kind": header.target_kind,
            "database": header.target_database,
        },
        "program": header.program,
        "tier": header.tier,
        "seed": header.seed,
        "started": stamp(header.started),
        "finished": stamp(audit.finished) if audit.finished else None,
        "relied_on_until": audit.relied_on_until.isoformat() if audit.relied_on_until else None,
        "completed": audit.completed,
        "exit_code": exit_code(audit),
        "headline": {line.subject.value: line.verdict.value for line in audit.headlines},
        "headline_notes": {line.subject.value: line.note for line in audit.headlines},
        "guarantees": [_guarantee(judgement) for judgement in audit.guarantees],
        "surfaces": [_surface(surface) for surface in audit.surfaces],
        "summary": audit.summary(),
    }


def _guarantee(judgement: Judgement) -> dict[str, object]:
    """Return one guarantee's object."""
    return {
        "id": judgement.guarantee,
        "verdict": judgement.verdict.value,
        "reason": f"{judgement.waiver}: {judgement.waiver.reason}"
        if judgement.waiver
        else judgement.reason,
        "assurance": judgement.assurance.value,
        "required": judgement.required,
        "checks": [_check(check) for check in judgement.checks],
    }


def _check(check: CheckRecord) -> dict[str, object]:
    """Return one check's object."""
    return {
        "id": check.id,
        "outcome": check.outcome.value,
        "reason": check.reason,
        "trials": check.trials,
        "seconds": check.seconds,
        "positive_controls": check.positive_controls,
        "people": check.people,
        "missed_rate": None if check.missed_rate is None else round(check.missed_rate, 4),
        "bounds": list(check.bounds),
        "findings": encode(check.findings),
    }


def _surface(surface: SurfaceRecord) -> object:
    """Return one surface's object."""
    return encode(surface)
