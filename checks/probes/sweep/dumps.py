"""Dumps: bytes as hex digits, an address before each line, perhaps their letters behind it."""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.decoders import Decoder
from idaudit.checks.probes.sweep.engine import Needle, Patterns
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
_MARK_AT = 9
_SHAPES = (
    (10, ((11, _HEX), *((place, _HEX) for place in range(1, 9)))),
    (8, ((9, _HEX), (10, _HEX), *((place, _OCTAL) for place in range(1, 8)))),
)
"""Where the blank stands behind the break, and what stands elsewhere: as ``_lines`` says it."""
_SAMPLE, _BLOCK = 4096, 1 << 18  # bytes


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


class Breaks:
    """
    Finds every line break behind which a line of a dump seems to begin.

    Said among other patterns, lines of nothing but digits would halve the speed
    of the engine on all text. By themselves they cost next to nothing in what is
    no text; in text, comparing all bytes at once is faster.
    """

    def __init__(self) -> None:
        """Take a scanner; one of these serves one thread."""
        self._scanner = _lines().scanner()

    def find(self, data: bytes) -> list[int]:
        """Return every such break in *data*."""
        if data[:_SAMPLE].isascii():
            return _in_text(np.frombuffer(data, np.uint8))
        return [at for at, _, _ in self._scanner.find(data)]


@cache
def _lines() -> Patterns[None]:
    hexadecimal = rb"\n[0-9a-fA-F]{8}[ :] [0-9a-fA-F]", 12
    octal = rb"\n[0-7]{7} [0-9a-fA-F]{2}", 11
    return Patterns(Needle(line, length, None) for line, length in (hexadecimal, octal))


def _in_text(data: NDArray[np.uint8]) -> list[int]:
    """Return where two blanks stand as they do behind a break, and all else fits."""
    found: list[int] = []
    for start in range(0, len(data) - BEGINNING + 1, _BLOCK):
        part = data[start : start + _BLOCK + BEGINNING - 1]
        blank = (part == ord(" ")).view(np.uint8)
        breaks = (part[: 1 - BEGINNING] == ord("\n")).view(np.uint8)
        for blank_at, shape in _SHAPES:
            near = breaks & blank[blank_at : blank_at + 1 - BEGINNING]
            if blank_at > _MARK_AT and near.view(np.bool_).any():  # in many a line one is there
                mark = part[_MARK_AT : _MARK_AT + 1 - BEGINNING]
                near &= ((mark == ord(" ")) | (mark == ord(":"))).view(np.uint8)
            at = np.flatnonzero(near.view(np.bool_))
            if not len(at):
                continue
            for place, allowed in shape:
                at = at[allowed[part[at + place]]]
            found += (at + start).tolist()
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
