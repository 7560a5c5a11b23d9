"""
What a run found, as OSCAL assessment results: an observation a check, a finding a promise.

OSCAL knows satisfied and not satisfied. What was not shown is not satisfied
for another reason than a failure; our own word for it stands beside, always.
"""

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.bundle.manifest import digest
from idaudit.reports.codec import stamp
from idaudit.reports.oscal.parts import (
    EVIDENCE_NAME,
    PLAN_NAME,
    assets,
    catalog,
    controls,
    document,
    of_run,
    resource,
    reviewed,
    subject,
    target,
    words,
)
from idaudit.reports.record import CheckRecord, Finding
from idaudit.reports.renderers import render, renderer
from idaudit.reports.spec.oscal import Node, prop
from idaudit.reports.words import finding as summary
from idaudit.reports.words import sentence
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

_STATES = {
    Verdict.KEPT: ("satisfied", "pass"),
    Verdict.LAWFUL_HOLD: ("satisfied", "other"),
    Verdict.BROKEN: ("not-satisfied", "fail"),
    Verdict.WAIVED: ("not-satisfied", "fail"),
}
_UNSHOWN = ("not-satisfied", "other")


@renderer("oscal")
def results(audit: Audit, model: ThreatModel) -> str:
    """Render the results, which name their plan by its digest."""
    plan = digest(render("oscal-plan", audit, model).encode())
    body: Node = {
        "import-ap": {"href": f"#{of_run(audit, 'plan')}"},
        "results": [_result(audit, model)],
    }
    resources = [
        resource(audit, "plan", "What was to be asked", PLAN_NAME, plan),
        resource(audit, "evidence", "All that was observed, line by line", EVIDENCE_NAME),
        catalog(audit),
    ]
    title = f"What {audit.header.target_name} was found to keep"
    return document("assessment-results", title, audit, body, resources)


def _result(audit: Audit, model: ThreatModel) -> Node:
    header = audit.header
    observations = [
        _observation(audit, one.guarantee, check) for one in reviewed(audit) for check in one.checks
    ]
    findings = [_finding(audit, one, model) for one in reviewed(audit)]
    ended = {"end": stamp(audit.finished)} if audit.finished else {}
    return {
        "uuid": of_run(audit, "result"),
        "title": words(f"{header.target_name}, {header.program}, tier {header.tier}"),
        "description": words(summary(audit)),
        "start": stamp(header.started),
        **ended,
        "props": _headlines(audit),
        "local-definitions": {"components": [target(audit)], "assessment-assets": assets(audit)},
        "reviewed-controls": controls(audit),
        **({"observations": observations} if observations else {}),
        **({"findings": findings} if findings else {}),
        "remarks": _limits(model),
    }


def _headlines(audit: Audit) -> list[Node]:
    """Return the three verdicts that are always told apart, and whether the run finished."""
    lines = [prop(f"headline-{line.subject.value}", line.verdict.value) for line in audit.headlines]
    return [*lines, prop("completed", "yes" if audit.completed else "no")]


def _limits(model: ThreatModel) -> str:
    """Return what no run can show."""
    told = " ".join(words(limit.statement) for limit in model.limits)
    return f"What no automated test shows: {told}" if told else "No limit is stated."


def _observation(audit: Audit, guarantee: str, check: CheckRecord) -> Node:
    """Return what one check saw."""
    evidence = [_evidence(audit, found) for found in check.findings]
    return {
        "uuid": of_run(audit, "observation", check.id),
        "title": words(check.id),
        "description": words(f"{sentence(check.id)} {check.outcome.value}. {check.reason}"),
        "props": [
            prop("guarantee", guarantee),
            prop("check", check.id),
            prop("outcome", check.outcome.value),
            prop("trials", check.trials),
            prop("positive-controls", check.positive_controls),
            prop("people", check.people),
        ],
        "methods": ["TEST"],
        "types": ["finding" if check.findings else "control-objective"],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": of_run(audit, "tool")}]}],
        "subjects": [subject(audit)],
        "relevant-evidence": evidence or [_line_of_evidence(audit, check)],
        "collected": stamp(audit.finished or audit.header.started),
    }


def _line_of_evidence(audit: Audit, check: CheckRecord) -> Node:
    told = f"The line of the check {check.id}"
    return {"href": f"#{of_run(audit, 'evidence')}", "description": words(told)}


def _evidence(audit: Audit, found: Finding) -> Node:
    """Return one counterexample: its story, and where to see it."""
    told = {
        "reason": found.reason,
        "surface": found.surface,
        "location": found.location,
        "canary": found.canary,
        "form": found.form,
    }
    return {
        "href": f"#{of_run(audit, 'evidence')}",
        "description": words(" ".join((f"{found.reason}:", *found.story))),
        "props": [prop(name, value) for name, value in told.items() if value.strip()],
        **({"remarks": words(found.reproduce)} if found.reproduce.strip() else {}),
    }


def _finding(audit: Audit, one: Judgement, model: ThreatModel) -> Node:
    """Return what is said of one promise."""
    guarantee = model.guarantees[one.guarantee]
    state, why = _STATES.get(one.verdict, _UNSHOWN)
    related = [{"observation-uuid": of_run(audit, "observation", check.id)} for check in one.checks]
    return {
        "uuid": of_run(audit, "finding", one.guarantee),
        "title": words(guarantee.plain),
        "description": words(f"{guarantee.statement} {sentence(one.reason)}"),
        "props": [
            prop("verdict", one.verdict.value),
            prop("required", "yes" if one.required else "no"),
            prop("assurance", one.assurance.value),
        ],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": of_run(audit, "tool")}]}],
        "target": {
            "type": "statement-id",
            "target-id": f"{one.guarantee}_smt",
            "status": {"state": state, "reason": why, "remarks": _remark(one)},
        },
        **({"related-observations": related} if related else {}),
    }


def _remark(one: Judgement) -> str:
    """Return what stands beside a state: the waiver, or our own verdict."""
    return words(f"{one.waiver}: {one.waiver.reason}" if one.waiver else one.verdict.value)
