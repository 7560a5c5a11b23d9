"""The arrows on a Threat Dragon drawing: what flows, and who holds power over whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.exports.export import identifier
from idaudit.threatmodel.exports.layout import Frame
from idaudit.threatmodel.exports.prose import carrying
from idaudit.threatmodel.exports.threat_dragon_cells import CALM, Cell, end, placed
from idaudit.threatmodel.system import AuthorityBoundary, Element, Flow

_ASIDE = 90

Point = dict[str, int]


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes from one element to another."""

    id: str
    name: str
    says: str
    source: Element
    target: Element


def flowing(flow: Flow) -> Arrow:
    """Return *flow*; the threats on it stand at the element each is aimed at."""
    says = f"{flow.what}\nCarries: {carrying(flow.data)}\nIn idaudit: {flow.id}"
    name = flow.id.replace("-", " ")
    return Arrow(identifier("flow", flow.id), name, says, flow.source, flow.target)


def held(boundary: AuthorityBoundary) -> Iterator[Arrow]:
    """Yield an arrow from who holds a power to each over whom it is held."""
    says = f"{boundary.what}\nWhere it ends: {boundary.limit}\nIn idaudit: {boundary.id}"
    for over in boundary.over:
        id_ = identifier("power", f"{boundary.id}:{over.id}")
        yield Arrow(id_, str(boundary.power), says, boundary.holder, over)


def arrow_cells(
    arrows: Iterable[Arrow], slots: Mapping[str, Frame], diagram: str
) -> Iterator[Cell]:
    """Yield *arrows*; of several between the same two, each but the first makes a bend."""
    drawn: Counter[frozenset[str]] = Counter()
    for arrow in arrows:
        pair = frozenset({arrow.source.id, arrow.target.id})
        yield _cell(arrow, (slots[arrow.source.id], slots[arrow.target.id]), diagram, drawn[pair])
        drawn[pair] += 1


def _cell(arrow: Arrow, ends: tuple[Frame, Frame], diagram: str, nth: int) -> Cell:
    """Return *arrow*, placed half-way between its ends."""
    middle = _middle(ends)
    return {
        "id": arrow.id,
        "shape": "flow",
        "zIndex": 10,
        "visible": True,
        **placed(Frame(middle["x"], middle["y"], 200, 100)),
        "connector": "smooth",
        "source": {"cell": end(diagram, arrow.source)},
        "target": {"cell": end(diagram, arrow.target)},
        "vertices": [_beside(middle, ends, nth)] if nth else [],
        "labels": [_label(arrow.name)],
        "attrs": {
            "line": {**CALM, "sourceMarker": {"name": ""}, "targetMarker": {"name": "block"}}
        },
        "data": {
            "type": "tm.Flow",
            "name": arrow.name,
            "description": arrow.says,
            "isTrustBoundary": False,
            "outOfScope": False,
            "reasonOutOfScope": "",
            "hasOpenThreats": False,
            "isBidirectional": False,
            "threats": [],
        },
    }


def _middle(ends: tuple[Frame, Frame]) -> Point:
    one, other = ends
    return {
        "x": (one.x + other.x + one.width) // 2,
        "y": (one.y + other.y + one.height) // 2,
    }


def _beside(middle: Point, ends: tuple[Frame, Frame], nth: int) -> Point:
    """Return a point beside the straight way, off to where the way does not lead."""
    one, other = ends
    across = "y" if abs(one.x - other.x) > abs(one.y - other.y) else "x"
    return {**middle, across: middle[across] + nth * _ASIDE}


def _label(name: str) -> Cell:
    """Return the words on a flow, in the shape that the application itself writes."""
    return {
        "markup": [
            {"tagName": "ellipse", "selector": "labelBody"},
            {"tagName": "text", "selector": "labelText"},
        ],
        "attrs": {
            "labelText": {"text": name, "textAnchor": "middle", "textVerticalAnchor": "middle"},
            "labelBody": {
                "ref": "labelText",
                "refRx": "50%",
                "refRy": "60%",
                "fill": "#fff",
                "strokeWidth": 0,
            },
        },
        "position": {"distance": 0.5, "args": {"keepGradient": True, "ensureLegibility": True}},
    }
