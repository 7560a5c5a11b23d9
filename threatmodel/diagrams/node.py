"""One element as a box: its name, its mark, and where it stands."""

from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import fits, wrap
from idaudit.threatmodel.diagrams.marks import Look, look, mark, stroked
from idaudit.threatmodel.diagrams.svg import group, leading, lines, path, tag, trail
from idaudit.threatmodel.diagrams.tallies import Tally
from idaudit.threatmodel.system import Element, ElementKind

SHAPES = (
    "Rounded: people and bodies. Square: work done. Double edge: data rests here."
    " Cut corner: something handed out."
)
"""What the outlines mean, in words."""
_SMALL, _PAD = 12, 9
_SIZES = (14, 13, 12)


@dataclass(frozen=True, slots=True)
class Node:
    """An element with its words broken to the width of its box."""

    element: Element
    tally: Tally
    width: int
    size: int  # of the letters of its name
    name: tuple[str, ...]
    brief: tuple[str, ...]

    @property
    def height(self) -> int:
        """What its words need."""
        words = len(self.name) * leading(self.size) + len(self.brief) * leading(_SMALL)
        return words + 2 * _PAD + (4 if self.brief else 0)


def name_size(element: Element, width: int) -> int:
    """Return the largest size in which no word of its name breaks in a box *width* wide."""
    room = width - 2 * _PAD
    sizes = (size for size in _SIZES if fits(element.name, size, room, bold=True))
    return next(sizes, _SIZES[-1])


def node(element: Element, tally: Tally, width: int, size: int = _SIZES[0]) -> Node:
    """Return *element* as a box *width* wide, its name in letters of *size*."""
    room = width - 2 * _PAD
    name = wrap(element.name, size, room, bold=True)
    return Node(element, tally, width, size, name, wrap(tally.brief, _SMALL, room - 22))


def draw_node(of: Node, x: int, y: int, height: int) -> str:
    """Return the box at *x*, *y*, as high as its row allows."""
    colours, top = look(of.tally), y + (height - of.height) // 2 + _PAD + 11
    below = top + len(of.name) * leading(of.size) + 2
    left = x + _PAD + (2 if of.element.kind is ElementKind.STORE else 0)
    return group(
        f"element {of.tally.css}",
        outline(of.element.kind, x, y, of.width, height, colours),
        lines(left, top, of.name, size=of.size, bold=True),
        mark(of.tally.worst, left + 8, below - 4) if of.brief else "",
        lines(left + 22, below, of.brief, size=_SMALL, fill=colours.ink),
        element=of.element.id,
        title=f"{of.element.name}: {of.element.what} {of.tally.words}".strip(),
    )


def outline(kind: ElementKind, x: int, y: int, width: int, height: int, of: Look) -> str:
    """Return the outline that tells what kind of element it is."""
    edge = stroked(of)
    match kind:
        case ElementKind.EXTERNAL:
            return tag("rect", x=x, y=y, width=width, height=height, rx=18, fill=of.tint, **edge)
        case ElementKind.STORE:
            inner = path(trail((x + 6, y), (x + 6, y + height)), of.ink)
            return tag("rect", x=x, y=y, width=width, height=height, fill=of.tint, **edge) + inner
        case ElementKind.ARTEFACT:
            return _cut(x, y, width, height, of)
        case ElementKind.PROCESS:
            return tag("rect", x=x, y=y, width=width, height=height, rx=2, fill=of.tint, **edge)


def _cut(x: int, y: int, width: int, height: int, of: Look) -> str:
    """Return a rectangle with one corner cut, on an invisible whole one."""
    whole = tag("rect", x=x, y=y, width=width, height=height, fill="none")
    right, below = x + width, y + height
    corner = trail(
        (x, y), (right - 14, y), (right, y + 14), (right, below), (x, below), closed=True
    )
    return whole + tag("path", d=corner, fill=of.tint, **stroked(of))
