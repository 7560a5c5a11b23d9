"""The OSCAL plan and results are what NIST's schema says, and every reference in them resolves."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.judge import judge
from idaudit.reports.record import Finding, RunRecord
from idaudit.reports.renderers import render
from idaudit.reports.spec.oscal import named
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

REFERENCES = frozenset(
    {"subject-uuid", "component-uuid", "actor-uuid", "observation-uuid", "activity-uuid"}
)
ODD = "\x1b[2J `x` *b* <script> {{ insert: param, p }} \u202e | [l](javascript:1) \x00 \n\n# h"


@cache
def _schema() -> Draft7Validator:
    """Return NIST's schema, its classes of letters in words that Python's ``re`` knows."""
    text = (Path(__file__).parent / "assessments-1.2.3.json").read_text(encoding="utf-8")
    narrowed = text.replace(r"\\p{L}", "[A-Za-z]").replace(r"\\p{N}", "[0-9]")
    return Draft7Validator(json.loads(narrowed))


def _faults(document: object) -> list[str]:
    """Return what the schema says against *document*."""
    return [f"{list(e.absolute_path)}: {e.message}"[:200] for e in _schema().iter_errors(document)]


def _documents(audit: Audit, model: ThreatModel) -> tuple[Any, Any]:
    """Return the plan and the results of *audit*."""
    plan, results = render("oscal-plan", audit, model), render("oscal", audit, model)
    return json.loads(plan), json.loads(results)


def _walk(value: object) -> Iterator[tuple[str, Any]]:
    """Yield every name and value anywhere in a JSON value."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield name, item
            yield from _walk(item)
    if isinstance(value, list):
        for item in value:
            yield from _walk(item)


def _odd(record: RunRecord) -> RunRecord:
    """Return a run in which a target said hostile things wherever it could."""
    finding = Finding(ODD, (ODD, ""), ODD, ODD, "a1.surname", ODD, ODD)
    first, second, *rest = record.checks
    checks = (
        replace(first, outcome=Outcome.FAIL, reason=ODD, findings=(finding, Finding("x"))),
        replace(second, outcome=Outcome.ERROR, reason="", trials=0),
        *rest,
    )
    header = replace(record.header, target_name=ODD, target_kind="", target_database="")
    return replace(record, header=header, checks=checks)


def _empty(record: RunRecord) -> RunRecord:
    """Return a run that was cut short before it asked anything."""
    header = replace(record.header, planned=(), selected=(), suite_commit="", target_name="")
    return replace(record, header=header, checks=(), surfaces=(), operations=(), end=None)


RUNS: dict[str, Callable[[RunRecord], RunRecord]] = {
    "kept": lambda record: record,
    "odd": _odd,
    "empty": _empty,
    "cut short": lambda record: replace(record, end=None, checks=record.checks[:2]),
    "nothing ran": lambda record: replace(record, checks=()),
}


@pytest.fixture(params=[*RUNS, "waived"])
def audit(
    request: pytest.FixtureRequest,
    record: RunRecord,
    broken: RunRecord,
    model: ThreatModel,
    waiver_day: date,
) -> Audit:
    """Audits that ended in every way."""
    if request.param == "waived":
        return judge(broken, model, [Waiver("no-scan-kept", "Later.", "Officer", waiver_day)])
    return judge(RUNS[request.param](record), model)


def test_plan_and_results_are_what_oscal_says(audit: Audit, model: ThreatModel) -> None:
    """However a run ended, NIST's own schema has nothing against what is told of it."""
    plan, results = _documents(audit, model)

    assert plan.keys() == {"assessment-plan"}
    assert results.keys() == {"assessment-results"}
    assert _faults(plan) == []
    assert _faults(results) == []


