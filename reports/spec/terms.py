"""The terms of a programme in words: what each number means, and which promises it binds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from idaudit.reports.text import count
from idaudit.threatmodel.model import Programme

YEAR = 365
HOUSE = "house term"

Value = int | str | date | None


@dataclass(frozen=True, slots=True)
class TermWords:
    """How one term is told."""

    title: str
    tell: Callable[[Value], str]
    binds: tuple[str, ...]  # ids of guarantees
    nothing: str = "No such term"  # what is said where a programme has none


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one programme."""

    name: str
    title: str
    value: str  # in words
    raw: str  # as the programme's file has it
    source: str
    house: bool  # no source: a number chosen so that there is something to test
    binds: tuple[str, ...]


def _papers(value: Value) -> str:
    """Say how long papers stay."""
    if not isinstance(value, int) or not value:
        return "Not at all; none is kept once the application is decided"
    years = f" ({count(value // YEAR, 'year')})" if value % YEAR == 0 else ""
    return f"For {count(value, 'day')}{years} from the application"


def _told(before: str, noun: str, after: str = "") -> Callable[[Value], str]:
    return lambda value: (
        f"{before} {count(value, noun)}{after}".strip() if isinstance(value, int) else f"{value}"
    )


def _one_of(words: Mapping[str, str]) -> Callable[[Value], str]:
    return lambda value: words.get(str(value), str(value))


def _people(value: Value) -> str:
    return "At least one person" if value == 1 else f"At least {value} people"


def _day(value: Value) -> str:
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else f"{value}"


TERMS: Mapping[str, TermWords] = {
    "papers_days": TermWords(
        "How long papers are kept",
        _papers,
        ("no-scan-kept", "no-temporary-copy", "retention-term"),
    ),
    "purge_every": TermWords(
        "When papers whose time is up are destroyed",
        _one_of({"decision": "With each decision", "quarter": "Once in every quarter of a year"}),
        ("no-scan-kept", "retention-term"),
    ),
    "pending_days": TermWords(
        "When an application that nobody decides is closed",
        _told("After", "day"),
        ("no-scan-kept", "retention-term"),
    ),
    "card_years": TermWords("How long a card is valid", _told("", "year"), ("retention-term",)),
    "record_days_after_expiry": TermWords(
        "How long a record stays after its card has expired",
        _told("For", "day"),
        ("retention-term",),
    ),
    "grace_hours": TermWords(
        "How soon what is due must be gone",
        _told("Within", "hour"),
        ("retention-term", "bounded-hold"),
    ),
    "kill_fires_on": TermWords(
        "The day on which the kill switch fires by itself", _day, ("kill-switch",), "No day is set"
    ),
    "kill_scope": TermWords(
        "What the kill switch covers",
        _one_of({"papers": "The papers", "records": "The papers and the records"}),
        ("kill-switch",),
    ),
    "kill_signatures": TermWords(
        "How many people must sign a kill order", _people, ("kill-switch",)
    ),
    "kill_within_hours": TermWords(
        "How soon after the last signature all it covers is unreadable",
        _told("Within", "hour"),
        ("kill-switch",),
    ),
    "hold_review_days": TermWords(
        "When a court's hold is looked at again", _told("At least every", "day"), ("bounded-hold",)
    ),
    "disclosure_profile": TermWords(
        "On whose word information is released",
        _one_of(
            {
                "statute": "The statute's list: the person's consent, a court's order, a city "
                "agency for limited purposes, a judicial subpoena or a judicial warrant",
                "warrant-only": "The person's consent, a judge's warrant, or a city agency for the "
                "person's own benefit; a subpoena is not enough",
            }
        ),
        ("closed-list", "court-only"),
    ),
    "release_approvals": TermWords(
        "How many people must approve a release",
        _people,
        ("two-person-release",),
    ),
    "release_window_hours": TermWords(
        "How long an approved release can be fetched", _told("For", "hour"), ("named-scope",)
    ),
    "notice_days": TermWords(
        "How soon the person concerned is told of a request",
        _told("Within", "day"),
        ("subject-notice",),
        "No term is set",
    ),
}
"""Every term; the order is that of a life: papers, record, kill switch, hold, release."""


def terms_of(programme: Programme) -> tuple[Term, ...]:
    """Return every term of *programme*, in words."""
    return tuple(_term(name, words, programme) for name, words in TERMS.items())


def _term(name: str, words: TermWords, programme: Programme) -> Term:
    value: Value = getattr(programme.terms, name)
    source = programme.term_sources.get(name, "")
    return Term(
        name=name,
        title=words.title,
        value=words.nothing if value is None else words.tell(value),
        raw="none" if value is None else str(value),
        source=source,
        house=source.startswith(HOUSE),
        binds=words.binds,
    )
