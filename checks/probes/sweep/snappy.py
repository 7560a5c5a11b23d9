"""Snappy: in frames, or as one bare block where a value begins."""

from collections.abc import Iterator

import cramjam

from idaudit.checks.probes.sweep.decoders import Decoder, Torn

_BLOCK = 1 << 16
_PACKED, _PLAIN, _NAME, _FIRST_SKIPPABLE = 0, 1, 0xFF, 0x80
_MOST = 16 << 20


class Framed:
    """A stream of snappy frames."""

    effort = 1

    def __init__(self) -> None:
        """Start one stream."""
        self.ended = False
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode the frames in view."""
        try:
            return b"".join(Framed().pieces(data))
        except Torn:
            return None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode whole frames."""
        held = self._left + bytes(data)
        at = 0
        while at + 4 <= len(held):
            kind, size = held[at], int.from_bytes(held[at + 1 : at + 4], "little")
            if kind in {_PACKED, _PLAIN} and size > _BLOCK + _BLOCK // 4:
                raise Torn
            if at + 4 + size > len(held):
                break
            body = held[at + 4 : at + 4 + size]
            at += 4 + size
            if kind == _PACKED:
                yield undone(body[4:], _BLOCK)
            elif kind == _PLAIN:
                yield body[4:]
            elif kind < _FIRST_SKIPPABLE:
                raise Torn
        self._left = held[at:]

    def rest(self) -> bytes:
        """Return nothing: a frame that is torn cannot be told from its checksum on."""
        return b""


def undone(block: bytes, most: int) -> bytes:
    """
    Return what a bare *block* holds.

    Raises:
        Torn: it is none, or would hold more than *most*.

    """
    try:
        if cramjam.snappy.decompress_raw_len(block) > most:
            raise Torn
        return bytes(cramjam.snappy.decompress_raw(block))
    except cramjam.DecompressionError as error:
        raise Torn from error


def is_block(value: bytes) -> bool:
    """Whether the whole *value* is one bare block, which begins with letters."""
    size, shift, at = 0, 0, 0
    for at, byte in enumerate(value[:5], start=1):  # noqa: B007  the last one counts
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004  the last byte of a number
            break
    packed = len(value) - at
    fits = packed <= 32 + size + size // 6 and size <= min(packed * 64, _MOST)
    return packed > 0 and fits and not value[at] & 3 and opens(value)


def opens(value: bytes) -> bool:
    """Whether *value*, whose size may be that of a bare block, is one."""
    try:
        return undone(value, _MOST) is not None
    except Torn:
        return False


def framed_snappy() -> Decoder:
    """Return a decoder for the snappy frame format."""
    return Framed()
