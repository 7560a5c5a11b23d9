"""SQLite's full-text index: words of which each tells only how it goes on from the one before."""

import re
from collections.abc import Iterator

from idaudit.checks.probes.sweep.sqliterecord import Record, varint

_RECORD = re.compile(rb"(?=[\x03-\x06]\x00[\x0c-\xff])")  # a number of its own, then a block
_HEAD = 4
_LONGEST = 1 << 16


def words(page: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the words of every block on *page*, live or not, each block's on lines of their own."""
    for found in _RECORD.finditer(page):
        record = Record.read(page, found.start())
        if record is not None and len(record.columns) == 2:  # noqa: PLR2004  number and block
            begin, size = record.columns[1]
            told = list(block(page[begin : begin + size]))
            if len(told) > 1:
                yield found.start(), b"\n".join(told)


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
