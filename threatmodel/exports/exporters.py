"""Every format the threat model can be written in."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from idaudit.threatmodel.exports.cyclonedx import cyclonedx
from idaudit.threatmodel.exports.export import Export
from idaudit.threatmodel.exports.otm import otm
from idaudit.threatmodel.exports.owasp_tml import owasp_tml
from idaudit.threatmodel.exports.threat_dragon import threat_dragon
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.status import Standing

EXPORTERS: Mapping[str, Callable[[ThreatModel, Mapping[str, Standing]], Export]] = MappingProxyType(
    {
        "threat-dragon": threat_dragon,
        "owasp-tml": owasp_tml,
        "cyclonedx": cyclonedx,
        "otm": otm,
    }
)
"""By the id of the format: what writes the model, given where each threat stands."""
