"""The headers of archives: what they say of the entry behind them."""

import struct
from collections.abc import Iterator
from functools import partial

from idaudit.checks.probes.sweep.decoders import Costly, Decoder, Torn, bare_deflate
from idaudit.checks.probes.sweep.opening import Opening
from idaudit.checks.probes.sweep.packers import lzma2_bare, lzma_bare

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_ENCRYPTED = 1
_STORED, _DEFLATED, _LZMA = 0, 8, 14
_ANNOUNCED = frozenset({12, 20, 93, 95})  # bzip2, zstd and xz bring a magic of their own
_METHODS = 99
_NEWEST = 63  # the version of the format that is needed to extract


def zip_entry(data: bytes, start: int) -> Opening | None:
    """
    Return where the data of an entry of a zip archive begins.

    Raises:
        Costly: the entry is encrypted or packed in a way the sweep does not open.

    """
    header = data[start : start + _LOCAL.size]
    if len(header) < _LOCAL.size:
        return None
    _, version, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack(header)
    if version & 0xFF > _NEWEST or method > _METHODS or not name:
        return None
    if flags & _ENCRYPTED:
        raise Costly("an encrypted entry of a zip archive")
    at = start + _LOCAL.size + name + extra
    if method == _DEFLATED:
        return Opening(at, bare_deflate)
    if method == _LZMA:
        return Opening(at + 9, partial(lzma_bare, data[at + 4 : at + 9].ljust(5, b"\xff")))
    if method == _STORED or method in _ANNOUNCED:
        return None
    raise Costly(f"an entry of a zip archive packed by method {method}")


def sevenzip_entry(_data: bytes, start: int) -> Opening:
    """Return where the packed streams of a 7z archive begin: behind its 32 bytes of header."""
    return Opening(start + 32, SevenZip)


class SevenZip:
    """
    The packed streams of a 7z archive, which lie one behind the other.

    The table that tells of them stands at the end and is itself packed; but
    LZMA2, the usual method, and LZMA with its usual properties begin
    unmistakably, and need no table.
    """

    effort = 1

    def __init__(self) -> None:
        """Open nothing yet."""
        self._decoder: Decoder | None = None
        self.ended = False

    def head(self, data: memoryview) -> bytes | None:
        """Begin to decode the first stream."""
        return _stream(data).head(data)

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode the stream, whose method its first byte tells."""
        if self._decoder is None:
            self._decoder = _stream(data)
        yield from self._decoder.pieces(data)
        self.ended = self._decoder.ended

    def rest(self) -> bytes:
        """Return nothing: whole blocks have been given already."""
        return b""


_USUAL = bytes([0x5D]) + (1 << 26).to_bytes(4, "little")


def _stream(data: memoryview) -> Decoder:
    first = data[0] if data else 0xFF
    if first == 1 or first >= 0xE0:  # noqa: PLR2004  a chunk that resets everything
        return lzma2_bare()
    if first == 0:
        return lzma_bare(_USUAL)
    if not data:
        raise Torn
    raise Costly("a 7z archive that is encrypted or packed in a way the sweep does not open")
