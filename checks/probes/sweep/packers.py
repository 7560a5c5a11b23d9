"""Streams of the general compressors, each decoded by its own library in bounded steps."""

import bz2
import lzma
import sys
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped] # ships no types
from lz4.frame import LZ4FrameDecompressor  # type: ignore[import-untyped] # ships no types

from idaudit.checks.probes.sweep.decoders import PIECE, Costly, Decoder, Torn

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MEMORY = 128 << 20
TOO_MUCH = "needs more memory to decode than the sweep allows"
_WINDOW = 27  # log2: the largest that zstd itself opens unasked

_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    MemoryError,
    lzma.LZMAError,
    zstd.ZstdError,
    brotli.error,
)


class Decompressor(Protocol):
    """What Python's own decompressors have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end marker has been read."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most *max_length* bytes of what *data* adds."""
        ...


class Packed:
    """A stream whose library can be asked for a bounded piece at a time."""

    effort = 1

    def __init__(self, stream: Decompressor) -> None:
        """Start one stream."""
        self._stream = stream
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the end marker has been read."""
        return self._ended

    def head(self, data: memoryview) -> bytes | None:
        """Decompress, if anything already comes out."""
        try:
            return self._stream.decompress(bytes(data), PIECE)
        except _DAMAGED as error:
            return b"" if _wants_memory(error) else None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decompress in bounded pieces."""
        try:
            for piece in self._bounded(bytes(data)):
                self._ended = self._stream.eof
                yield piece
        except _DAMAGED as error:
            if _wants_memory(error):
                raise Costly(TOO_MUCH) from error
            raise Torn from error

    def _bounded(self, data: bytes) -> Iterator[bytes]:
        piece = self._stream.decompress(data, PIECE)
        yield piece
        while not self._stream.eof and (piece or not self._stream.needs_input):
            piece = self._stream.decompress(b"", PIECE)
            yield piece

    def rest(self) -> bytes:
        """Return nothing: whole blocks have been given already."""
        return b""


def _wants_memory(error: Exception) -> bool:
    """Whether a library stopped at our limit, which has no type of its own, or at the machine's."""
    told = isinstance(error, lzma.LZMAError | zstd.ZstdError) and "emory" in str(error)
    return told or isinstance(error, MemoryError)


class Brotli:
    """A brotli stream, in the manner of Python's own decompressors."""

    def __init__(self) -> None:
        """Start one stream."""
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        """Whether the last block has been read."""
        return bool(self._stream.is_finished())

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        return bool(self._stream.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return about *max_length* bytes of what *data* adds."""
        return bytes(self._stream.process(data, output_buffer_limit=max_length))


def brotli_beginning(data: bytes) -> bytes:
    """Return what a stream of brotli gives that begins with *data*, nothing where that is none."""
    try:
        return bytes(brotli.Decompressor().process(data, output_buffer_limit=PIECE))
    except _DAMAGED:
        return b""


def bzip2_stream() -> Decoder:
    """Return a decoder for bzip2."""
    return Packed(bz2.BZ2Decompressor())


def xz_stream() -> Decoder:
    """Return a decoder for xz."""
    return Packed(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY))


class Lzma:
    """
    A .lzma file, read through a smaller window where it asks for one beyond the limit.

    Such a header has no checksum, and the pixels of pictures hold the like by chance:
    that it asks for much is no sign yet that anything is there. What is one looks back
    farther than the window only once more than that has come out.
    """

    def __init__(self) -> None:
        """Start one stream."""
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=2 * _MEMORY)
        self._begun, self._narrowed, self._came = False, False, 0

    @property
    def eof(self) -> bool:
        """Whether the end has been read."""
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        return self._stream.needs_input

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """
        Return at most *max_length* bytes of what *data* adds, the whole header in its first.

        Raises MemoryError where the stream looks back farther than the window.
        """
        if not self._begun:
            self._begun = True
            self._narrowed = int.from_bytes(data[1:5], "little") > _MEMORY
            if self._narrowed:
                data = data[:1] + _MEMORY.to_bytes(4, "little") + data[5:]
        try:
            piece = self._stream.decompress(data, max_length)
        except lzma.LZMAError as error:
            if self._narrowed and self._came >= _MEMORY:
                raise MemoryError from error
            raise
        self._came += len(piece)
        return piece


def lzma_stream() -> Decoder:
    """Return a decoder for the .lzma files that came before xz."""
    return Packed(Lzma())


def lzma_bare(properties: bytes) -> Decoder:
    """
    Return a decoder for LZMA with its five *properties* kept elsewhere, as zip does.

    Raises:
        Torn: there are no such properties.
        Costly: they ask for too large a window.

    """
    code, size = properties[0], int.from_bytes(properties[1:5], "little")
    if code >= 9 * 5 * 5:
        raise Torn
    if size > _MEMORY:
        raise Costly(TOO_MUCH)
    rest, lc = divmod(code, 9)
    pb, lp = divmod(rest, 5)
    chain = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": lc, "lp": lp, "pb": pb}
    return Packed(_raw(chain))


def lzma2_bare() -> Decoder:
    """Return a decoder for LZMA2 without any header, whatever its window up to the limit."""
    return Packed(_raw({"id": lzma.FILTER_LZMA2, "dict_size": _MEMORY}))


def _raw(chain: dict[str, int]) -> lzma.LZMADecompressor:
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chain])
    except (lzma.LZMAError, ValueError) as error:
        raise Torn from error
    except MemoryError as error:
        raise Costly(TOO_MUCH) from error


def zstd_stream() -> Decoder:
    """Return a decoder for zstd."""
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW}
    return Packed(zstd.ZstdDecompressor(options=options))


def lz4_stream() -> Decoder:
    """Return a decoder for the lz4 frame format."""
    return Packed(LZ4FrameDecompressor())


def brotli_stream() -> Decoder:
    """Return a decoder for brotli."""
    return Packed(Brotli())
