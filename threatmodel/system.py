"""The system under threat: who and what takes part, what flows, and who holds power over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from idaudit.threatmodel.basis import Citation, Subject


class ElementKind(StrEnum):
    """What a part of the system is, as a data-flow diagram draws it."""

    EXTERNAL = "external"  # a person or body outside the machinery
    PROCESS = "process"  # something that works on data
    STORE = "store"  # somewhere data can come to rest
    ARTEFACT = "artefact"  # something that leaves: a card, a report


class Power(StrEnum):
    """What one party can make another do."""

    COMPEL = "compel"  # make it hand over
    FREEZE = "freeze"  # forbid destruction
    SIGN = "sign"  # allow what cannot happen without it
    DIRECT = "direct"  # change the rules it works by
    ASK = "ask"  # ask, with no power to make


@dataclass(frozen=True, slots=True)
class DataKind:
    """One kind of thing that flows or rests."""

    id: str
    name: str
    subject: Subject | None  # None: it tells nothing about an applicant


@dataclass(frozen=True, slots=True)
class TrustBoundary:
    """A line across which one side should not take the other at its word."""

    id: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Element:
    """One party, process, store or artefact."""

    id: str
    name: str
    kind: ElementKind
    what: str
    boundary: TrustBoundary
    holds: Mapping[str, str]  # data kind -> until when it may rest there
    surfaces: tuple[str, ...] = ()  # what the reference city's adapter calls it


@dataclass(frozen=True, slots=True)
class Flow:
    """One way in which data moves, from one element to another."""

    id: str
    source: Element
    target: Element
    data: tuple[DataKind, ...]
    what: str
    operations: tuple[str, ...] = ()  # of the target contract: what sets it going

    @property
    def personal(self) -> bool:
        """Whether anything that flows tells about an applicant."""
        return any(kind.subject for kind in self.data)


@dataclass(frozen=True, slots=True)
class LegalInstrument:
    """One kind of paper or demand that reaches the desk, and the one right answer to it."""

    id: str
    number: int  # as in table (c) of the research notes
    title: str
    signer: str
    outcomes: tuple[str, ...]  # the right one first; a second where counsel may choose
    warrant_only: str  # the right outcome where only a judge's warrant releases
    right: str  # in words
    trap: str  # the look-alike that a careless desk obeys
    built_as: tuple[str, ...]  # the synthetic ones of the suite, by id
    sources: tuple[Citation, ...]
    caution: str  # "unverified" where the notes are


@dataclass(frozen=True, slots=True)
class AuthorityBoundary:
    """
    Who can make whom do what, lawfully.

    Most harm here needs no breach of a trust boundary: it comes from a system
    that works as designed in the hands of whoever may command it.
    """

    id: str
    holder: Element
    over: tuple[Element, ...]
    power: Power
    what: str
    limit: str  # where the power ends
    instruments: tuple[LegalInstrument, ...]
    sources: tuple[Citation, ...]
