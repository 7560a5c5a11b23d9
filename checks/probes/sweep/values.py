"""Values that must be seen whole before they can be decoded."""

from collections.abc import Callable, Iterator

import cramjam
from lz4 import block  # type: ignore[import-untyped] # ships no types

from idaudit.checks.probes.sweep.decoders import Decoder, Torn
from idaudit.checks.probes.sweep.snappy import undone

_MOST = 16 << 20
_HELD = 16 << 20


class Whole:
    """A value gathered to its end, then decoded at one go."""

    effort = 1

    def __init__(self, undo: Callable[[bytes], bytes]) -> None:
        """Gather nothing yet."""
        self.ended = False
        self._undo = undo
        self._held = bytearray()

    def head(self, data: memoryview) -> bytes | None:  # noqa: ARG002  nothing is known of a part
        """Promise nothing: whether it is one, only the whole value tells."""
        return b""

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Gather; too long a value is none."""
        self._held += data
        if len(self._held) > _HELD:
            raise Torn
        return iter(())

    def rest(self) -> bytes:
        """Decode what was gathered, if it is whole."""
        held, self._held = bytes(self._held), bytearray()
        try:
            return self._undo(held)
        except (Torn, ValueError, block.LZ4BlockError, cramjam.DecompressionError):
            return b""


def _sized(value: bytes) -> bytes:
    if not 0 < int.from_bytes(value[:4], "little") <= _MOST:
        raise Torn
    return bytes(block.decompress(value))


def snappy_block() -> Decoder:
    """Return a decoder for a bare block of snappy."""
    return Whole(lambda value: undone(value, _MOST))


def lz4_block() -> Decoder:
    """Return a decoder for a block of lz4 behind its size."""
    return Whole(_sized)
