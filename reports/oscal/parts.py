"""
What our plan and our results share: who was assessed, with what, on which promises.

Identifiers follow from the run, so the same audit is written the same way
twice, and the results name the plan's own things.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.codec import stamp
from idaudit.reports.record import PlannedCheck
from idaudit.reports.spec.oscal import CATALOG_NAME, Node, markup, named, prop
from idaudit.reports.spec.profile import MEDIA_TYPE
from idaudit.reports.text import one_line
from idaudit.threatmodel.verdict import Verdict

OSCAL_VERSION = "1.1.3"
"""What is written is valid in 1.2 too; readers in wide use are slow to follow."""

PLAN_NAME = "oscal-plan.json"
EVIDENCE_NAME = "evidence.jsonl"
NOTHING = "Nothing was said."


def words(text: str) -> str:
    """Return *text* as OSCAL's Markdown shows it, on one line, and never empty."""
    return markup(one_line(text) or NOTHING)


def of_run(audit: Audit, *parts: str) -> str:
    """Return the identifier of what *parts* name within one run."""
    header = audit.header
    run = (header.target_name, header.program, str(header.seed), stamp(header.started))
    return named("run", *run, *parts)


def reviewed(audit: Audit) -> tuple[Judgement, ...]:
    """Return the promises this run was asked about."""
    selected = frozenset(audit.header.selected)
    made = (one for one in audit.guarantees if one.verdict is not Verdict.NOT_APPLICABLE)
    return tuple(one for one in made if one.guarantee in selected)


def planned(audit: Audit) -> tuple[PlannedCheck, ...]:
    """Return every check of a promise that was asked about: those planned, and those that ran."""
    asked = {one.guarantee for one in reviewed(audit)}
    checks = [(one.guarantee, check.id) for one in audit.guarantees for check in one.checks]
    every = {id_: PlannedCheck(id_, guarantee) for guarantee, id_ in checks}
    every |= {each.id: each for each in audit.header.planned}
    return tuple(each for _, each in sorted(every.items()) if each.guarantee in asked)


def controls(audit: Audit) -> Node:
    """Return which controls of our catalog are reviewed."""
    ids = [{"control-id": one.guarantee} for one in reviewed(audit)]
    # OSCAL allows no empty list; a run about nothing names every control, and finds nothing.
    selection: Node = {"include-controls": ids} if ids else {"include-all": {}}
    return {
        "description": words(f"What {audit.header.program} promises, as far as it was asked about"),
        "links": [{"href": f"#{of_run(audit, 'catalog')}", "rel": "reference"}],
        "control-selections": [selection],
    }


def target(audit: Audit) -> Node:
    """Return the system that was assessed."""
    header = audit.header
    return {
        "uuid": of_run(audit, "target"),
        "type": "system",
        "title": words(header.target_name),
        "description": words(f"{header.target_kind}; {header.target_database or 'no database'}"),
        "status": {"state": "operational"},
    }


def subject(audit: Audit) -> Node:
    """Return a reference to the system that was assessed."""
    return {"subject-uuid": of_run(audit, "target"), "type": "component"}


def assets(audit: Audit) -> Node:
    """Return what it was assessed with."""
    header = audit.header
    tool = {
        "uuid": of_run(audit, "tool"),
        "type": "software",
        "title": "idaudit",
        "description": "Drives a system with made-up applicants and judges what it does.",
        "props": [
            {"name": "version", "value": header.suite_version},
            prop("commit", header.suite_commit),
        ],
        "status": {"state": "operational"},
    }
    platform = {
        "uuid": of_run(audit, "platform"),
        "title": "The machine the audit ran on",
        "uses-components": [{"component-uuid": tool["uuid"]}],
    }
    return {"components": [tool], "assessment-platforms": [platform]}


def resource(audit: Audit, name: str, title: str, file: str = "", digest: str = "") -> Node:
    """Return one entry of the back matter, with the file it stands for where there is one."""
    made: Node = {"uuid": of_run(audit, name), "title": title}
    if file:
        media = MEDIA_TYPE if file.endswith(".json") else "application/jsonl"
        link: Node = {"href": file, "media-type": media}
        hashed = {"hashes": [{"algorithm": "SHA-256", "value": digest}]} if digest else {}
        made["rlinks"] = [link | hashed]
    return made


def catalog(audit: Audit) -> Node:
    """Return the catalog whose controls are meant."""
    title = "The guarantees of idaudit (idaudit spec --format oscal-catalog)"
    return resource(audit, "catalog", title, CATALOG_NAME)


def document(root: str, title: str, audit: Audit, body: Node, resources: Sequence[Node]) -> str:
    """Return one OSCAL document as text, its metadata first and its back matter last."""
    whole: Any = {**body, "back-matter": {"resources": list(resources)}}
    content = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    metadata = {
        "title": words(title),
        "last-modified": stamp(audit.finished or audit.header.started),
        "version": content[:12],
        "oscal-version": OSCAL_VERSION,
        "remarks": "The version is a digest of the content.",
    }
    made = {"uuid": of_run(audit, root, content), "metadata": metadata, **whole}
    return json.dumps({root: made}, indent=1, ensure_ascii=False) + "\n"
