"""Where the parts of the system stand on a drawing: a grid in a frame for each trust boundary."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.system import Element, TrustBoundary

_SLOT_WIDTH, _SLOT_HEIGHT = 230, 170
_HEAD, _GAP, _PAGE = 50, 90, 2400


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the drawing, its corner counted from the top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where every boundary and every element stands."""

    boundaries: Mapping[str, Frame]
    elements: Mapping[str, Frame]  # the slot; what stands in it is drawn in its middle


def drawing(boundaries: Iterable[TrustBoundary], elements: Iterable[Element]) -> Drawing:
    """Place the frames from left to right in rows, and in each its elements as a grid."""
    inside: dict[str, list[Element]] = {each.id: [] for each in boundaries}
    for element in elements:
        inside[element.boundary.id].append(element)
    frames = _shelved({id_: _size(len(group)) for id_, group in inside.items()})
    slots = {
        element.id: _slot(frames[id_], number, _columns(len(group)))
        for id_, group in inside.items()
        for number, element in enumerate(group)
    }
    return Drawing(frames, slots)


def _columns(count: int) -> int:
    return max(1, math.isqrt(max(0, count - 1)) + 1)


def _size(count: int) -> tuple[int, int]:
    columns = _columns(count)
    rows = max(1, -(-count // columns))
    return columns * _SLOT_WIDTH, rows * _SLOT_HEIGHT + _HEAD


def _shelved(sizes: Mapping[str, tuple[int, int]]) -> dict[str, Frame]:
    """Fill rows up to the width of the page; a row is as high as its highest frame."""
    frames: dict[str, Frame] = {}
    x = y = _GAP
    tallest = 0
    for id_, (width, height) in sizes.items():
        if x > _GAP and x + width > _PAGE:
            x, y, tallest = _GAP, y + tallest + _GAP, 0
        frames[id_] = Frame(x, y, width, height)
        x, tallest = x + width + _GAP, max(tallest, height)
    return frames


def _slot(frame: Frame, number: int, columns: int) -> Frame:
    row, column = divmod(number, columns)
    return Frame(
        frame.x + column * _SLOT_WIDTH,
        frame.y + _HEAD + row * _SLOT_HEIGHT,
        _SLOT_WIDTH,
        _SLOT_HEIGHT,
    )


def centred(slot: Frame, width: int, height: int) -> Frame:
    """Return the place of a *width* by *height* shape in the middle of *slot*."""
    return Frame(
        slot.x + (slot.width - width) // 2, slot.y + (slot.height - height) // 2, width, height
    )
