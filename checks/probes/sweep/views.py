"""
The bytes that a block of data may stand for: as they are, as UTF-16, as hex, as base64.

A *view* reads many places of a block at one go. Hex and base64 are undone
before anything is looked up, so of a value one spelling has to be known, and
not every way to write it. Letters that are none, and what lies behind the end
of the block, read as bytes that stand in no value.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.radix import BASE64

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

BEHIND = 256
"""So many bytes must lie behind a place to read a value there, in the widest view."""

_NONE = 255
_HEX = bytes(int(chr(c), 16) if chr(c) in "0123456789abcdefABCDEF" else _NONE for c in range(256))


def _six_bits() -> bytes:
    """Return what each byte stands for in base64, of either alphabet."""
    table = bytearray([_NONE] * 256)
    for digit, letter in enumerate(BASE64):
        table[letter] = digit
    table[ord("-")], table[ord("_")] = 62, 63
    return bytes(table)


_SIX = _six_bits()


class View(Protocol):
    """One way in which a block may be written."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def step(self) -> int:
        """Bytes per letter where words have boundaries, 0 where not."""
        ...

    def rows(self, at: Places, count: int) -> Bytes:
        """Return *count* bytes from each place, one row each."""
        ...

    def span(self, at: int, count: int) -> tuple[int, int]:
        """Return where those bytes begin and end in the block."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes as they are, or every second of them."""

    name: str
    step: int
    block: Bytes

    def rows(self, at: Places, count: int) -> Bytes:
        """Take each letter."""
        rows: Bytes = self.block[at[:, None] + np.arange(0, count * self.step, self.step)]
        return rows

    def span(self, at: int, count: int) -> tuple[int, int]:
        """Leave out what follows the last letter."""
        return at, at + count * self.step - (self.step - 1)


@dataclass(frozen=True, slots=True)
class Hex:
    """Two letters for each byte."""

    halves: Bytes
    name: str = "hex"
    step: int = 0

    def rows(self, at: Places, count: int) -> Bytes:
        """Join each two halves."""
        halves = self.halves[at[:, None] + np.arange(2 * count)]
        rows: Bytes = halves[:, ::2] << np.uint8(4) | halves[:, 1::2]
        wrong = halves == _NONE
        rows[wrong[:, ::2] | wrong[:, 1::2]] = 0
        return rows

    def span(self, at: int, count: int) -> tuple[int, int]:
        """Return twice the length."""
        return at, at + 2 * count


@dataclass(frozen=True, slots=True)
class Base64:
    """Four letters for three bytes; the first of a value begins *shift* bits into a letter."""

    sixes: Bytes
    shift: int
    name: str = "base64"
    step: int = 0

    def rows(self, at: Places, count: int) -> Bytes:
        """Join the bits of as many letters as it takes."""
        bits = self.shift + 8 * count
        letters = self.sixes[at[:, None] + np.arange(-(-bits // 6))]
        each = np.unpackbits(letters[:, :, None], axis=2)[:, :, 2:].reshape(len(at), -1)
        rows: Bytes = np.packbits(each[:, self.shift : bits], axis=1)
        wrong = np.repeat(letters == _NONE, 6, axis=1)[:, self.shift : bits]
        rows[wrong.reshape(len(at), count, 8).any(axis=2)] = 0
        return rows

    def span(self, at: int, count: int) -> tuple[int, int]:
        """Return the letters that depend on the value alone."""
        return at + (self.shift > 0), at + (self.shift + 8 * count) // 6


def halves_of(block: bytes) -> Bytes:
    """Return what each letter stands for in hex."""
    return np.frombuffer(block.translate(_HEX), np.uint8)


def sixes_of(block: bytes) -> Bytes:
    """Return what each letter stands for in base64."""
    return np.frombuffer(block.translate(_SIX), np.uint8)


def begins_run(inside: Mask, length: int) -> Mask:
    """Return where *length* places in a row are *inside*; shorter by as many at the end."""
    run, size = inside[: len(inside) * (len(inside) >= length)], 1
    while size < length:
        more = min(size, length - size)
        run = run[: len(run) - more] & run[more:]
        size += more
    return run


def joined(each: Bytes, apart: int) -> NDArray[np.uint64]:
    """Return, from each place on, eight bytes that lie *apart* as one number, the first highest."""
    twos = each[:-apart].astype(np.uint16) << np.uint16(8) | each[apart:]
    fours = twos[: -2 * apart].astype(np.uint32) << np.uint32(16) | twos[2 * apart :]
    return fours[: -4 * apart].astype(np.uint64) << np.uint64(32) | fours[4 * apart :]
