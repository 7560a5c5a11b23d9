"""
The register: every threat there ever was, and how many there are of everything else.

Ids are public: last year's report names a threat by its id and must find it, so
an id is never used for another threat and goes only with a word about why. The
numbers see to it that a fall is somebody's decision and not an accident.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.links import Links
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.toml_reader import Table, read_toml

FILE = "register.toml"
OURS = "ours"
"""How the register marks a threat that the research notes did not draft."""


@dataclass(frozen=True, slots=True)
class Register:
    """What there is meant to be."""

    threats: Mapping[str, str]  # id -> its draft's id, or "ours"
    retired: Mapping[str, str]  # id -> why it went
    counts: Mapping[str, int]


def read_register(folder: Traversable | None = None) -> Register:
    """Read the register in *folder*, or the one that ships."""
    file = read_toml(folder or files("idaudit.threatmodel"), FILE)
    file.only(("threats", "retired", "counts"))
    counts = file.table("counts")
    return Register(
        threats=_texts(file.table("threats")),
        retired=_texts(file.table("retired")),
        counts={name: counts.count(name) for name in counts.entries},
    )


def _texts(table: Table) -> dict[str, str]:
    return {id_: table.text(id_) for id_ in table.entries}


def counted(model: ThreatModel, links: Links) -> dict[str, int]:
    """Return how many there are of each kind."""
    attack = model.attack
    return {
        "guarantees": len(model.guarantees),
        "ways to break them": sum(len(each.violations) for each in model.guarantees.values()),
        "programmes": len(model.programmes),
        "limits": len(model.limits),
        "sources": len(model.sources),
        "adversaries": len(attack.adversaries),
        "bearers": len(attack.bearers),
        "elements": len(attack.elements),
        "flows": len(attack.flows),
        "kinds of data": len(attack.data),
        "trust boundaries": len(attack.trust_boundaries),
        "authority boundaries": len(attack.authority_boundaries),
        "instruments": len(attack.instruments),
        "threats": len(attack.threats),
        "threats without a check": sum(not any(links.countering(id_)) for id_ in attack.threats),
        "checks": len(links.checks),
        "defects": len(links.defects),
    }


def unregistered(model: ThreatModel, links: Links, register: Register) -> Iterator[Gap]:
    """Yield each threat that came, went or changed its draft unnoticed, and each wrong number."""
    for id_ in register.threats:
        if id_ not in model.threats:
            yield Gap("threat", id_, f"It is gone; say why under [retired] in {FILE}.")
    for threat in model.threats.values():
        noted = register.threats.get(threat.id)
        if threat.id in register.retired:
            yield Gap("threat", threat.id, "It was retired; a new threat needs a new id.")
        elif noted is None:
            yield Gap("threat", threat.id, f"It is new; enter it in {FILE}.")
        elif noted != (threat.draft or OURS):
            yield Gap("threat", threat.id, f"It was registered as {noted}.")
    found = counted(model, links)
    for name in sorted({*found, *register.counts}):
        noted_number, number = register.counts.get(name, 0), found.get(name, 0)
        if noted_number != number:
            what = f"There are {number}, and {FILE} says {noted_number}."
            yield Gap("count", name, what)
