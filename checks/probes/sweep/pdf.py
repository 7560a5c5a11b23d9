"""PDF streams whose filters nothing but their dictionary announces."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from idaudit.checks.probes.sweep.decoders import Decoder, Torn, zlib_stream
from idaudit.checks.probes.sweep.letters import ascii85_run, hex_run
from idaudit.checks.probes.sweep.opening import Opening
from idaudit.checks.probes.sweep.smallpack import lzw

_DICTIONARY = 1024
_FILTERS = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]*\]|/\w+)")
_NAME = re.compile(rb"/(\w+)")
_END = re.compile(rb"\r?\n?endstream")
_MOST = 16 << 20


class Lzw:
    """LZW up to the end of its stream object; decoded once that is in view."""

    effort = 16

    def __init__(self) -> None:
        """Gather nothing yet."""
        self.ended = False
        self._held = bytearray()

    def head(self, data: memoryview) -> bytes | None:
        """Decode what is in view, which must begin by clearing the table."""
        return lzw(bytes(data), _MOST) or None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Gather, and decode at the end."""
        self._held += data
        end = _END.search(self._held, max(0, len(self._held) - len(data) - 16))
        if end:
            del self._held[end.start() :]
        if end or len(self._held) > _MOST // 8:
            self.ended = True
            yield self.rest()

    def rest(self) -> bytes:
        """Decode what was gathered."""
        held, self._held = bytes(self._held), bytearray()
        return lzw(held, _MOST)


class Chain:
    """Filters one behind the other."""

    def __init__(self, makers: tuple[Callable[[], Decoder], ...]) -> None:
        """Start every filter, the outermost first."""
        self._filters = [make() for make in makers]

    @property
    def effort(self) -> int:
        """That of the dearest filter."""
        return max(each.effort for each in self._filters)

    @property
    def ended(self) -> bool:
        """Whether the outermost filter has come to its end."""
        return self._filters[0].ended

    def head(self, data: memoryview) -> bytes | None:
        """Return what comes out of the last filter, if every filter takes what it is given."""
        given: bytes | None = bytes(data)
        for each in self._filters:
            given = each.head(memoryview(given or b"")) if given is not None else None
        return given

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Pass pieces on from filter to filter."""
        yield from self._through(0, data)

    def rest(self) -> bytes:
        """Pass on what each filter still holds."""
        given = b""
        for each in self._filters:
            piece = b""
            with suppress(Torn):
                piece = b"".join(each.pieces(memoryview(given))) if given else b""
            given = piece + each.rest()
        return given

    def _through(self, place: int, data: memoryview) -> Iterator[bytes]:
        if place == len(self._filters):
            yield bytes(data)
            return
        for piece in self._filters[place].pieces(data):
            yield from self._through(place + 1, memoryview(piece))


_MAKERS: dict[bytes, tuple[str, Callable[[], Decoder]]] = {
    b"ASCII85Decode": ("ascii85", ascii85_run),
    b"A85": ("ascii85", ascii85_run),
    b"ASCIIHexDecode": ("hex", hex_run),
    b"AHx": ("hex", hex_run),
    b"FlateDecode": ("zlib", zlib_stream),
    b"Fl": ("zlib", zlib_stream),
    b"LZWDecode": ("lzw", Lzw),
    b"LZW": ("lzw", Lzw),
}


def pdf_stream(data: bytes, start: int) -> Opening | None:
    """
    Return how to decode the stream object whose keyword stands at *start*.

    One that is deflated and nothing else announces itself, and is left alone.
    """
    before = data[max(0, start - _DICTIONARY) : start]
    found = _FILTERS.search(before, max(0, before.rfind(b" obj")))
    if found is None:
        return None
    chain: list[tuple[str, Callable[[], Decoder]]] = []
    for name in _NAME.findall(found[1]):
        if name not in _MAKERS:
            break
        chain.append(_MAKERS[name])
    names = tuple(name for name, _ in chain)
    if not chain or names == ("zlib",):
        return None
    at = data.index(b"\n", start) + 1
    return Opening(at, partial(Chain, tuple(maker for _, maker in chain)), names)
