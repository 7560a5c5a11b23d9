"""
Many small values at one go.

A database has more cells than a sweep has time to look at one by one. They are
laid side by side and searched together; only those in which anything shows up,
or which might be a container without a magic, are then read singly.
"""

from bisect import bisect_right
from collections.abc import Iterable

from idaudit.checks.probes.sweep.decoders import Costly
from idaudit.checks.probes.sweep.headless import headless
from idaudit.checks.probes.sweep.reading import Instruments
from idaudit.checks.probes.sweep.runs import long_runs
from idaudit.fixtures.surfaces.surface import Part

SMALL = 2048
"""What is longer is read by itself."""

FULL = 512 * 1024
_GAP = bytes(64)  # wider than any stride, so that no run and no word spans two values


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
        data = _GAP.join(part.data for part in parts)
        starts = [0]
        for part in parts[:-1]:
            starts.append(starts[-1] + len(part.data) + len(_GAP))
        at = {bisect_right(starts, place) - 1 for place in _places(data, instruments)}
        at.update(number for number, part in enumerate(parts) if _opens(part.data))
        return [parts[number] for number in sorted(at)]


def _places(data: bytes, instruments: Instruments) -> Iterable[int]:
    """Yield every place where anything shows up."""
    yield from (start for start, _, _ in instruments.scanner.find(data))
    yield from (start for start, _, _ in instruments.known.find(data))
    yield from long_runs(data)


def _opens(data: bytes) -> bool:
    try:
        return any(each.begins(data, 0) is not None for each in headless(data, whole=True))
    except Costly:
        return True
