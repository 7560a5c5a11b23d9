"""
One audit as ``audit.json`` reported it: all that a comparison needs.

What is compared is what was reported, waivers and all; whether that follows
from the evidence is what ``idaudit verify`` is for. A promise that this version
does not know is compared like any other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idaudit.reports.audit_json import AUDIT_SCHEMA
from idaudit.reports.codec import mapped
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.model import Subject
from idaudit.threatmodel.verdict import Assurance, Verdict

NAME = "audit.json"


@dataclass(frozen=True, slots=True)
class Said:
    """What one audit says of one promise."""

    guarantee: str
    verdict: Verdict
    reason: str
    assurance: Assurance
    codes: frozenset[str] = frozenset()  # the reason code of each finding

    @property
    def broken(self) -> bool:
        """Whether it is not kept, accepted or not."""
        return self.verdict in {Verdict.BROKEN, Verdict.WAIVED}


@dataclass(frozen=True, slots=True)
class Reported:
    """One audit."""

    path: str
    target: str
    program: str
    tier: str
    version: str
    started: str
    completed: bool
    headline: tuple[tuple[Subject, Verdict], ...]
    said: tuple[Said, ...]

    @property
    def by_guarantee(self) -> Mapping[str, Said]:
        """What it says of each promise, by id."""
        return {each.guarantee: each for each in self.said}


def read_reported(path: Path) -> Reported:
    """
    Return the audit in *path*, a run's folder or its ``audit.json``.

    Raises:
        UsageError: there is none, or it is not one.

    """
    file = path / NAME if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be read ({error.strerror}); expected a run's folder or its {NAME}"
        ) from error
    except ValueError as error:
        raise UsageError(f"{file}: is not JSON ({error}); expected the {NAME} of a run") from error
    try:
        return mapped(_reported(str(path), data), inert)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file}: is no {AUDIT_SCHEMA} ({type(error).__name__}: {error}); expected the {NAME} "
            "of a run as the run left it"
        ) from error


def _reported(path: str, data: Mapping[str, Any]) -> Reported:
    if data["schema"] != AUDIT_SCHEMA:
        raise ValueError(f"schema {data['schema']!r}")
    return Reported(
        path=path,
        target=one_line(str(data["target"]["name"])),
        program=str(data["program"]),
        tier=str(data["tier"]),
        version=str(data["suite"]["version"]),
        started=str(data["started"]),
        completed=bool(data["completed"]),
        headline=tuple((each, Verdict(data["headline"][each.value])) for each in Subject),
        said=tuple(_said(each) for each in data["guarantees"]),
    )


def _said(data: Mapping[str, Any]) -> Said:
    findings = [finding for check in data["checks"] for finding in check["findings"]]
    return Said(
        guarantee=str(data["id"]),
        verdict=Verdict(data["verdict"]),
        reason=one_line(str(data["reason"])),
        assurance=Assurance(data["assurance"]),
        codes=frozenset(inert(str(finding["reason"])) for finding in findings),
    )
