"""What is expected of a real system is strict both ways, and every expectation has its reason."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idaudit.checks.catalogue import every_check
from idaudit.fixtures.targets.declared.reading import VARIABLE

sys.path.insert(0, str(Path(__file__).parent))

from comparing import Expected, Finding, differences, expectations

REAL = Path(__file__).parents[2] / "fixtures" / "targets" / "real"
EXPECTED = Expected(
    name="usual",
    target="target.toml",
    program="idnyc-2017",
    environment={},
    because="",
    passes=frozenset({"good"}),
    fails={"bad": Finding("kept", frozenset({"database"}), "it keeps")},
)


def audit(**outcomes: tuple[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Return an audit in which each check came out so."""
    checks = [
        {"id": name, "outcome": outcome, "reason": "", "findings": found}
        for name, (outcome, found) in outcomes.items()
    ]
    return {"guarantees": [{"id": "x", "checks": checks}]}


KEPT = [{"reason": "kept", "surface": "database"}]


def test_what_is_as_expected_differs_nowhere() -> None:
    """What nobody named is expected to show nothing."""
    found = audit(good=("pass", []), bad=("fail", KEPT), other=("inconclusive", []))

    assert not list(differences(EXPECTED, found))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (audit(good=("pass", []), bad=("pass", [])), "bad: expected fail, found pass"),
        (audit(good=("fail", KEPT), bad=("fail", KEPT)), "good: expected pass, found fail"),
        (audit(good=("pass", [])), "bad: expected, and never asked"),
        (
            audit(good=("pass", []), bad=("fail", KEPT), new=("fail", KEPT)),
            "new: expected inconclusive, found fail",
        ),
        (
            audit(good=("pass", []), bad=("fail", [{"reason": "kept", "surface": "log"}])),
            "bad: expected kept on database, found kept on log",
        ),
    ],
)
def test_any_other_outcome_is_a_difference(found: dict[str, Any], told: str) -> None:
    """A finding that no longer appears counts as much as one that nobody foresaw."""
    assert any(line.startswith(told) for line in differences(EXPECTED, found))


def test_what_is_found_on_two_surfaces_is_expected_on_both() -> None:
    """On one of them alone, something has changed."""
    both = replace(EXPECTED.fails["bad"], surfaces=frozenset({"database", "log"}))
    expected = replace(EXPECTED, fails={"bad": both})
    log = {"reason": "kept", "surface": "log"}
    found = audit(good=("pass", []), bad=("fail", [*KEPT, log, log]))

    assert not list(differences(expected, found))
    (told,) = differences(expected, audit(good=("pass", []), bad=("fail", KEPT)))
    assert told == "bad: expected kept on database and log, found kept on database"


@pytest.mark.parametrize(
    "file", sorted(REAL.glob("*/expected.toml")), ids=lambda file: file.parent.name
)
def test_every_expectation_names_a_check_and_a_reason(file: Path) -> None:
    """Nobody can tell a true finding from a false one without being told why it is true."""
    for each in expectations(file):
        assert each.because
        assert not (each.passes | set(each.fails)) - every_check().keys()
        assert all(told.because and told.reason for told in each.fails.values())
        target = (file.parent / each.target).read_text(encoding="utf-8")
        assert len(target.splitlines()) < 150
        assert not [name for name in VARIABLE.findall(target) if not name.startswith("REAL_")]
