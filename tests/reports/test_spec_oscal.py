"""
The OSCAL catalog and profiles are what OSCAL says, and hold together.

The subset schema is ours, stricter than NIST's and in our own words. Every
document was also put to NIST's own schemas of release 1.2.1, and resolved by a
reader in wide use, before this was committed; neither is light enough to carry.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from idaudit.command.contract import adapter_contract
from idaudit.command.linking import links
from idaudit.reports.spec.build import build
from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.formats import FORMATS
from idaudit.reports.spec.oscal import term_id
from idaudit.threatmodel.loader import load

PROGRAMMES = tuple(load().programmes)
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parent / "oscal-subset.json").read_text(encoding="utf-8"))
)


@cache
def _spec(program: str) -> Spec:
    model = load()
    return build(model, model.programmes[program], links(), adapter_contract())


@cache
def _catalog(program: str = "statute") -> Any:  # noqa: ANN401  JSON
    return json.loads(FORMATS["oscal-catalog"](_spec(program)))["catalog"]


@cache
def _profile(program: str) -> Any:  # noqa: ANN401  JSON
    return json.loads(FORMATS["oscal-profile"](_spec(program)))["profile"]


def _walk(value: object, key: str) -> Iterator[Any]:
    """Yield whatever stands under *key* anywhere in a JSON value."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from _walk(item, key)
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, key)


def _controls() -> list[Any]:
    return [each for group in _catalog()["groups"] for each in group["controls"]]


@pytest.mark.parametrize("program", PROGRAMMES)
def test_catalog_and_profile_are_what_oscal_says(program: str) -> None:
    """Every property is one OSCAL has, where OSCAL has it, in the form it asks for."""
    for root, document in (("catalog", _catalog(program)), ("profile", _profile(program))):
        faults = [f"{list(e.path)}: {e.message}" for e in SCHEMA.iter_errors({root: document})]
        assert faults == []


