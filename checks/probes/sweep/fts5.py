"""SQLite's full-text index: words of which each tells only how it goes on from the one before."""

from collections.abc import Iterator

import numpy as np

from idaudit.checks.probes.sweep.sqliterecord import FIRST_SIZED, varint

_SHORTEST_HEAD, _LONGEST_HEAD = 3, 6
_HEAD = 4
_LONGEST = 1 << 16


def words(page: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the words of every block on *page*, live or not, each block's on lines of their own."""
    for at in _rows(page):
        kind, end = varint(page, at + 2)
        if end != at + page[at] or kind < FIRST_SIZED or kind % 2:  # odd is a text, and no block
            continue
        told = list(block(page[end : end + (kind - FIRST_SIZED) // 2]))
        if len(told) > 1:
            yield at, b"\n".join(told)


def _rows(page: bytes) -> list[int]:
    """Return where a row of two columns may begin: a number that is the row's own, and a block."""
    shown = np.frombuffer(page, np.uint8)
    head = shown[:-2]
    rows = (shown[1:-1] == 0) & (head >= _SHORTEST_HEAD) & (head <= _LONGEST_HEAD)
    found: list[int] = rows.nonzero()[0].tolist()
    return found


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
        first = False
        yield word
