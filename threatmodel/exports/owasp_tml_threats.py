"""Threats, who is behind them, and what is promised against them, for the OWASP library."""

from collections.abc import Mapping, Sequence

from idaudit.threatmodel.attacks import Adversary, Severity, Threat
from idaudit.threatmodel.exports.export import standing_of
from idaudit.threatmodel.exports.plain import Record
from idaudit.threatmodel.model import AttackModel, Guarantee, ThreatModel
from idaudit.threatmodel.status import Standing, Status

FILLERS = {
    "threat_personas.skill_level": "insider",
    "threat_personas.access_level": "user",
    "threat_personas.applicability_to_org": "moderate",
}
"""What the schema demands of every persona, and the model does not say."""

NOBODY = "as-designed"
"""The one adversary who is not a person."""

_PRIORITIES = {
    Severity.LOW: "low",
    Severity.MODERATE: "medium",
    Severity.HIGH: "high",
    Severity.GRAVE: "critical",
}
_SEVERITIES = list(Severity)


def personas(attack: AttackModel) -> list[Record]:
    """Return the adversaries, most of whom mean no harm."""
    return [_persona(each) for each in attack.adversaries.values()]


def _persona(adversary: Adversary) -> Record:
    return {
        "symbolic_name": f"persona-{adversary.id}",
        "title": adversary.name,
        "description": f"Wants: {adversary.wants} Can: {adversary.can}",
        "is_person": adversary.id != NOBODY,
        "skill_level": FILLERS["threat_personas.skill_level"],
        "access_level": FILLERS["threat_personas.access_level"],
        "malicious_intent": adversary.malicious,
        "applicability_to_org": FILLERS["threat_personas.applicability_to_org"],
    }


def threats(model: ThreatModel) -> list[Record]:
    """Return the threats; what has no place in one is below ``extensions``."""
    return [_threat(each) for each in model.threats.values()]


def _threat(threat: Threat) -> Record:
    return {
        "symbolic_name": threat.id,
        "title": threat.title,
        "description": threat.story,
        "components_affected": [threat.element.id],
        "threat_persona": f"persona-{threat.adversary.id}",
        "event": threat.flow.what if threat.flow else f"At: {threat.element.name}",
        "sources": ["adversary" if threat.adversary.malicious else "failure"],
    }


def controls(model: ThreatModel, standings: Mapping[str, Standing]) -> list[Record]:
    """Return the promises, each with the threats it is there to hold off."""
    broken_by = {
        id_: [threat for threat in model.threats.values() if id_ in threat.breaks]
        for id_ in model.guarantees
    }
    return [
        _control(guarantee, broken_by[guarantee.id], standings)
        for guarantee in model.guarantees.values()
        if broken_by[guarantee.id]
    ]


def _control(
    guarantee: Guarantee, threats: Sequence[Threat], standings: Mapping[str, Standing]
) -> Record:
    gravest = max((threat.severity for threat in threats), key=_SEVERITIES.index)
    return {
        "symbolic_name": f"promise-{guarantee.id}",
        "title": guarantee.statement,
        "description": guarantee.because,
        "threats": [threat.id for threat in threats],
        "status": _status({standing_of(threat, standings).status for threat in threats}),
        "priority": _PRIORITIES[gravest],
    }


def _status(found: set[Status]) -> str:
    """
    Return the word for a promise against which the threats stand as *found*.

    "active" only where every one of them is held off: readers of this format
    take that word, and also "assumed", "retired" and "wont_do", to mean that
    each threat named beside it is mitigated.
    """
    if found == {Status.HELD}:
        return "active"
    return "under_review" if Status.REALISED in found else "suggested"
