"""
Leads wires around boxes on a grid, with few bends and few crossings.

All numbers are whole and all ties are broken by position, so the same boxes
and wires take the same ways on every machine.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from idaudit.threatmodel.errors import SuiteError

Point = tuple[int, int]
Step = tuple[Point, Point]

_BEND, _CROSSING, _BESIDE, _SHARED = 4, 10, 1, 500
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the grid that no wire enters."""

    x: int
    y: int
    width: int
    height: int

    def points(self) -> Iterator[Point]:
        """Yield every point of the grid in it or on its edge."""
        for x in range(self.x, self.x + self.width + 1):
            yield from ((x, y) for y in range(self.y, self.y + self.height + 1))

    def ports(self) -> list[tuple[Point, Point]]:
        """Return each point of its edge where a wire may end, and the way out from there."""
        right, below = self.x + self.width, self.y + self.height
        level = [
            (y, x, way)
            for y in range(self.y + 1, below, 2)
            for x, way in ((self.x, -1), (right, 1))
        ]
        upright = [
            (x, y, way)
            for x in range(self.x + 1, right, 2)
            for y, way in ((self.y, -1), (below, 1))
        ]
        return [((x, y), (way, 0)) for y, x, way in level] + [
            ((x, y), (0, way)) for x, y, way in upright
        ]


@dataclass(frozen=True, slots=True)
class Wire:
    """What leads from one box to another."""

    id: str
    source: str
    target: str


@dataclass(slots=True)
class Board:
    """The grid, what blocks it, and where wires already lie."""

    width: int
    height: int
    boxes: Mapping[str, Box]
    walls: Sequence[Box]
    blocked: set[Point] = field(init=False)
    taken: dict[Point, set[int]] = field(init=False)  # point -> axes of the wires there; 2: bend
    ports: set[Point] = field(init=False)

    def __post_init__(self) -> None:
        """Start with no wire."""
        self.blocked = {p for box in (*self.boxes.values(), *self.walls) for p in box.points()}
        self.taken, self.ports = {}, set()

    def lay(self, wires: Sequence[Wire]) -> dict[str, tuple[Point, ...]]:
        """Return the way of every wire, the shortest laid first."""
        ways = {}
        for wire in sorted(wires, key=lambda each: (self._apart(each), each.id)):
            ways[wire.id] = self._way(self.boxes[wire.source], self.boxes[wire.target])
            self._occupy(ways[wire.id])
        return ways

    def _apart(self, wire: Wire) -> int:
        one, other = self.boxes[wire.source], self.boxes[wire.target]
        return abs(one.x - other.x) + abs(one.y - other.y)

    def _occupy(self, way: tuple[Point, ...]) -> None:
        self.ports |= {way[0], way[-1]}
        for before, here, after in zip(way, way[1:], way[2:], strict=False):
            straight = (before[0] == after[0]) or (before[1] == after[1])
            axis = (0 if before[1] == here[1] else 1) if straight else 2
            self.taken.setdefault(here, set()).add(axis)

    def _way(self, source: Box, target: Box) -> tuple[Point, ...]:
        """Find the cheapest way from a free port of *source* to one of *target*."""
        ends = {(p, (-way[0], -way[1])) for p, way in target.ports() if p not in self.ports}
        goal = {point for point, _ in ends}
        starts = [(p, way) for p, way in source.ports() if p not in self.ports]
        cost = dict.fromkeys(starts, 0)
        came: dict[Step, Step] = {}
        queue = [(0, start) for start in sorted(starts)]
        while queue:
            paid, here = heapq.heappop(queue)
            if here in ends:
                return _back(came, here)
            if paid > cost[here]:
                continue
            for after, price in self._next(here, goal, first=here not in came):
                if paid + price < cost.get(after, paid + price + 1):
                    cost[after], came[after] = paid + price, here
                    heapq.heappush(queue, (paid + price, after))
        raise SuiteError(
            f"a diagram: found no way for a wire from {source} to {target}, expected free ports"
            " on both and room between; widen the gutters"
        )

    def _next(self, here: Step, goal: set[Point], *, first: bool) -> Iterator[tuple[Step, int]]:
        (x, y), (dx, dy) = here
        for way in ((dx, dy),) if first else _STEPS:
            if way == (-dx, -dy):
                continue
            point = x + way[0], y + way[1]
            inside = 0 <= point[0] <= self.width and 0 <= point[1] <= self.height
            if inside and (point not in self.blocked or point in goal):
                yield (point, way), self._price(here, point, way)

    def _price(self, here: Step, point: Point, way: Point) -> int:
        price = 1 + _BEND * (way != here[1])
        axis = 0 if way[0] else 1
        if way != here[1] and here[0] in self.taken:
            price += _SHARED
        there = self.taken.get(point, set())
        if there:
            price += _CROSSING if there == {1 - axis} else _SHARED
        aside = ((point[0] + way[1], point[1] + way[0]), (point[0] - way[1], point[1] - way[0]))
        return price + sum(
            _BESIDE for p in aside if axis in self.taken.get(p, ()) or p in self.blocked
        )


def _back(came: Mapping[Step, Step], end: Step) -> tuple[Point, ...]:
    way = [end]
    while way[-1] in came:
        way.append(came[way[-1]])
    return tuple(point for point, _ in reversed(way))
