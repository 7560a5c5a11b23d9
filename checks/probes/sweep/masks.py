"""Forms that hide letters: one byte too many, one misread, a key, odd bits."""

import zlib
from collections.abc import Iterator

from idaudit.checks.probes.sweep.codecs import CONTEXT, Around, Core, Whole


class Split:
    """
    Letters with one foreign byte between two of them.

    Small compressors (pglz, LZF, snappy) write a control byte every few
    letters, and text recognition a blank; both leave a tag with one byte in it.
    """

    name = "split"
    folds = False

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per place where the byte can stand."""
        for place in range(1, len(plain)):
            parts = plain[:place], plain[place:]
            # A tag behind its own first letter, or before its last, is whole.
            foreign = b"[^%s]" % _exactly(plain[place - 1 : place + 1])
            expression = foreign.join(map(_exactly, parts))
            yield Core(b"\0".join(parts), place, expression)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Leave the byte out."""
        before = data[max(0, start - CONTEXT) : start]
        core = data[start : start + phase] + data[start + phase + 1 : end]
        return Around(before + core + data[end : end + CONTEXT], len(before))


class Misread:
    """Letters of which one was taken for another, as text recognition does."""

    name = "misread"
    folds = False

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per place where the wrong letter can stand."""
        for place, right in enumerate(plain):
            wrong = b"[^%s]" % _exactly(bytes([right, right ^ 0x20]))
            expression = _exactly(plain[:place]) + wrong + _exactly(plain[place + 1 :])
            yield Core(plain, place, expression)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Return the letters as they stand: what the wrong one should be, the tag says."""
        before = data[max(0, start - CONTEXT) : start]
        return Around(before + data[start : end + CONTEXT], len(before))


class Bits:
    """
    Letters as deflate's fixed code writes them: eight bits each, at any of eight bit offsets.

    So short values are compressed, and with no header, checksum or beginning
    left they can still be read.
    """

    name = "deflate"
    folds = False

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per bit offset: the bytes that hold nothing but letters."""
        codes = b"".join(bytes([_CODE[byte]]) for byte in plain)
        for phase in range(8):
            shifted = (int.from_bytes(codes, "little") << phase).to_bytes(len(codes) + 1, "little")
            yield Core(shifted[1:-1] if phase else shifted[:-1], phase)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Undo the code in step with the core, as far as its literals go."""
        first = start - 1 if phase else start
        back = min(max(first, 0), _LETTERS_AROUND)
        window = data[max(0, first - back) : end + _LETTERS_AROUND + 1]
        if first < 0:
            window = b"\0" + window
        number = int.from_bytes(window, "little") >> phase
        count = (len(window) * 8 - phase) // 8
        codes = (number & (1 << count * 8) - 1).to_bytes(count, "little")
        before = codes[:back].translate(_LITERALS)
        return Around(before + _inflated(number >> back * 8), back)


def _inflated(number: int) -> bytes:
    """Return what the bits of *number* inflate to, as a block of the fixed code without an end."""
    number = number << 3 | _FIXED_BLOCK
    stream, given = zlib.decompressobj(-15), bytearray()
    try:
        for byte in number.to_bytes(number.bit_length() // 8 + 1, "little"):
            given += stream.decompress(bytes([byte]))
    except zlib.error:
        pass
    return bytes(given)


_FIXED_BLOCK = 0b010  # not the last; RFC 1951, 3.2.3
_LETTERS_AROUND = 48
_CODE = [int(f"{(0x30 + byte) & 0xFF:08b}"[::-1], 2) for byte in range(256)]
_LITERALS = bytes(
    plain if (plain := int(f"{code:08b}"[::-1], 2) - 0x30) in range(128) else 0
    for code in range(256)
)


def masked(key: int) -> Whole:
    """Return the form of every byte combined (exclusive or) with one *key*."""
    table = bytes(byte ^ key for byte in range(256))
    return Whole("xor", lambda data: data.translate(table), lambda data: data.translate(table))


def _exactly(literal: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in literal)
