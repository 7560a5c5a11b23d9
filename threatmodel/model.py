"""
The shapes of the threat model, as the rest of the suite reads them.

The prose lives in TOML files beside this module, where a clerk or a lawyer can
read and amend it; ``loader.py`` turns them into these and rejects what does
not fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Area(StrEnum):
    """The six families of promises."""

    COLLECTION = "collection"
    RETENTION = "retention"
    ACCESS = "access"
    CARD = "card"
    DISCLOSURE = "disclosure"
    ACCOUNTABILITY = "accountability"


class Subject(StrEnum):
    """
    What a promise is about; the three headline verdicts are shown apart.

    "We keep no documents" was never "we keep nothing": names, addresses and
    photographs stayed on file (NY Daily News, January 2017).
    """

    DOCUMENTS = "documents"
    DERIVED = "derived"
    ROSTER = "roster"


class Obligation(StrEnum):
    """How strongly a source binds the programme to a promise."""

    LAW = "law"  # a statute, code or court order in force says it
    PLEDGE = "pledge"  # the programme said it in public
    STANDARD = "standard"  # a standard asks for it; no city promised it


@dataclass(frozen=True, slots=True)
class Source:
    """A law, case, standard, press article or public statement, cited once."""

    id: str
    title: str
    kind: str  # law, case, standard, press, statement, code
    date: str  # as precise as known: "2014-07-10", "2017"
    cite: str  # how a reader finds it
    caution: str = ""  # why to read it with care; "unverified" where it was not read


@dataclass(frozen=True, slots=True)
class Citation:
    """One source behind one promise, with the place in it and its words."""

    source: Source
    place: str = ""  # "e(3)"
    quote: str = ""  # at most twenty words


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One promise as one testable statement."""

    id: str
    code: str  # the short code of the research notes, "R1"
    area: Area
    subjects: frozenset[Subject]
    statement: str  # one present-tense sentence about the system
    plain: str  # the same for a cardholder
    because: str
    obligation: Obligation
    sources: tuple[Citation, ...]
    violations: tuple[str, ...]  # numbered ways to break it
    standards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by source id
    no_check_yet: str = ""  # why this version of the suite cannot judge it
    unverified_standards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mappings from memory, by source id: nobody has checked them against the text."""


@dataclass(frozen=True, slots=True)
class Terms:
    """
    The numbers and rules of one programme.

    ``None`` means that the programme has no such term.
    """

    papers_days: int  # from application; 0: none is kept once decided
    purge_every: str  # "decision", "quarter"
    pending_days: int  # an application nobody decides is closed after this
    card_years: int
    record_days_after_expiry: int
    grace_hours: int  # from due to gone
    kill_fires_on: date | None
    kill_scope: str  # "papers" or "records"
    kill_signatures: int
    kill_within_hours: int  # from the second signature to unreadable
    hold_review_days: int
    disclosure_profile: str  # "statute" or "warrant-only"
    release_approvals: int
    release_window_hours: int
    notice_days: int | None


@dataclass(frozen=True, slots=True)
class Clause:
    """What one programme says about one guarantee."""

    guarantee: Guarantee
    applies: bool
    why: str  # why it does not apply, or how this programme narrows it
    source: Citation | None
    obligation: Obligation | None = None  # what binds this programme; None: a house rule


@dataclass(frozen=True, slots=True)
class Programme:
    """A set of guarantees with terms, as one city promised them at one time."""

    id: str
    title: str
    summary: str
    terms: Terms
    term_sources: Mapping[str, str]  # term name -> where it comes from, in words
    clauses: Mapping[str, Clause]  # by guarantee id, in the order of the model
    sources: tuple[Citation, ...] = ()  # for the programme as a whole


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise that no automated test can show; printed in every report."""

    id: str
    statement: str
    instead: str  # what a reader can ask for instead
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreatModel:
    """Everything the suite knows about what is promised."""

    sources: Mapping[str, Source]
    guarantees: Mapping[str, Guarantee]
    programmes: Mapping[str, Programme]
    limits: tuple[Limit, ...]
