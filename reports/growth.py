"""
What a roster's size does to each errand, drawn: every time that was taken, on two log scales.

It reads the account that ``python -m idaudit.loadtests.roster_growth --json`` wrote, so that an
old measurement can be drawn again. The page calls nobody and runs no script.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from idaudit.reports.jinja import environment
from idaudit.reports.plots import Tick
from idaudit.threatmodel.errors import UsageError

GROWTH_SCHEMA = "idaudit/growth/v2"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 190, 64, 30, 10, 24


@dataclass(frozen=True, slots=True)
class Cloud:
    """One errand: a dot for each time it was done, and a line through the middle ones."""

    title: str
    said: str  # whether it grows, in a sentence
    dots: tuple[tuple[float, float], ...]
    middle: str  # points of a polyline
    ticks: tuple[Tick, ...]  # milliseconds
    sizes: tuple[tuple[float, str], ...]  # places of the rosters' sizes, and what they are
    told: str  # the plot in words, for whoever does not see it
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def growth_page(account: Mapping[str, Any]) -> str:
    """
    Render every errand on every database.

    Raises:
        UsageError: *account* is none of growth.

    """
    if account.get("schema") != GROWTH_SCHEMA:
        raise UsageError(f"no account of growth; expected the schema {GROWTH_SCHEMA!r}")
    databases = [
        (each, [cloud(each["sizes"], errand) for errand in each["errands"]])
        for each in account["databases"]
    ]
    return environment().get_template("growth.html").render(databases=databases)


def cloud(sizes: Sequence[int], errand: Mapping[str, Any]) -> Cloud:
    """Lay out the times of one *errand*, in seconds by size."""
    times = [[1e3 * took for took in by_size] for by_size in errand["seconds"]]
    every = [took for by_size in times for took in by_size]
    decades = range(math.floor(math.log10(min(every))), math.ceil(math.log10(max(every))) + 1)
    low, high = decades[0], max(decades[-1], decades[0] + 1)
    across = [_across(size, sizes) for size in sizes]
    middles = [statistics.median(by_size) for by_size in times]
    told = ", ".join(f"{ms:.3g} ms at {size:,}" for ms, size in zip(middles, sizes, strict=True))
    return Cloud(
        errand["name"],
        errand["said"],
        tuple(
            (x, _up(took, low, high))
            for x, by_size in zip(across, times, strict=True)
            for took in by_size
        ),
        " ".join(
            f"{x:.1f},{_up(took, low, high):.1f}" for x, took in zip(across, middles, strict=True)
        ),
        tuple(
            Tick(_up(10.0**power, low, high), f"{10.0**power:g} ms")
            for power in range(low, high + 1)
        ),
        tuple(zip(across, (f"{size:,}" for size in sizes), strict=True)),
        f"{errand['name']}: {told}. {errand['said']}.",
    )


def _across(size: int, sizes: Sequence[int]) -> float:
    """Return where a roster of *size* stands, the smallest at the left."""
    room = math.log(max(sizes) / min(sizes)) or 1.0
    return LEFT + 12 + (WIDTH - LEFT - RIGHT - 24) * math.log(size / min(sizes)) / room


def _up(milliseconds: float, low: int, high: int) -> float:
    """Return how high a time stands between the *low* and the *high* power of ten."""
    share = (math.log10(milliseconds) - low) / (high - low)
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share
