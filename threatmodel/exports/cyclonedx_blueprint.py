"""The parts of the system, as a CycloneDX blueprint draws them."""

from idaudit.threatmodel.exports.cyclonedx_terms import properties, ref
from idaudit.threatmodel.exports.owasp_tml_system import crossed
from idaudit.threatmodel.exports.plain import Record, record
from idaudit.threatmodel.model import AttackModel, Limit, ThreatModel
from idaudit.threatmodel.system import (
    AuthorityBoundary,
    DataKind,
    Element,
    ElementKind,
    Flow,
    TrustBoundary,
)

_TYPES: dict[ElementKind, object] = {
    ElementKind.EXTERNAL: "actor",
    ElementKind.PROCESS: "process",
    ElementKind.ARTEFACT: {"name": "artefact"},
}


def blueprint(model: ThreatModel) -> Record:
    """Return zones, what stands in them, what flows, and who holds power over whom."""
    attack = model.attack
    return {
        "bom-ref": "blueprint",
        "name": "Data flows by trust boundary, and powers",
        "modelTypes": ["data-flow"],
        "assets": [_asset(e) for e in attack.elements.values() if e.kind in _TYPES],
        "dataStores": [_store(e) for e in attack.elements.values() if e.kind not in _TYPES],
        "dataSets": [_data(kind, attack) for kind in attack.data.values()],
        "zones": [_zone(each) for each in attack.trust_boundaries.values()],
        "boundaries": [_boundary(*pair) for pair in crossed(attack.flows.values())],
        "flows": [_flow(each) for each in attack.flows.values()],
        "relationships": [_power(each) for each in attack.authority_boundaries.values()],
        "assumptions": [_limit(each) for each in model.limits],
        "requirements": [ref("requirement", id_) for id_ in model.guarantees],
    }


def part(element: Element) -> str:
    """Return the reference of *element*."""
    return ref("element", element.id)


def _asset(element: Element) -> Record:
    return {
        "bom-ref": part(element),
        "type": _TYPES[element.kind],
        "name": element.name,
        "description": element.what,
        "zone": ref("zone", element.boundary.id),
        "properties": properties(record(element, "holds")),
    }


def _store(element: Element) -> Record:
    return {
        "bom-ref": part(element),
        "type": {"name": "unspecified"},
        "name": element.name,
        "description": element.what,
        "zone": ref("zone", element.boundary.id),
        "dataSets": [ref("data", kind) for kind in element.holds],
    }


def _data(kind: DataKind, attack: AttackModel) -> Record:
    """Return one kind of data, and until when it may rest in each store."""
    return {
        "bom-ref": ref("data", kind.id),
        "name": kind.name,
        "description": kind.name,
        "dataProfiles": [ref("profile", kind.id)],
        "placements": [
            {"dataStore": part(each), "retention": each.holds[kind.id]}
            for each in attack.elements.values()
            if kind.id in each.holds and each.kind is ElementKind.STORE
        ],
    }


def _zone(boundary: TrustBoundary) -> Record:
    return {
        "bom-ref": ref("zone", boundary.id),
        "name": boundary.name,
        "description": boundary.what,
        "type": "trust",
    }


def _boundary(one: str, other: str) -> Record:
    return {
        "bom-ref": ref("boundary", f"{one}+{other}"),
        "type": "trust",
        "zones": [ref("zone", one), ref("zone", other)],
    }


def _flow(flow: Flow) -> Record:
    return {
        "bom-ref": ref("flow", flow.id),
        "name": flow.id.replace("-", " "),
        "description": flow.what,
        "type": "data",
        "source": part(flow.source),
        "destination": part(flow.target),
        "dataProfiles": [ref("profile", kind.id) for kind in flow.data],
    }


def _power(boundary: AuthorityBoundary) -> Record:
    """Return who can make whom do what, which is no line that data crosses."""
    held = {
        "type": str(boundary.power),
        "targets": [part(each) for each in boundary.over],
        "description": f"{boundary.id}: {boundary.what} Where it ends: {boundary.limit}",
    }
    return {"ref": part(boundary.holder), "custom": [held]}


def _limit(limit: Limit) -> Record:
    return {
        "bom-ref": ref("limit", limit.id),
        "description": limit.statement,
        "topic": "compliance",
        "validity": "unverified",
        "validationMethod": limit.instead,
    }
