"""SQLite's full-text index: words of which each tells only how it goes on from the one before."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np

from idaudit.checks.probes.sweep.sqliterecord import FIRST_SIZED, varint

_SHORTEST_HEAD, _LONGEST_HEAD = 3, 6
_HEAD = 4
_LONGEST = 1 << 16
_AT_ONCE = 1 << 18  # bytes
_INDEXES = range(ord("0"), ord("0") + 32)
"""How every word begins: which index it is of, that of whole words or one of their beginnings."""


def words(page: bytes, rows: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """
    Yield the words of every block on *page*, live or not, each block's on lines of their own.

    *rows* are the places on it at which rows may begin.
    """
    for at in rows:
        kind, end = varint(page, at + 2)
        if end != at + page[at] or kind < FIRST_SIZED or kind % 2:  # odd is a text, and no block
            continue
        told = list(block(page[end : end + (kind - FIRST_SIZED) // 2]))
        if len(told) > 1:
            yield at, b"\n".join(told)


class Rows:
    """
    Where rows of two columns may begin: a number that is the row's own, and a block.

    Looked for on many pages at one go: as a rule there are none on any.
    """

    def __init__(self, data: bytes) -> None:
        """Look into *data*, page after page."""
        self._data = data
        self._begin = self._end = 0
        self._found: list[int] = []

    def on(self, at: int, size: int) -> list[int]:
        """Return the places of rows on the page of that *size* that lies *at* a place."""
        if not self._begin <= at <= at + size <= self._end:
            self._look(at, max(size, _AT_ONCE))
        low, high = bisect_left(self._found, at), bisect_left(self._found, at + size - 2)
        return [place - at for place in self._found[low:high]]

    def _look(self, at: int, size: int) -> None:
        shown = np.frombuffer(memoryview(self._data)[at : at + size], np.uint8)
        rows = shown[:-2] - np.uint8(_SHORTEST_HEAD) <= _LONGEST_HEAD - _SHORTEST_HEAD
        rows &= shown[1:-1] == 0
        self._begin, self._end = at, at + len(shown)
        self._found = (rows.nonzero()[0] + at).tolist()


def block(data: bytes) -> Iterator[bytes]:
    """Yield the words of one block, whole, as far as it makes sense."""
    end = int.from_bytes(data[2:4])
    if not _HEAD < end <= len(data):
        return
    at, index, word, first = 0, end, b"", True
    while index < len(data):
        apart, index = varint(data, index)
        at += apart
        shared, begin = (0, at) if first else varint(data, at)
        size, begin = varint(data, begin)
        if at < _HEAD or shared > len(word) or begin + size > end or shared + size > _LONGEST:
            return
        word = word[:shared] + data[begin : begin + size]
        if not word or word[0] not in _INDEXES:
            return
        first = False
        yield word
