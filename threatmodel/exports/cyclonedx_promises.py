"""What is promised, what came of it, and what is at risk, for CycloneDX."""

from collections.abc import Mapping, Sequence

from idaudit.threatmodel.attacks import Severity, Threat
from idaudit.threatmodel.exports.cyclonedx_blueprint import part
from idaudit.threatmodel.exports.cyclonedx_terms import properties, ref
from idaudit.threatmodel.exports.export import standing_of
from idaudit.threatmodel.exports.plain import Record, record
from idaudit.threatmodel.exports.prose import accepted
from idaudit.threatmodel.model import Guarantee, ThreatModel
from idaudit.threatmodel.status import Standing, Status

_GUARANTEE = (
    "code", "area", "subjects", "plain", "obligation", "sources", "violations", "standards",
    "no_check_yet", "unverified_standards",
)  # fmt: skip
_CRITERIA = {Status.HELD: "passed", Status.REALISED: "failed"}
_RISKS: dict[Status, object] = {
    Status.REALISED: "assessed",
    Status.EXPIRED: {"name": "acceptance-expired"},
    Status.NOT_RUN: "identified",
    Status.ACCEPTED: "accepted",
    Status.HELD: "mitigated",
    Status.NOT_APPLICABLE: {"name": "not-applicable"},
}
_IMPACTS = {
    Severity.LOW: "low",
    Severity.MODERATE: "moderate",
    Severity.HIGH: "major",
    Severity.GRAVE: "catastrophic",
}


def requirements(model: ThreatModel, standings: Mapping[str, Standing]) -> list[Record]:
    """Return the promises, and for each what has to be shown and whether it was."""
    return [
        _requirement(each, _breaking(each, model), standings) for each in model.guarantees.values()
    ]


def _breaking(guarantee: Guarantee, model: ThreatModel) -> list[Threat]:
    return [threat for threat in model.threats.values() if guarantee.id in threat.breaks]


def _requirement(
    guarantee: Guarantee, threats: Sequence[Threat], standings: Mapping[str, Standing]
) -> Record:
    return {
        "bom-ref": ref("requirement", guarantee.id),
        "id": guarantee.id,
        "name": guarantee.statement,
        "rationale": guarantee.because,
        "type": ["privacy"],
        "acceptanceCriteria": [_criterion(standing_of(each, standings)) for each in threats],
        "properties": properties(record(guarantee, *_GUARANTEE)),
    }


def _criterion(standing: Standing) -> Record:
    """
    Return one thing that must not happen, and whether it was seen not to.

    A criterion is a threat together with all the checks that would see it: a
    standing says how a threat fared, not which of its checks said so.
    """
    shown = f" Shown by: {', '.join(standing.checks)}." if standing.checks else ""
    seen = f" Made to happen by: {', '.join(standing.defects)}." if standing.defects else ""
    return {
        "id": standing.threat.id,
        "description": f"{standing.status}: {standing.because}{shown}{seen}",
        "status": _CRITERIA.get(standing.status, "pending"),
    }


def controls(model: ThreatModel, standings: Mapping[str, Standing]) -> list[Record]:
    """Return what holds each promise up: verified only where each of its threats is held off."""
    return [_control(each, _breaking(each, model), standings) for each in model.guarantees.values()]


def _control(
    guarantee: Guarantee, threats: Sequence[Threat], standings: Mapping[str, Standing]
) -> Record:
    found = {standing_of(threat, standings).status for threat in threats}
    applies = dict.fromkeys(part(threat.element) for threat in threats)
    return {
        "bom-ref": ref("control", guarantee.id),
        "name": f"Whatever keeps the promise {guarantee.id}",
        "status": "verified" if found == {Status.HELD} else "proposed",
        **({"appliesTo": list(applies)} if applies else {}),
        "satisfies": [ref("requirement", guarantee.id)],
    }


def risks(model: ThreatModel, standings: Mapping[str, Standing]) -> list[Record]:
    """Return who is harmed how badly; how likely it is, nobody measured."""
    return [
        _risk(threat, standing_of(threat, standings), model) for threat in model.threats.values()
    ]


def _risk(threat: Threat, standing: Standing, model: ThreatModel) -> Record:
    harmed = "; ".join(each.name for each in threat.harmed)
    impact = {
        "level": _IMPACTS[threat.severity],
        "description": f"Reaches: {threat.reach}; undone: {threat.undone}",
    }
    responses = _responses(threat, model)
    return {
        "bom-ref": ref("risk", threat.id),
        "name": threat.title,
        "statement": f"Harmed: {harmed}",
        "domains": [{"type": "privacy"}],
        "relatedThreats": [ref("threat", threat.id)],
        "relatedRequirements": [ref("requirement", id_) for id_ in threat.breaks],
        "inherentRisk": {"impact": impact},
        **({"responses": responses} if responses else {}),
        "status": _RISKS[standing.status],
    }


def _responses(threat: Threat, model: ThreatModel) -> list[Record]:
    return [
        {
            "bom-ref": ref("acceptance", threat.id),
            "strategy": "accept",
            "description": accepted(each),
        }
        for each in model.attack.acceptances
        if each.threat == threat.id
    ]
