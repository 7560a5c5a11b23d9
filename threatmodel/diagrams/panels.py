"""The trust boundaries as panels, with everything in them, and what crosses between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from idaudit.threatmodel.diagrams.keys import Entry, Row, key
from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import mark
from idaudit.threatmodel.diagrams.page import INNER, MARGIN, WIDTH, Drawing
from idaudit.threatmodel.diagrams.routing import Board, Box, Wire
from idaudit.threatmodel.diagrams.svg import GROUND, INK, SOFT, group, leading, lines, tag, text
from idaudit.threatmodel.diagrams.tallies import Tallies, Tally, together
from idaudit.threatmodel.diagrams.views import View
from idaudit.threatmodel.diagrams.wires import PITCH, arrow, badge, badge_places
from idaudit.threatmodel.system import Element, ElementKind, Flow, TrustBoundary

_GUTTER, _APART, _PAD, _NAME = 9, 7, 12, 14
_HEADS = {
    ElementKind.EXTERNAL: "People and bodies",
    ElementKind.PROCESS: "Work done",
    ElementKind.STORE: "Where data rests",
    ElementKind.ARTEFACT: "Handed out",
}


@dataclass(frozen=True, slots=True)
class Crossing:
    """Everything that flows from one trust boundary into another."""

    source: TrustBoundary
    target: TrustBoundary
    flows: tuple[Flow, ...]

    @property
    def id(self) -> str:
        """The ids of both sides."""
        return f"{self.source.id}-to-{self.target.id}"


@dataclass(frozen=True, slots=True)
class Panel:
    """One boundary, and where its panel lies on the grid."""

    boundary: TrustBoundary
    elements: tuple[Element, ...]
    what: tuple[str, ...]
    box: Box


def draw_panels(view: View, found: Tallies) -> Drawing:
    """Draw *view* as panels."""
    panels = _panels(view)
    crossings = crossed(view.flows)
    arrows, badges, low = _arrows(crossings, panels, found)
    entries = [_entry(n, each, found) for n, each in enumerate(crossings, 1)]
    below, end = key(entries, low * PITCH + 40)
    boxes = "".join(_panel(panel, found) for panel in panels)
    told = " ".join(f"{each.source.name} to {each.target.name}." for each in crossings)
    shapes = "Arrows: everything that flows from one place into another; what, the key tells."
    return Drawing(arrows + boxes + badges + below, end, told, shapes)


def crossed(flows: Sequence[Flow]) -> tuple[Crossing, ...]:
    """Return what crosses from each boundary into each other one, in order of the flows."""
    pairs: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows:
        pairs.setdefault((flow.source.boundary.id, flow.target.boundary.id), []).append(flow)
    return tuple(
        Crossing(found[0].source.boundary, found[0].target.boundary, tuple(found))
        for found in pairs.values()
    )


def _panels(view: View) -> tuple[Panel, ...]:
    count = len(view.columns)
    wide = (INNER // PITCH - (count - 1) * _GUTTER) // count
    columns = []
    for number, column in enumerate(view.columns):
        x = MARGIN // PITCH + number * (wide + _GUTTER)
        columns.append([_sized(view, boundary, x, wide) for boundary in column])
    tallest = max(sum(p.box.height + _APART for p in column) - _APART for column in columns)
    return tuple(panel for column in columns for panel in _spread(column, tallest))


def _sized(view: View, boundary: TrustBoundary, x: int, wide: int) -> Panel:
    elements = view.within(boundary)
    what = wrap(boundary.what, 12, wide * PITCH - 2 * _PAD)
    kinds = {element.kind for element in elements}
    names = sum(len(_name(each, wide * PITCH)) * leading(_NAME) + 4 for each in elements)
    need = 48 + len(what) * leading(12) + 28 * len(kinds) + names
    return Panel(boundary, elements, what, Box(x, 1, wide, -(-need // PITCH)))


def _spread(column: Sequence[Panel], tallest: int) -> list[Panel]:
    """Spread the panels of one column over the height of the tallest column."""
    slack = tallest - sum(panel.box.height for panel in column)
    between = slack // (len(column) - 1) if len(column) > 1 else 0
    y, spread = 1, []
    for panel in column:
        box = Box(panel.box.x, y, panel.box.width, panel.box.height)
        spread.append(Panel(panel.boundary, panel.elements, panel.what, box))
        y += panel.box.height + between
    return spread


def _name(element: Element, wide: int) -> tuple[str, ...]:
    return wrap(element.name, _NAME, wide - 2 * _PAD - 24)


def _panel(panel: Panel, found: Tallies) -> str:
    box, inside = panel.box, []
    x, y, wide = box.x * PITCH, box.y * PITCH, box.width * PITCH
    below = y + 34 + len(panel.what) * leading(12)
    for kind, head in _HEADS.items():
        elements = [each for each in panel.elements if each.kind is kind]
        if elements:
            inside.append(text(x + _PAD, below + 18, head, size=12, fill=SOFT, bold=True))
            below += 28
        for element in elements:
            inside.append(_element(element, found.elements[element.id], (x, below, wide)))
            below += len(_name(element, wide)) * leading(_NAME) + 4
    return group(
        "boundary",
        tag("rect", x=x, y=y, width=wide, height=box.height * PITCH, fill=GROUND),
        tag("rect", x=x, y=y, width=wide, height=4, fill=INK),
        text(x + _PAD, y + 27, panel.boundary.name, size=16, bold=True),
        lines(x + _PAD, y + 45, panel.what, size=12, fill=SOFT),
        *inside,
    )


def _element(element: Element, tally: Tally, at: tuple[int, int, int]) -> str:
    x, y, wide = at
    name = _name(element, wide)
    high = len(name) * leading(_NAME) + 2
    return group(
        f"element {tally.css}",
        tag("rect", x=x + 8, y=y, width=wide - 16, height=high, fill="none"),
        mark(tally.worst, x + _PAD + 8, y + 9),
        lines(x + _PAD + 24, y + 14, name, size=_NAME),
        element=element.id,
        title=f"{element.name}: {element.what} {tally.words}".strip(),
    )


def _arrows(
    crossings: Sequence[Crossing], panels: Sequence[Panel], found: Tallies
) -> tuple[str, str, int]:
    """Return the arrows, their numbers, and the lowest line of the grid that either reaches."""
    wires = [Wire(each.id, each.source.id, each.target.id) for each in crossings]
    bottom = max(panel.box.y + panel.box.height for panel in panels)
    boxes = {panel.boundary.id: panel.box for panel in panels}
    board = Board(WIDTH // PITCH - 1, bottom + len(wires), boxes, ())
    ways = board.lay(wires)
    places = badge_places(ways, wires, board)
    arrows, badges = [], []
    for number, each in enumerate(crossings, 1):
        tally, (x, y) = _sum(each, found), places[each.id]
        title = f"{each.source.name} to {each.target.name}: {tally.words}"
        drawn = arrow(ways[each.id], tally)
        arrows.append(group(f"crossing {tally.css}", drawn, crossing=each.id, title=title))
        badges.append(badge(number, tally, x * PITCH, y * PITCH))
    low = max([bottom, *(y for way in ways.values() for _, y in way)])
    return "".join(arrows), "".join(badges), low


def _sum(crossing: Crossing, found: Tallies) -> Tally:
    return together(found.flows[flow.id] for flow in crossing.flows)


def _entry(number: int, crossing: Crossing, found: Tallies) -> Entry:
    rows = (_row(flow, found.flows[flow.id]) for flow in crossing.flows)
    heading = f"{crossing.source.name} to {_inside(crossing.target.name)}"
    return Entry(number, _sum(crossing, found), heading, tuple(rows), bold=True)


def _inside(name: str) -> str:
    """Return a name as it stands in a sentence."""
    return f"the {name.removeprefix('The ')}" if name.startswith("The ") else name.lower()


def _row(flow: Flow, tally: Tally) -> Row:
    return Row(tally.worst, flow.what, coloured=False, flow=flow.id, css=f"flow {tally.css}")
