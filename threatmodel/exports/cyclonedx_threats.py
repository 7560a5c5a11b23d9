"""Threats, who is behind them and what they are after, for CycloneDX."""

from collections.abc import Iterator, Mapping

from idaudit.threatmodel.attacks import Adversary, Threat, Vocabulary
from idaudit.threatmodel.exports.cyclonedx_blueprint import part
from idaudit.threatmodel.exports.cyclonedx_terms import properties, ref
from idaudit.threatmodel.exports.plain import Record, record
from idaudit.threatmodel.model import AttackModel, ThreatModel
from idaudit.threatmodel.system import DataKind

_THREAT = (
    "family", "harmed", "breaks", "observations", "linddun", "stride", "panoptic", "extension",
    "opposes", "no_check_yet",
)  # fmt: skip


def profiles(attack: AttackModel) -> Record:
    """Return the adversaries and the kinds of data, which others refer to."""
    return {
        "dataProfiles": [_kind(each) for each in attack.data.values()],
        "threatProfiles": [_adversary(each) for each in attack.adversaries.values()],
    }


def _kind(kind: DataKind) -> Record:
    return {
        "bom-ref": ref("profile", kind.id),
        "name": kind.name,
        "properties": properties({"subject": kind.subject or "nobody"}),
    }


def _adversary(adversary: Adversary) -> Record:
    return {
        "bom-ref": ref("adversary", adversary.id),
        "name": adversary.name,
        "description": f"Wants: {adversary.wants} Can: {adversary.can}",
        "properties": properties(record(adversary, "malicious")),
    }


def threats(model: ThreatModel) -> list[Record]:
    """Return what can go wrong, each under its LINDDUN and STRIDE categories."""
    return [_threat(each, model.attack.vocabularies) for each in model.threats.values()]


def _threat(threat: Threat, vocabularies: Mapping[str, Vocabulary]) -> Record:
    return {
        "bom-ref": ref("threat", threat.id),
        "name": threat.title,
        "description": threat.story,
        "origin": "adversarial" if threat.adversary.malicious else "structural",
        "categories": [
            {"taxonomy": taxonomy, "category": category}
            for taxonomy, category in dict.fromkeys(_categories(threat, vocabularies))
        ],
        "affectedAssets": [part(threat.element)],
        "mitigations": [ref("control", id_) for id_ in threat.breaks],
        "properties": properties(record(threat, *_THREAT)),
    }


def _categories(
    threat: Threat, vocabularies: Mapping[str, Vocabulary]
) -> Iterator[tuple[str, str]]:
    """Yield the categories in the format's words; it knows LINDDUN by its earlier names."""
    for id_ in threat.linddun:
        yield "LINDDUN", _slug(vocabularies["linddun"].category(id_).old_name)
    for id_ in threat.stride:
        yield "STRIDE", _slug(vocabularies["stride"].category(id_).name)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def scenarios(model: ThreatModel) -> list[Record]:
    """Return for each threat who makes it happen, and on which way."""
    return [_scenario(each) for each in model.threats.values()]


def _scenario(threat: Threat) -> Record:
    way = [ref("flow", threat.flow.id)] if threat.flow else []
    intent = {} if threat.adversary.malicious else {"intent": "accidental"}
    return {
        "bom-ref": ref("scenario", threat.id),
        "name": threat.title,
        "threats": [ref("threat", threat.id)],
        "threatProfile": ref("adversary", threat.adversary.id),
        **intent,
        "affectedAssets": [part(threat.element), *way],
        "relatedRisks": [ref("risk", threat.id)],
    }
