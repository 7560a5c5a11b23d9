"""
What the suite has shown of itself: which defect each check was seen catching.

The record is the detection matrix as ``idaudit matrix`` writes it. Nobody types
one: ``make proof`` runs every city and writes ``proof.json``, and the suite's
own tests, all of them in CI, run each city again and compare.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from idaudit.threatmodel.errors import UsageError

Shape = TypeVar("Shape")

MATRIX_SCHEMA = "idaudit/matrix/v1"
FILE = "proof.json"
HONEST = "honest:"
"""How the matrix calls a reference city without a defect, before the programme's id."""


@dataclass(frozen=True, slots=True)
class Catch:
    """One defective city, and what caught it."""

    guarantee: str
    caught: bool
    by: tuple[str, ...]  # every check that failed
    reason: str  # the code its own check gave


@dataclass(frozen=True, slots=True)
class Acquittal:
    """One city that keeps its promises, and what each check said of it."""

    passed: tuple[str, ...]
    accused_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Every defective city, and every honest one, by id."""

    caught: Mapping[str, Catch]
    honest: Mapping[str, Acquittal]

    def passed(self) -> frozenset[str]:
        """Return the checks that passed on an honest city and accused none."""
        accusing = {id_ for city in self.honest.values() for id_ in city.accused_by}
        passing = {id_ for city in self.honest.values() for id_ in city.passed}
        return frozenset(passing - accusing)


def shipped_proof() -> Proof:
    """Read the matrix that ships: the suite's own proof of itself."""
    return read_proof(files("idaudit.threatmodel").joinpath(FILE))


def read_proof(file: Traversable) -> Proof:
    """
    Read a detection matrix.

    Raises:
        UsageError: it cannot be read, or is no matrix of this suite.

    """
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(file, f"cannot be read ({error})", "a detection matrix in JSON") from error
    if not isinstance(given, dict) or given.get("schema") != MATRIX_SCHEMA:
        raise _wrong(file, "another schema", repr(MATRIX_SCHEMA))
    try:
        return Proof(
            caught=_by_id(given["defects"], _catch),
            honest=_by_id(_honest(given["lawful"]), _acquittal),
        )
    except (KeyError, TypeError, ValueError) as error:
        found = f"an entry that lacks or garbles {error}"
        raise _wrong(file, found, "id, caught, by and reason; or id, by and passed") from error


def _honest(cities: list[Any]) -> list[Any]:
    return [city for city in cities if city["id"].startswith(HONEST)]


def _by_id(entries: list[Any], shape: Callable[[Any], Shape]) -> dict[str, Shape]:
    return {str(entry["id"]): shape(entry) for entry in entries}


def _catch(entry: Mapping[str, Any]) -> Catch:
    return Catch(
        guarantee=str(entry["guarantee"]),
        caught=entry["caught"] is True,
        by=tuple(map(str, entry["by"])),
        reason=str(entry["reason"]),
    )


def _acquittal(entry: Mapping[str, Any]) -> Acquittal:
    return Acquittal(tuple(map(str, entry["passed"])), tuple(map(str, entry["by"])))


def _wrong(file: Traversable, found: str, expected: str) -> UsageError:
    return UsageError(
        f"{file.name}: found {found}, expected {expected}; write it with: "
        "idaudit matrix --json FILE"
    )
