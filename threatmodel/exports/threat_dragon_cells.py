"""The shapes on a Threat Dragon drawing."""

import textwrap
from collections.abc import Mapping

from idaudit.threatmodel.exports.export import identifier
from idaudit.threatmodel.exports.layout import Frame, centred
from idaudit.threatmodel.exports.prose import carrying, housed
from idaudit.threatmodel.system import (
    AuthorityBoundary,
    DataKind,
    Element,
    ElementKind,
    Flow,
    TrustBoundary,
)

Cell = dict[str, object]

_SHAPES = {
    ElementKind.EXTERNAL: ("actor", "tm.Actor", 150, 80),
    ElementKind.PROCESS: ("process", "tm.Process", 100, 100),
    ElementKind.STORE: ("store", "tm.Store", 150, 75),
    ElementKind.ARTEFACT: ("store", "tm.Store", 150, 75),
}
_CALM: Cell = {"stroke": "#333333", "strokeWidth": 1.5, "strokeDasharray": "none"}
_ALARMED: Cell = {"stroke": "red", "strokeWidth": 2.5, "strokeDasharray": "none"}


def boundary_cell(boundary: TrustBoundary, frame: Frame, diagram: str) -> Cell:
    """Return the frame of *boundary*, behind everything that stands in it."""
    return {
        "id": identifier(f"{diagram}-boundary", boundary.id),
        "shape": "trust-boundary-box",
        "zIndex": -1,
        "visible": True,
        **_placed(frame),
        "attrs": {"label": {"text": boundary.name}},
        "data": {
            "type": "tm.BoundaryBox",
            "name": boundary.name,
            "description": f"{boundary.what}\nIn idaudit: {boundary.id}",
            "isTrustBoundary": True,
            "hasOpenThreats": False,
        },
    }


def element_cell(
    element: Element, slot: Frame, threats: list[Cell], data: Mapping[str, DataKind], diagram: str
) -> Cell:
    """Return *element* with the *threats* at it, red while one of them is open."""
    shape, type_, width, height = _SHAPES[element.kind]
    alarmed = any(threat["status"] == "Open" for threat in threats)
    return {
        "id": _end(diagram, element),
        "shape": shape,
        "zIndex": 1,
        "visible": True,
        **_placed(centred(slot, width, height)),
        "attrs": {"text": {"text": _wrapped(element.name)}, **_strokes(shape, alarmed=alarmed)},
        "data": {
            "type": type_,
            "name": element.name,
            "description": housed(element, data),
            "isTrustBoundary": False,
            "outOfScope": False,
            "reasonOutOfScope": "",
            "hasOpenThreats": alarmed,
            "threats": threats,
        },
    }


def flow_cell(flow: Flow, slots: Mapping[str, Frame], diagram: str) -> Cell:
    """Return *flow*; the threats on it stand at the element each is aimed at."""
    says = f"{flow.what}\nCarries: {carrying(flow.data)}\nIn idaudit: {flow.id}"
    ends = (flow.source, flow.target)
    return _edge(identifier("flow", flow.id), flow.id.replace("-", " "), says, ends, slots, diagram)


def power_cells(
    boundary: AuthorityBoundary, slots: Mapping[str, Frame], diagram: str
) -> list[Cell]:
    """Return an arrow from who holds a power to each over whom it is held."""
    says = f"{boundary.what}\nWhere it ends: {boundary.limit}\nIn idaudit: {boundary.id}"
    return [
        _edge(
            identifier("power", f"{boundary.id}:{over.id}"),
            str(boundary.power),
            says,
            (boundary.holder, over),
            slots,
            diagram,
        )
        for over in boundary.over
    ]


def _edge(
    id_: str,
    name: str,
    says: str,
    ends: tuple[Element, Element],
    slots: Mapping[str, Frame],
    diagram: str,
) -> Cell:
    """Return an arrow, placed half-way between its ends."""
    source, target = (slots[each.id] for each in ends)
    return {
        "id": id_,
        "shape": "flow",
        "zIndex": 10,
        "visible": True,
        **_placed(Frame((source.x + target.x) // 2, (source.y + target.y) // 2, 200, 100)),
        "connector": "smooth",
        "source": {"cell": _end(diagram, ends[0])},
        "target": {"cell": _end(diagram, ends[1])},
        "vertices": [],
        "labels": [_label(name)],
        "attrs": {
            "line": {**_CALM, "sourceMarker": {"name": ""}, "targetMarker": {"name": "block"}}
        },
        "data": {
            "type": "tm.Flow",
            "name": name,
            "description": says,
            "isTrustBoundary": False,
            "outOfScope": False,
            "reasonOutOfScope": "",
            "hasOpenThreats": False,
            "isBidirectional": False,
            "threats": [],
        },
    }


def _end(diagram: str, element: Element) -> str:
    return identifier(f"{diagram}-element", element.id)


def _placed(frame: Frame) -> Cell:
    return {
        "position": {"x": frame.x, "y": frame.y},
        "size": {"width": frame.width, "height": frame.height},
    }


def _wrapped(name: str) -> str:
    return "\n".join(textwrap.wrap(name, 18))


def _strokes(shape: str, *, alarmed: bool) -> Cell:
    """Return the lines a shape is drawn with: a store has two, everything else one."""
    stroke = _ALARMED if alarmed else _CALM
    return dict.fromkeys(("topLine", "bottomLine") if shape == "store" else ("body",), stroke)


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
