"""The shapes on a Threat Dragon drawing."""

import textwrap
from collections.abc import Mapping

from idaudit.threatmodel.exports.export import identifier
from idaudit.threatmodel.exports.layout import Frame, centred
from idaudit.threatmodel.exports.prose import housed
from idaudit.threatmodel.system import DataKind, Element, ElementKind, TrustBoundary

Cell = dict[str, object]

_SHAPES = {
    ElementKind.EXTERNAL: ("actor", "tm.Actor", 150, 80),
    ElementKind.PROCESS: ("process", "tm.Process", 100, 100),
    ElementKind.STORE: ("store", "tm.Store", 150, 75),
    ElementKind.ARTEFACT: ("store", "tm.Store", 150, 75),
}
CALM: Cell = {"stroke": "#333333", "strokeWidth": 1.5, "strokeDasharray": "none"}
_ALARMED: Cell = {"stroke": "red", "strokeWidth": 2.5, "strokeDasharray": "none"}


def boundary_cell(boundary: TrustBoundary, frame: Frame, diagram: str) -> Cell:
    """Return the frame of *boundary*, behind everything that stands in it."""
    return {
        "id": identifier(f"{diagram}-boundary", boundary.id),
        "shape": "trust-boundary-box",
        "zIndex": -1,
        "visible": True,
        **placed(frame),
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
        "id": end(diagram, element),
        "shape": shape,
        "zIndex": 1,
        "visible": True,
        **placed(centred(slot, width, height)),
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


def end(diagram: str, element: Element) -> str:
    """Return the id of the cell of *element* on *diagram*."""
    return identifier(f"{diagram}-element", element.id)


def placed(frame: Frame) -> Cell:
    """Return where a cell stands, and how large it is."""
    return {
        "position": {"x": frame.x, "y": frame.y},
        "size": {"width": frame.width, "height": frame.height},
    }


def _wrapped(name: str) -> str:
    return "\n".join(textwrap.wrap(name, 18))


def _strokes(shape: str, *, alarmed: bool) -> Cell:
    """Return the lines a shape is drawn with: a store has two, everything else one."""
    stroke = _ALARMED if alarmed else CALM
    return dict.fromkeys(("topLine", "bottomLine") if shape == "store" else ("body",), stroke)
