"""The copies map: every place where data can rest, and what was found there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from idaudit.reports.audit import Audit
from idaudit.reports.record import CheckRecord, SurfaceRecord
from idaudit.threatmodel.diagrams.folders import until
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import (
    AttackModel,
    DataKind,
    Element,
    Guarantee,
    ThreatModel,
    TrustBoundary,
)
from idaudit.threatmodel.system import ElementKind


class State(StrEnum):
    """What is known of one place, the worst first."""

    FOUND = "found"  # a check found there what should not be
    BLIND = "blind"  # it could not be searched
    STRANGE = "strange"  # seen while the system was driven, named by nobody
    CLEAR = "clear"  # open to a search, and no check found anything
    UNUSED = "unused"  # open to a search that no check made


@dataclass(frozen=True, slots=True)
class Place:
    """One place where data can rest."""

    anchor: str
    surface: SurfaceRecord
    state: State
    element: Element | None  # what the threat model calls it, where the names meet
    holds: tuple[tuple[DataKind, str], ...]  # what may rest there, until when
    broken: tuple[tuple[Guarantee, int], ...]  # by what was found there, and how often

    @property
    def empty(self) -> bool:
        """Whether it is a store in which nothing about a person may rest."""
        store = self.element is not None and self.element.kind is ElementKind.STORE
        return store and not any(kind.subject for kind, _ in self.holds)


@dataclass(frozen=True, slots=True)
class Quarter:
    """The places behind one line of trust; those that the model does not know have none."""

    boundary: TrustBoundary | None
    places: tuple[Place, ...]


def quarters(
    audit: Audit, model: ThreatModel, surfaces: tuple[tuple[str, SurfaceRecord], ...]
) -> tuple[Quarter, ...]:
    """Return every place of *audit*, by the lines of trust that the threat model draws."""
    drawn = _Map(audit, model)
    places = [drawn.place(anchor, surface) for anchor, surface in surfaces]
    boundaries = [*drawn.system.trust_boundaries.values(), None]
    within = {
        boundary: tuple(each for each in places if _boundary(each) is boundary)
        for boundary in boundaries
    }
    return tuple(Quarter(boundary, found) for boundary, found in within.items() if found)


@cache
def _system() -> AttackModel:
    """
    Return the parts of a card programme, as this version ships them.

    A bundle carries the promises it was judged by and not the map, which has to
    look the same when somebody renders the bundle again.
    """
    return load().attack


def _boundary(place: Place) -> TrustBoundary | None:
    return place.element.boundary if place.element else None


class _Map:
    """What the threat model and the findings say of each place."""

    def __init__(self, audit: Audit, model: ThreatModel) -> None:
        self.model, self.system = model, _system()
        self.found = _findings(audit)
        self.searched = any(check.positive_controls for check in _checks(audit))
        self.elements = {
            surface: element
            for element in self.system.elements.values()
            for surface in element.surfaces
        }

    def place(self, anchor: str, surface: SurfaceRecord) -> Place:
        """Return one place."""
        element = self.elements.get(surface.id)
        holds, kinds = element.holds if element else {}, self.system.data
        broken = [
            (self.model.guarantees[id_], number)
            for (where, id_), number in self.found.items()
            if where == surface.id
        ]
        return Place(
            anchor=anchor,
            surface=surface,
            state=self._state(surface, found=bool(broken)),
            element=element,
            holds=tuple((kinds[kind], until(term)) for kind, term in holds.items()),
            broken=tuple(broken),
        )

    def _state(self, surface: SurfaceRecord, *, found: bool) -> State:
        if found:
            return State.FOUND
        if not surface.declared:
            return State.STRANGE
        if not surface.seen:
            return State.BLIND
        return State.CLEAR if self.searched else State.UNUSED


def _checks(audit: Audit) -> Iterator[CheckRecord]:
    for judgement in audit.guarantees:
        yield from judgement.checks


def _findings(audit: Audit) -> Mapping[tuple[str, str], int]:
    """Count the findings by place and by promise."""
    return Counter(
        (finding.surface, check.guarantee) for check in _checks(audit) for finding in check.findings
    )
