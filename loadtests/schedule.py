"""
Open arrivals: who comes when is drawn before the first of them comes.

Nobody waits for the one before to be served, so a city that stalls meets those who
came meanwhile, and each of them counts the time from when they meant to begin.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from idaudit.loadtests.shapes import Journey, Shape


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """Somebody who comes, so many seconds after the start."""

    due: float
    number: int
    journey: Journey


def drawn(shape: Shape, seconds: float, seed: int) -> list[Arrival]:
    """
    Draw who comes on a day of this *shape* made *seconds* long, in order of time.

    They come independently of each other (a Poisson process in each spell). What is
    so rare that a short day would do without comes once all the same.
    """
    dice = random.Random(f"arrivals {seed}")  # noqa: S311  a draw that has to repeat itself
    came: list[tuple[float, Journey]] = []
    for journey in Journey:
        own = list(_of(journey, shape, seconds, dice))
        wanted = any(spell.rates.get(journey) for spell in shape.spells)
        came += own or [(dice.uniform(0, seconds / 2), journey)] * wanted
    return [Arrival(due, number, what) for number, (due, what) in enumerate(sorted(came))]


def _of(
    journey: Journey, shape: Shape, seconds: float, dice: random.Random
) -> Iterator[tuple[float, Journey]]:
    began = 0.0
    for spell in shape.spells:
        rate, over = spell.rates.get(journey, 0.0), began + spell.share * seconds
        due = began
        while rate and (due := due + dice.expovariate(rate)) < over:
            yield due, journey
        began = over


def share(arrivals: list[Arrival], worker: int, workers: int) -> list[Arrival]:
    """Return those whom one of so many *workers* sends."""
    return [each for each in arrivals if each.number % workers == worker]


def busiest_second(arrivals: list[Arrival]) -> int:
    """Return how many come in the fullest second."""
    counts: dict[int, int] = {}
    for each in arrivals:
        counts[int(each.due)] = counts.get(int(each.due), 0) + 1
    return max(counts.values(), default=0)