BREAKS: dict[str, Callable[[Any], object]] = {
    "no import": lambda it: it.pop("import-ap"),
    "an unknown property": lambda it: it["results"][0].update(extra=1),
    "a state of our own": lambda it: it["results"][0]["findings"][0]["target"]["status"].update(
        state="not-shown"
    ),
    "a control with a space": lambda it: it["results"][0]["reviewed-controls"][
        "control-selections"
    ][0]["include-controls"][0].update({"control-id": "no scan"}),
    "a time without a zone": lambda it: it["results"][0].update(start="2026-03-01T09:30:00"),
    "an empty list": lambda it: it["results"][0].update(findings=[]),
    "a uuid cut short": lambda it: it.update(uuid="3c0e7ab1"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_the_schema_can_fail(fault: str, broken_audit: Audit, model: ThreatModel) -> None:
    """A schema that accepts anything would have accepted our mistakes, too."""
    _, results = _documents(broken_audit, model)
    BREAKS[fault](results["assessment-results"])

    assert _faults(results)


def test_every_reference_resolves(audit: Audit, model: ThreatModel) -> None:
    """In its own document: nothing has to be fetched to know what is meant."""
    for document in _documents(audit, model):
        uuids = Counter(value for name, value in _walk(document) if name == "uuid")
        wanted = [value for name, value in _walk(document) if name in REFERENCES]
        wanted += [
            value[1:] for name, value in _walk(document) if name == "href" and value[0] == "#"
        ]

        assert max(uuids.values()) == 1
        assert wanted
        assert set(wanted) <= uuids.keys()


def test_every_entry_of_the_back_matter_leads_somewhere(audit: Audit, model: ThreatModel) -> None:
    """NIST's constraints want a file beside or a file inside, and tools warn of neither."""
    for document in _documents(audit, model):
        (body,) = document.values()

        assert all({"rlinks", "base64"} & each.keys() for each in body["back-matter"]["resources"])


def test_every_kind_of_reference_is_looked_up(broken_audit: Audit, model: ThreatModel) -> None:
    """A reference under a name this test does not know would resolve to nothing unseen."""
    names = {name for each in _documents(broken_audit, model) for name, _ in _walk(each)}

    assert {name for name in names if name.endswith("-uuid")} == REFERENCES


def test_the_results_name_their_plan_by_digest(broken_audit: Audit, model: ThreatModel) -> None:
    """A plan that was changed afterwards is not the one that was followed."""
    plan, results = _documents(broken_audit, model)
    wanted = results["assessment-results"]["import-ap"]["href"][1:]
    entries = results["assessment-results"]["back-matter"]["resources"]
    (resource,) = [each for each in entries if each["uuid"] == wanted]
    (link,) = resource["rlinks"]
    text = render("oscal-plan", broken_audit, model)

    assert link["href"] == "oscal-plan.json"
    assert link["hashes"][0]["value"] == hashlib.sha256(text.encode()).hexdigest()
    assert plan["assessment-plan"]["metadata"]["oscal-version"] == "1.1.3"


STATES = {
    "kept": ("satisfied", "pass"),
    "broken": ("not-satisfied", "fail"),
    "waived": ("not-satisfied", "fail"),
    "not-shown": ("not-satisfied", "other"),
    "lawful-hold": ("satisfied", "other"),
}


def test_each_promise_asked_about_has_a_finding_with_our_own_word(
    audit: Audit, model: ThreatModel
) -> None:
    """What was not shown is never satisfied, and never taken for a failure either."""
    _, results = _documents(audit, model)
    findings = results["assessment-results"]["results"][0].get("findings", [])
    told = {}
    for each in findings:
        props = {prop["name"]: prop["value"] for prop in each["props"]}
        status = each["target"]["status"]
        told[each["target"]["target-id"].removesuffix("_smt")] = props["verdict"]
        assert STATES[props["verdict"]] == (status["state"], status["reason"])

    assert told == {
        one.guarantee: one.verdict.value
        for one in audit.guarantees
        if one.verdict != "not-applicable" and one.guarantee in audit.header.selected
    }


def test_every_check_is_an_activity_and_what_ran_an_observation(
    broken_audit: Audit, model: ThreatModel
) -> None:
    """The plan holds what should have run, the results what did."""
    plan, results = _documents(broken_audit, model)
    activities = plan["assessment-plan"]["local-definitions"]["activities"]
    observations = results["assessment-results"]["results"][0]["observations"]
    ran = {check.id for one in broken_audit.guarantees for check in one.checks}

    assert {_prop(each, "check") for each in activities} == {
        each.id for each in broken_audit.header.planned
    }
    assert {_prop(each, "check") for each in observations} == ran
    (counterexample,) = [each for each in observations if each["types"] == ["finding"]]
    assert "The scan stayed." in counterexample["relevant-evidence"][0]["description"]


def _prop(node: Any, name: str) -> str:  # noqa: ANN401  JSON
    return next(str(each["value"]) for each in node["props"] if each["name"] == name)


def test_the_same_audit_has_the_same_identifiers_and_another_run_has_others(
    broken: RunRecord, model: ThreatModel
) -> None:
    """Tools that follow a finding over time know it again, and never mix up two runs."""
    audit = judge(broken, model)
    other = judge(replace(broken, header=replace(broken.header, seed=8)), model)

    def uuids(one: Audit) -> set[str]:
        return {
            value
            for each in _documents(one, model)
            for name, value in _walk(each)
            if name == "uuid"
        }

    assert uuids(audit) == uuids(audit)
    assert uuids(audit).isdisjoint(uuids(other))
    assert named("catalog") not in uuids(audit)
