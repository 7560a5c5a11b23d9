"""What the person asked for is told, by whatever way a system tells, and what others see of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from idaudit.checks.case import COUNSEL, Case, File
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import Instrument, Office, i_200, preservation_order, reworded
from idaudit.fixtures.targets.message import Message
from idaudit.fixtures.targets.target import Actor
from idaudit.threatmodel.errors import Inconclusive

LONG_AFTER = timedelta(days=60)
"""When a notice that is late has come, if it comes at all."""

SILENT_DAYS = 30

OF_A_CARD = re.compile(
    r"\b(?:municipal|city|resident)\W{0,2}(?:id|identi\w+)\b"
    r"|\bid(?:enti\w+)?[ -]?cards?\b|\bcard ?holders?\b|\bidnyc\b",
    re.IGNORECASE,
)
_OF_A_REQUEST = re.compile(
    r"\b(?:warrant|subpoena|court|immigration|customs|police|agency|officer)\b"
    r"|\b(?:request|ask)\w* (?:for|about|to see) (?:you|the|a)",
    re.IGNORECASE,
)


# -- what is brought -------------------------------------------------------------------


def refused_paper(case: Case, person: Applicant, serial: int = 1) -> Instrument:
    """Return an officer's own warrant, which opens nothing."""
    return i_200(person.named(), fields=("street",), today=case.today, serial=serial)


def silence_about(
    case: Case, paper: Instrument, *, days: int = SILENT_DAYS, office: Office | None = None
) -> Instrument:
    """Return a court's order to keep *paper* from those it names; or one of another *office*."""
    order = preservation_order(*paper.subjects, fields=paper.fields, today=case.today)
    ends = case.today + timedelta(days=days)
    order = replace(order, kind="nondisclosure-order", number=paper.number, expires=ends)
    return reworded(order if office is None else replace(order, office=office))


def bring_refused(case: Case, paper: Instrument) -> None:
    """
    Bring a paper that opens nothing.

    Raises:
        Inconclusive: the desk takes it up, so that this is no refusal.

    """
    if case.answered(case.target.request_disclosure(paper, COUNSEL)).allowed:
        raise Inconclusive("the desk takes agency papers up, so it refuses nothing to tell of")


# -- what is told ------------------------------------------------------------------------


def notices(case: Case, file: File, by: Actor | None = None) -> Sequence[Mapping[str, Any]]:
    """Return what the owner of *file*, or another, is told of it: nothing, where it is refused."""
    told = case.answered(case.target.read_notices(file.record, by or file.owner))
    return list(told.fields["notices"]) if told.allowed else []


def of_requests(told: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return those notices that are about somebody's asking."""
    return [each for each in told if each.get("kind") in {"request", "release"}]


def to_term(case: Case) -> timedelta:
    """
    Return how long the programme has to tell.

    Raises:
        Inconclusive: it has no term for that.

    """
    if case.terms.notice_days is None:
        raise Inconclusive("this programme has no term for telling the person concerned")
    return timedelta(days=case.terms.notice_days)


# -- what others see ------------------------------------------------------------------------


def sent_to(case: Case, *addresses: str) -> Sequence[Message]:
    """Return the messages sent to any of *addresses*; none, where the target shows none."""
    wanted = {each.casefold() for each in addresses}
    return [each for each in case.target.messages() or () if each.to.casefold() in wanted]


def names_programme(case: Case, text: str) -> bool:
    """Whether *text* speaks of a municipal card: by the programme's name, or in such words."""
    known = [name for name in case.target.known_as if name.casefold() in text.casefold()]
    return bool(known or OF_A_CARD.search(text))


def names_request(text: str) -> bool:
    """Whether *text* gives away that an authority has asked for somebody."""
    return bool(_OF_A_REQUEST.search(text))


def shows_messages(case: Case) -> None:
    """Note whether what the target sends can be seen at all."""
    if case.target.messages() is None:
        case.bound("This target does not show what it sends, so no letter or message was read.")
