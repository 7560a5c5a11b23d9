"""The parts of the system, as the OWASP Threat Model Library sorts them."""

from collections.abc import Iterable

from idaudit.threatmodel.exports.plain import Record
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import DataKind, Element, ElementKind, Flow, TrustBoundary

_ROOMS = {
    ElementKind.EXTERNAL: "actor",
    ElementKind.PROCESS: "component",
    ElementKind.ARTEFACT: "component",
    ElementKind.STORE: "data-store",
}
FILLERS = {
    "actors.type": "third_party",
    "data_stores.type": "document",
    "data_flows.encrypted": False,
}
"""What the schema demands of every part, and the model does not say."""


def system(attack: AttackModel) -> Record:
    """Return everything but the threats."""
    flows = attack.flows.values()
    return {
        "trust_zones": [_zone(each) for each in attack.trust_boundaries.values()],
        "trust_boundaries": [
            {"trust_zone_a": zone(one), "trust_zone_b": zone(other)}
            for one, other in crossed(flows)
        ],
        "actors": _part(attack, "actor", {"type": FILLERS["actors.type"]}),
        "components": _part(attack, "component", {}),
        "data_stores": _part(attack, "data-store", {"type": FILLERS["data_stores.type"]}),
        "data_sets": [_data(kind, attack.elements.values()) for kind in attack.data.values()],
        "data_flows": [_flow(flow) for flow in flows],
    }


def crossed(flows: Iterable[Flow]) -> list[tuple[str, str]]:
    """Return each pair of boundaries that some flow crosses, once and in order."""
    pairs = {tuple(sorted((f.source.boundary.id, f.target.boundary.id))) for f in flows}
    return sorted((one, other) for one, other in pairs if one != other)


def zone(id_: str) -> str:
    """Return the name of a boundary; readers put zones, parts and flows on one heap of names."""
    return f"zone-{id_}"


def _zone(boundary: TrustBoundary) -> Record:
    return {
        "symbolic_name": zone(boundary.id),
        "title": boundary.name,
        "description": boundary.what,
    }


def _part(attack: AttackModel, room: str, filler: Record) -> list[Record]:
    return [
        {
            "symbolic_name": each.id,
            "title": each.name,
            "description": each.what,
            "trust_zone": zone(each.boundary.id),
            **filler,
        }
        for each in attack.elements.values()
        if _ROOMS[each.kind] == room
    ]


def _data(kind: DataKind, elements: Iterable[Element]) -> Record:
    return {
        "symbolic_name": f"data-{kind.id}",
        "title": kind.name,
        "description": f"About: {kind.subject or 'nobody'}",
        "data_sensitivity": ["pii" if kind.subject else "op"],
        "placements": [
            {"data_store": each.id}
            for each in elements
            if kind.id in each.holds and each.kind is ElementKind.STORE
        ],
    }


def _flow(flow: Flow) -> Record:
    return {
        "symbolic_name": f"flow-{flow.id}",
        "title": flow.id.replace("-", " ").capitalize(),
        "description": flow.what,
        "source": _end(flow.source),
        "destination": _end(flow.target),
        "has_sensitive_data": flow.personal,
        "encrypted": FILLERS["data_flows.encrypted"],
    }


def _end(element: Element) -> Record:
    return {"type": _ROOMS[element.kind], "object": element.id}
