"""
Ways to write letters as other bytes, each with the way back: one byte at a time.

A codec gives *cores*: the bytes that must occur in the written form whatever
stands before and after the letters. Base64 has three (one per alignment),
UTF-16 one. Given a core found in some data, the codec reads the letters around
it, which is how a tag found in base64 still tells whose token it is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

CONTEXT = 320
"""How many written bytes are read on either side of a core: a token of the widest form."""


@dataclass(frozen=True, slots=True)
class Core:
    """What a written form must contain, and how it was aligned."""

    literal: bytes
    phase: int = 0
    expression: bytes = b""  # a pattern as long as *literal*, where that is only an example of it


@dataclass(frozen=True, slots=True)
class Around:
    """What a codec read around a core, and where in it the core's own letters begin."""

    plain: bytes
    at: int
    name: str = ""  # where what was read tells the form more closely
    sure: bool = True  # False where only the letters themselves can tell that this is the form


class Codec(Protocol):
    """One way to write bytes."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def folds(self) -> bool:
        """Whether upper and lower case of the written form mean the same."""
        ...

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield every core of *plain*."""
        ...

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Return what is written around ``data[start:end]``, a core at *phase*."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A form that maps each byte to one byte, or only their order."""

    name: str
    write: Callable[[bytes], bytes]
    undo: Callable[[bytes], bytes]
    backwards: bool = False
    folds: bool = False

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core."""
        yield Core(self.write(plain))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Undo the form in a window around the core."""
        before, after = data[max(0, start - CONTEXT) : start], data[end : end + CONTEXT]
        plain = self.undo(before + data[start:end] + after)
        return Around(plain, len(after) if self.backwards else len(before))


class Spaced:
    """A form of one unit of fixed width for each byte, such as UTF-16 or hex."""

    def __init__(self, name: str, unit: str, after: bytes = b"", *, folds: bool = False) -> None:
        """Write each byte as ``unit % byte``, and *after* between two of them."""
        self.name = name
        self.folds = folds
        self._after = after
        self._written = [(unit % byte).encode("latin-1") for byte in range(256)]
        self._byte = {written: byte for byte, written in enumerate(self._written)}
        self._width = len(self._written[0])

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core, which ends with its last unit."""
        yield Core(self._after.join(self._written[byte] for byte in plain))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Read unit after unit in step with the core; the rest reads as a byte no text has."""
        step = self._width + len(self._after)
        before = min(start, CONTEXT) // step
        units = range(start - before * step, min(len(data), end + CONTEXT), step)
        plain = bytes(
            self._byte.get(self._cased(data[at : at + self._width]), 0xFF) for at in units
        )
        return Around(plain, before)

    def _cased(self, unit: bytes) -> bytes:
        return unit.lower() if self.folds else unit


class Wide(Spaced):
    """A form of one byte and *zeros* NULs for each letter; its edges tell the byte order."""

    def __init__(self, name: str, zeros: int) -> None:
        """Write each byte with *zeros* NULs between it and the next."""
        super().__init__(name, "%c", bytes(zeros))
        self._zeros = bytes(zeros)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Read unit after unit, and find out on which side of its letter each NUL belongs."""
        around = super().read(data, start, end, phase)
        return Around(around.plain, around.at, f"{self.name}-{self._order(data, start, end)}")

    def _order(self, data: bytes, start: int, end: int) -> str:
        """
        Return "le" or "be", by where the word or else the text around the core begins and ends.

        Its first letter has NULs before it only in big-endian order, its last
        has NULs behind it only in little-endian order. Where zeros surround
        the text, what stands at an even place decides.
        """
        for letters in (_WORD, _PRINTED):
            start, end = self._run(data, start, end, letters)
            behind = data[end : end + len(self._zeros)] == self._zeros
            before = start > 0 and data[start - len(self._zeros) : start] == self._zeros
            if behind != before:
                return "le" if behind else "be"
        return "be" if start % (self._width + len(self._zeros)) else "le"

    def _run(self, data: bytes, start: int, end: int, letters: bytes) -> tuple[int, int]:
        """Return where the run of *letters*, each NULs apart from the next, begins and ends."""
        apart, step = self._zeros, self._width + len(self._zeros)
        most = end + CONTEXT
        while end < most and data.startswith(apart, end) and data[end + step - 1 :][:1] in letters:
            if end + step > len(data):
                break
            end += step
        least = max(step, start - CONTEXT)
        while start >= least and data[start - len(apart) : start] == apart:
            if data[start - step] not in letters:
                break
            start -= step
        return start, end


_PRINTED = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_WORD = bytes(filter(lambda byte: chr(byte).isalnum(), _PRINTED))


class Escaped:
    """A form that announces each byte, such as ``%41`` or ``&#65;``, and so needs no alignment."""

    def __init__(self, name: str, unit: str, pattern: bytes, radix: int) -> None:
        """Write each byte as ``unit % byte``; *pattern* captures its number in *radix*."""
        self.name = name
        self.folds = True
        self._unit = unit
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._radix = radix

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core."""
        yield Core("".join(self._unit % byte for byte in plain).encode("ascii"))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Replace every escape in a window by its byte, and leave plain letters plain."""
        before = self._pattern.sub(self._plain, data[max(0, start - CONTEXT) : start])
        rest = self._pattern.sub(self._plain, data[start : end + CONTEXT])
        return Around(before + rest, len(before))

    def _plain(self, escape: re.Match[bytes]) -> bytes:
        return bytes([int(escape[1], self._radix) & 0xFF])
