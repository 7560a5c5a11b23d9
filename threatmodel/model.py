"""
The shapes of the threat model, as the rest of the suite reads them.

The prose lives in TOML files beside this module, where a clerk or a lawyer can
read and amend it; ``loader.py`` turns them into these and rejects what does
not fit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from idaudit.threatmodel.attacks import Acceptance, Adversary, Bearer, Threat, Vocabulary
from idaudit.threatmodel.basis import Area, Citation, Obligation, Source, Subject
from idaudit.threatmodel.system import (
    AuthorityBoundary,
    DataKind,
    Element,
    Flow,
    LegalInstrument,
    TrustBoundary,
)

__all__ = [
    "Acceptance",
    "Adversary",
    "Area",
    "AttackModel",
    "AuthorityBoundary",
    "Bearer",
    "Citation",
    "Clause",
    "DataKind",
    "Element",
    "Flow",
    "Guarantee",
    "LegalInstrument",
    "Limit",
    "Obligation",
    "Programme",
    "Source",
    "Subject",
    "Terms",
    "Threat",
    "ThreatModel",
    "TrustBoundary",
    "Vocabulary",
]


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
    time_zone: str = field(default="", metadata={"added": True})  # where its days begin; "": unsaid


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise that no automated test can show; printed in every report."""

    id: str
    statement: str
    instead: str  # what a reader can ask for instead
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class AttackModel:
    """Who would break the promises, where in the system, and with what paper in hand."""

    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    adversaries: Mapping[str, Adversary] = field(default_factory=dict)
    bearers: Mapping[str, Bearer] = field(default_factory=dict)
    data: Mapping[str, DataKind] = field(default_factory=dict)
    trust_boundaries: Mapping[str, TrustBoundary] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    instruments: Mapping[str, LegalInstrument] = field(default_factory=dict)
    authority_boundaries: Mapping[str, AuthorityBoundary] = field(default_factory=dict)
    threats: Mapping[str, Threat] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()
    blanks: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Why a flow, by id, has no threat of a LINDDUN category, by id."""


@dataclass(frozen=True, slots=True)
class ThreatModel:
    """Everything the suite knows about what is promised, and who would break it."""

    sources: Mapping[str, Source]
    guarantees: Mapping[str, Guarantee]
    programmes: Mapping[str, Programme]
    limits: tuple[Limit, ...]
    read_attack: Callable[[], AttackModel] = field(default=AttackModel, compare=False, repr=False)
    """Reads the rest when first asked: every audit loads the model, few need the threats."""

    @property
    def attack(self) -> AttackModel:
        """The attack model, read on first use where the loader put that off."""
        return self.read_attack()

    @property
    def threats(self) -> Mapping[str, Threat]:
        """Every threat, by id."""
        return self.attack.threats
