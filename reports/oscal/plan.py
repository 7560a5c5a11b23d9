"""What a run set out to do, as an OSCAL assessment plan: an activity for each check."""

import base64

from idaudit.reports.audit import Audit
from idaudit.reports.oscal.parts import (
    assets,
    catalog,
    controls,
    document,
    of_run,
    planned,
    resource,
    reviewed,
    subject,
    target,
    words,
)
from idaudit.reports.record import PlannedCheck
from idaudit.reports.renderers import renderer
from idaudit.reports.spec.oscal import Node, prop
from idaudit.reports.words import sentence
from idaudit.threatmodel.model import ThreatModel


@renderer("oscal-plan")
def plan(audit: Audit, _model: ThreatModel) -> str:
    """Render the plan that the results refer to."""
    title = f"What {audit.header.target_name} was to be asked, as {audit.header.program} promises"
    body: Node = {
        "import-ssp": {"href": f"#{of_run(audit, 'no-ssp')}"},
        "local-definitions": _definitions(audit),
        "reviewed-controls": controls(audit),
        "assessment-subjects": [{"type": "component", "include-subjects": [subject(audit)]}],
        "assessment-assets": assets(audit),
        "tasks": [_task(audit)],
    }
    return document("assessment-plan", title, audit, body, [_no_ssp(audit), catalog(audit)])


def _definitions(audit: Audit) -> Node:
    activities = [_activity(audit, each) for each in planned(audit)]
    made: Node = {"components": [target(audit)]}
    return made | ({"activities": activities} if activities else {})


def _activity(audit: Audit, check: PlannedCheck) -> Node:
    """Return one check; its name is the sentence it puts to the test."""
    return {
        "uuid": of_run(audit, "check", check.id),
        "title": words(check.id),
        "description": words(sentence(check.id)),
        "props": [
            prop("check", check.id),
            prop("needs-positive-control", "yes" if check.needs_controls else "no"),
            {"name": "method", "value": "TEST"},
        ],
        "related-controls": {
            "control-selections": [{"include-controls": [{"control-id": check.guarantee}]}]
        },
    }


def _task(audit: Audit) -> Node:
    """Return the one thing to do: put every check to the system."""
    header = audit.header
    subjects = [{"type": "component", "include-subjects": [subject(audit)]}]
    done = [
        {"activity-uuid": of_run(audit, "check", check.id), "subjects": subjects}
        for check in planned(audit)
    ]
    made: Node = {
        "uuid": of_run(audit, "task"),
        "type": "action",
        "title": words(f"Ask about {len(reviewed(audit))} promises, at tier {header.tier}"),
        "props": [prop("tier", header.tier), prop("seed", header.seed)],
    }
    return made | ({"associated-activities": done} if done else {})


def _no_ssp(audit: Audit) -> Node:
    """Return what stands where OSCAL wants the system security plan."""
    made = resource(audit, "no-ssp", "No system security plan")
    told = "None was asked for: the system is judged by what it does, whatever it is said to do."
    text = base64.b64encode(told.encode()).decode()
    file = {"filename": "no-ssp.txt", "media-type": "text/plain", "value": text}
    return made | {"description": told, "base64": file}
