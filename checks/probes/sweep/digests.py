"""Digests of millions of values, found raw, in hex and in base64 by their first sixty bits."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from idaudit.checks.probes.sweep.keyset import Codes, Filter, Keys, Shelf, halved
from idaudit.checks.probes.sweep.views import Bytes, Places, begins_run, joined

LONG = 8
"""Bytes of a digest that are looked at; of the last, in base64, the first half."""

PRINTED = 16
"""So many printed signs in a row are no raw digest: chance writes one in five million like that."""

HEX_LETTERS, BASE64_LETTERS = 16, 10

_SIXTY = np.uint64(0xF0FFFFFFFFFFFFFF)  # of the first eight bytes, the first being the lowest
_UPPER = np.uint32(0xF0FFFFFF)
_FEW = 16
_PRINTED = np.isin(np.arange(256), [*range(0x20, 0x7F), *b"\t\r\n"])
_SIZES = ((22, 2), (24, 3), (23, 2))  # words of each filter, as a power of two, and bits for a key
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # golden ratio, xxHash


class Digests:
    """
    The first bits of each digest, on disk, behind three filters.

    The first filter fits into a processor's cache and is of one size for a
    thousand digests and for thirty million; what it lets through is for the
    bigger ones.
    """

    def __init__(self, batches: Iterable[tuple[Bytes, Codes]]) -> None:
        """Enter every digest of every batch: its first eight bytes a row, and its code."""
        shapes = zip(_SIZES, _FACTORS, strict=True)
        self._filters = [Filter(words, bits, factor) for (words, bits), factor in shapes]
        self._shelf = Shelf(map(self._entered, batches))

    def raw(self, block: Bytes) -> Iterator[tuple[int, int]]:
        """Yield each place in *block* where a digest may begin, and its code."""
        if len(block) < LONG:
            return
        fours = np.ndarray((len(block) - 3,), "<u4", block, strides=(1,)).copy()
        low, high = fours[:-4], fours[4:] & _UPPER
        told = begins_run(_PRINTED[block], PRINTED)
        every = np.arange(len(low))
        if 2 * np.count_nonzero(told) > len(low):  # mostly text
            every = np.append(np.flatnonzero(~told), every[len(told) :])
            low, high = low[every], high[every]
        at = every[self._filters[0].may_hold(low, high)]
        keys = fours[at + 4].astype(np.uint64) << np.uint64(32) | fours[at]
        yield from self._found(keys & _SIXTY, at, self._filters[1:])

    def hex(self, halves: Bytes) -> Iterator[tuple[int, int]]:
        """Yield the same of letters in hex."""
        at = np.flatnonzero(begins_run(halves < 16, HEX_LETTERS))  # noqa: PLR2004  that is hex
        if len(at):
            pairs = halves[:-1] << np.uint8(4) | halves[1:]
            keys = joined(pairs, 2)[at].byteswap() & _SIXTY
            yield from self._found(keys, at, self._filters)

    def base64(self, sixes: Bytes) -> Iterator[tuple[int, int]]:
        """Yield the same of letters in base64."""
        at = np.flatnonzero(begins_run(sixes < 64, BASE64_LETTERS))  # noqa: PLR2004  that is base64
        if len(at):
            keys = eight_letters(sixes, at) << np.uint64(16)
            keys |= sixes[at + 8].astype(np.uint64) << np.uint64(10)
            keys |= sixes[at + 9].astype(np.uint64) << np.uint64(4)
            yield from self._found(keys.byteswap() & _SIXTY, at, self._filters)

    def _entered(self, batch: tuple[Bytes, Codes]) -> tuple[Keys, Codes]:
        rows, codes = batch
        keys = np.ascontiguousarray(rows).view("<u8").reshape(-1) & _SIXTY
        for each in self._filters:
            each.add(*halved(keys))
        return keys, codes

    def _found(
        self, keys: Keys, at: Places, filters: Sequence[Filter]
    ) -> Iterator[tuple[int, int]]:
        """Yield place and code of each of *keys* that is known."""
        for each in filters:
            passed = np.flatnonzero(each.may_hold(*halved(keys)))
            keys, at = keys[passed], at[passed]
        for place, code in self._shelf.lookup(keys):
            yield int(at[place]), code


def eight_letters(sixes: Bytes, at: Places) -> Keys:
    """Return, from each place, eight letters of base64 as forty-eight bits."""
    if len(at) * _FEW < len(sixes):
        sixes, at = sixes[at[:, None] + np.arange(8)].reshape(-1), np.arange(len(at)) * 8
    twos = sixes[:-1].astype(np.uint16) << np.uint16(6) | sixes[1:]
    fours = twos[:-2].astype(np.uint32) << np.uint32(12) | twos[2:]
    return fours[at].astype(np.uint64) << np.uint64(24) | fours[at + 4]
