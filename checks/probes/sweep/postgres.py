"""
PostgreSQL's heap pages: values packed in place, and values in chunks elsewhere (TOAST).

A page is read for what its bytes hold and not for what its line pointers say,
so rows that are dead, or vacuumed and not yet overwritten, count like any other.
"""

from collections.abc import Iterator

import numpy as np

from idaudit.checks.probes.sweep.deposits import Deposit
from idaudit.checks.probes.sweep.tape import Tape
from idaudit.checks.probes.sweep.toast import Chunks, in_place

PAGE = 8192
SECTOR = 512
_VERSION = b"\x04\x20"  # page size and layout version 4, little-endian
_VERSION_AT = 18
_HEADER = 24


class Pages:
    """The pages of one location."""

    def __init__(self) -> None:
        """Hold no chunks yet."""
        self._seen = 0
        self._tape = Tape()
        self._chunks = Chunks()

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:
        """Yield what is packed in place, and at the end or in good time what lay in chunks."""
        data, start = self._tape.wind(data, start)
        torn = len(data)
        for at in _pages(data, start):
            if at + PAGE > len(data):
                torn = min(torn, at)
            elif start + at >= self._seen:
                self._seen = start + at + SECTOR
                page = data[at : at + PAGE]
                where = (start + at).__add__
                yield from in_place(page, where)
                self._chunks.gather(page, where)
        self._tape.keep(data, start, start + torn)
        if final or self._chunks.many:
            yield from self._chunks.stitched()


def _pages(data: bytes, start: int) -> Iterator[int]:
    """Yield where in *data* pages begin; the last may not be whole."""
    first = -start % SECTOR
    count = (len(data) - first - _HEADER) // SECTOR + 1
    if count <= 0 or len(data) < first + _HEADER:
        return
    heads = np.ndarray((count, 2), np.uint8, data, first + _VERSION_AT, (SECTOR, 1))
    for number in np.flatnonzero((heads[:, 0] == _VERSION[0]) & (heads[:, 1] == _VERSION[1])):
        at = first + int(number) * SECTOR
        lower, upper, special = (
            int.from_bytes(data[at + n : at + n + 2], "little") for n in (12, 14, 16)
        )
        if _HEADER <= lower <= upper <= special <= PAGE:
            yield at
