"""
The threat model as a CycloneDX 2.0 bill of materials: experimental.

Version 2.0 is a draft. This follows the branch ``2.0-dev-threatmodeling`` of
the specification at commit cf0bc557; the file says so itself. Of the formats we
write, it alone has a slot for what a check found out: the criteria by which a
requirement is accepted. Its schema does not notice a reference to nothing.
"""

from collections.abc import Mapping

from idaudit.threatmodel.exports.cyclonedx_blueprint import blueprint
from idaudit.threatmodel.exports.cyclonedx_promises import controls, requirements, risks
from idaudit.threatmodel.exports.cyclonedx_terms import properties
from idaudit.threatmodel.exports.cyclonedx_threats import profiles, scenarios, threats
from idaudit.threatmodel.exports.export import (
    SCOPE,
    TITLE,
    Export,
    Loss,
    identifier,
    losses,
    written,
)
from idaudit.threatmodel.exports.plain import Record, by_id
from idaudit.threatmodel.exports.prose import editions
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.status import Standing

DRAFT = "CycloneDX 2.0, branch 2.0-dev-threatmodeling, commit cf0bc557"


def cyclonedx(model: ThreatModel, standings: Mapping[str, Standing]) -> Export:
    """Return *model* as a threat-modelling bill of materials."""
    document = {
        "specFormat": "CycloneDX",
        "specVersion": "2.0",
        "serialNumber": f"urn:uuid:{identifier('model', 'idaudit')}",
        "version": 1,
        "metadata": _metadata(model),
        "blueprints": [blueprint(model)],
        "profiles": profiles(model.attack),
        "threats": {
            "threats": threats(model),
            "scenarios": scenarios(model),
            "methodologies": ["LINDDUN", "STRIDE", {"name": "PANOPTIC"}],
        },
        "risks": {"risks": risks(model, standings)},
        "controls": controls(model, standings),
        "definitions": {"requirements": requirements(model, standings)},
        "properties": properties(_rest(model)),
    }
    return Export("cyclonedx-tm-bom.json", written(document), (EXPERIMENTAL, *losses(LOSSES)))


def _metadata(model: ThreatModel) -> Record:
    system = {"type": "application", "bom-ref": "system", "name": TITLE, "description": SCOPE}
    said = {"experimental": "true", "draft": DRAFT, "vocabularies": editions(model)}
    return {"component": system, "properties": properties(said)}


def _rest(model: ThreatModel) -> Record:
    """Return what no slot was made for, to be written as properties."""
    return {
        "bearer": by_id(model.attack.bearers.values(), "name", "stake"),
        "source": by_id(model.sources.values(), "title", "kind", "date", "cite", "caution"),
    }


EXPERIMENTAL = Loss("cyclonedx", f"Experimental: written for a draft ({DRAFT}), which may change.")

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
    "authority-boundary.sources": "A relationship between parts names no sources.",
    "legal-instrument": _PAPERS,
    "limit.sources": "An assumption names no sources.",
    "acceptance.sources": "A response to a risk names no sources.",
    "programme": "A threat model is of one system, not of what several cities promised.",
}
"""What found no place even among properties."""
