"""
How checks act at a disclosure desk, and how they read what comes out of it.

Everybody who could rightly agree is asked to agree, so that a desk which wants
more approvals than two still shows what it releases. What comes out is judged
by whose values are in it, never by the desk's own words.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    Case,
    File,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import Instrument, judges_warrant
from idaudit.fixtures.targets.target import Actor, Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

Released = Sequence[Mapping[str, Any]]

AT_THE_DESK = (
    Operation.REQUEST_DISCLOSURE,
    Operation.APPROVE_DISCLOSURE,
    Operation.COLLECT_DISCLOSURE,
)
"""What it takes to get something out of the desk."""

IDENTITY = ("given_name", "surname", "born")
"""What an order itself says of the person it names: no news when it comes back."""

TELLING = (*IDENTITY, "street", "email", "phone")
"""The fields whose values are rarely two people's."""

_FURTHER_APPROVERS = (AUDITOR, ADMINISTRATOR)

EVERYBODY = (COUNSEL_2, COMMISSIONER, *_FURTHER_APPROVERS)
"""All who could rightly be asked to agree to what counsel has brought."""


def bring(case: Case, paper: Instrument, by: Actor = COUNSEL) -> str | None:
    """Bring *paper* to the desk; return the disclosure it took up, if it did."""
    taken = case.answered(case.target.request_disclosure(paper, by))
    return str(taken.fields["disclosure"]) if taken.allowed else None


def must_bring(case: Case, paper: Instrument, by: Actor = COUNSEL) -> str:
    """Bring *paper*, which has to be taken up for the check to mean anything."""
    return str(case.must(case.target.request_disclosure(paper, by)).fields["disclosure"])


def approve(case: Case, disclosure: str, *approvers: Actor) -> None:
    """Let *approvers* approve, each once, whatever the desk answers."""
    for approver in approvers:
        case.answered(case.target.approve_disclosure(disclosure, approver))


def collect(case: Case, disclosure: str, by: Actor = COUNSEL) -> Released:
    """Return what the desk hands out for *disclosure*: nothing, where it refuses."""
    return _in(case.answered(case.target.collect_disclosure(disclosure, by)))


def agree_and_collect(case: Case, disclosure: str) -> Released:
    """Let everybody agree who could rightly be asked, and collect."""
    approve(case, disclosure, COUNSEL_2, COMMISSIONER)
    handed_out = case.answered(case.target.collect_disclosure(disclosure, COUNSEL))
    for another in _FURTHER_APPROVERS:
        if handed_out.allowed:
            break
        if case.answered(case.target.approve_disclosure(disclosure, another)).allowed:
            handed_out = case.answered(case.target.collect_disclosure(disclosure, COUNSEL))
    return _in(handed_out)


def _in(handed_out: Outcome) -> Released:
    return list(handed_out.fields["released"]) if handed_out.allowed else []


def released_under(case: Case, paper: Instrument) -> Released:
    """Return everything that comes out under *paper* when everybody agrees."""
    disclosure = bring(case, paper)
    return agree_and_collect(case, disclosure) if disclosure else []


def warrant_for(case: Case, *people: Applicant, fields: Iterable[str] = ("street",)) -> Instrument:
    """Return a judge's warrant, in force today, for *fields* of *people*."""
    return judges_warrant(*(each.named() for each in people), fields=fields, today=case.today)


def proves_there(case: Case, file: File, *, fields: Iterable[str] = ("street",)) -> bool:
    """Whether a judge's warrant obtains the record of *file*: what a court can get still exists."""
    released = released_under(case, warrant_for(case, file.applicant, fields=fields))
    return bool(told_of(released, file.applicant))


def must_release(case: Case, file: File) -> None:
    """
    Show that this desk releases at all.

    Raises:
        Inconclusive: not even a judge's warrant opens a record here, so that
            nothing which stays closed means anything.

    """
    if not proves_there(case, file):
        raise Inconclusive("not even a judge's warrant with every approval opens a record here")


# -- reading a release ---------------------------------------------------------


def says_something(released: Released) -> bool:
    """Whether *released* holds any value at all."""
    return any(value not in (None, "") for one in released for value in one.values())


def told_of(released: Released, person: Applicant, *beside: Applicant) -> frozenset[str]:
    """Return the fields of *person* that *released* tells, but for what those *beside* share."""
    text = json.dumps(list(released), default=str, ensure_ascii=False).casefold()
    shared = {value for other in beside for value in _values(other).values()}
    own = _values(person).items()
    return frozenset(name for name, value in own if value in text and value not in shared)


def fields_in(released: Released) -> frozenset[str]:
    """Return the names under which *released* holds a value."""
    return frozenset(
        name for one in released for name, value in one.items() if value not in (None, "")
    )


def _values(person: Applicant) -> dict[str, str]:
    """Return the telling values of *person*, case folded."""
    found = {name: getattr(person, name) for name in TELLING}
    return {name: str(value).casefold() for name, value in found.items() if value}
