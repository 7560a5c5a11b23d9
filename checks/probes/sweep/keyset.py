"""
Millions of numbers on disk, and whether some other number is among them.

Theory of operation. Keys are scattered by a permutation of 64 bits and sorted,
so they lie evenly: the first of every few hundred is kept in memory, and any
key is one read away. They are sorted in runs and merged range by range, so
building takes little memory too. In front stand *filters*: tables of
bits of one size however many keys there are, which say "certainly no key" to
almost everything.
"""

import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Codes = NDArray[np.uint32]

_EVERY = 256
_RANGES = 256
_RUN = 1 << 18
_ROW = np.dtype([("key", "<u8"), ("code", "<u4")])
_MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))  # from MurmurHash3
_HALF = np.uint64(33)
_ONE, _FIVE = np.uint32(1), np.uint32(31)


def scattered(keys: Keys) -> Keys:
    """Return each key as another number: a permutation that leaves no pattern."""
    for factor in _MIX:
        keys = (keys ^ (keys >> _HALF)) * factor
    return keys ^ (keys >> _HALF)


class Shelf:
    """Keys with a code each, sorted in a file that nobody else can see."""

    def __init__(self, batches: Iterable[tuple[Keys, Codes]]) -> None:
        """Put away every key of every batch."""
        self._file = tempfile.TemporaryFile(prefix="idaudit-keys-")  # noqa: SIM115  see next line
        weakref.finalize(self, self._file.close)
        self.count = 0
        index: list[Keys] = []
        with tempfile.TemporaryFile(prefix="idaudit-runs-") as runs:
            edges = [_written(runs.fileno(), rows) for rows in _runs(batches)]
            for number in range(_RANGES):
                rows = _merged(runs.fileno(), edges, number)
                index.append(rows["key"][-self.count % _EVERY :: _EVERY].copy())  # not all of them
                self._file.write(rows.tobytes())
                self.count += len(rows)
        self._file.flush()
        self._index = np.concatenate(index)

    def lookup(self, keys: Keys) -> Iterator[tuple[int, int]]:
        """Yield, for each of *keys* that is here, where it stands among them and each code."""
        if len(keys) == 0:
            return
        wanted = scattered(keys)
        first = np.searchsorted(self._index, wanted, side="left") - 1
        last = np.searchsorted(self._index, wanted, side="right")
        for at, low, high in zip(range(len(keys)), first.tolist(), last.tolist(), strict=True):
            rows = self._rows(max(0, low) * _EVERY, high * _EVERY)
            found = np.searchsorted(rows["key"], wanted[at : at + 1], side="left")[0]
            for row in rows[found:]:
                if row["key"] != wanted[at]:
                    break
                yield at, int(row["code"])

    def _rows(self, low: int, high: int) -> NDArray[np.void]:
        size = max(0, min(high, self.count) - low) * _ROW.itemsize
        # Not through the file's own position: forks of this process share it.
        return np.frombuffer(os.pread(self._file.fileno(), size, low * _ROW.itemsize), _ROW)


class Filter:
    """
    A blocked Bloom filter: some bits in one word for each key, of a size fixed beforehand.

    A key comes in two halves, for processors multiply halves several at a time.
    """

    def __init__(self, words: int, bits: int, factor: int) -> None:
        """Make room: 2 ** *words* words; *factor* makes the hash differ from other filters'."""
        self._words = np.zeros(1 << words, np.uint32)
        self._shift = np.uint32(32 - words)
        self._bits = bits
        self._factors = [np.uint32(factor >> place & 0xFFFFFFFF | 1) for place in (0, 9, 18, 27)]

    def add(self, low: Codes, high: Codes) -> None:
        """Enter keys."""
        words, bits = self._hashed(low, high)
        np.bitwise_or.at(self._words, words, bits)

    def may_hold(self, low: Codes, high: Codes) -> NDArray[np.bool_]:
        """Return for each key whether it may have been entered."""
        words, bits = self._hashed(low, high)
        found = self._words.take(words, mode="wrap")
        found &= bits
        return found == bits  # type: ignore[no-any-return] # numpy's own stubs

    def _hashed(self, low: Codes, high: Codes) -> tuple[Codes, Codes]:
        """Return for each key its word and its bits in it."""
        one, two, three, four = self._factors
        words = low * one
        words += high * two
        words >>= self._shift
        lots = low * three
        lots += high * four
        bits = _ONE << (lots >> np.uint32(27))
        for place in range(1, self._bits):
            bits |= _ONE << (lots >> np.uint32(27 - 5 * place) & _FIVE)
        return words, bits


def halved(keys: Keys) -> tuple[Codes, Codes]:
    """Return the lower and the upper half of each key."""
    halves = np.ascontiguousarray(keys).view(np.uint32)
    return halves[::2], halves[1::2]


def _runs(batches: Iterable[tuple[Keys, Codes]]) -> Iterator[NDArray[np.void]]:
    """Yield the rows of all *batches* in sorted runs."""
    waiting: list[NDArray[np.void]] = []
    for keys, codes in batches:
        rows = np.empty(len(keys), _ROW)
        rows["key"], rows["code"] = scattered(keys), codes
        waiting.append(rows)
        if sum(map(len, waiting)) >= _RUN:
            yield _sorted(waiting)
            waiting = []
    yield _sorted(waiting)


def _sorted(pieces: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    rows = np.concatenate([np.empty(0, _ROW), *pieces])
    return rows[np.argsort(rows["key"], kind="stable")]


def _written(handle: int, rows: NDArray[np.void]) -> tuple[int, NDArray[np.int64]]:
    """Append one run to a file; return where it begins and where each range begins in it."""
    begins = os.lseek(handle, 0, os.SEEK_END)
    data = memoryview(rows.tobytes())
    while data:
        data = data[os.write(handle, data) :]
    limits = np.arange(_RANGES, dtype=np.uint64) << np.uint64(64 - 8)
    edges = np.searchsorted(rows["key"], limits)
    return begins, np.append(edges, len(rows))


def _merged(
    handle: int, runs: Sequence[tuple[int, NDArray[np.int64]]], number: int
) -> NDArray[np.void]:
    """Return the rows of one range, from all runs, sorted."""
    pieces = []
    for begins, edges in runs:
        low, high = (int(edge) * _ROW.itemsize for edge in edges[number : number + 2])
        pieces.append(np.frombuffer(os.pread(handle, high - low, begins + low), _ROW))
    return _sorted(pieces)