BREAKS: dict[str, Callable[[Any], object]] = {
    "no version": lambda it: it["metadata"].pop("version"),
    "an unknown property": lambda it: it.update(extra=1),
    "a control without a statement": lambda it: it["groups"][0]["controls"][0]["parts"].pop(0),
    "a part OSCAL does not name": lambda it: it["groups"][0]["controls"][0]["parts"][0].update(
        name="objective"
    ),
    "a method nobody knows": lambda it: it["groups"][0]["controls"][0]["parts"][-1]["props"][
        0
    ].update(value="GUESS"),
    "an id with a space": lambda it: it["groups"][0]["controls"][0].update(id="no scan"),
    "a value that is empty": lambda it: it["params"][0]["props"][0].update(value=""),
    "a uuid of another version": lambda it: it.update(uuid="3c0e7ab1-93a6-4c1f-8d2e-6f4a1d1f9b10"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_the_subset_schema_can_fail(fault: str) -> None:
    """A schema that accepts anything would have accepted our mistakes, too."""
    catalogue = json.loads(FORMATS["oscal-catalog"](_spec("statute")))["catalog"]
    BREAKS[fault](catalogue)

    assert list(SCHEMA.iter_errors({"catalog": catalogue}))


def test_every_guarantee_is_a_control_once_in_its_area() -> None:
    """The catalog holds the whole model, whichever programme is asked for."""
    model = load()
    placed = {
        control["id"]: group["id"]
        for group in _catalog()["groups"]
        for control in group["controls"]
    }

    assert placed == {id_: each.area.value for id_, each in model.guarantees.items()}
    assert len(_controls()) == len(model.guarantees)


def test_the_catalog_is_the_same_whichever_programme_asks() -> None:
    """Seven profiles can share one catalog only if there is one."""
    assert len({FORMATS["oscal-catalog"](_spec(program)) for program in PROGRAMMES}) == 1


@pytest.mark.parametrize("program", PROGRAMMES)
def test_a_profile_includes_exactly_the_controls_that_apply(program: str) -> None:
    """What is included is what is owed."""
    profile, spec = _profile(program), _spec(program)
    (chosen,) = profile["imports"][0]["include-controls"]
    altered = [each["control-id"] for each in profile["modify"]["alters"]]
    applies = [id_ for id_, each in spec.programme.clauses.items() if each.applies]

    assert sorted(chosen["with-ids"]) == sorted(applies)
    assert sorted(altered) == sorted(applies)
    assert set(applies) <= {control["id"] for control in _controls()}


@pytest.mark.parametrize("program", PROGRAMMES)
def test_a_profile_sets_exactly_the_parameters_its_controls_speak_of(program: str) -> None:
    """A parameter left unset leaves a hole in the sentence; one set in vain promises nothing."""
    profile = _profile(program)
    included = set(profile["imports"][0]["include-controls"][0]["with-ids"])
    controls = [control for control in _controls() if control["id"] in included]
    spoken = set(re.findall(r"insert: param, ([\w-]+)", json.dumps(controls)))
    settings = {each["param-id"]: each for each in profile["modify"]["set-parameters"]}

    assert set(settings) == spoken
    assert spoken <= {param["id"] for param in _catalog()["params"]}
    for term in _spec(program).terms:
        if term_id(term.name) in settings:
            assert settings[term_id(term.name)]["values"] == [term.value]
            assert {"value": term.raw}.items() <= settings[term_id(term.name)]["props"][0].items()


@pytest.mark.parametrize("program", PROGRAMMES)
def test_every_reference_leads_to_a_resource_of_the_same_document(program: str) -> None:
    """A link to a source that is not there is a source nobody can check."""
    for document in (_catalog(program), _profile(program)):
        resources = [each["uuid"] for each in document["back-matter"]["resources"]]
        hrefs = [href for href in _walk(document, "href") if href.startswith("#")]

        assert max(Counter(resources).values()) == 1
        assert hrefs
        assert {href[1:] for href in hrefs} <= set(resources)


def test_no_two_things_share_an_identifier() -> None:
    """Parts, controls, groups and parameters are told apart by their ids."""
    ids = Counter(_walk(_catalog(), "id"))

    assert [id_ for id_, number in ids.items() if number > 1] == []


@pytest.mark.parametrize("program", PROGRAMMES)
def test_no_part_a_profile_adds_takes_an_id_the_catalog_has(program: str) -> None:
    """Resolved, both are one document."""
    added = set(_walk(_profile(program)["modify"]["alters"], "id"))

    assert len(added) == len(_profile(program)["modify"]["alters"])
    assert added.isdisjoint(_walk(_catalog(), "id"))


@pytest.mark.parametrize("program", PROGRAMMES)
def test_a_profile_names_its_catalog_by_digest(program: str) -> None:
    """A catalog that was changed afterwards is not the one that was agreed to."""
    profile = _profile(program)
    wanted = profile["imports"][0]["href"][1:]
    (resource,) = [each for each in profile["back-matter"]["resources"] if each["uuid"] == wanted]
    digest = hashlib.sha256(FORMATS["oscal-catalog"](_spec(program)).encode()).hexdigest()

    assert resource["rlinks"][0]["hashes"] == [{"algorithm": "SHA-256", "value": digest}]


def test_every_check_is_an_objective_and_every_gap_an_inspection() -> None:
    """An assessor sees what is tested, by what, and what is not."""
    model, tied = load(), links()
    objectives = {
        item["value"]
        for prop in _walk(_controls(), "props")
        for item in prop
        if item["name"] == "check"
    }
    methods = {control["id"]: _method(control) for control in _controls()}

    assert objectives == set(tied.checks)
    assert methods == {
        id_: "EXAMINE" if each.no_check_yet else "TEST" for id_, each in model.guarantees.items()
    }


def _method(control: Any) -> str:  # noqa: ANN401  JSON
    (part,) = [part for part in control["parts"] if part["name"] == "assessment-method"]
    return str(part["props"][0]["value"])


def test_a_document_changes_its_identifier_with_its_content_and_not_otherwise() -> None:
    """OSCAL asks for a new uuid on every change; a clock would give one without any."""
    model, programme = load(), load().programmes["statute"]
    again = build(model, programme, links(), adapter_contract())
    other = build(model, replace(programme, title="Another"), links(), adapter_contract())

    def uuid(spec: Spec) -> str:
        return str(json.loads(FORMATS["oscal-profile"](spec))["profile"]["uuid"])

    assert uuid(again) == _profile("statute")["uuid"]
    assert uuid(other) != _profile("statute")["uuid"]
    assert len({_profile(program)["uuid"] for program in PROGRAMMES}) == len(PROGRAMMES)


def test_the_date_of_a_document_is_that_of_its_newest_source() -> None:
    """The data bears no other date, and a clock would make two runs differ."""
    model = load()
    days = [s.date for s in model.sources.values() if re.fullmatch(r"\d{4}-\d\d-\d\d", s.date)]

    assert _catalog()["metadata"]["last-modified"] == f"{max(days)}T00:00:00Z"
