"""
What the model leaves uncovered, in either direction.

A promise that no threat attacks is one nobody tried to break; an element that
no threat touches is one nobody looked at. Each gap is named, so that whoever
removes the last threat on something learns what lost its cover.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.attacks import Threat
from idaudit.threatmodel.model import AttackModel, ThreatModel
from idaudit.threatmodel.system import ElementKind, Flow


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that nothing covers, or one reason that has lost its occasion."""

    kind: str  # "guarantee", "violation", "adversary", ...
    id: str
    what: str  # a sentence


@dataclass(frozen=True, slots=True)
class Segment:
    """One flow seen through one LINDDUN category: at the flow itself, and at its two ends."""

    flow: Flow
    category: str
    at_flow: tuple[str, ...]  # ids of threats
    at_source: tuple[str, ...]
    at_target: tuple[str, ...]
    reason: str  # why there is none; "" where there is one

    @property
    def threats(self) -> tuple[str, ...]:
        """Every threat that lies in this segment, each once."""
        return tuple(dict.fromkeys((*self.at_flow, *self.at_source, *self.at_target)))


def gaps(model: ThreatModel) -> tuple[Gap, ...]:
    """Return everything the model leaves uncovered; an honest model has none."""
    attack = model.attack
    return (
        *_promises(model),
        *_ways(model),
        *_people(attack),
        *_parts(attack),
        *_papers(attack),
        *_resting(attack),
        *_opposites(attack),
        *_segments(attack),
    )


def _promises(model: ThreatModel) -> Iterator[Gap]:
    broken = {id_ for threat in model.threats.values() for id_ in threat.breaks}
    yield from _unused("guarantee", model.guarantees, broken, "no threat breaks it")


def _ways(model: ThreatModel) -> Iterator[Gap]:
    """Every numbered way to break a promise is taken by a threat."""
    taken = {
        (id_, number)
        for threat in model.threats.values()
        for id_, numbers in threat.breaks.items()
        for number in numbers
    }
    for guarantee in model.guarantees.values():
        for number, way in enumerate(guarantee.violations, 1):
            if (guarantee.id, number) not in taken:
                yield Gap("violation", f"{guarantee.id}#{number}", f"No threat takes it: {way}")


def _people(attack: AttackModel) -> Iterator[Gap]:
    threats = attack.threats.values()
    acting = {threat.adversary.id for threat in threats}
    hurt = {bearer.id for threat in threats for bearer in threat.harmed}
    yield from _unused("adversary", attack.adversaries, acting, "no threat is theirs")
    yield from _unused("bearer", attack.bearers, hurt, "no threat harms them")


def _parts(attack: AttackModel) -> Iterator[Gap]:
    threats = attack.threats.values()
    flows = {threat.flow.id: threat.flow for threat in threats if threat.flow}
    touched = {threat.element.id for threat in threats}
    touched |= {end.id for flow in flows.values() for end in (flow.source, flow.target)}
    aimed = {threat.element.id for threat in threats}
    moved = {kind.id for flow in flows.values() for kind in flow.data}
    inhabited = {attack.elements[id_].boundary.id for id_ in touched}
    stores = [e.id for e in attack.elements.values() if e.kind is ElementKind.STORE]
    yield from _unused("element", attack.elements, touched, "no threat touches it")
    yield from _unused("store", stores, aimed, "no threat is aimed at it")
    yield from _unused("flow", attack.flows, flows, "no threat takes it")
    yield from _unused("data", attack.data, moved, "it moves on no threatened flow")
    yield from _unused("boundary", attack.trust_boundaries, inhabited, "nobody lives inside it")


def _papers(attack: AttackModel) -> Iterator[Gap]:
    """Every instrument stands at a boundary where somebody may hold it out."""
    held_out = {
        instrument.id
        for boundary in attack.authority_boundaries.values()
        for instrument in boundary.instruments
    }
    yield from _unused("instrument", attack.instruments, held_out, "no authority holds it out")


def _resting(attack: AttackModel) -> Iterator[Gap]:
    """What may rest somewhere got there by a flow."""
    arrives = {(flow.target.id, kind.id) for flow in attack.flows.values() for kind in flow.data}
    for element in attack.elements.values():
        for kind in element.holds:
            if (element.id, kind) not in arrives:
                yield Gap("holds", f"{element.id}:{kind}", "No flow brings it there.")


def _opposites(attack: AttackModel) -> Iterator[Gap]:
    """Guarding against one threat too hard makes another: that is true both ways or not at all."""
    for threat in attack.threats.values():
        for other in threat.opposes:
            there = attack.threats.get(other)
            if there is None or threat.id not in there.opposes:
                yield Gap("opposite", f"{other}:{threat.id}", "The other side does not say so.")


def _segments(attack: AttackModel) -> Iterator[Gap]:
    for cell in segments(attack):
        where = f"{cell.flow.id}:{cell.category}"
        if not cell.threats and not cell.reason:
            yield Gap("segment", where, "It has neither a threat nor a reason why not.")
        if cell.threats and cell.reason:
            yield Gap("segment", where, f"It has a reason and yet a threat: {cell.threats[0]}.")


def segments(attack: AttackModel) -> tuple[Segment, ...]:
    """Return every flow under every LINDDUN category, threats and reasons filled in."""
    return tuple(
        _segment(flow, category, _of_category(attack.threats, category), attack.blanks)
        for flow in attack.flows.values()
        for category in attack.vocabularies["linddun"].categories
    )


def _of_category(threats: Mapping[str, Threat], category: str) -> list[Threat]:
    return [
        threat
        for threat in threats.values()
        if any(node.partition(".")[0] == category for node in threat.linddun)
    ]


NOBODY_FLOWS = "Nothing that tells about an applicant flows here."
"""The reason that need not be written, for every category but non-compliance."""


def _segment(
    flow: Flow, category: str, threats: list[Threat], blanks: Mapping[tuple[str, str], str]
) -> Segment:
    """
    Look at one cell.

    A threat at an end counts only where the data that flows tells about
    somebody, and never at a person: what one applicant is not told on one
    flow says nothing about the others.
    """
    outside = ElementKind.EXTERNAL
    at_ends = [t for t in threats if flow.personal and t.element.kind is not outside]
    return Segment(
        flow=flow,
        category=category,
        at_flow=tuple(t.id for t in threats if t.flow is flow),
        at_source=tuple(t.id for t in at_ends if t.element is flow.source),
        at_target=tuple(t.id for t in at_ends if t.element is flow.target),
        reason=blanks.get((flow.id, category)) or _obvious(flow, category, threats),
    )


def _obvious(flow: Flow, category: str, threats: list[Threat]) -> str:
    """Return the reason that follows from the data alone, or ""."""
    told = flow.personal or category == "Nc" or any(t.flow is flow for t in threats)
    return "" if told else NOBODY_FLOWS


def _unused(kind: str, known: Iterable[str], used: Iterable[str], why: str) -> Iterator[Gap]:
    covered = set(used)
    yield from (Gap(kind, id_, f"{why.capitalize()}.") for id_ in known if id_ not in covered)
