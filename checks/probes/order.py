"""
Whether values run in the order in which people came.

A store whose names, numbers or places follow arrival can be laid beside any
other store that does, and joined without one shared value. Kendall's rank
correlation is the share of pairs in order less the share in disorder; its
distribution over random orders is counted, not estimated.
"""

import itertools
import math
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

_RUN = re.compile(r"\d+")
_WINDOWS = (3, 4, 6, 8)


def in_order(values: Sequence[Any], alpha: float) -> bool:
    """Whether *values* rise or fall with their places more than chance does, at *alpha*."""
    pairs = list(itertools.combinations(values, 2))
    rising = sum(one < other for one, other in pairs)
    falling = sum(one > other for one, other in pairs)
    return chance(min(rising, falling) + len(pairs) - rising - falling, len(values)) <= alpha


@cache
def chance(disorders: int, count: int) -> float:
    """Return how likely *count* values in random order have as few disorders, or as few orders."""
    ways = [1]
    for length in range(2, count + 1):
        ways = [sum(ways[max(0, at - length + 1) : at + 1]) for at in range(len(ways) + length - 1)]
    return min(1.0, 2 * sum(ways[: disorders + 1]) / math.factorial(count))


def ordered(columns: Mapping[str, Sequence[Hashable]], alpha: float = 1e-6) -> list[str]:
    """
    Return the names of those *columns* that run in order, however the order is written.

    The chance that any is named without cause is at most *alpha* over all of them.
    """
    read = [(name, way) for name, values in columns.items() for way in readings(values)]
    return sorted({name for name, way in read if in_order(way, alpha / len(read))})


def readings(values: Sequence[Hashable]) -> Iterator[Sequence[Any]]:
    """Yield the ways in which *values* can be put in order; none, if they are all alike."""
    if len(set(values)) < len(values) // 2:
        return
    if all(isinstance(value, int | float) for value in values):
        yield values
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) == len(values):
        yield texts
        yield [(len(text), text) for text in texts]  # as a count without leading zeros grows
        yield from _parts(texts)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield the runs of digits within *texts*, and the letters at either end."""
    runs = [[int(run) for run in _RUN.findall(text)] for text in texts]
    for place in range(min(map(len, runs))):
        yield [each[place] for each in runs]
    for width in _WINDOWS:
        if all(len(text) > width for text in texts):
            yield [text[:width] for text in texts]
            yield [text[-width:] for text in texts]
