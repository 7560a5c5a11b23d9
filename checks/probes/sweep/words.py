"""Short values as they stand: millions of them, found whatever their letter case and writing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from idaudit.checks.probes.sweep.digests import eight_letters
from idaudit.checks.probes.sweep.keyset import Codes, Filter, Keys, Shelf, halved
from idaudit.checks.probes.sweep.views import (
    Base64,
    Bytes,
    Hex,
    Places,
    Plain,
    View,
    begins_run,
)

HEAD = 4
"""So many first bytes decide whether a place is looked at closely."""

_FACTOR = 0x9E3779B97F4A7C15
_SIXES_OF_HEAD = 8
_BASE = np.uint64(1099511628211)  # the prime of FNV
_IN_WORD = np.array([bytes([byte]).isalnum() for byte in range(256)])
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[65:91] += 32

Batch = tuple[Sequence[bytes], Sequence[int]]


class Words:
    """Texts by their hash on disk, behind tables of what their first bytes may be."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        """Enter every text of every batch with its code."""
        self._sizes: set[int] = set()
        self._may_be = np.zeros((HEAD, 256), np.bool_)
        self._heads = Filter(16, 2, _FACTOR)
        self._whole = Filter(20, 2, _FACTOR)
        self._shelf = Shelf(each for batch in batches for each in self._entered(*batch))
        self._first, self._second = (table.tobytes() for table in self._may_be[:2])

    def find(
        self, block: bytes, halves: Bytes, sixes: Bytes
    ) -> Iterator[tuple[View, int, bytes, int]]:
        """Yield how, where and what (in small letters) may stand in *block*, and its code."""
        whole = np.frombuffer(block, np.uint8)
        for view, at in (
            *self._plain(block, whole),
            *self._in_hex(halves),
            *self._in_base64(sixes),
        ):
            yield from self._at(view, at)

    def _entered(
        self, texts: Sequence[bytes], codes: Sequence[int]
    ) -> Iterator[tuple[Keys, Codes]]:
        """Yield keys and codes of *texts*, and note how they begin."""
        alike: Mapping[int, list[tuple[bytes, int]]] = defaultdict(list)
        for text, code in zip(texts, codes, strict=True):
            alike[len(text)].append((text.lower(), code))
        for size, found in alike.items():
            rows = np.frombuffer(b"".join(text for text, _ in found), np.uint8).reshape(-1, size)
            self._sizes.add(size)
            self._note(rows[:, :HEAD])
            keys = _hashed(rows)
            self._whole.add(*halved(keys))
            yield keys, np.array([code for _, code in found], np.uint32)

    def _note(self, heads: Bytes) -> None:
        """Enter what *heads* are in small letters, and what their bytes are in any."""
        for place in range(HEAD):
            self._may_be[place] |= np.isin(_LOWER, heads[:, place])
        self._heads.add(*halved(np.unique(_hashed(heads))))

    def _plain(self, block: bytes, whole: Bytes) -> Iterator[tuple[View, Places]]:
        """Yield where a text may begin, as it is and in UTF-16."""
        first = np.frombuffer(block.translate(self._first), np.bool_)
        second = np.frombuffer(block.translate(self._second), np.bool_)
        near = np.flatnonzero(first[:-1] & second[1:])
        yield Plain("verbatim", 1, whole), near[~_IN_WORD[whole[near - 1]] | (near == 0)]
        nothing = whole == 0
        wide = first[:-3] & second[2:-1] & nothing[1:-2] & nothing[3:]
        yield Plain("utf-16", 2, whole), np.flatnonzero(wide)

    def _in_hex(self, halves: Bytes) -> Iterator[tuple[View, Places]]:
        at = np.flatnonzero(begins_run(halves < 16, 2 * HEAD))  # noqa: PLR2004  that is hex
        if len(at):
            each = halves[:-1] << np.uint8(4) | halves[1:]
            for place, known in enumerate(self._may_be):
                at = at[known[each[at + 2 * place]]]
            yield Hex(halves), at

    def _in_base64(self, sixes: Bytes) -> Iterator[tuple[View, Places]]:
        run = begins_run(sixes < 64, _SIXES_OF_HEAD)  # noqa: PLR2004  that is base64
        every = np.flatnonzero(run)
        if len(every):
            eights = eight_letters(sixes, every)
            for shift in (0, 2, 4):
                at, letters = every, eights
                for place, known in enumerate(self._may_be):
                    near = known[_byte(letters, shift + 8 * place)]
                    at, letters = at[near], letters[near]
                yield Base64(sixes, shift), at

    def _at(self, view: View, at: Places) -> Iterator[tuple[View, int, bytes, int]]:
        """Yield what stands in *view* at those places where all four first bytes are a text's."""
        if len(at):
            heads = _hashed(_LOWER[view.rows(at, HEAD)])
            at = at[self._heads.may_hold(*halved(heads))]
        if len(at) == 0:
            return
        sizes = sorted(self._sizes)
        rows = _LOWER[view.rows(at, sizes[-1])]
        keys = np.concatenate(list(_growing(rows, sizes)))
        near = np.flatnonzero(self._whole.may_hold(*halved(keys)))
        for number, code in self._shelf.lookup(keys[near]):
            size, row = divmod(int(near[number]), len(at))
            yield view, int(at[row]), rows[row, : sizes[size]].tobytes(), code


def _byte(letters: Keys, bit: int) -> Bytes:
    """Return the byte that begins at a *bit* of forty-eight."""
    return (letters >> np.uint64(40 - bit)).astype(np.uint8)


def _hashed(rows: Bytes) -> Keys:
    """Return one number for the bytes of each row."""
    return next(_growing(rows, [rows.shape[1]]))


def _growing(rows: Bytes, sizes: Sequence[int]) -> Iterator[Keys]:
    """Yield, for each of *sizes* in their order, one number for so many first bytes of each row."""
    found = np.zeros(len(rows), np.uint64)
    for size, column in enumerate(rows.T, start=1):
        found = (found ^ column) * _BASE
        if size in sizes:
            yield found ^ np.uint64(size)
