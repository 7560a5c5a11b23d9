"""
The specification of one programme as plain data: all that is said, and nothing of its looks.

Every format is written from this and from nothing else.
"""

from dataclasses import dataclass
from datetime import date

from idaudit.reports.spec.contract import AdapterContract, Offer
from idaudit.reports.spec.terms import Term
from idaudit.threatmodel.links import CheckLink, DefectLink
from idaudit.threatmodel.model import Area, Clause, Guarantee, Limit, Programme, Source, Subject


@dataclass(frozen=True, slots=True)
class Promise:
    """One guarantee with how it can be judged, whatever the programme."""

    guarantee: Guarantee
    checks: tuple[CheckLink, ...]
    defects: tuple[DefectLink, ...]  # faulty systems that these checks must catch
    operations: tuple[Offer, ...]  # what these checks need of a system
    controls: tuple[Offer, ...]
    terms: tuple[str, ...]  # names of the terms that bind it

    @property
    def tested(self) -> bool:
        """Whether running the system can show that it is kept."""
        return bool(self.checks) and not self.guarantee.no_check_yet

    @property
    def sees(self) -> bool:
        """Whether its checks look into the places where data rests."""
        return any(check.sees for check in self.checks)

    @property
    def disposable(self) -> bool:
        """Whether its checks destroy, or plant what only a disposable copy may carry."""
        return any(check.sees or check.destructive for check in self.checks)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise that the programme makes."""

    number: str  # "2.3": where it stands
    promise: Promise
    clause: Clause
    terms: tuple[Term, ...]

    @property
    def guarantee(self) -> Guarantee:
        """The guarantee, where templates look for it."""
        return self.promise.guarantee


@dataclass(frozen=True, slots=True)
class Chapter:
    """The promises of one area."""

    number: int
    area: Area
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the three things kept apart, with the promises about it."""

    subject: Subject
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """What a tender attaches for one programme."""

    programme: Programme
    chapters: tuple[Chapter, ...]
    exempt: tuple[Clause, ...]  # what this programme does not promise
    topics: tuple[Topic, ...]
    terms: tuple[Term, ...]
    contract: AdapterContract
    limits: tuple[Limit, ...]
    sources: tuple[Source, ...]  # behind anything on these pages
    catalogue: tuple[Promise, ...]  # every guarantee of the model, whatever the programme
    library: tuple[Source, ...]  # every source of the model
    as_of: date  # the newest day that any source names; the data bears no other date

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every promise the programme makes, in order."""
        return tuple(each for chapter in self.chapters for each in chapter.requirements)

    @property
    def tested(self) -> tuple[Requirement, ...]:
        """The promises that running the system can show to be kept."""
        return tuple(each for each in self.requirements if each.promise.tested)

    @property
    def untested(self) -> tuple[Requirement, ...]:
        """The promises no check of this version can judge."""
        return tuple(each for each in self.requirements if not each.promise.tested)

    @property
    def defects(self) -> int:
        """How many faulty systems stand behind the checks used here."""
        return sum(len(each.promise.defects) for each in self.tested)

    def needing(self, offer: Offer) -> tuple[Requirement, ...]:
        """Return the promises that cannot be shown without *offer*."""
        return tuple(
            each for each in self.tested if offer in each.promise.operations + each.promise.controls
        )

    def bound_by(self, term: Term) -> tuple[Requirement, ...]:
        """Return the promises that *term* belongs to."""
        return tuple(each for each in self.requirements if term in each.terms)
