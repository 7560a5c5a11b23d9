"""
The threat model in the Open Threat Model format, 0.2.0.

The format knows no adversary, and its states are free words. It demands
numbers for risk, trust and effect that nobody measured. A filler is named as
one: no trust and no effect are claimed, and every threat is taken to happen,
because readers multiply, and a likelihood of nothing hides the gravest harm.
"""

from collections.abc import Mapping
from dataclasses import fields

from idaudit.threatmodel.attacks import Acceptance, Severity, Threat
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
from idaudit.threatmodel.exports.otm_parts import DIAGRAM, FILLERS, asset, component, dataflow, zone
from idaudit.threatmodel.exports.plain import Record, by_id, record
from idaudit.threatmodel.exports.prose import categories, editions
from idaudit.threatmodel.model import Guarantee, ThreatModel
from idaudit.threatmodel.status import Standing

_IMPACTS = {
    Severity.LOW: 25,
    Severity.MODERATE: 50,
    Severity.HIGH: 75,
    Severity.GRAVE: 100,
}


def otm(model: ThreatModel, standings: Mapping[str, Standing]) -> Export:
    """Return *model* with a drawing, so that it opens where drawings do."""
    document = {
        "otmVersion": "0.2.0",
        "project": _project(model),
        "representations": [
            {"id": DIAGRAM, "name": "Data flows by trust boundary", "type": "diagram"}
        ],
        "assets": [asset(each) for each in model.attack.data.values()],
        **_parts(model, standings),
        "threats": [_threat(each, model, standings) for each in model.threats.values()],
        "mitigations": [_mitigation(each) for each in model.guarantees.values()],
    }
    return Export("open-threat-model.otm.json", written(document), losses(LOSSES))


def _project(model: ThreatModel) -> Record:
    attack = model.attack
    return {
        "id": identifier("model", "idaudit"),
        "name": TITLE,
        "description": SCOPE,
        "attributes": {
            "vocabularies": editions(model),
            "fillers": FILLERS,
            "adversaries": by_id(attack.adversaries.values(), "name", "wants", "can", "malicious"),
            "bearers": by_id(attack.bearers.values(), "name", "stake"),
            "authority": by_id(attack.authority_boundaries.values(), *_AUTHORITY),
            "acceptances": [
                record(each, *(field.name for field in fields(Acceptance)))
                for each in attack.acceptances
            ],
            "limits": by_id(model.limits, "statement", "instead", "sources"),
            "sources": by_id(model.sources.values(), "title", "kind", "date", "cite", "caution"),
        },
    }


_AUTHORITY = ("holder", "over", "power", "what", "limit", "sources")


def _parts(model: ThreatModel, standings: Mapping[str, Standing]) -> Record:
    attack = model.attack
    places = drawing(attack.trust_boundaries.values(), attack.elements.values())
    at: dict[str, list[Record]] = {id_: [] for id_ in attack.elements}
    for threat in model.threats.values():
        at[threat.element.id].append(_instance(threat, standing_of(threat, standings)))
    return {
        "trustZones": [
            zone(each, places.boundaries[each.id]) for each in attack.trust_boundaries.values()
        ],
        "components": [component(each, places, at[each.id]) for each in attack.elements.values()],
        "dataflows": [dataflow(each) for each in attack.flows.values()],
    }


def _instance(threat: Threat, standing: Standing) -> Record:
    """Return *threat* where it stands; the state of a promise is what its threat shows of it."""
    state = str(standing.status)
    return {
        "threat": threat.id,
        "state": state,
        "mitigations": [{"mitigation": id_, "state": state} for id_ in threat.breaks],
    }


def _threat(threat: Threat, model: ThreatModel, standings: Mapping[str, Standing]) -> Record:
    primary = model.attack.vocabularies["linddun"].category(threat.linddun[0])
    return {
        "id": threat.id,
        "name": threat.title,
        "description": threat.story,
        "categories": [primary.old_name, *categories(threat)],
        "risk": {
            "likelihood": FILLERS["threats.risk.likelihood"],
            "likelihoodComment": "Nobody measured it: taken as certain.",
            "impact": _IMPACTS[threat.severity],
            "impactComment": f"Reaches: {threat.reach}; undone: {threat.undone}",
        },
        "attributes": {
            **record(threat, *_THREAT),
            "standing": record(
                standing_of(threat, standings), "status", "because", "checks", "defects"
            ),
        },
    }


_THREAT = (
    "family", "adversary", "flow", "harmed", "breaks", "observations", "opposes", "no_check_yet",
)  # fmt: skip


def _mitigation(guarantee: Guarantee) -> Record:
    return {
        "id": guarantee.id,
        "name": guarantee.statement,
        "description": guarantee.because,
        "riskReduction": FILLERS["mitigations.riskReduction"],
        "attributes": record(guarantee, *_GUARANTEE),
    }


_GUARANTEE = (
    "code", "area", "subjects", "plain", "obligation", "sources", "violations", "standards",
    "no_check_yet", "unverified_standards",
)  # fmt: skip

_LEFT_HOME = "Of use only to those who amend the model in idaudit."
_AUDIT = "How an audit drives and watches the system; of use only to idaudit."

_PAPERS = "There are no papers by which one party compels another."

LOSSES = {
    "threat.draft": _LEFT_HOME,
    "element.surfaces": _AUDIT,
    "flow.operations": _AUDIT,
    "adversary.words": _LEFT_HOME,
    "adversary.draft": _LEFT_HOME,
    "bearer.words": _LEFT_HOME,
    "authority-boundary.instruments": _PAPERS,
    "legal-instrument": _PAPERS,
    "programme": "A threat model is of one system, not of what several cities promised.",
}
"""What found no place even among attributes."""
