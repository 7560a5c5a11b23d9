"""Each export fits its format, and what would not fit is seen to be turned away."""

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from idaudit.threatmodel.exports import EXPORTERS
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.status import Standing, Status

SCHEMAS = Path(__file__).with_name("schemas")

each_format = pytest.mark.parametrize("format_", EXPORTERS)


@cache
def exported(format_: str) -> str:
    """Return the real model, with standings of every kind, as *format_* tells it."""
    model, status = load(), cycle(Status)
    standings = {
        each.id: Standing(each, next(status), "It was seen.", ("a_check",), ("Defect",))
        for each in model.threats.values()
    }
    return EXPORTERS[format_](model, standings).text


def document(format_: str) -> Any:  # noqa: ANN401 - JSON of any shape, to be spoilt at will
    """Return an export as JSON, anew for each who asks."""
    return json.loads(exported(format_))


@cache
def validator(format_: str) -> Draft202012Validator:
    """Return what holds *format_* to its schema."""
    schema = json.loads((SCHEMAS / f"{format_}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(format_: str, found: Any) -> list[str]:  # noqa: ANN401 - JSON of any shape
    """Return what is wrong with *found*: what its schema says, then references to nothing."""
    wrong = (
        f"{each.json_path}: {each.message:.200}" for each in validator(format_).iter_errors(found)
    )
    return [*wrong] or sorted(set(POINTS[format_](found)))


def _twice(names: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{name}: named twice"
        seen.add(name)


def _lost(kind: str, names: Iterator[str], known: set[str]) -> Iterator[str]:
    yield from (f"{kind} {name}: refers to nothing" for name in names if name not in known)


def _dragon(found: Any) -> Iterator[str]:  # noqa: ANN401
    threats = []
    for diagram in found["detail"]["diagrams"]:
        cells = diagram["cells"]
        flows = [cell for cell in cells if cell["shape"] == "flow"]
        parts = {cell["id"] for cell in cells if "text" in cell["attrs"]}
        ends = (flow[end]["cell"] for flow in flows for end in ("source", "target"))
        threats += [threat for cell in cells for threat in cell["data"].get("threats", ())]
        yield from _lost("end", ends, parts)
        yield from _twice(cell["id"] for cell in cells)
    yield from _twice(threat["id"] for threat in threats)
    if max(threat["number"] for threat in threats) != found["detail"]["threatTop"]:
        yield "threatTop: is not the highest number"
    if len(found["detail"]["diagrams"]) != found["detail"]["diagramTop"]:
        yield "diagramTop: is not the next number"


def _library(found: Any) -> Iterator[str]:  # noqa: ANN401
    names = {
        heap: [each["symbolic_name"] for each in things]
        for heap, things in found.items()
        if isinstance(things, list) and things and "symbolic_name" in things[0]
    }
    rooms = {"actor": "actors", "component": "components", "data-store": "data_stores"}
    parts = {name for heap in rooms.values() for name in names[heap]}
    zones = {*names["trust_zones"]}
    ends = [flow[end] for flow in found["data_flows"] for end in ("source", "destination")]
    yield from _twice(name for heap in names.values() for name in heap)
    yield from (
        f"end {e}: no such part" for e in ends if e["object"] not in names[rooms[e["type"]]]
    )
    for heap in rooms.values():
        yield from _lost(heap, (each["trust_zone"] for each in found[heap]), zones)
    for pair in found["trust_boundaries"]:
        yield from _lost("boundary", iter(pair.values()), zones)
    for data in found["data_sets"]:
        stores = (each["data_store"] for each in data["placements"])
        yield from _lost("placement", stores, {*names["data_stores"]})
    for threat in found["threats"]:
        yield from _lost("threat", iter(threat["components_affected"]), parts)
        yield from _lost("threat", iter([threat["threat_persona"]]), {*names["threat_personas"]})
    for control in found["controls"]:
        yield from _lost("control", iter(control["threats"]), {*names["threats"]})


REFERENCES = {
    "zone": "zone", "zones": "zone", "source": "element", "destination": "element",
    "ref": "element", "targets": "element", "appliesTo": "element", "dataStore": "element",
    "affectedAssets": "element flow", "dataProfiles": "profile", "dataSets": "data",
    "requirements": "requirement", "satisfies": "requirement", "relatedRequirements": "requirement",
    "threats": "threat", "relatedThreats": "threat", "threatProfile": "adversary",
    "relatedRisks": "risk", "mitigations": "control",
}  # fmt: skip
"""The keys whose strings refer to something by its bom-ref, and what it then is."""


def _references(found: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield every bom-ref, and every reference to one, with the key it stands under."""
    match found:
        case dict():
            for inner, each in found.items():
                yield from _references(each, inner)
        case list():
            for each in found:
                yield from _references(each, key)
        case str() if key == "bom-ref" or key in REFERENCES:
            yield key, found


def _bill(found: Any) -> Iterator[str]:  # noqa: ANN401
    pairs = list(_references(found))
    known = [name for key, name in pairs if key == "bom-ref"]
    yield from _twice(iter(known))
    referring = [(key, name) for key, name in pairs if key != "bom-ref"]
    yield from _lost("ref", (name for _, name in referring), {*known})
    for key, name in referring:
        if name.partition(":")[0] not in REFERENCES[key].split():
            yield f"{key} {name}: refers to another kind of thing"


def _open(found: Any) -> Iterator[str]:  # noqa: ANN401
    ids = {
        heap: {each["id"] for each in found[heap]}
        for heap in (
            "representations",
            "assets",
            "trustZones",
            "components",
            "threats",
            "mitigations",
        )
    }
    yield from _twice(
        each["id"] for heap in ("trustZones", "components", "dataflows") for each in found[heap]
    )
    for part in found["components"]:
        at = part["threats"]
        yield from _lost("parent", iter(part["parent"].values()), ids["trustZones"])
        yield from _lost("asset", iter(part["assets"]["stored"]), ids["assets"])
        yield from _lost("threat", (each["threat"] for each in at), ids["threats"])
        met = (each["mitigation"] for threat in at for each in threat["mitigations"])
        yield from _lost("mitigation", met, ids["mitigations"])
    for flow in found["dataflows"]:
        yield from _lost("end", iter([flow["source"], flow["destination"]]), ids["components"])
        yield from _lost("asset", iter(flow["assets"]), ids["assets"])
    for drawn in (*found["trustZones"], *found["components"]):
        shown = (each["representation"] for each in drawn["representations"])
        yield from _lost("drawing", shown, ids["representations"])


POINTS: dict[str, Callable[[Any], Iterator[str]]] = {
    "threat-dragon": _dragon, "owasp-tml": _library, "cyclonedx": _bill, "otm": _open,
}  # fmt: skip
"""What finds references to nothing, and names used twice, which no schema does."""


@each_format
def test_an_export_fits_its_format(format_: str) -> None:
    """A file that its tool refuses is no export."""
    assert faults(format_, document(format_)) == []


GONE, TWICE, FLIPPED = object(), object(), object()
"""Take it away; put a second one like it beside it; say the contrary."""

ELSEWHERE = "5f0c6d0e-6a0b-5c39-9d0a-9a8f2f6f1d27"  # an id, of nothing on the drawing
NODE = "detail.diagrams.0.cells.[threats]"  # the first cell with threats
SPOILT = (
    ("threat-dragon", "summary.title", GONE),
    ("threat-dragon", "detail.threatTop", 3),
    ("threat-dragon", "detail.diagramTop", 9),
    ("threat-dragon", f"{NODE}.position", GONE),
    ("threat-dragon", f"{NODE}.size.width", 3),
    ("threat-dragon", f"{NODE}.shape", "circle"),
    ("threat-dragon", f"{NODE}.threats", []),  # where the published schema has them, unread
    ("threat-dragon", f"{NODE}.data.threats", GONE),
    ("threat-dragon", f"{NODE}.data.hasOpenThreats", FLIPPED),
    ("threat-dragon", f"{NODE}.data.threats.0.id", GONE),
    ("threat-dragon", f"{NODE}.data.threats.0.id", "paper-outlives-decision"),
    ("threat-dragon", f"{NODE}.data.threats.0.type", "Linking"),  # the name of a later edition
    ("threat-dragon", f"{NODE}.data.threats.0.status", "Held"),
    ("threat-dragon", f"{NODE}.data.threats.0.severity", "Grave"),
    ("threat-dragon", f"{NODE}.data.threats.0", TWICE),
    ("threat-dragon", f"{NODE}", TWICE),
    ("threat-dragon", "detail.diagrams.0.cells.-1.source.cell", ELSEWHERE),
    ("threat-dragon", "detail.diagrams.1.cells.-1.target", GONE),
    ("owasp-tml", "$schema", GONE),
    ("owasp-tml", "scope.tier", "vital"),
    ("owasp-tml", "linddun", []),
    ("owasp-tml", "extensions.idaudit", {}),
    ("owasp-tml", "threats.0.symbolic_name", "Paper outlives decision"),
    ("owasp-tml", "threats.0.category", "Linkability"),
    ("owasp-tml", "threats.0.sources", ["litigant"]),
    ("owasp-tml", "threats.0.threat_persona", "persona-stranger"),
    ("owasp-tml", "threats.0.components_affected", ["nowhere"]),
    ("owasp-tml", "threats.0", TWICE),
    ("owasp-tml", "controls.0.status", "verified"),
    ("owasp-tml", "controls.0.threats", ["no-such-threat"]),
    ("owasp-tml", "data_flows.0.encrypted", GONE),
    ("owasp-tml", "data_flows.0.source.type", "data-store"),
    ("owasp-tml", "actors.0.trust_zone", "public"),
    ("cyclonedx", "specVersion", "1.7"),
    ("cyclonedx", "metadata.properties", []),  # no longer said to be experimental
    ("cyclonedx", "threats.threats.0.bom-ref", GONE),
    ("cyclonedx", "threats.threats.0.severity", "high"),
    ("cyclonedx", "threats.threats.0.categories.0.category", "linking"),
    ("cyclonedx", "threats.threats.0.categories.0.taxonomy", "STRIDE"),
    ("cyclonedx", "threats.threats.0.mitigations", ["control:no-such-promise"]),
    ("cyclonedx", "threats.threats.0", TWICE),
    ("cyclonedx", "risks", []),  # a list, as it was in an earlier draft of ours
    ("cyclonedx", "definitions.requirements.0.acceptanceCriteria.0.status", "held"),
    ("cyclonedx", "controls.0.satisfies", ["requirement:nothing"]),
    ("cyclonedx", "blueprints.0.flows.0.source", "element:nowhere"),
    ("cyclonedx", "blueprints.0.flows.0.dataProfiles.0", "data:papers"),
    ("cyclonedx", "blueprints.0.dataStores.0.bom-ref", "zone:vault"),
    ("otm", "otmVersion", "0.1.0"),
    ("otm", "project.id", GONE),
    ("otm", "threats.0.risk", GONE),
    ("otm", "threats.0.risk.impact", "high"),
    ("otm", "threats.0.adversary", "insider"),
    ("otm", "components.0.parent", {"zone": "public"}),
    ("otm", "components.0.parent.trustZone", "zone-nowhere"),
    ("otm", "components.[threats].threats.0.state", "mitigated"),
    ("otm", "components.[threats].threats.0.threat", "no-such-threat"),
    ("otm", "components.[threats].threats.0.mitigations.0.mitigation", "no-such-promise"),
    ("otm", "components.0", TWICE),
    ("otm", "dataflows.0.destination", "nowhere"),
)  # fmt: skip
"""A format, a place in its file, and what to put there; each makes a file that must not pass."""


def _at(found: Any, step: str) -> Any:  # noqa: ANN401
    """Return the key or index that *step* means in *found*."""
    if step == "[threats]":
        return next(n for n, each in enumerate(found) if each.get("data", each).get("threats"))
    return int(step) if isinstance(found, list) else step


def spoil(found: Any, place: str, into: object) -> None:  # noqa: ANN401
    """Put *into* at *place* in *found*."""
    *way, last = place.split(".")
    for step in way:
        found = found[_at(found, step)]
    key = _at(found, last)
    if into is GONE:
        del found[key]
    elif into is FLIPPED:
        found[key] = not found[key]
    elif into is TWICE:
        found.append({**copy.deepcopy(found[key])})
    else:
        found[key] = into


@pytest.mark.parametrize(
    ("format_", "place", "into"), SPOILT, ids=[f"{n}-{f}-{p}" for n, (f, p, _) in enumerate(SPOILT)]
)
def test_what_does_not_fit_is_turned_away(format_: str, place: str, into: object) -> None:
    """A schema that lets everything through would pass every export."""
    found = document(format_)
    spoil(found, place, into)

    assert faults(format_, found)


def test_every_format_is_spoilt_a_dozen_ways() -> None:
    """What holds one format strictly says nothing of the others."""
    for format_ in EXPORTERS:
        assert sum(spoilt == format_ for spoilt, _, _ in SPOILT) >= 12
