"""
Whether brotli can begin in a value, told for many values at one go.

Nothing announces brotli, so it is tried on whatever is no text, and its library
takes microseconds to refuse what is none. Most of that is refused by its first
bits: by the header of the stream, or by its first code, whose lengths must fill
their space exactly. What passes may be brotli; what does not is none, or gives
nothing that does not stand in the value as it is. Sections are those of RFC 7932.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.opening import PROBE
from idaudit.checks.probes.sweep.views import Bytes, Mask, Places

LOOKED_AT = 32
"""So many bytes must follow the beginning of each value."""

_SPACE, _AT_ONCE, _STEPS = 32, 12, 3  # 3.5: a code for code lengths, and how it is looked at
_METADATA, _TOO_MUCH = 3, 3
_NO_TYPES = 3
# 9.1, by the first seven bits: how many of them tell the size of the window; none if they cannot.
_LOW = np.arange(128)
_WINDOW = np.where(_LOW & 1 == 0, 1, np.where(_LOW >> 1 & 7 > 0, 4, np.where(_LOW >> 4 == 1, 0, 7)))
# 9.2, by three bits: how many of them say "one type" before the first that says more.
_SINGLE = np.array([_NO_TYPES, 0, 1, 0, 2, 0, 1, 0])


def _lengths(bits: int) -> tuple[list[int], int]:
    """Return the shares of the space that lengths in so many *bits* take, and the bits read."""
    # 3.5, by the next four bits, the first the lowest: a code length, and how many bits tell it.
    values, taken = (0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5), (2, 2, 2, 3, 2, 2, 2, 4)
    shares, at = [], 0
    while at <= _AT_ONCE - 4:
        told = bits >> at & 15
        shares.append(_SPACE >> values[told] if values[told] else 0)
        at += taken[told & 7]
    return shares, at


def _tables() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return, by the next bits: how many are read, what they take, what space they fill exactly."""
    count = 1 << _AT_ONCE
    read, total = np.zeros(count, np.int64), np.zeros(count, np.int64)
    fill = np.zeros((count, _SPACE + 1), np.bool_)
    for bits in range(count):
        shares, read[bits] = _lengths(bits)
        sums = np.cumsum(shares)
        fill[bits, sums[sums <= _SPACE]] = True
        total[bits] = sums[-1]
    return read, total, fill


_READ, _TOTAL, _FILL = _tables()


@dataclass(slots=True)
class _Reader:
    """The bits of many values, read side by side."""

    words: NDArray[np.int64]  # a row for each value: eight bytes from each of its first on
    rows: Places  # which values these are
    at: Places  # how many bits of each were read

    def only(self, which: Mask) -> "_Reader":
        """Return some of the values, read so far."""
        return _Reader(self.words, self.rows[which], self.at[which])

    def coming(self) -> NDArray[np.int64]:
        """Return the next bits of each: 57 at least, and what is above them means nothing."""
        coming: NDArray[np.int64] = self.words[self.rows, self.at >> 3] >> (self.at & 7)
        return coming

    def read(self, count: "int | Places") -> Places:
        """Return the next *count* bits of each as a number."""
        found = self.coming() & ((1 << np.asarray(count)) - 1)
        self.at = self.at + count
        return found


def may_begin(heads: Bytes) -> Mask:
    """Return which of the values with these *heads* may be brotli that gives something."""
    count = len(heads)
    heads = np.ascontiguousarray(heads[:, :LOOKED_AT])
    # Read at any byte: of the last seven places, those before them say enough.
    words = np.ndarray((count, LOOKED_AT - 7), "<i8", heads, 0, (LOOKED_AT, 1))
    found = np.zeros(count, np.bool_)
    window = _WINDOW[heads[:, 0] & 127]
    rows = np.flatnonzero(window)
    packed = _packed(_Reader(words, rows, window[rows]), found)
    single = _SINGLE[packed.coming() & 7]
    found[packed.rows[single == _NO_TYPES]] = True
    packed.at = packed.at + single
    several = packed.only(single < _NO_TYPES)
    several.at = several.at + 1
    bits = several.read(3)
    types = 1 + (1 << bits) + several.read(bits)
    found[several.rows[_has_code(several, types + 2)]] = True
    return found


def _packed(reader: _Reader, found: Mask) -> _Reader:
    """Return the values that begin with a packed block; enter what begins otherwise (9.2)."""
    last = reader.read(1)
    empty = last & reader.coming()  # a last block says besides whether there is anything in it
    reader.at = reader.at + last
    nibbles = reader.read(2)
    metadata = (nibbles == _METADATA) & (last == 0)
    _skipping(reader.only(metadata), found)
    size = reader.read(np.where(nibbles == _METADATA, 0, 16 + 4 * nibbles))
    stored = (1 - last) & reader.coming()
    reader.at = reader.at + (1 - last)
    sized = (nibbles != _METADATA) & (empty == 0)
    sized &= (nibbles == 0) | (size >> (12 + 4 * nibbles) > 0)
    found[reader.rows[sized & (stored == 1) & (size < PROBE) & _padded(reader)]] = True
    return reader.only(sized & (stored == 0))


def _skipping(reader: _Reader, found: Mask) -> None:
    """Enter the values that begin with something to be skipped, and not with too much of it."""
    reserved = reader.read(1)
    bytes_ = reader.read(2)
    reader.at = reader.at + 8 * bytes_
    found[reader.rows[(reserved == 0) & (bytes_ < _TOO_MUCH) & _padded(reader)]] = True


def _padded(reader: _Reader) -> Mask:
    """Return where nothing but zeroes is left of the byte that is being read."""
    padded: Mask = reader.coming() & ((1 << (-reader.at & 7)) - 1) == 0
    return padded


def _has_code(reader: _Reader, sizes: Places) -> Mask:
    """Return where a code may stand for an alphabet of one of *sizes* (3.4, 3.5)."""
    kind = reader.read(2)
    fits = np.zeros(len(sizes), np.bool_)
    simple = kind == 1
    bits = np.frexp(sizes - 1)[1].astype(np.int64)
    fits[simple] = _first_symbols(reader.only(simple), bits[simple], sizes[simple])
    fits[~simple] = _fills(reader.only(~simple))
    return fits


def _first_symbols(reader: _Reader, bits: Places, sizes: Places) -> Mask:
    """Return where a simple code begins with symbols that there are, and with different ones."""
    several = reader.read(2) > 0
    first, second = reader.read(bits), reader.read(bits)
    fits: Mask = (first < sizes) & (~several | (second < sizes) & (first != second))
    return fits


def _fills(reader: _Reader) -> Mask:
    """Return where the first lengths of a code do not say that it leaves or lacks space."""
    space, fits = np.full(len(reader.rows), _SPACE), np.zeros(len(reader.rows), np.bool_)
    for _ in range(_STEPS):
        coming = reader.coming() & ((1 << _AT_ONCE) - 1)
        fits |= _FILL[coming, space] & (space > 0)
        space = np.maximum(space - _TOTAL[coming], 0)
        reader.at = reader.at + _READ[coming]
    return fits | (space > 0)
