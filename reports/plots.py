"""Where the lines of a small plot run: numbers in, coordinates out; a template draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 190, 64, 24, 10
_TICKS = 4

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, what is drawn of it, and where its name stands."""

    name: str
    paths: tuple[str, ...]  # points of a polyline, one for each stretch without a gap
    peak: float
    dash: str  # lines are told apart by their dashes as well as by their place


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the grid, and what stands beside it."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot, ready to be drawn."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    seconds: float
    told: str  # the plot in words, for whoever does not see it
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM


_DASHES = ("none", "6 3", "2 3", "9 3 2 3", "1 2", "12 4")


def plotted(
    title: str,
    unit: str,
    at: Sequence[float],
    series: Sequence[tuple[str, Values]],
    marks: Sequence[tuple[float, str]] = (),
) -> Plot:
    """Lay out *series* over the moments *at*; the scale begins at nothing."""
    known = [value for _, values in series for value in values if value is not None]
    top, last = _nice(max(known, default=0.0)), max(at, default=1.0) or 1.0
    lines = tuple(
        Line(
            name,
            tuple(_stretches(at, values, last, top)),
            max((value for value in values if value is not None), default=0.0),
            _DASHES[number % len(_DASHES)],
        )
        for number, (name, values) in enumerate(series)
    )
    ticks = tuple(
        Tick(_y(top * n / _TICKS, top), _short(top * n / _TICKS)) for n in range(_TICKS + 1)
    )
    told = "; ".join(f"{line.name}: at most {_short(line.peak)} {unit}" for line in lines)
    placed = tuple(Mark(_x(moment, last), label) for moment, label in marks if moment <= last)
    return Plot(title, unit, lines, ticks, placed, last, f"{title}. {told}.")


def _stretches(at: Sequence[float], values: Values, last: float, top: float) -> list[str]:
    """Return the points of each stretch in which there is a value."""
    stretches: list[list[str]] = [[]]
    for moment, value in zip(at, values, strict=True):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{_x(moment, last):.1f},{_y(value, top):.1f}")
    return [" ".join(each) for each in stretches if each]


def _x(moment: float, last: float) -> float:
    return LEFT + (WIDTH - LEFT - 8) * moment / last


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _nice(value: float) -> float:
    """Return the next round number: one, two or five with noughts."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def _short(value: float) -> str:
    """Write a number in few letters."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g}"
