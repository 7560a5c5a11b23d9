"""Arrows with a number on each, for the key below to explain."""

from collections.abc import Mapping, Sequence

from idaudit.threatmodel.diagrams.marks import look
from idaudit.threatmodel.diagrams.routing import Board, Point, Wire
from idaudit.threatmodel.diagrams.svg import PAPER, group, path, tag, text, trail
from idaudit.threatmodel.diagrams.tallies import Tally

PITCH = 12
"""Pixels between two lines of the grid."""

_APART = 2  # grid lines between two numbers


def badge(number: int, tally: Tally, x: int, y: int) -> str:
    """Return a number in a disc, its centre at *x*, *y*."""
    ink = look(tally).ink
    disc = tag("circle", cx=x, cy=y, r=11, fill=ink, stroke=PAPER, stroke_width=2)
    figure = text(x, y + 4, str(number), size=12, fill=PAPER, bold=True, anchor="middle")
    return group("badge", disc, figure)


def arrow(way: Sequence[Point], tally: Tally) -> str:
    """Return the line along *way*, and its head."""
    of, corners = look(tally), [(x * PITCH, y * PITCH) for x, y in _corners(way)]
    (x, y), (before_x, before_y) = corners[-1], corners[-2]
    dx, dy = _sign(x - before_x), _sign(y - before_y)
    corners[-1] = back_x, back_y = x - 10 * dx, y - 10 * dy
    head = trail(
        (x - dx, y - dy),
        (back_x + 5 * dy, back_y + 5 * dx),
        (back_x - 5 * dy, back_y - 5 * dx),
        closed=True,
    )
    dashes = {"stroke_dasharray": of.dashes} if of.dashes else {}
    line = path(trail(*corners), of.ink, **dashes)
    return line + tag("path", d=head, fill=of.ink)


def badge_places(
    ways: Mapping[str, tuple[Point, ...]], wires: Sequence[Wire], board: Board
) -> dict[str, Point]:
    """Return for each wire a point where its number hides neither a number nor another wire."""
    places: dict[str, Point] = {}
    for wire in wires:
        way = ways[wire.id]
        others = {p for id_, other in ways.items() if id_ != wire.id for p in other}
        ranked = sorted(
            range(1, len(way) - 1),
            key=lambda n: (_cost(way[n], others, places, board), abs(n - 3), n),
        )
        places[wire.id] = way[ranked[0]] if ranked else way[0]
    return places


def _cost(point: Point, others: set[Point], places: Mapping[str, Point], board: Board) -> int:
    x, y = point
    near = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    close = sum(max(abs(x - a), abs(y - b)) < _APART for a, b in places.values())
    return (
        50 * close
        + 8 * (point in others)
        + sum(p in others for p in near)
        + sum(3 for p in near if p in board.blocked)
    )


def _corners(way: Sequence[Point]) -> list[Point]:
    inner = (
        here
        for before, here, after in zip(way, way[1:], way[2:], strict=False)
        if not (before[0] == after[0] or before[1] == after[1])
    )
    return [way[0], *inner, way[-1]]


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
