"""
The threat model as OWASP Threat Dragon opens it, version 2.

The application reads threats from the ``data`` of a cell; its published schema
is open and describes them one level higher, so that a file can be valid and
show no threat at all. It knows the seven LINDDUN categories by the names of an
earlier edition, and none of their nodes.
"""

from collections.abc import Mapping
from itertools import chain

from idaudit.threatmodel.attacks import Severity, Threat
from idaudit.threatmodel.exports.export import (
    SCOPE,
    TITLE,
    Export,
    identifier,
    losses,
    standing_of,
    written,
)
from idaudit.threatmodel.exports.layout import drawing
from idaudit.threatmodel.exports.prose import countered, described, editions
from idaudit.threatmodel.exports.threat_dragon_arrows import arrow_cells, flowing, held
from idaudit.threatmodel.exports.threat_dragon_cells import (
    Cell,
    boundary_cell,
    element_cell,
)
from idaudit.threatmodel.model import AttackModel, ThreatModel
from idaudit.threatmodel.status import Standing, Status

VERSION = "2.6.2"  # of the application whose reading code this follows
THUMBNAIL = "./public/content/images/thumbnail.linddun.jpg"

SEVERITIES = {
    Severity.LOW: "Low",
    Severity.MODERATE: "Medium",
    Severity.HIGH: "High",
    Severity.GRAVE: "Critical",
}
STATUSES = {
    Status.REALISED: "Open",
    Status.EXPIRED: "Open",
    Status.NOT_RUN: "Open",
    Status.ACCEPTED: "Accepted",
    Status.HELD: "Mitigated",
    Status.NOT_APPLICABLE: "NotApplicable",
}


def threat_dragon(model: ThreatModel, standings: Mapping[str, Standing]) -> Export:
    """Return *model* as one data-flow diagram with its threats on the elements."""
    document = {
        "version": VERSION,
        "summary": {
            "title": TITLE,
            "owner": "",
            "description": f"{SCOPE} Vocabularies: {editions(model)}.",
            "id": identifier("model", "idaudit"),
        },
        "detail": {
            "contributors": [{"name": "idaudit"}],
            "diagrams": _diagrams(model, standings),
            "diagramTop": 2,
            "reviewer": "",
            "threatTop": len(model.threats),
        },
    }
    return Export("threat-dragon.json", written(document), losses(LOSSES))


def _diagram(number: int, title: str, says: str, cells: list[Cell]) -> Cell:
    return {
        "id": number,
        "version": VERSION,
        "title": title,
        "description": says,
        "diagramType": "LINDDUN",
        "placeholder": "",
        "thumbnail": THUMBNAIL,
        "cells": cells,
    }


def _diagrams(model: ThreatModel, standings: Mapping[str, Standing]) -> list[Cell]:
    """Return what flows, with every threat, and who holds power over whom, with none."""
    attack = model.attack
    slots = drawing(attack.trust_boundaries.values(), attack.elements.values()).elements
    flows = map(flowing, attack.flows.values())
    powers = chain.from_iterable(map(held, attack.authority_boundaries.values()))
    threats = _threats(model, standings)
    first = [*_scenery(attack, threats, "flows"), *arrow_cells(flows, slots, "flows")]
    second = [*_scenery(attack, {}, "powers"), *arrow_cells(powers, slots, "powers")]
    return [
        _diagram(0, "Data flows by trust boundary", "Every threat stands at an element.", first),
        _diagram(1, "Powers", "Who can make whom do what. The threats are in the first.", second),
    ]


def _scenery(attack: AttackModel, threats: Mapping[str, list[Cell]], diagram: str) -> list[Cell]:
    """Return the boundaries and, in front of them, the elements with the threats at each."""
    places = drawing(attack.trust_boundaries.values(), attack.elements.values())
    return [
        *(
            boundary_cell(each, places.boundaries[each.id], diagram)
            for each in attack.trust_boundaries.values()
        ),
        *(
            element_cell(
                each, places.elements[each.id], threats.get(each.id, []), attack.data, diagram
            )
            for each in attack.elements.values()
        ),
    ]


def _threats(model: ThreatModel, standings: Mapping[str, Standing]) -> dict[str, list[Cell]]:
    """Return the threats at each element; each threat stands at one, and is counted once."""
    found: dict[str, list[Cell]] = {id_: [] for id_ in model.attack.elements}
    for number, threat in enumerate(model.threats.values(), 1):
        standing = standing_of(threat, standings)
        found[threat.element.id].append(_threat(number, threat, standing, model))
    return found


def _threat(number: int, threat: Threat, standing: Standing, model: ThreatModel) -> Cell:
    linddun = model.attack.vocabularies["linddun"]
    return {
        "id": identifier("threat", threat.id),
        "threatId": threat.id,
        "number": number,
        "title": threat.title,
        "modelType": "LINDDUN",
        "type": linddun.category(threat.linddun[0]).old_name,
        "status": STATUSES[standing.status],
        "severity": SEVERITIES[threat.severity],
        "score": "",
        "description": described(threat),
        "mitigation": countered(threat, standing, model),
        "new": False,
    }


_NO_ROOM = "The application knows threats on a drawing, and nothing beside the drawing."
_LEFT_HOME = "Of use only to those who amend the model in idaudit."

LOSSES = {
    "threat.draft": _LEFT_HOME,
    "element.surfaces": "How an audit looks into a store; the application draws stores.",
    "flow.operations": "How an audit drives a flow; the application draws flows.",
    "authority-boundary.instruments": _NO_ROOM,
    "authority-boundary.sources": _NO_ROOM,
    "adversary.id": "There are no adversaries; a threat tells the name of its own.",
    "adversary.wants": "There are no adversaries.",
    "adversary.can": "There are no adversaries.",
    "adversary.malicious": "There are no adversaries.",
    "adversary.words": _LEFT_HOME,
    "adversary.draft": _LEFT_HOME,
    "bearer.id": "Nobody is harmed; a threat tells the names of those it harms.",
    "bearer.stake": "Nobody is harmed.",
    "bearer.words": _LEFT_HOME,
    "guarantee.code": "There are no promises; a mitigation tells what was promised.",
    "guarantee.area": "There are no promises.",
    "guarantee.subjects": "There are no promises.",
    "guarantee.plain": "There are no promises.",
    "guarantee.because": "There are no promises.",
    "guarantee.obligation": "There are no promises.",
    "guarantee.sources": "There are no promises, and no sources.",
    "guarantee.violations": "There are no promises; a mitigation tells the number of the way.",
    "guarantee.standards": "There are no promises, and no standards.",
    "guarantee.no_check_yet": "There are no promises; a threat tells why no check would see it.",
    "guarantee.unverified_standards": "There are no promises, and no standards.",
    "limit": _NO_ROOM,
    "legal-instrument": _NO_ROOM,
    "acceptance.sources": "A mitigation tells who accepted what and why, without sources.",
    "data-kind.id": "There are no kinds of data; flows and stores tell their names.",
    "programme": "A drawing is of one system, not of what several cities promised.",
    "source": _NO_ROOM,
}
"""What the application has no place for."""
