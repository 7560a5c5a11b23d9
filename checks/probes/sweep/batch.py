"""
Many small values at one go.

A database has more cells than a sweep has time to look at one by one. They are
laid side by side and searched together; only those in which anything shows up,
or which might be a container without a magic, are then read singly.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from idaudit.checks.probes.sweep.containers import ANY_ZLIB, BARE, BASE64_RUN, BROTLI, HEX_RUN
from idaudit.checks.probes.sweep.decoders import Costly, Torn
from idaudit.checks.probes.sweep.headless import headless
from idaudit.checks.probes.sweep.reading import Instruments
from idaudit.checks.probes.sweep.runs import long_runs
from idaudit.checks.probes.sweep.written import SHORTEST
from idaudit.fixtures.surfaces.surface import Part

SMALL = 2048
"""What is longer is read by itself."""

FULL = 512 * 1024
_GAP = bytes(64)  # so wide that no pattern spans two values
_LEAST = 8
"""No format packs the shortest value that is searched for into fewer bytes."""


class Batch:
    """Small values, waiting to be searched together."""

    def __init__(self) -> None:
        """Begin empty."""
        self._parts: list[Part] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """Whether it is time to search."""
        return self._size >= FULL

    def add(self, part: Part) -> None:
        """Lay *part* beside the others."""
        self._parts.append(part)
        self._size += len(part.data) + len(_GAP)

    def suspects(self, instruments: Instruments) -> list[Part]:
        """Empty the batch and return the parts that must be read by themselves, in order."""
        parts, self._parts, self._size = self._parts, [], 0
        values = [(number, part.data) for number, part in enumerate(parts)]
        found = _suspicious(values, instruments, instruments.limits.depth)
        return [parts[number] for number in sorted(found)]


def _suspicious(
    values: Sequence[tuple[int, bytes]], instruments: Instruments, depth: int
) -> set[int]:
    """
    Return the numbers of the values in which anything shows up, or which may be containers.

    Digests in hex fill whole tables, and many look like a stream of which no
    more is there. What comes out of them is laid side by side again, for as
    many levels as a sweep goes down.
    """
    starts = list(accumulate((len(value) + len(_GAP) for _, value in values), initial=0))
    data = _GAP.join(value for _, value in values)
    found = {values[bisect_right(starts, at) - 1][0] for at in _places(data, instruments)}
    spelt: list[tuple[int, bytes]] = []
    for number, value in values:
        if len(value) >= _LEAST and number not in found and _opens(value, number, spelt):
            found.add(number)
    spelt = [each for each in spelt if len(each[1]) >= SHORTEST]
    if spelt and depth:
        return found | _suspicious(spelt, instruments, depth - 1)
    return found.union(number for number, _ in spelt)


def _places(data: bytes, instruments: Instruments) -> Iterator[int]:
    """Yield every place where anything shows up."""
    yield from (start for start, _, _ in instruments.scanner.find(data))
    yield from (start for start, _, _ in instruments.known.find(data))
    yield from long_runs(data)


def _opens(value: bytes, number: int, spelt: list[tuple[int, bytes]]) -> bool:
    """Whether *value* may be a container; what else it says is added to *spelt*."""
    try:
        for each in headless(value, whole=True):
            if each is HEX_RUN or each is BASE64_RUN:
                spelt.append((number, each.whole(value)))
            elif each is BARE or each is BROTLI or each is ANY_ZLIB:
                given = each.beginning(value)
                if len(given) > SMALL:
                    return True
                spelt.append((number, given))
            elif each.begins(value, 0) is not None:
                return True
    except (Costly, Torn):
        return True
    return False
