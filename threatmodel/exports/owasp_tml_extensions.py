"""What the OWASP library's schema has no place for, under names of our own."""

from collections.abc import Mapping
from dataclasses import fields

from idaudit.threatmodel.attacks import Acceptance, Vocabulary
from idaudit.threatmodel.exports import owasp_tml_system, owasp_tml_threats
from idaudit.threatmodel.exports.export import standing_of
from idaudit.threatmodel.exports.plain import Record, by_id, record
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.status import Standing

OURS = "idaudit.example.org"
"""A name nobody can own: the schema wants keys that look like a domain and a path."""


def extensions(model: ThreatModel, standings: Mapping[str, Standing]) -> Record:
    """Return each kind of thing that has no place elsewhere, by a key of our own."""
    attack = model.attack
    found = {
        "fillers": {**owasp_tml_system.FILLERS, **owasp_tml_threats.FILLERS},
        "threats": _threats(model, standings),
        "guarantees": by_id(model.guarantees.values(), *_GUARANTEE),
        "bearers": by_id(attack.bearers.values(), "name", "stake"),
        "elements": by_id(attack.elements.values(), "kind", "holds"),
        "flows": by_id(attack.flows.values(), "data"),
        "authority": by_id(attack.authority_boundaries.values(), *_AUTHORITY),
        "instruments": by_id(attack.instruments.values(), *_INSTRUMENT),
        "limits": by_id(model.limits, "sources"),
        "acceptances": [
            record(each, *(field.name for field in fields(Acceptance)))
            for each in attack.acceptances
        ],
        "sources": by_id(model.sources.values(), "title", "kind", "date", "cite", "caution"),
        "vocabularies": {each.id: _vocabulary(each) for each in attack.vocabularies.values()},
    }
    return {f"{OURS}/{name}": value for name, value in found.items()}


_THREAT = (
    "family", "flow", "harmed", "breaks", "observations", "linddun", "stride", "panoptic",
    "extension", "reach", "undone", "severity", "opposes", "no_check_yet",
)  # fmt: skip
_GUARANTEE = (
    "code", "area", "subjects", "plain", "obligation", "sources", "violations", "standards",
    "no_check_yet", "unverified_standards",
)  # fmt: skip
_AUTHORITY = ("holder", "over", "power", "what", "limit", "instruments", "sources")
_INSTRUMENT = (
    "title", "signer", "outcomes", "warrant_only", "right", "trap", "sources", "caution",
)  # fmt: skip


def _threats(model: ThreatModel, standings: Mapping[str, Standing]) -> Record:
    return {
        threat.id: {
            **record(threat, *_THREAT),
            "standing": record(
                standing_of(threat, standings), "status", "because", "checks", "defects"
            ),
        }
        for threat in model.threats.values()
    }


def _vocabulary(vocabulary: Vocabulary) -> Record:
    """Return *vocabulary* with our glosses; printing ids without their edition misleads."""
    return {
        **record(vocabulary, "title", "edition", "source", "caution"),
        "categories": by_id(vocabulary.categories.values(), "name", "gloss", "old_name"),
        "nodes": by_id(vocabulary.nodes.values(), "gloss"),
    }
