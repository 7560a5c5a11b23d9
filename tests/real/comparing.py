"""What an audit of a real system is expected to say, and where it says something else."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One check that fails, why it is right to, and what it says."""

    reason: str
    surfaces: frozenset[str]
    because: str


@dataclass(frozen=True)
class Expected:
    """One configuration of one system, and all that an audit of it says."""

    name: str
    target: str
    program: str
    environment: Mapping[str, str]
    because: str
    passes: frozenset[str]
    fails: Mapping[str, Finding]


def expectations(path: Path) -> list[Expected]:
    """Return every configuration that *path* tells of, in its order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_expected(name, table) for name, table in tables.items()]


def _expected(name: str, table: Mapping[str, Any]) -> Expected:
    return Expected(
        name=name,
        target=table["target"],
        program=table["program"],
        environment=table.get("environment", {}),
        because=table["because"],
        passes=frozenset(table["passes"]),
        fails={check: _finding(**told) for check, told in table["fails"].items()},
    )


def _finding(reason: str, surface: str | list[str], because: str) -> Finding:
    """Return what is expected: on one surface, on each of several, or on none, which is ""."""
    return Finding(reason, frozenset([surface] if isinstance(surface, str) else surface), because)


def differences(expected: Expected, audit: Mapping[str, Any]) -> Iterator[str]:
    """
    Yield each place where *audit* says something else than was *expected*.

    Strict both ways: a finding that no longer appears is as much a difference
    as one that nobody foresaw. What is not named has to be inconclusive.
    """
    for check in (each for promise in audit["guarantees"] for each in promise["checks"]):
        name, outcome = check["id"], check["outcome"]
        wanted = _wanted(expected, name)
        if outcome != wanted:
            yield f"{name}: expected {wanted}, found {outcome} ({check['reason']})"
        elif outcome == "fail":
            yield from _elsewhere(name, expected.fails[name], check["findings"])
    asked = {check["id"] for promise in audit["guarantees"] for check in promise["checks"]}
    for name in sorted((expected.passes | set(expected.fails)) - asked):
        yield f"{name}: expected, and never asked"


def _wanted(expected: Expected, name: str) -> str:
    if name in expected.passes:
        return "pass"
    return "fail" if name in expected.fails else "inconclusive"


def _elsewhere(name: str, wanted: Finding, found: list[Mapping[str, str]]) -> Iterator[str]:
    seen = {(each["reason"], each["surface"]) for each in found}
    if seen != {(wanted.reason, each) for each in wanted.surfaces}:
        told = "; ".join(
            f"{reason} on {surface or 'no surface'}" for reason, surface in sorted(seen)
        )
        where = " and ".join(sorted(wanted.surfaces)) or "no surface"
        yield f"{name}: expected {wanted.reason} on {where}, found {told}"
