"""The parts of the system as the Open Threat Model format names them, and where each is drawn."""

from idaudit.threatmodel.exports.layout import Drawing, Frame, centred
from idaudit.threatmodel.exports.plain import Record, record
from idaudit.threatmodel.system import DataKind, Element, ElementKind, Flow, TrustBoundary

DIAGRAM = "data-flows"
FILLERS: Record = {
    "assets.risk": 0,
    "trustZones.risk.trustRating": 0,
    "threats.risk.likelihood": 100,
    "mitigations.riskReduction": 0,
}
"""Numbers that the schema demands and nobody measured."""

_TYPES = {
    ElementKind.EXTERNAL: "actor",
    ElementKind.PROCESS: "service",
    ElementKind.STORE: "database",
    ElementKind.ARTEFACT: "artefact",
}
"""Words of our choice; Threat Dragon draws a "service" and a "database" as what they are."""


def asset(kind: DataKind) -> Record:
    """Return one kind of data."""
    unknown = FILLERS["assets.risk"]
    return {
        "id": kind.id,
        "name": kind.name,
        "risk": {"confidentiality": unknown, "integrity": unknown, "availability": unknown},
        "attributes": {"subject": kind.subject or "nobody"},
    }


def zone(boundary: TrustBoundary, frame: Frame) -> Record:
    """Return *boundary* with its frame on the drawing."""
    return {
        "id": f"zone-{boundary.id}",
        "name": boundary.name,
        "description": boundary.what,
        "risk": {"trustRating": FILLERS["trustZones.risk.trustRating"]},
        "representations": [_drawn(f"zone-{boundary.id}", frame, frame.x, frame.y)],
    }


def component(element: Element, places: Drawing, threats: list[Record]) -> Record:
    """Return *element*, drawn where it stands counted from the corner of its zone."""
    frame = places.boundaries[element.boundary.id]
    place = centred(places.elements[element.id], 100, 100)
    return {
        "id": element.id,
        "name": element.name,
        "type": _TYPES[element.kind],
        "description": element.what,
        "parent": {"trustZone": f"zone-{element.boundary.id}"},
        "representations": [_drawn(element.id, place, place.x - frame.x, place.y - frame.y)],
        "assets": {"stored": list(element.holds)},
        "threats": threats,
        "attributes": record(element, "holds"),
    }


def dataflow(flow: Flow) -> Record:
    """Return *flow*; its threats stand at the component each is aimed at."""
    return {
        "id": f"flow-{flow.id}",
        "name": flow.id.replace("-", " "),
        "description": flow.what,
        "source": flow.source.id,
        "destination": flow.target.id,
        "assets": [kind.id for kind in flow.data],
    }


def _drawn(id_: str, frame: Frame, x: int, y: int) -> Record:
    return {
        "representation": DIAGRAM,
        "id": f"drawn-{id_}",
        "position": {"x": x, "y": y},
        "size": {"width": frame.width, "height": frame.height},
    }
