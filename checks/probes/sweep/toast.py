"""PostgreSQL's big values: packed where they stand, or in chunks elsewhere (TOAST)."""

import re
from collections.abc import Callable, Iterator

import numpy as np

from idaudit.checks.probes.sweep.deposits import Deposit, given_up
from idaudit.checks.probes.sweep.smallpack import lz4_block, pglz

Where = Callable[[int], int]
"""Takes a place in some bytes and returns the place in their location."""

_SHORTEST, _LONGEST = 28, 8160
_RATIO = 100  # a pglz reference of three bytes yields at most 273
_HELD = 32 << 20
_UNDO = {0: ("pglz", pglz), 1: ("lz4", lz4_block)}
_EFFORT = 8
_VAIN, _VAIN_PER_BYTE = 1 << 20, 64
"""How many bytes, and how many more for each that is looked at, may be unpacked for nothing."""
_CHUNK_BYTES, _MOST_CHUNKS = 2000, 1 << 19  # TOAST_MAX_CHUNK_SIZE and more; 1 GB

# Three columns, some of varying width, 24 bytes of header: rows of pages and of the log alike.
_ROW = re.compile(rb"\x03[\x00\x20\x40\x60\x80\xa0\xc0\xe0][\x00-\xff]{2}\x18(?=[\x00-\xff]{14})")
_PAD = 1  # between the head that the log keeps of a row and its first column


class Chunks:
    """The chunks of one location, until they make values."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._values: dict[int, dict[int, tuple[int, bytes]]] = {}
        self._held = 0

    @property
    def many(self) -> bool:
        """Whether it is time to put together what is there."""
        return self._held > _HELD

    def gather(self, data: bytes, where: Where) -> None:
        """Keep every chunk in *data*; *where* tells the place of each of its bytes."""
        for row in _ROW.finditer(data):
            chunk = _chunk(data, row.end() + _PAD)
            if chunk is not None:
                name, number, body = chunk
                self._values.setdefault(name, {})[number] = (where(row.start()), body)
                self._held += len(body)

    def stitched(self) -> Iterator[Deposit]:
        """Yield every value as far as its chunks follow one another, and forget them."""
        for chunks in self._values.values():
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
        self._values.clear()
        self._held = 0


def in_place(data: bytes, where: Where, names: tuple[str, ...] = ()) -> Iterator[Deposit]:
    """Yield the values in *data* that are packed within their row."""
    if len(data) < _SHORTEST:
        return
    words = np.ndarray((len(data) - 7, 2), "<u4", data, 0, (1, 4))
    size, raw = words[:, 0] >> 2, words[:, 1] & 0x3FFFFFFF
    fits = (words[:, 0] & 3 == 2) & (size >= _SHORTEST) & (size <= _LONGEST)  # noqa: PLR2004  VARATT_IS_4B_C
    fits &= (words[:, 1] >> 30 <= 1) & (raw > size - 8) & (raw < size * _RATIO)
    vain = 0
    for at in np.flatnonzero(fits).tolist():
        end = at + int(size[at])
        if end > len(data):
            continue
        found, given = _undone(data[at + 4 : end], where(at), names)
        yield from found
        vain += 0 if found else given
        if vain > _VAIN + _VAIN_PER_BYTE * len(data):
            yield given_up(where(at), names)
            return


def _undone(body: bytes, place: int, names: tuple[str, ...]) -> tuple[list[Deposit], int]:
    """Return *body*, a size and what was packed, if it yields just that size; and what it gave."""
    told = int.from_bytes(body[:4], "little")
    name, undo = _UNDO.get(told >> 30, ("", pglz))
    raw = told & 0x3FFFFFFF
    if not name or not len(body) - 4 < raw < len(body) * _RATIO:
        return [], 0
    value = undo(body[4:], raw)
    whole = [Deposit(place, (*names, name), value, _EFFORT)] if len(value) == raw else []
    return whole, len(value)


def _chunk(data: bytes, at: int) -> tuple[int, int, bytes] | None:
    """Return the id, the number and the bytes of the chunk at *at*, if one may stand there."""
    name, number, head = (int.from_bytes(data[at + n : at + n + 4], "little") for n in (0, 4, 8))
    if head & 1:
        begin, size = at + 9, (head >> 1 & 0x7F) - 1
    else:
        begin, size = at + 12, (head >> 2) - 4
    fits = 0 < size <= _CHUNK_BYTES and begin + size <= len(data)
    if not name or number > _MOST_CHUNKS or head & 3 == 2 or not fits:  # noqa: PLR2004  packed by itself
        return None
    return name, number, data[begin : begin + size]


def _value(value: bytes, place: int, *, whole: bool) -> Iterator[Deposit]:
    """Yield a value made whole from chunks: undone if it was packed, and as it is if not."""
    found = _undone(value, place, ("toast",))[0] if whole else []
    if found or not value:
        yield from found
    else:
        yield Deposit(place, ("toast",), value)
