"""
The threat model in the schema of the OWASP Threat Model Library, 1.0.2.

The schema is closed, knows no category of threats, and demands guesses that we
do not make (how likely, how skilled, which kind of store). What it has no place
for goes below ``extensions`` under a name of our own; what it demands and we do
not know is filled in the same everywhere, and named there as a filler.
"""

from collections.abc import Mapping

from idaudit.threatmodel.exports.export import SCOPE, TITLE, Export, losses, written
from idaudit.threatmodel.exports.owasp_tml_extensions import extensions
from idaudit.threatmodel.exports.owasp_tml_system import system
from idaudit.threatmodel.exports.owasp_tml_threats import controls, personas, threats
from idaudit.threatmodel.exports.prose import editions
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.status import Standing

SCHEMA = (
    "https://github.com/OWASP/www-project-threat-model-library/blob/v1.0.2/threat-model.schema.json"
)


def owasp_tml(model: ThreatModel, standings: Mapping[str, Standing]) -> Export:
    """Return *model* as one entry of the library."""
    document = {
        "$schema": SCHEMA,
        "version": "1",
        "scope": {
            "title": TITLE,
            "description": SCOPE,
            "business_criticality": "high",
            "data_sensitivity": ["pii"],
            "exposure": "external",
            "tier": "important",
        },
        "description": f"Categories of threats are below extensions: {editions(model)}.",
        **system(model.attack),
        "assumptions": [
            {"description": f"{each.statement} {each.instead}", "validity": "unconfirmed"}
            for each in model.limits
        ],
        "threat_personas": personas(model.attack),
        "threats": threats(model),
        "controls": controls(model, standings),
        "extensions": extensions(model, standings),
    }
    return Export("owasp-threat-model.json", written(document), losses(LOSSES))


_LEFT_HOME = "Of use only to those who amend the model in idaudit."
_AUDIT = "How an audit drives and watches the system; of use only to idaudit."

LOSSES = {
    "threat.draft": _LEFT_HOME,
    "element.surfaces": _AUDIT,
    "flow.operations": _AUDIT,
    "adversary.words": _LEFT_HOME,
    "adversary.draft": _LEFT_HOME,
    "bearer.words": _LEFT_HOME,
    "legal-instrument.number": _LEFT_HOME,
    "legal-instrument.built_as": _AUDIT,
    "programme": "A threat model is of one system, not of what several cities promised.",
}
"""What found no place even below ``extensions``."""
