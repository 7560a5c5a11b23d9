"""
PostgreSQL's heap pages: values packed in place, and values in chunks elsewhere (TOAST).

A page is read for what its bytes hold and not for what its line pointers say,
so rows that are dead, or vacuumed and not yet overwritten, count like any other.
"""

from collections.abc import Iterator

import numpy as np

from idaudit.checks.probes.sweep.deposits import Deposit
from idaudit.checks.probes.sweep.smallpack import lz4_block, pglz

PAGE = 8192
_SECTOR = 512
_VERSION = b"\x04\x20"  # page size and layout version 4, little-endian
_VERSION_AT, _LOWER_AT = 18, 12
_HEADER = 24
_WAL = 0xD1  # second byte of a write-ahead log page
_SHORTEST, _LONGEST = 28, 8160
_RATIO = 100  # a pglz reference of three bytes yields at most 273
_HELD = 32 << 20
_UNDO = {0: ("pglz", pglz), 1: ("lz4", lz4_block)}
_EFFORT = 8


class Pages:
    """The pages of one location."""

    def __init__(self) -> None:
        """Hold no chunks yet."""
        self._seen = 0
        self._chunks: dict[int, dict[int, tuple[int, bytes]]] = {}
        self._held = 0

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:
        """Yield what is packed in place, and at the end or in good time what lay in chunks."""
        for at in _pages(data, start):
            if start + at >= self._seen:
                self._seen = start + at + _SECTOR
                page = data[at : at + PAGE]
                yield from _in_place(page, start + at)
                self._gather(page, start + at)
        if final or self._held > _HELD:
            yield from self._stitched()

    def _gather(self, page: bytes, place: int) -> None:
        """Keep the chunks on *page*."""
        for at in range(_upper(page), PAGE - 40, 8):
            if page[at + 22] == _HEADER and page[at + 18] & 7 == 3 and page[at + 19] & 7 == 0:  # noqa: PLR2004  three columns
                chunk = _chunk(page, at + _HEADER)
                if chunk is not None:
                    name, number, body = chunk
                    self._chunks.setdefault(name, {})[number] = (place + at, body)
                    self._held += len(body)

    def _stitched(self) -> Iterator[Deposit]:
        """Yield every value as far as its chunks follow one another, and forget them."""
        for chunks in self._chunks.values():
            run: list[bytes] = []
            begin, expected = 0, -1
            for number in sorted(chunks):
                place, body = chunks[number]
                if number != expected and run:
                    yield from _value(b"".join(run), begin, whole=False)
                    run = []
                if not run:
                    begin = place
                run.append(body)
                expected = number + 1
            yield from _value(b"".join(run), begin, whole=0 in chunks)
        self._chunks.clear()
        self._held = 0


def _pages(data: bytes, start: int) -> Iterator[int]:
    """Yield where in *data* whole pages begin, those of the write-ahead log included."""
    first = -start % _SECTOR
    count = (len(data) - first - PAGE) // _SECTOR + 1
    if count <= 0:
        return
    heads = np.ndarray((count, 2), np.uint8, data, first + _VERSION_AT, (_SECTOR, 1))
    for number in np.flatnonzero((heads[:, 0] == _VERSION[0]) & (heads[:, 1] == _VERSION[1])):
        at = first + int(number) * _SECTOR
        lower, upper, special = (
            int.from_bytes(data[at + n : at + n + 2], "little") for n in (12, 14, 16)
        )
        if _HEADER <= lower <= upper <= special <= PAGE:
            yield at


def _upper(page: bytes) -> int:
    """Return where tuples may begin: behind the line pointers, for old tuples lie before new."""
    lower = int.from_bytes(page[_LOWER_AT : _LOWER_AT + 2], "little")
    return (lower + 7) // 8 * 8


def _in_place(page: bytes, place: int) -> Iterator[Deposit]:
    """Yield the values that are compressed within their row."""
    words = np.ndarray((PAGE - 7, 2), "<u4", page, 0, (1, 4))
    size, raw = words[:, 0] >> 2, words[:, 1] & 0x3FFFFFFF
    fits = (words[:, 0] & 3 == 2) & (size >= _SHORTEST) & (size <= _LONGEST)  # noqa: PLR2004  VARATT_IS_4B_C
    fits &= (words[:, 1] >> 30 <= 1) & (raw > size - 8) & (raw < size * _RATIO)
    for at in np.flatnonzero(fits).tolist():
        body = page[at + 4 : at + int(size[at])]
        if at + int(size[at]) <= PAGE:
            yield from _undone(body, place + at)


def _undone(body: bytes, place: int, names: tuple[str, ...] = ()) -> Iterator[Deposit]:
    """Yield *body*, a size and what was packed, if it yields just that size."""
    told = int.from_bytes(body[:4], "little")
    name, undo = _UNDO.get(told >> 30, ("", pglz))
    raw = told & 0x3FFFFFFF
    if not name or not len(body) - 4 < raw < len(body) * _RATIO:
        return
    value = undo(body[4:], raw)
    if len(value) == raw:
        yield Deposit(place, (*names, name), value, _EFFORT)


def _chunk(page: bytes, at: int) -> tuple[int, int, bytes] | None:
    """Return the id, the number and the bytes of the chunk at *at*, if one may stand there."""
    name, number, head = (int.from_bytes(page[at + n : at + n + 4], "little") for n in (0, 4, 8))
    if head & 1:
        begin, size = at + 9, (head >> 1 & 0x7F) - 1
    else:
        begin, size = at + 12, (head >> 2) - 4
    if not name or number > 1 << 19 or not 0 < size <= 2000 or head & 3 == 2 or begin + size > PAGE:  # noqa: PLR2004  1 GB; TOAST_MAX_CHUNK_SIZE
        return None
    return name, number, page[begin : begin + size]


def _value(value: bytes, place: int, *, whole: bool) -> Iterator[Deposit]:
    """Yield a value made whole from chunks: undone if it was packed, and as it is if not."""
    found = list(_undone(value, place, ("toast",))) if whole else []
    if found or not value:
        yield from found
    else:
        yield Deposit(place, ("toast",), value)
