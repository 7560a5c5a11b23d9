"""
What pg_dump writes with ``--format=custom``: a table of contents, then the data in blocks.

A block is one compressed stream, cut into pieces with a length before each.
The lengths are taken out, so that what was compressed can be opened.
"""

from collections.abc import Generator, Iterator

from idaudit.checks.probes.sweep.decoders import Decoder, Torn

_MAGIC = b"PGDMP"
_CUSTOM = 1  # the other formats are folders, and archives, of streams as they are
_OLDEST, _NEWEST = (1, 12), (1, 255)
_CONTENTS = 1 << 20  # entries
_LONGEST = 16 << 20  # of one piece or name
_WITH_COMPRESSION, _WITH_METHODS, _WITH_KINDS = (1, 15), (1, 14), (1, 16)
_DATA, _LARGE_OBJECTS = 1, 3
_TIMES = 7
_HEAD = 11

Steps = Generator[int, bytes, None]
"""Asks for so many bytes and is sent them."""


class Blocks:
    """The blocks of one dump, one behind the other."""

    effort = 1

    def __init__(self) -> None:
        """Start before the table of contents."""
        self.ended = False
        self._left = bytearray()
        self._given: list[bytes] = []
        self._steps = _dump(self._given)
        self._wanted = next(self._steps)

    def head(self, data: memoryview) -> bytes | None:
        """Promise nothing but that this is a dump in one file."""
        fits = bytes(data[: len(_MAGIC)]) == _MAGIC and data[_HEAD - 1 : _HEAD] == bytes([_CUSTOM])
        return b"" if fits else None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Yield the data in every piece that is whole."""
        self._left += data
        at = 0
        while not self.ended and at + self._wanted <= len(self._left):
            said = bytes(self._left[at : at + self._wanted])
            at += self._wanted
            try:
                self._wanted = self._steps.send(said)
            except StopIteration:
                self.ended = True
            yield from self._given
            self._given.clear()
        del self._left[:at]

    def rest(self) -> bytes:
        """Return what there is of a piece that was cut short."""
        return bytes(self._left) if self._wanted > 1 else b""


def pg_dump() -> Decoder:
    """Return a decoder for a dump."""
    return Blocks()


def _dump(given: list[bytes]) -> Steps:
    """Go through a dump, and append the data to *given*."""
    head = yield _HEAD
    version, width, place = (head[5], head[6]), head[8], head[9]
    if not _OLDEST <= version <= _NEWEST or width not in {4, 8} or place not in {4, 8}:
        raise Torn
    yield from _preface(version, width)
    entries = yield from _number(width)
    if not 0 <= entries <= _CONTENTS:
        raise Torn
    for _ in range(entries):
        yield from _entry(version, width, place)
    yield from _data(width, given)


def _data(width: int, given: list[bytes]) -> Steps:
    """Go through block after block, up to what is none."""
    while True:
        kind = (yield 1)[0]
        if kind not in {_DATA, _LARGE_OBJECTS}:
            return
        yield from _number(width)  # which entry it belongs to
        if kind == _DATA:
            yield from _block(width, given)
        else:
            while (yield from _number(width)):  # which object
                yield from _block(width, given)


def _block(width: int, given: list[bytes]) -> Steps:
    while size := (yield from _number(width)):
        if not 0 < size <= _LONGEST:
            raise Torn
        given.append((yield size))


def _preface(version: tuple[int, int], width: int) -> Steps:
    """Pass over how it was compressed, when, and of what."""
    if version >= _WITH_COMPRESSION:
        yield 1
    else:
        yield from _number(width)
    for _ in range(_TIMES):
        yield from _number(width)
    for _ in range(3):
        yield from _string(width)


def _entry(version: tuple[int, int], width: int, place: int) -> Steps:
    """Pass over one entry of the table of contents."""
    yield from _number(width)
    yield from _number(width)
    for _ in range(4):  # its numbers in the catalogue, its name, its kind
        yield from _string(width)
    yield from _number(width)
    strings = 5 + (version >= _WITH_METHODS)  # three statements, where it lies, how it is kept
    for _ in range(strings):
        yield from _string(width)
    if version >= _WITH_KINDS:
        yield from _number(width)
    for _ in range(2):  # whose it is, and one thing of the past
        yield from _string(width)
    while (yield from _string(width)):  # what it depends on
        pass
    yield 1 + place


def _number(width: int) -> Generator[int, bytes, int]:
    said = yield 1 + width
    return int.from_bytes(said[1:], "little") * (-1 if said[0] else 1)


def _string(width: int) -> Generator[int, bytes, bool]:
    """Pass over a string; return whether there was one."""
    size = yield from _number(width)
    if size > _LONGEST:
        raise Torn
    if size > 0:
        yield size
    return size >= 0
