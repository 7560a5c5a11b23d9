"""
From times at rosters of several sizes to one sentence: flat, growing as n^x, or not shown.

Every size is visited in every turn, so whatever slows the machine for a while slows
all sizes of that turn alike. Each turn gives one slope of log time over log size;
the slopes of all turns, which are independent of each other, give the bound.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from idaudit.checks.probes.student import quantile
from idaudit.threatmodel.errors import Inconclusive

ALPHA = 0.01
"""So wide that of twenty errands that do not grow hardly one is said to."""

LITTLE = 2.0
"""What takes no more than so many times as long with the largest roster does not grow."""

FEWEST = 3
BySize = Mapping[int, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A middle, and the bounds within which it lies in all but ALPHA of measurements."""

    value: float
    low: float
    high: float
    turns: int

    @property
    def above_nothing(self) -> bool:
        """Whether noise does not explain it."""
        return self.low > 0

    @property
    def spans_nothing(self) -> bool:
        """Whether noise may be all it is."""
        return self.low <= 0 <= self.high


def exponent(times: BySize) -> Interval:
    """
    Return the x of a time that grows as n^x.

    The bound: if each turn's slope is x plus normal noise of its own, the interval
    covers x in all but ALPHA of measurements.

    Raises:
        Inconclusive: there are too few sizes or turns to say anything.

    """
    return _over_turns(times, {size: np.log(took) for size, took in times.items()})


def per_tenfold(differences: BySize) -> Interval:
    """Return by how much a difference changes where the roster becomes ten times as large."""
    told = {size: np.asarray(each) * math.log(10) for size, each in differences.items()}
    return _over_turns(differences, told)


def middle(samples: Sequence[float]) -> Interval:
    """Return the mean of *samples*, with its bounds."""
    if len(samples) < FEWEST:
        raise Inconclusive(f"growth: {len(samples)} turns; expected at least {FEWEST}")
    mean, free = statistics.fmean(samples), len(samples) - 1
    error = statistics.stdev(samples) / math.sqrt(len(samples))
    reach = quantile(1 - ALPHA / 2, free) * error
    return Interval(mean, mean - reach, mean + reach, len(samples))


def _over_turns(asked: BySize, values: Mapping[int, "np.ndarray"]) -> Interval:
    sizes = sorted(asked)
    if len(sizes) < 2 or len({len(each) for each in asked.values()}) != 1:  # noqa: PLR2004  a line
        raise Inconclusive("growth: expected two sizes or more, each with a time in every turn")
    at = np.log(sizes)
    centred = at - at.mean()
    rows = np.column_stack([values[size] for size in sizes])
    return middle([float(centred @ row) / float(centred @ centred) for row in rows])


def sentence(found: Interval, largest: float) -> str:
    """
    Say whether a time grows, and what that comes to with *largest* times the roster.

    That noise may be all it is does not make it flat: flat is what can be at most
    LITTLE times as long, whatever the noise.
    """
    told = f"n^{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
    with_all = f"times as long with {largest:,.0f} times the roster"
    most = largest**found.high
    if found.above_nothing:
        return f"grows as {told}: {largest**found.value:.1f} {with_all}"
    if most <= LITTLE:
        return f"flat: {told}, so at most {most:.1f} {with_all}"
    return f"not shown: {told}, so it may take {most:.1f} {with_all}"


def oracle_sentence(size: int, found: Interval) -> str:
    """Say whether a search takes longer for somebody who is on a roster of this *size*."""
    told = f"{1e3 * found.value:+.1f} ms ({1e3 * found.low:+.1f} to {1e3 * found.high:+.1f})"
    if found.spans_nothing:
        return f"{size:,}: nothing shown, {told}"
    return f"{size:,}: {'slower' if found.value > 0 else 'quicker'} for whoever is on it, {told}"
