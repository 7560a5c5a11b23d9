"""
Decoders that are fed piece by piece and give what they can.

A torn or corrupt stream yields everything before the tear: half a document is
still a document that was kept.
"""

import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

PIECE = 1 << 20
"""About how much a decoder yields at one time."""

_SLICE = 8192  # deflate yields at most 1032 times its input: 8 MiB for each slice
_ENOUGH = 16
_SOON = 32


class Torn(Exception):
    """The data is not, or no longer, in this decoder's format."""


class Costly(Exception):
    """Decoding would take more memory than the sweep allows."""


class Decoder(Protocol):
    """One stream in one format, decoded as its bytes arrive."""

    @property
    def ended(self) -> bool:
        """Whether the stream is complete."""
        ...

    @property
    def effort(self) -> int:
        """How many times dearer than its yield it is: what Python decodes is slow."""
        ...

    def head(self, data: memoryview) -> bytes | None:
        """Return what a stream that begins with *data* begins with, None if it is none."""
        ...

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Yield what *data* adds; raises :class:`Torn` or :class:`Costly` where it must stop."""
        ...

    def rest(self) -> bytes:
        """Return what is still held back once no more data comes."""
        ...


class Deflated:
    """A zlib, gzip or bare deflate stream, by zlib's *window bits*."""

    effort = 1

    def __init__(self, window: int) -> None:
        """Start one stream."""
        self._window = window

    @cached_property
    def _stream(self) -> "zlib._Decompress":
        return zlib.decompressobj(self._window)

    @property
    def ended(self) -> bool:
        """Whether the last block and its checksum have been read."""
        return self._stream.eof

    def head(self, data: memoryview) -> bytes | None:
        """Inflate; what tears at once but gives enough for a tag is a stream all the same."""
        try:  # almost every candidate is none, so it costs no more than one state of zlib's
            zlib.decompressobj(self._window).decompress(data, _ENOUGH - 1)
        except zlib.error:
            return None
        try:
            return self._stream.decompress(data)
        except zlib.error:
            given = _until_torn(zlib.decompressobj(self._window), data)
            return given if len(given) >= _ENOUGH else None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Inflate slice by slice; a slice that fails is read again up to its tear."""
        for start in range(0, len(data), _SLICE):
            before = self._stream.copy()
            part = data[start : start + _SLICE]
            try:
                yield self._stream.decompress(part)
            except zlib.error as error:
                yield _until_torn(before, part)
                raise Torn from error
            if self._stream.eof:
                return

    def rest(self) -> bytes:
        """Return what zlib holds back, which is less than its window."""
        try:
            return self._stream.flush()
        except zlib.error:
            return b""


def _until_torn(stream: "zlib._Decompress", part: memoryview) -> bytes:
    """Return what *stream* gives of *part* before the byte at which it fails, as a rule soon."""
    given, size = [], _SOON
    while size < len(part):
        before, some, part = stream.copy(), part[:size], part[size:]
        try:
            given.append(stream.decompress(some))
        except zlib.error:
            stream, part = before, some
        size = 2 * size
    return b"".join(given) + _halved(stream, part)


def _halved(stream: "zlib._Decompress", part: memoryview) -> bytes:
    """Return the same, of a part that holds the byte at which it fails."""
    if len(part) < 2:  # noqa: PLR2004  cannot be halved
        return b""
    half, before = len(part) // 2, stream.copy()
    try:
        given = stream.decompress(part[:half])
    except zlib.error:
        return _halved(before, part[:half])
    return given + _halved(stream, part[half:])


def gzip_stream() -> Decoder:
    """Return a decoder for gzip."""
    return Deflated(31)


def zlib_stream() -> Decoder:
    """Return a decoder for zlib, as PDF and PNG use it."""
    return Deflated(15)


def bare_deflate() -> Decoder:
    """Return a decoder for deflate without any header, as zip uses it."""
    return Deflated(-15)
