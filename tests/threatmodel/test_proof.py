"""The suite's proof of itself is read strictly, and counts what it says and no more."""

import json
from pathlib import Path
from typing import Any

import pytest

from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.proof import Acquittal, Catch, read_proof, shipped_proof

CAUGHT = {"id": "d", "guarantee": "g", "caught": True, "by": ["c"], "reason": "r"}
HONEST = {"id": "honest:p", "flagged": False, "by": [], "not_shown": [], "passed": ["c"]}
ODD = {"id": "odd-but-lawful", "flagged": False, "by": [], "not_shown": [], "passed": ["e"]}


def written(tmp_path: Path, **changes: Any) -> Path:  # noqa: ANN401  JSON
    """Return the file of a small matrix, some of it changed."""
    told = {"schema": "idaudit/matrix/v1", "defects": [CAUGHT], "lawful": [HONEST, ODD], **changes}
    path = tmp_path / "m.json"
    path.write_text(json.dumps(told))
    return path


def test_a_matrix_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Defects by id, and the honest cities; a lawful oddity proves nothing about a threat."""
    proof = read_proof(written(tmp_path))

    assert proof.caught == {"d": Catch("g", caught=True, by=("c",), reason="r")}
    assert proof.honest == {"honest:p": Acquittal(("c",), ())}
    assert proof.passed() == {"c"}


def test_a_check_that_accused_any_honest_city_has_not_passed(tmp_path: Path) -> None:
    """Under whatever programme."""
    other = {**HONEST, "id": "honest:q", "by": ["c"], "passed": []}

    assert read_proof(written(tmp_path, lawful=[HONEST, other])).passed() == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "idaudit/matrix/v2"},
        {"defects": [{"id": "d"}]},
        {"defects": None},
        {"lawful": [{**HONEST, "passed": None}]},
        {"lawful": [{"flagged": False}]},
    ],
    ids=["schema", "short-defect", "no-defects", "garbled-honest", "nameless"],
)
def test_what_is_no_matrix_is_refused_with_the_way_to_make_one(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """One line: the file, what was found, and the command."""
    with pytest.raises(UsageError, match=r"m\.json: found .*idaudit matrix --json"):
        read_proof(written(tmp_path, **changes))


@pytest.mark.parametrize("text", ["", "{", "[]", "\udc80"], ids=["empty", "cut", "list", "bytes"])
def test_what_is_not_json_is_refused(tmp_path: Path, text: str) -> None:
    """As is a file that is not there."""
    path = tmp_path / "m.json"
    path.write_text(text, errors="surrogateescape")

    with pytest.raises(UsageError, match=r"m\.json"):
        read_proof(path)
    with pytest.raises(UsageError, match=r"gone\.json"):
        read_proof(tmp_path / "gone.json")


def test_only_what_is_true_is_caught(tmp_path: Path) -> None:
    """A word that merely looks like yes is not."""
    said = {**CAUGHT, "caught": "true"}

    assert not read_proof(written(tmp_path, defects=[said])).caught["d"].caught


def test_the_proof_that_ships_has_no_miss() -> None:
    """Every line of it; the tests of the cities run each one again and compare."""
    proof = shipped_proof()

    assert [id_ for id_, catch in proof.caught.items() if not catch.caught] == []
    assert len(proof.honest) >= 2
    assert all(not city.accused_by for city in proof.honest.values())
