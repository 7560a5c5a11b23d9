"""
``sarif.json``: every verdict in SARIF 2.1.0, the full archive.

What was not shown is a result of kind ``open``, so a viewer never mistakes
silence for success. The subset a code-scanning page accepts is a file of its
own: see ``sarif_github.py``.
"""

import hashlib
import json
import re
from collections.abc import Iterator

from idaudit.reports import words
from idaudit.reports.audit import Audit, Judgement, exit_code
from idaudit.reports.codec import stamp
from idaudit.reports.ledger import written_at
from idaudit.reports.record import Finding
from idaudit.reports.renderers import renderer
from idaudit.reports.text import one_line
from idaudit.threatmodel.model import Guarantee, ThreatModel
from idaudit.threatmodel.verdict import Verdict

Json = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_KINDS = {
    Verdict.KEPT: "pass",
    Verdict.BROKEN: "fail",
    Verdict.WAIVED: "fail",
    Verdict.NOT_SHOWN: "open",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.LAWFUL_HOLD: "informational",
    Verdict.ATTESTED: "review",
}
_MESSAGE = 4_000
_LINK = re.compile(r"[\[\]]")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


@renderer("sarif")
def sarif(audit: Audit, model: ThreatModel) -> str:
    """Render one result per finding, and one per guarantee without findings."""
    results = [one for judgement in audit.guarantees for one in results_of(judgement, model)]
    return log(audit, model, results)


def log(audit: Audit, model: ThreatModel, results: list[Json], *notes: str) -> str:
    """Return a whole SARIF file holding one run."""
    header = audit.header
    run: Json = {
        "tool": {
            "driver": {
                "name": "idaudit",
                "version": header.suite_version,
                "rules": [_rule(model.guarantees[one.guarantee]) for one in audit.guarantees],
            }
        },
        "automationDetails": {"id": f"idaudit/{header.program}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(audit, *notes)],
        "results": results,
        "properties": {
            "program": header.program,
            "tier": header.tier,
            "seed": header.seed,
            "target": header.target_name,
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def results_of(judgement: Judgement, model: ThreatModel) -> Iterator[Json]:
    """Yield one result per finding of a promise not kept, or one that says its verdict."""
    guarantee = model.guarantees[judgement.guarantee]
    counted = judgement.verdict in {Verdict.BROKEN, Verdict.WAIVED}
    findings = [
        (check.id, finding) for check in judgement.checks for finding in check.findings if counted
    ]
    for check, finding in findings:
        yield _result(judgement, guarantee, check, finding)
    if not findings:
        yield _result(judgement, guarantee, "", Finding(judgement.reason))


def message(text: str) -> Json:
    """Return a message whose text is neither a link nor a placeholder (SARIF 3.11.5, 3.11.6)."""
    flat = text.strip() or "no reason was given"
    flat = _LINK.sub(lambda found: f"\\{found[0]}", flat[:_MESSAGE].replace("\\", "\\\\"))
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", flat)}


def place(guarantee: Guarantee) -> Json:
    """Return the promise's own line, as a path inside the repository."""
    path, line = written_at(guarantee)
    return {"artifactLocation": {"uri": path}, "region": {"startLine": line}}


def fingerprint(*parts: str) -> Json:
    """Return what makes a result the same one in two runs, whatever was found beside it."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return {"idauditFinding/v1": digest[:32]}


def _result(judgement: Judgement, guarantee: Guarantee, check: str, finding: Finding) -> Json:
    """Return one result."""
    kind = _KINDS[judgement.verdict]
    result: Json = {
        "ruleId": judgement.guarantee,
        "kind": kind,
        "level": "error" if kind == "fail" else "none",
        "message": message(_told(judgement, finding)),
        "locations": [_location(guarantee, check, finding)],
        "partialFingerprints": fingerprint(
            judgement.guarantee, check, finding.surface, finding.canary, finding.reason
        ),
        "properties": {"verdict": judgement.verdict.value, "assurance": judgement.assurance.value},
    }
    if judgement.waiver:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{judgement.waiver}: {judgement.waiver.reason}",
            }
        ]
    return result


def _told(judgement: Judgement, finding: Finding) -> str:
    """Return a result's text: verdict, reason, story, and how to see it again."""
    lines = [f"{words.VERDICTS[judgement.verdict]}: {finding.reason}"]
    lines += [f"{number}. {sentence}" for number, sentence in enumerate(finding.story, 1)]
    lines += [f"Reproduce: {finding.reproduce}"] if finding.reproduce else []
    return "\n".join(lines)


def _location(guarantee: Guarantee, check: str, finding: Finding) -> Json:
    """Return where the promise stands, the surface on which it was broken, and who saw it."""
    location: Json = {"physicalLocation": place(guarantee)}
    logical = []
    if finding.surface:
        inside = "/".join(filter(None, (finding.surface, finding.location)))
        logical.append({"name": finding.surface, "fullyQualifiedName": inside, "kind": "resource"})
    if check:
        asked = f"{guarantee.id}/{check}"
        logical.append({"name": check, "fullyQualifiedName": asked, "kind": "function"})
    return location | ({"logicalLocations": logical} if logical else {})


def _rule(guarantee: Guarantee) -> Json:
    """Return one promise as a rule."""
    sources = [f"{one.source.title} {one.place}".strip() for one in guarantee.sources]
    text = "\n".join([one_line(guarantee.because), *sources])
    return {
        "id": guarantee.id,
        "name": "".join(word.capitalize() for word in guarantee.id.split("-")),
        "shortDescription": {"text": guarantee.statement},
        "fullDescription": {"text": guarantee.plain},
        "help": {"text": text.strip() or guarantee.statement},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [guarantee.area.value], "code": guarantee.code},
    }


def _invocation(audit: Audit, *notes: str) -> Json:
    """Return how the run went; a run that did not finish says so itself."""
    texts = [*notes, audit.why_incomplete] if audit.why_incomplete else [*notes]
    invocation: Json = {
        "executionSuccessful": audit.completed,
        "exitCode": exit_code(audit),
        "startTimeUtc": stamp(audit.header.started),
        "toolExecutionNotifications": [
            {"level": "warning", "message": message(text)} for text in texts
        ],
    }
    if audit.finished:
        invocation["endTimeUtc"] = stamp(audit.finished)
    return invocation
