"""A system's own description may lead in circles, to files and to other hosts: nobody follows."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest

from idaudit.checks.access.forms import answers_with_template, searches_by_picture
from idaudit.checks.collection.forms import asked_by, choices, names
from idaudit.fixtures.targets.answers import read_object
from idaudit.fixtures.targets.target import Exchange

WAYS = 200
"""Schemas that each refer to all: eight million ways to go three references deep."""


def _description(schemas: Mapping[str, Any], start: str, *more: str) -> Mapping[str, Any]:
    """Return a description with one operation, of which everything begins at *start*."""
    body = {"content": {"application/json": {"schema": {"$ref": start}}}}
    operation = {"operationId": "findByFace", "requestBody": body, "responses": {"200": body}}
    paths = {path: {"post": operation} for path in ("/people/{id}", *more)}
    return {"paths": paths, "components": {"schemas": schemas}}


def _circles() -> Mapping[str, Any]:
    everyone = {f"f{n}": {"$ref": f"#/components/schemas/S{n}"} for n in range(WAYS)}
    schemas = {f"S{n}": {"properties": {**everyone, f"own{n}": {}}} for n in range(WAYS)}
    return _description(schemas, "#/components/schemas/S0")


def _sent(path: str) -> Exchange:
    return Exchange("POST", path, 200, {}, b"", {}, b"")


def test_references_in_circles_are_each_followed_once() -> None:
    """All that can be reached is read, and nothing twice."""
    description = _circles()

    asked = asked_by(description, [_sent("/people/7")])

    assert asked == {f"{kind}{n}" for kind in ("f", "own") for n in range(WAYS)}
    assert len(list(names(description))) == WAYS * (WAYS + 1)
    assert list(choices(description)) == []
    assert answers_with_template(description) == searches_by_picture(description) == []


@pytest.mark.parametrize(
    "reference",
    ["file:///etc/passwd", "http://127.0.0.1:9/a.json", "//127.0.0.1:9/a", "../../a.yaml", "#", ""],
)
def test_no_reference_leaves_the_description(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in a file or on a host is not fetched: it is as if it were not described."""

    def refuse(*words: object, **_: object) -> None:
        raise AssertionError(f"somebody opened {words}")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    description = _description({}, reference)

    assert asked_by(description, [_sent("/people/7")]) == frozenset()
    assert answers_with_template(description) == []


def test_a_path_of_many_parameters_is_matched_in_one_look() -> None:
    """Patterns made of a target's own words would try a letter at a time, and all ways."""
    template = "/people/" + "{a}" * 40 + "!"
    description = _description({}, "#", *(f"{template}{n}" for n in range(200)))

    assert asked_by(description, [_sent("/people/" + "a" * 60)]) == frozenset()


@pytest.mark.parametrize(
    ("template", "path", "fits"),
    [
        ("/a/{id}", "/a/1", True),
        ("/a/{id}", "/a/", False),
        ("/a/{id}", "/a/1/b", False),
        ("/a/{id}.json", "/a/1.json", True),
        ("/a/{id}.json", "/a/.json", False),
        ("/a/{id}:{verb}", "/a/1:go", True),
        ("/api/a/{id}", "/a/1", False),
    ],
)
def test_a_path_fits_its_template(template: str, path: str, fits: bool) -> None:  # noqa: FBT001  a parameter of pytest
    """A parameter is one step of a path, or part of one."""
    fields = {"S": {"properties": {"seen": {}}}}
    description = {
        **_description(fields, "#/components/schemas/S", template),
        "servers": [{"url": "https://city.example/v1/"}],
    }

    for asked in (path, f"/v1{path}"):
        assert bool(asked_by(description, [_sent(asked)])) is fits


def test_a_description_as_long_as_any_that_is_read_is_searched() -> None:
    """Twenty thousand operations are within bounds, and none of them stops anybody."""
    paths = {f"/a{n}/{{id}}": {"get": {}} for n in range(20_000)}
    description = read_object(json.dumps({"paths": paths}).encode())

    assert asked_by(description, [_sent("/a19999/7")]) == frozenset()
    assert searches_by_picture(description) == []
