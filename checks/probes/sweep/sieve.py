"""
What many small values may begin as, told for all of them at one go.

``headless`` names the formats to try on one value. Almost every trial fails, and
most fail on the first bytes: those are looked at side by side, and a value is
only named where a trial may give something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from idaudit.checks.probes.sweep import brotlihead
from idaudit.checks.probes.sweep.blocks import first_block
from idaudit.checks.probes.sweep.containers import (
    ANY_ZLIB,
    ASCII85_RUN,
    BARE,
    BASE64_RUN,
    BLOCK,
    BROTLI,
    DUMP,
    HEX_RUN,
    SIZED,
    Container,
)
from idaudit.checks.probes.sweep.headless import HEAD, TEXT
from idaudit.checks.probes.sweep.runs import HEX_LETTERS, LETTERS, LETTERS_85, VALUE
from idaudit.checks.probes.sweep.views import Bytes, Mask, Places

_LETTER, _HEX, _85, _ASCII, _TEXT, _DIGIT = (np.uint8(1 << bit) for bit in range(6))
_DIGITS = b"0123456789abcdefABCDEF"
_ADDRESS = 6
_MOST = 16 << 20
_GAP = bytes(HEAD)
_SHORT = 60
"""So many letters in a row a block of snappy announces in one byte."""
_LEAST = 8
"""No format packs the shortest value that is searched for into fewer bytes."""


def _kinds() -> Bytes:
    """Return of which of those kinds each byte is."""
    kinds = np.zeros(256, np.uint8)
    for kind, letters in (
        (_LETTER, LETTERS),
        (_HEX, HEX_LETTERS),
        (_85, LETTERS_85),
        (_ASCII, bytes(range(128))),
        (_TEXT, TEXT),
        (_DIGIT, _DIGITS),
    ):
        kinds[np.frombuffer(letters, np.uint8)] |= kind
    return kinds


_KINDS = _kinds()


@dataclass(frozen=True, slots=True)
class Values:
    """Values side by side, so far apart that no pattern spans two of them."""

    data: bytes
    starts: Places
    lengths: Places

    @classmethod
    def of(cls, values: Sequence[bytes]) -> Self:
        """Lay *values* side by side."""
        lengths = np.fromiter(map(len, values), np.intp, len(values))
        starts = np.cumsum(lengths + len(_GAP)) - lengths - len(_GAP)
        return cls(_GAP.join((*values, b"")), starts, lengths)

    def holding(self, places: Sequence[int]) -> list[tuple[int, int]]:
        """Return for each place the number of the value that lies there, and where it begins."""
        numbers = np.searchsorted(self.starts, np.array(places, np.intp), "right") - 1
        return list(zip(numbers.tolist(), self.starts[numbers].tolist(), strict=True))

    def beginnings(self) -> Iterator[tuple[Container, list[int]]]:
        """Yield each format that announces itself by nothing, and the values that may be in it."""
        heads: Bytes = np.frombuffer(self.data, np.uint8)[self.starts[:, None] + np.arange(HEAD)]
        kinds = _KINDS[heads]
        kinds[np.arange(HEAD) >= self.lengths[:, None]] = 0xFF
        each = np.bitwise_and.reduce(kinds, axis=1)
        long = self.lengths >= VALUE
        letters, ascii_ = long & (each & _LETTER > 0), each & _ASCII > 0
        is_hex, is_85 = each & _HEX > 0, long & ascii_ & ~letters & (each & _85 > 0)
        addressed = np.bitwise_and.reduce(kinds[:, :_ADDRESS], axis=1) & _DIGIT > 0
        zlib = ~ascii_ & _is_zlib(heads)
        for container, fits in (
            (HEX_RUN, letters & is_hex),
            (BASE64_RUN, letters & ~is_hex),
            (ASCII85_RUN, is_85),
            (DUMP, ascii_ & ~letters & ~is_85 & addressed),
            (ANY_ZLIB, zlib),
            (BARE, ~ascii_ & ~zlib & first_block(np.frombuffer(self.data, np.uint8), self.starts)),
            (BROTLI, (each & _TEXT == 0) & brotlihead.may_begin(heads)),
            (BLOCK, _is_block(heads, self.lengths)),
            (SIZED, _is_sized(heads, self.lengths)),
        ):
            yield container, np.flatnonzero(fits & (self.lengths >= _LEAST)).tolist()


def _is_zlib(heads: Bytes) -> Mask:
    """Return where the two bytes stand that RFC 1950 begins with."""
    both = heads[:, 0].astype(np.uint16) << np.uint16(8) | heads[:, 1]
    found: Mask = (heads[:, 0] & 15 == 8) & (both % 31 == 0)  # noqa: PLR2004  RFC 1950, 2.2
    return found


def _is_block(heads: Bytes, lengths: Places) -> Mask:
    """Return where a size stands that a bare block of snappy of that length can have."""
    more = heads[:, :5] >= 0x80  # noqa: PLR2004  another byte of the size follows
    used = np.minimum(np.logical_and.accumulate(more, axis=1).sum(axis=1) + 1, 5)
    shares = (heads[:, :5] & 0x7F).astype(np.int64) << np.arange(0, 35, 7)
    size = np.where(np.arange(5) < used[:, None], shares, 0).sum(axis=1)
    packed = lengths - used
    fits = (
        (packed > 0) & (packed <= 32 + size + size // 6) & (size <= np.minimum(packed * 64, _MOST))
    )
    fits &= heads[np.arange(len(heads)), used] & 3 == 0
    return _refers_back(heads, used, fits)


def _refers_back(heads: Bytes, used: Places, fits: Mask) -> Mask:
    """Return *fits*, but where a block's first letters are followed by a copy of none of them."""
    rows = np.flatnonzero(fits)
    letters = (heads[rows, used[rows]] >> 2).astype(np.intp) + 1
    at = used[rows] + 1 + letters
    seen = (letters <= _SHORT) & (at + 2 < HEAD)
    rows, letters, at = rows[seen], letters[seen], at[seen]
    tag, low, high = (heads[rows, at + place].astype(np.intp) for place in range(3))
    kind = tag & 3
    back = np.where(kind == 1, tag >> 5 << 8 | low, low | high << 8)
    fits[rows] = (kind == 0) | (back <= letters) & ((back > 0) | (kind == 3))  # noqa: PLR2004  four bytes
    return fits


def _is_sized(heads: Bytes, lengths: Places) -> Mask:
    """Return where a size stands that a block of lz4 of that length can have."""
    size = np.ascontiguousarray(heads[:, :4]).view("<u4")[:, 0].astype(np.int64)
    packed = lengths - 4
    found: Mask = (packed > 0) & (packed - packed // 250 - 16 <= size)
    found &= (size <= packed * 255) & (size < _MOST)
    return found
