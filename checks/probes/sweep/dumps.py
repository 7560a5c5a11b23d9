"""Dumps: bytes as hex digits, an address before each line, perhaps their letters behind it."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.decoders import Decoder
from idaudit.checks.probes.sweep.opening import Opening

_WORD = rb"[0-9a-fA-F]{2}(?:[0-9a-fA-F]{2})*"
_LINE = re.compile(
    rb"[0-9a-fA-F]{6,10}(:?)[ \t]{1,3}((?:%b {1,2}){0,15}%b)(?![^ \n\r])" % (_WORD, _WORD)
)
_DIGITS = 32  # of a line: sixteen bytes
_LONGEST = 160
_SAME = b"*"  # stands for lines that repeat the one before
BEGINNING = 12
"""Bytes by which a line is told: the break before it, its address, the first digits behind it."""


def _any_of(letters: bytes) -> NDArray[np.bool_]:
    """Return for each byte whether it is one of *letters*."""
    return np.isin(np.arange(256), np.frombuffer(letters, np.uint8))


_HEX, _OCTAL = _any_of(b"0123456789abcdefABCDEF"), _any_of(b"01234567")
_BLANK, _MARK = _any_of(b" "), _any_of(b" :")
_SHAPES = (
    (_MARK, _BLANK, _HEX, *[_HEX] * 8),  # the ninth byte, the tenth, ... and then from the first
    (_HEX, _HEX, _BLANK, *[_OCTAL] * 7),
)
_PLACES = ((9, 10, 11, *range(1, 9)), (9, 10, 8, *range(1, 8)))


class Dump:
    """The lines of one dump."""

    effort = 4

    def __init__(self) -> None:
        """Start one dump."""
        self.ended = False
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode the first line; without one this is no dump."""
        return line(bytes(data[:_LONGEST]).partition(b"\n")[0])

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode whole lines up to the first that is none."""
        *lines, self._left = (self._left + bytes(data)).split(b"\n")
        out = bytearray()
        for each in lines:
            given = line(each)
            if given is None and each.strip() != _SAME:
                self.ended = True
                break
            out += given or b""
        self.ended = self.ended or len(self._left) > _LONGEST
        yield bytes(out)

    def rest(self) -> bytes:
        """Decode a last line that no line break ends."""
        return b"" if self.ended else line(self._left) or b""


def line_breaks(data: "bytes | memoryview") -> list[int]:
    """
    Return every line break in *data* behind which a line of a dump seems to begin.

    Said as patterns, lines of nothing but digits would halve the speed of the
    engine on all text. What stands behind an address rules out most other lines.
    """
    if len(data) < BEGINNING:
        return []
    each = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(each[: 1 - BEGINNING] == ord("\n"))
    found: list[int] = []
    for shape, places in zip(_SHAPES, _PLACES, strict=True):
        at = breaks
        for allowed, place in zip(shape, places, strict=True):
            if not len(at):  # as a rule, after the first
                break
            at = at[allowed[each[at + place]]]
        found += at.tolist()
    return found


def line(text: bytes) -> bytes | None:
    """Return the bytes of one line; words of two bytes without a colon are little-endian."""
    found = _LINE.match(text[:_LONGEST])
    if found is None:
        return None
    words = found[2].split()
    swapped = not found[1] and all(len(word) == 4 for word in words)  # noqa: PLR2004  two bytes
    digits = b"".join(word[2:] + word[:2] if swapped else word for word in words)[:_DIGITS]
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def dump_begins(data: bytes, start: int) -> Opening | None:
    """Return the dump that begins behind the line break at *start*, if none goes on there."""
    before = data[max(0, start - _LONGEST) : start].rpartition(b"\n")[2]
    if line(before) is not None or before == _SAME:
        return None
    return Opening(start + 1, dump)


def dump() -> Decoder:
    """Return a decoder for a dump."""
    return Dump()
