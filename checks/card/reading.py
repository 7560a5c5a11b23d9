"""Reading a card as a person reads it: whose words stand on it, and which are left over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from idaudit.checks.card.features import dates_in
from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Actor, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

PARTNER = Actor(Role.PARTNER)
_WORD = re.compile(r"\d{4}-\d{2}-\d{2}|\w+")  # a date is one word
_PICTURE = re.compile(r"photo|picture|portrait|image", re.IGNORECASE)
_NAMED = (Field.SURNAME, Field.GIVEN_NAME, Field.STREET, Field.EMAIL)


def issued(case: Case, file: File, clerk: int = 1) -> Outcome:
    """Approve, and have the card issued by one of the clerks there are."""
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    with suppress(NotOffered):  # not every system has so many clerks
        return case.must(case.target.issue_card(file.application, Actor(Role.CLERK, clerk)))
    return case.must(case.target.issue_card(file.application, CLERK))


def barcode_of(card: Outcome) -> str:
    """
    Return what a reader reads.

    Raises:
        Inconclusive: the card has no barcode.

    """
    barcode = str(card.fields.get("barcode") or "")
    if not barcode:
        raise Inconclusive("the card has no barcode")
    return barcode


def parts_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401  any JSON
    """Yield each part of a card under its name, as text; pictures are left out."""
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from parts_of(inner, f"{name}.{key}".strip("."))
        case list() | tuple():
            for inner in value:
                yield from parts_of(inner, name)
        case bytes() | None:
            return
        case _:
            if not _PICTURE.search(name):
                yield name, str(value)


def words_of(*values: object) -> frozenset[str]:
    """Return the words of *values*, case folded."""
    return frozenset(word for value in values for word in _WORD.findall(str(value).casefold()))


def left_over(text: str, known: frozenset[str]) -> frozenset[str]:
    """Return the words of *text* that are neither among the *known* nor begin one of them."""
    found = words_of(text)
    return frozenset(w for w in found if not any(each.startswith(w) for each in known))


def promised_to(person: Applicant, card: Outcome) -> frozenset[str]:
    """Return the words that may stand on the card of *person*; a date in any way of writing it."""
    address = (person.street, person.city, person.postcode)
    ends = max(_dates(card.fields["face"]), default=person.born)
    dates = [f"{day:%Y-%m-%d %Y %m %d %y %B %b %-m %-d %Y%m%d}" for day in (person.born, ends)]
    names = (person.given_name, person.surname, person.gender or "")
    return words_of(*names, *address, *dates, card.fields["number"])


def further(texts: Sequence[str], known: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the words left over on some card that do not stand on every card: those are print."""
    left = [left_over(text, words) for text, words in zip(texts, known, strict=True)]
    return frozenset().union(*left) - frozenset.intersection(*map(words_of, texts))


def end_of(card: Outcome, today: date) -> date:
    """
    Return when a card ends: the last date on its face.

    Raises:
        Inconclusive: it shows none in the future.

    """
    last = max(_dates(card.fields["face"]), default=today)
    if last <= today:
        raise Inconclusive("the face of the card shows no date in the future")
    return last


def speaks_of(case: Case, outcome: Outcome, person: Applicant) -> bool:
    """Whether an answer, head or body, bears a value of *person*."""
    told = "".join(
        f"{exchange.headers}{exchange.body.decode('utf-8', 'replace')}"
        for exchange in outcome.exchanges
    ).casefold()
    told += str(dict(outcome.fields)).casefold()
    tokens = [case.mint.canary(person.index, field).text.casefold() for field in _NAMED]
    return any(value in told for value in (*tokens, person.phone, person.born.isoformat()))


def said_by(outcome: Outcome, *asked: str) -> Mapping[str, str]:
    """Return what a verification answers besides good or not, and besides what was asked."""
    said = dict(parts_of({k: v for k, v in outcome.fields.items() if k != "valid"}))
    return {name: value for name, value in said.items() if value not in asked}


def _dates(face: Mapping[str, Any]) -> list[date]:
    return [each for _, text in parts_of(face) for each in dates_in(text)]
