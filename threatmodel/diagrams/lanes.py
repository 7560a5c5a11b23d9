"""A story that runs from left to right through the trust boundaries, a lane for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idaudit.threatmodel.diagrams.keys import Entry, Row, key
from idaudit.threatmodel.diagrams.lettering import width
from idaudit.threatmodel.diagrams.marks import LOOKS
from idaudit.threatmodel.diagrams.node import SHAPES, Node, draw_node, name_size, node
from idaudit.threatmodel.diagrams.page import INNER, MARGIN, WIDTH, Drawing
from idaudit.threatmodel.diagrams.ranks import Edge, forward, ordered, ranks
from idaudit.threatmodel.diagrams.routing import Board, Box, Wire
from idaudit.threatmodel.diagrams.svg import GROUND, SOFT, group, tag, text
from idaudit.threatmodel.diagrams.tallies import Tallies
from idaudit.threatmodel.diagrams.views import View
from idaudit.threatmodel.diagrams.wires import PITCH, arrow, badge, badge_places
from idaudit.threatmodel.system import Flow, TrustBoundary

_HEAD, _BETWEEN, _ROW_GAP = 3, 1, 3  # in grid lines
_GUTTER, _WIDEST = 4, 16
_USABLE = WIDTH // PITCH - 6


@dataclass(slots=True)
class Layout:
    """Where everything lies, in grid lines."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lanes: list[tuple[TrustBoundary, Box]] = field(default_factory=list)
    labels: list[Box] = field(default_factory=list)
    height: int = 0


def draw_lanes(view: View, found: Tallies) -> Drawing:
    """Draw *view* as lanes."""
    rank = ranks([each.id for each in view.elements], view.flows)
    columns = max(rank.values()) + 1
    wide = min(_WIDEST, (_USABLE - _GUTTER * (columns - 1)) // columns)
    size = min(name_size(each, wide * PITCH) for each in view.elements)
    nodes = {e.id: node(e, found.elements[e.id], wide * PITCH, size) for e in view.elements}
    layout = _layout(view, rank, nodes, wide)
    drawn, below = _wires(view, found, layout), layout.height * PITCH + 28
    entries, end = key([_entry(view, n, f, found) for n, f in enumerate(view.flows, 1)], below)
    boxes = [
        draw_node(nodes[id_], b.x * PITCH, b.y * PITCH, b.height * PITCH)
        for id_, b in layout.boxes.items()
    ]
    markup = "".join(
        [*(_lane(*lane) for lane in layout.lanes), drawn[0], *boxes, drawn[1], entries]
    )
    return Drawing(markup, end, " ".join(flow.what for flow in view.flows), SHAPES)


def _layout(view: View, rank: Mapping[str, int], nodes: Mapping[str, Node], wide: int) -> Layout:
    layout, columns = Layout(), max(rank.values()) + 1
    gap = min(3 * _GUTTER, (_USABLE - columns * wide) // max(columns - 1, 1))
    left = 3 + (_USABLE - columns * wide - (columns - 1) * gap) // 2
    cells = _cells(view, rank)
    y = 0
    for (lane,) in view.columns:
        inside = {at[1]: ids for at, ids in cells.items() if at[0] == lane.id}
        top, y = y, y + _HEAD
        for number in range(max(map(len, inside.values()), default=0)):
            row = {at: ids[number] for at, ids in inside.items() if number < len(ids)}
            high = max(-(-nodes[id_].height // PITCH) for id_ in row.values())
            for at, id_ in row.items():
                layout.boxes[id_] = Box(left + int(at) * (wide + gap), y, wide, high)
            y += high + _ROW_GAP
        _close(layout, lane, top, y - 1)
        y += _BETWEEN - 1
    layout.height = y
    return layout


def _close(layout: Layout, lane: TrustBoundary, top: int, bottom: int) -> None:
    edge = MARGIN // PITCH
    layout.lanes.append((lane, Box(edge, top, INNER // PITCH, bottom - top)))
    letters = -(-width(lane.name, 13, bold=True) // PITCH)
    layout.labels.append(Box(edge, top, letters + 1, 1))


def _cells(view: View, rank: Mapping[str, int]) -> dict[Edge, list[str]]:
    """Return the elements of each lane and column, in order; columns are named by number."""
    cells: dict[Edge, list[str]] = {}
    for (lane,) in view.columns:
        for element in sorted(view.within(lane), key=lambda each: rank[each.id]):
            cells.setdefault((lane.id, str(rank[element.id])), []).append(element.id)
    return ordered(cells, forward((flow.source.id, flow.target.id) for flow in view.flows))


def _lane(boundary: TrustBoundary, box: Box) -> str:
    x, y = box.x * PITCH, box.y * PITCH
    high = box.height * PITCH
    return group(
        "boundary",
        tag("rect", x=x, y=y, width=box.width * PITCH, height=high, fill=GROUND),
        text(x + 8, y + 18, boundary.name, size=13, bold=True, fill=SOFT),
        title=boundary.what,
    )


def _wires(view: View, found: Tallies, layout: Layout) -> tuple[str, str]:
    """Return the arrows, which lie under the boxes, and their numbers, which lie above."""
    wires = [Wire(flow.id, flow.source.id, flow.target.id) for flow in view.flows]
    board = Board(WIDTH // PITCH - 2, layout.height - 2, layout.boxes, layout.labels)
    ways = board.lay(wires)
    places = badge_places(ways, wires, board)
    arrows, badges = [], []
    for number, flow in enumerate(view.flows, 1):
        tally, (x, y) = found.flows[flow.id], places[flow.id]
        drawn = arrow(ways[flow.id], tally)
        arrows.append(group(f"flow {tally.css}", drawn, flow=flow.id, title=flow.what))
        badges.append(badge(number, tally, x * PITCH, y * PITCH))
    return "".join(arrows), "".join(badges)


def _entry(view: View, number: int, flow: Flow, found: Tallies) -> Entry:
    tally = found.flows[flow.id]
    if view.threats:
        rows = tuple(Row(status, threat.title) for status, threat in found.named[flow.id])
    else:
        rows = (Row(tally.worst, tally.words or LOOKS[None].gloss),)
    return Entry(number, tally, flow.what, rows, bold=view.threats)
