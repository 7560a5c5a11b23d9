"""What is attested: our verdicts in full, and a test result that never flatters."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.bundle.opening import Bundle
from idaudit.reports.bundle.statements import result_statement
from idaudit.reports.judge import judge
from idaudit.reports.outputs import EVIDENCE
from idaudit.reports.record import CheckRecord, RunEnd, RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

FILES = {"evidence.jsonl": "0" * 64}
Change = Callable[[CheckRecord], CheckRecord]


def _result(audit: Audit) -> Any:  # noqa: ANN401  JSON
    return result_statement(audit, FILES)["predicate"]


def test_all_passed_is_passed(record: RunRecord, model: ThreatModel) -> None:
    """Four promises and their checks, none failed; what was never required does not count."""
    told = _result(judge(record, model))

    assert told["result"] == "PASSED"
    assert len(told["passedTests"]) == 8
    assert "court-only/court_only_holds" in told["passedTests"]
    assert told["failedTests"] == told["warnedTests"] == []


def _ended(outcome: Outcome) -> Change:
    return lambda check: replace(check, outcome=outcome)


NOT_PASSED: dict[str, Change] = {
    "failed": _ended(Outcome.FAIL),
    "ended in an error": _ended(Outcome.ERROR),
    "could not judge": _ended(Outcome.INCONCLUSIVE),
    "tried nothing": lambda check: replace(check, trials=0),
    "found no control": lambda check: replace(check, positive_controls=0),
}


@pytest.mark.parametrize("how", NOT_PASSED)
def test_one_check_that_did_not_pass_fails_the_whole(
    how: str, record: RunRecord, model: ThreatModel
) -> None:
    """The standard knows no "not shown"; whoever gates on it must not be let through."""
    first, *rest = record.checks
    told = _result(judge(replace(record, checks=(NOT_PASSED[how](first), *rest)), model))

    assert told["result"] == "FAILED"
    assert first.guarantee in told["failedTests"]


@pytest.mark.parametrize(
    "change",
    [
        lambda record: replace(record, checks=record.checks[1:]),
        lambda record: replace(record, checks=()),
        lambda record: replace(record, end=None),
        lambda record: replace(record, end=RunEnd(record.end.finished, completed=False)),
        lambda record: replace(record, header=replace(record.header, selected=(), planned=())),
    ],
    ids=["one did not run", "none ran", "no end", "stopped early", "nothing was asked"],
)
def test_a_run_that_shows_less_than_it_set_out_to_fails(
    change: Callable[[RunRecord], RunRecord], record: RunRecord, model: ThreatModel
) -> None:
    """Silence is no success."""
    assert _result(judge(change(record), model))["result"] == "FAILED"


def test_a_check_that_never_ran_is_named_among_the_failed(
    record: RunRecord, model: ThreatModel
) -> None:
    """The plan says what should have run, so nothing can be left out."""
    first, *rest = record.checks
    told = _result(judge(replace(record, checks=tuple(rest)), model))

    assert f"{first.guarantee}/{first.id}" in told["failedTests"]


def test_an_accepted_violation_is_no_pass(
    broken: RunRecord, model: ThreatModel, waiver_day: date
) -> None:
    """Somebody may live with it; the check still did not pass."""
    waivers: Sequence[Waiver] = [Waiver("no-scan-kept", "Later.", "Officer", waiver_day)]

    assert _result(judge(broken, model, waivers))["result"] == "FAILED"


def test_both_statements_are_about_every_file(bundle: Bundle) -> None:
    """A running system has no digest; all that was seen of it has."""
    for statement in bundle.signed:
        subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}

        assert statement["_type"] == "https://in-toto.io/Statement/v1"
        assert subjects.keys() == bundle.texts.keys() - {"audit.intoto.jsonl"}
        assert subjects[EVIDENCE] == hashlib.sha256(bundle.texts[EVIDENCE]).hexdigest()


def test_our_statement_has_every_verdict_and_no_story(bundle: Bundle) -> None:
    """What is signed can be read by itself; what was seen stays in the evidence."""
    told = bundle.signed[0]["predicate"]["audit"]
    whole = json.loads(bundle.texts["audit.json"])

    assert [(one["id"], one["verdict"], one["reason"]) for one in told["guarantees"]] == [
        (one["id"], one["verdict"], one["reason"]) for one in whole["guarantees"]
    ]
    assert told["headline"] == whole["headline"]
    assert told["guarantees"][0]["checks"][0]["findings"] == 1
    assert "A clerk opened an application." not in json.dumps(told)


def test_the_unsigned_statements_can_be_had_without_a_bundle(
    broken_audit: Audit, model: ThreatModel
) -> None:
    """Whoever signs with other tools gets the same two, about ``audit.json``."""
    lines = render("intoto", broken_audit, model).splitlines()
    verdicts, result = map(json.loads, lines)
    digest = hashlib.sha256(render("json", broken_audit, model).encode()).hexdigest()

    assert verdicts["predicateType"].endswith("/verdicts/v1")
    assert verdicts["subject"] == [{"name": "audit.json", "digest": {"sha256": digest}}]
    assert result["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert result["predicate"]["result"] == "FAILED"
