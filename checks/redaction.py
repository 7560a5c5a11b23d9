"""
Keeping applicants' values out of what is written down.

A target may say anything in a refusal, an error or a file's name, the
applicant's own words among it. Evidence carries canary ids instead.
"""

import re
from collections.abc import Iterable

from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import BODY_LETTERS, TAG_LETTERS, Cohort, Mint

SHORTEST = 5
"""A value of fewer characters ("F", a house number) also stands in innocent words."""


LONGEST = 200_000
"""Letters of one text that are looked through; a program that replays a story fits."""

TOLD = 2_000
"""Letters of a target's own words, in a reason or a place, that are written down."""


def retold(text: str, people: Iterable[Applicant], mint: Mint) -> str:
    """Return *text* redacted, and cut to what anybody reads: a target may say megabytes."""
    told = redacted(text[: 2 * TOLD], people, mint)
    return told if len(told) <= TOLD else f"{told[:TOLD]}…"


def redacted(text: str, people: Iterable[Applicant], mint: Mint) -> str:
    """Return *text* with each value of *people*, and every canary, replaced by its id."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"
    for person in people:
        for value, name in _values(person):
            text = re.sub(re.escape(value), f"[{name}]", text, flags=re.IGNORECASE)
    return _token(mint).sub(lambda found: f"[{_owner(found[0], mint)}]", text)


def _values(person: Applicant) -> list[tuple[str, str]]:
    """Return each value of *person* with its id, the longest first: one may contain another."""
    values = [
        (value, f"a{person.index}.{name}") for name, value in person.record().items() if value
    ]
    values += [(known.text, known.id) for known in person.known_values()]
    return sorted((each for each in values if len(each[0]) >= SHORTEST), key=_length, reverse=True)


def _length(value: tuple[str, str]) -> int:
    return len(value[0])


def _token(mint: Mint) -> re.Pattern[str]:
    """Match a canary, or what is left of one, whatever its case."""
    whole = TAG_LETTERS + BODY_LETTERS
    tags = [mint.tags(cohort) for cohort in Cohort]
    ends = [rf"{first}[A-Z]{{0,{whole}}}|[A-Z]{{0,{whole}}}{last}" for first, last in tags]
    return re.compile("|".join(ends), re.IGNORECASE)


def _owner(token: str, mint: Mint) -> str:
    canary = mint.read(token.upper())
    return canary.id if canary else "part of a canary"
