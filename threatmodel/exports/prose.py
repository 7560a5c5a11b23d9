"""Threats in sentences, for formats that have room for text and for little else."""

from collections.abc import Iterable, Iterator, Mapping

from idaudit.threatmodel.attacks import Acceptance, Evidence, Threat
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.status import Standing
from idaudit.threatmodel.system import DataKind, Element

_SEEN = {
    Evidence.AUTOMATED: "Seen by a check",
    Evidence.MODEL: "Seen in a configuration",
    Evidence.PROCEDURAL: "Seen in a signed record",
}


def editions(model: ThreatModel) -> str:
    """Return the vocabularies whose ids are used, each with its edition."""
    return "; ".join(
        f"{each.title} ({each.edition})" for each in model.attack.vocabularies.values()
    )


def categories(threat: Threat) -> Iterator[str]:
    """Yield every category of *threat* with the name of its vocabulary before it."""
    yield from (f"LINDDUN {id_}" for id_ in threat.linddun)
    yield from (f"STRIDE {id_}" for id_ in threat.stride)
    yield from (f"PANOPTIC {id_}" for id_ in threat.panoptic)
    yield from (f"idaudit {id_}" for id_ in threat.extension)


def described(threat: Threat) -> str:
    """Return who does what to whom, and how it would be seen."""
    return "\n".join([threat.story, *_circumstances(threat)])


def _circumstances(threat: Threat) -> Iterator[str]:
    yield f"Who: {threat.adversary.name}"
    yield f"Where: {threat.element.name}"
    if threat.flow:
        yield f"On the way: {threat.flow.what}"
    yield f"Harmed: {_listed(each.name for each in threat.harmed)}"
    yield f"Reaches: {threat.reach}; undone: {threat.undone}"
    yield from (f"{_SEEN[kind]}: {what}" for kind, what in threat.observations.items())
    yield f"Categories: {_listed(categories(threat))}"
    if threat.opposes:
        yield f"Guarding too hard against it makes: {', '.join(threat.opposes)}"
    yield f"In idaudit: {threat.id} (family {threat.family})"


def countered(threat: Threat, standing: Standing, model: ThreatModel) -> str:
    """Return what is promised against *threat*, and what shows that the promise is kept."""
    return "\n".join(
        [*_evidence(threat, standing), *_promises(threat, model), *_accepted(threat, model)]
    )


def _evidence(threat: Threat, standing: Standing) -> Iterator[str]:
    yield f"Status: {standing.status}. {standing.because}"
    if standing.checks:
        yield f"Checks: {', '.join(standing.checks)}"
    if threat.no_check_yet:
        yield f"No check yet: {threat.no_check_yet}"
    if standing.defects:
        yield f"Made to happen, to see the checks fail, by: {', '.join(standing.defects)}"


def _promises(threat: Threat, model: ThreatModel) -> Iterator[str]:
    for id_, ways in threat.breaks.items():
        numbered = f"; ways to break it: {', '.join(map(str, ways))}" if ways else ""
        yield f"Promised ({id_}{numbered}): {model.guarantees[id_].statement}"


def _accepted(threat: Threat, model: ThreatModel) -> Iterator[str]:
    mine = (each for each in model.attack.acceptances if each.threat == threat.id)
    yield from map(accepted, mine)


def accepted(acceptance: Acceptance) -> str:
    """Return who lives with a threat, why, until when, and who bears the harm."""
    return (
        f"Accepted by {acceptance.owner} on {acceptance.accepted_on}, to be looked at again by "
        f"{acceptance.review_by}: {acceptance.reason} "
        f"Harm borne by: {_listed(each.name for each in acceptance.harm_borne_by)}"
    )


def housed(element: Element, data: Mapping[str, DataKind]) -> str:
    """Return what *element* is, where it stands, and what may rest there until when."""
    rests = (
        f"May rest here: {data[kind].name}, until {end}" for kind, end in element.holds.items()
    )
    stands = f"Kind: {element.kind}; inside: {element.boundary.name}"
    return "\n".join([element.what, stands, *rests, f"In idaudit: {element.id}"])


def carrying(data: Iterable[DataKind]) -> str:
    """Return what flows, each with the headline it belongs to."""
    return _listed(f"{each.name} ({each.subject or 'about nobody'})" for each in data)


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)
