"""
Decoders that are fed piece by piece and give what they can.

A torn or corrupt stream yields everything before the tear: half a document is
still a document that was kept.
"""

import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from typing import Protocol

from idaudit.checks.probes.sweep.radix import BASE64_LETTERS

PIECE = 1 << 20
"""About how much a decoder yields at one time."""

_SLICE = 8192  # deflate yields at most 1032 times its input: 8 MiB for each slice
_ENOUGH = 16
_XZ_MEMORY = 128 << 20


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

    def __init__(self, window: int) -> None:
        """Start one stream."""
        self._stream = zlib.decompressobj(window)

    @property
    def ended(self) -> bool:
        """Whether the last block and its checksum have been read."""
        return self._stream.eof

    def head(self, data: memoryview) -> bytes | None:
        """Inflate; what tears at once but gives enough for a tag is a stream all the same."""
        before = self._stream.copy()
        try:
            return self._stream.decompress(data)
        except zlib.error:
            given = _until_torn(before, data)
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
    """Return what *stream* gives before it fails, byte by byte."""
    given = bytearray()
    try:
        for at in range(len(part)):
            given += stream.decompress(part[at : at + 1])
    except zlib.error:
        pass
    return bytes(given)


class Packed:
    """A bzip2 or xz stream."""

    def __init__(self, stream: "bz2.BZ2Decompressor | lzma.LZMADecompressor") -> None:
        """Start one stream."""
        self._stream = stream

    @property
    def ended(self) -> bool:
        """Whether the end marker has been read."""
        return self._stream.eof

    def head(self, data: memoryview) -> bytes | None:
        """Decompress, if anything already comes out."""
        try:
            return self._stream.decompress(data, PIECE)
        except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
            return b"" if _wants_memory(error) else None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decompress in bounded pieces."""
        try:
            piece = self._stream.decompress(data, PIECE)
            yield piece
            while not self._stream.eof and (piece or not self._stream.needs_input):
                piece = self._stream.decompress(b"", PIECE)
                yield piece
        except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
            if _wants_memory(error):
                raise Costly("needs more memory to decode than the sweep allows") from error
            raise Torn from error

    def rest(self) -> bytes:
        """Return nothing: whole blocks have been given already."""
        return b""


def _wants_memory(error: Exception) -> bool:
    """Whether xz stopped at the limit we set: the module has no type of its own for that."""
    return isinstance(error, lzma.LZMAError) and "emory" in str(error)


class Letters:
    """
    A run of base64 or hex letters, line breaks left out.

    JSON writes a line break as two characters and may escape a slash; both
    occur in real dumps, and both are undone.
    """

    def __init__(self, *, hexadecimal: bool) -> None:
        """Start one run."""
        self.ended = False
        self._hexadecimal = hexadecimal
        self._foreign = _NOT_HEX if hexadecimal else _NOT_BASE64
        self._group = 2 if hexadecimal else 4
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode: any letters are a run."""
        return b"".join(self.pieces(data)) + self.rest()

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode up to the first byte that belongs to no run."""
        for start in range(0, len(data), _SLICE * 8):
            part = bytes(data[start : start + _SLICE * 8])
            end = self._foreign.search(part)
            if end is not None:
                part = part[: end.start()]
            yield self._decoded(part)
            if end is not None:
                self.ended = True
                return

    def rest(self) -> bytes:
        """Return the last bytes of a run whose end is not a whole group."""
        left, self._left = self._left, b""
        if self._hexadecimal or len(left) < 2:  # noqa: PLR2004  six bits are no byte
            return b""
        return binascii.a2b_base64(left.ljust(4, b"="))

    def _decoded(self, part: bytes) -> bytes:
        if b"\\" in part:
            part = part.replace(b"\\r", b"").replace(b"\\n", b"")
        letters = self._left + part.translate(_STANDARD, b"\r\n\\")
        whole = len(letters) // self._group * self._group
        letters, self._left = letters[:whole], letters[whole:]
        return binascii.unhexlify(letters) if self._hexadecimal else binascii.a2b_base64(letters)


_STANDARD = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = re.compile(rb"[^%s\r\n\\]" % re.escape(BASE64_LETTERS))
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f\r\n]")


def gzip_stream() -> Decoder:
    """Return a decoder for gzip."""
    return Deflated(31)


def zlib_stream() -> Decoder:
    """Return a decoder for zlib, as PDF and PNG use it."""
    return Deflated(15)


def bare_deflate() -> Decoder:
    """Return a decoder for deflate without any header, as zip uses it."""
    return Deflated(-15)


def bzip2_stream() -> Decoder:
    """Return a decoder for bzip2."""
    return Packed(bz2.BZ2Decompressor())


def xz_stream() -> Decoder:
    """Return a decoder for xz."""
    return Packed(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))


def base64_run() -> Decoder:
    """Return a decoder for a run of base64 letters."""
    return Letters(hexadecimal=False)


def hex_run() -> Decoder:
    """Return a decoder for a run of hex digits."""
    return Letters(hexadecimal=True)
