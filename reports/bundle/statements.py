"""
What a bundle attests, as in-toto statements.

Two of them, about the same files: the verdicts in our own words, with what is
not shown told from what is broken, and the standard test result for whoever
reads only that, which knows pass and fail.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.audit_json import AUDIT_SCHEMA
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome, Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
VERDICTS = "https://idaudit.example/attestation/verdicts/v1"  # a name; nobody fetches it
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
SATISFIED = frozenset({Verdict.KEPT, Verdict.LAWFUL_HOLD})

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is attested besides the verdicts."""

    relied_on_until: date
    key: str  # "kept" by its owner, or made for "one-run"
    written_by: str  # the version that wrote the reports
    variant: str = "sealed"  # or "public"
    sealed: str = ""  # the digest of the manifest of the bundle a public one was made from

    @classmethod
    def read(cls, statement: Node) -> "Circumstances":
        """Return what :func:`verdict_statement` wrote; raise :class:`ValueError` for others."""
        try:
            told = statement["predicate"]
            sealed = told["sealed_bundle"]["sha256"] if told["sealed_bundle"] else ""
            until = date.fromisoformat(told["relied_on_until"])
            return cls(until, told["signing_key"], told["written_by"], told["variant"], sealed)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"does not say under what circumstances it was signed: {error!r}"
            ) from None


def version(number: str, commit: str) -> str:
    """Return a version of the suite as a statement names it."""
    return f"{number} {commit}".strip()


def verdict_statement(
    audit: Audit, model: ThreatModel, files: Mapping[str, str], about: Circumstances
) -> Node:
    """Return every verdict with its reason, each check's outcome, and no finding's story."""
    whole = json.loads(render("json", audit, model))
    for guarantee in whole["guarantees"]:
        for check in guarantee["checks"]:
            check["findings"] = len(check["findings"])
    predicate = {
        "variant": about.variant,
        "sealed_bundle": {"sha256": about.sealed} if about.sealed else None,
        "signing_key": about.key,
        "written_by": about.written_by,
        "relied_on_until": about.relied_on_until.isoformat(),
        "audit": whole | {"schema": AUDIT_SCHEMA.replace("audit/v", "verdicts/v")},
    }
    return _statement(files, VERDICTS, predicate)


def result_statement(audit: Audit, files: Mapping[str, str]) -> Node:
    """Return the standard test result: ``PASSED`` only where every required check passed."""
    passed = sorted(_named(audit, passed=True))
    failed = sorted(_named(audit, passed=False))
    predicate = {
        "result": "PASSED" if audit.completed and passed and not failed else "FAILED",
        "configuration": _configuration(audit, files),
        "passedTests": passed,
        "warnedTests": [],
        "failedTests": failed,
    }
    return _statement(files, TEST_RESULT, predicate)


def spelt(statement: Node) -> bytes:
    """Return a statement as it is signed."""
    return json.dumps(statement, separators=(",", ":"), allow_nan=False).encode("ascii")


def _statement(files: Mapping[str, str], kind: str, predicate: Node) -> Node:
    """Return a statement about *files*; a running system has no digest, its evidence has."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": files[name]}} for name in sorted(files)],
        "predicateType": kind,
        "predicate": predicate,
    }


def _configuration(audit: Audit, files: Mapping[str, str]) -> list[Node]:
    """Return what decided what was tested: programme and tier, and the file that holds them."""
    header = audit.header
    asked: Node = {
        "name": header.program,
        "annotations": {"tier": header.tier, "seed": str(header.seed)},
    }
    basis = files.get("basis.json")
    return [asked | ({"digest": {"sha256": basis}} if basis else {})]


def _named(audit: Audit, *, passed: bool) -> Iterator[str]:
    """Yield each required promise and each planned check of one that did or did not pass."""
    for judgement in audit.required:
        ran = {check.id: check.outcome for check in judgement.checks}
        kept = judgement.verdict in SATISFIED
        if kept is passed:
            yield judgement.guarantee
        for check in _planned(audit, judgement) | ran.keys():
            if (ran.get(check) is Outcome.PASS) is passed:
                yield f"{judgement.guarantee}/{check}"


def _planned(audit: Audit, judgement: Judgement) -> set[str]:
    """Return the checks that should have run for one promise."""
    plan = audit.header.planned
    return {planned.id for planned in plan if planned.guarantee == judgement.guarantee}
