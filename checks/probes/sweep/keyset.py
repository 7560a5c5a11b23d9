"""
Searching for millions of short literals at a cost that does not grow with their number.

Theory of operation. Of each literal the first bytes, at most eight, are its
*key*. Every window of the data is hashed into a blocked Bloom filter (two bits
in one word of memory) of one size for up to a million keys, which says
"certainly no key" to almost all; what is left asks a second one by another
hash, and only then is looked up among the sorted keys. Of a literal nothing but
its key is kept: its owner writes it again when a window matches, and the whole
of it is compared.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Label_co = TypeVar("Label_co", covariant=True)
Label = TypeVar("Label")

_KEY = 8
_BLOCK = 128 * 1024
_LEAST_BITS = 20
"""So many words, of four bytes, are the same time for one key as for a million."""
_KEYS_PER_WORD = 2
_AT_HAND = 1024
_HASHES = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)  # odd, from the golden ratio and xxHash


class Literal(Protocol[Label_co]):
    """One value, written in one way."""

    @property
    def literal(self) -> bytes:
        """The bytes to find."""
        ...

    @property
    def trace(self) -> Label_co:
        """What finding them means."""
        ...

    @property
    def caseless(self) -> bool:
        """Whether they may be in upper or lower case throughout."""
        ...


class KeySet(Generic[Label]):
    """The literals of many owners; each owner can write its own again."""

    def __init__(self, owners: Sequence[Callable[[], Sequence[Literal[Label]]]]) -> None:
        """Take the key of every literal of every owner."""
        self._owners = owners
        keys: dict[int, array[int]] = {}
        whose: dict[int, array[int]] = {}
        for owner, write in enumerate(owners):
            for literal in {each for one in write() for each in cases(one)}:
                size = min(len(literal), _KEY)
                keys.setdefault(size, array("Q")).append(_number(literal[:size]))
                whose.setdefault(size, array("I")).append(owner)
        self._recent: dict[int, dict[bytes, list[Literal[Label]]]] = {}
        self._shelves = [_Shelf(size, keys[size], whose[size]) for size in sorted(keys)]

    def find(self, data: bytes) -> list[tuple[int, int, Label]]:
        """Return start, end and label of each occurrence, in the order of their starts."""
        found = {
            (at, at + len(each.literal), each.trace)
            for shelf in self._shelves
            for at, owner in shelf.places(data)
            for each in self._literals(owner).get(data[at : at + shelf.size], ())
            if _stands(data, at, each)
        }
        return sorted(found, key=lambda each: each[:2])

    def _literals(self, owner: int) -> dict[bytes, list[Literal[Label]]]:
        """Return the literals of one owner by their keys; those met last are kept at hand."""
        if owner not in self._recent:
            if len(self._recent) >= _AT_HAND:
                self._recent.clear()
            shelved = self._recent[owner] = {}
            for each in self._owners[owner]():
                for literal in dict.fromkeys(cases(each)):
                    shelved.setdefault(literal[:_KEY], []).append(each)
        return self._recent[owner]


class _Shelf:
    """Keys of one length."""

    def __init__(self, size: int, keys: "array[int]", owners: "array[int]") -> None:
        """Sort the keys and enter each into both tables."""
        self.size = size
        self._mask = np.uint64((1 << 8 * size) - 1)
        every = np.frombuffer(keys, np.uint64)
        order = np.argsort(every, kind="stable")
        self._keys, self._owners = every[order], np.frombuffer(owners, np.uint32)[order]
        self._filters = [_Bloom(self._keys, multiplier) for multiplier in _HASHES]

    def places(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield where a key stands, with each owner that has it."""
        padded = data + bytes(_KEY - self.size)
        for start in range(0, len(padded) - _KEY + 1, _BLOCK):
            block = padded[start : start + _BLOCK + _KEY - 1]
            windows = np.ndarray((len(block) - _KEY + 1,), "<u8", block, strides=(1,))
            windows = windows if self.size == _KEY else windows & self._mask
            at = np.flatnonzero(self._filters[0].may_hold(windows))
            at = at[self._filters[1].may_hold(windows[at])]
            first = np.searchsorted(self._keys, windows[at])
            last = np.searchsorted(self._keys, windows[at], side="right")
            for place, low, high in zip(at.tolist(), first.tolist(), last.tolist(), strict=True):
                for owner in set(self._owners[low:high].tolist()):
                    yield start + place, owner


class _Bloom:
    """A blocked Bloom filter: says which of many numbers may be among its keys."""

    def __init__(self, keys: NDArray[np.uint64], multiplier: int) -> None:
        """Enter all *keys*."""
        bits = max(_LEAST_BITS, (len(keys) // _KEYS_PER_WORD).bit_length())
        self._multiplier, self._shift = np.uint64(multiplier), np.uint64(64 - bits)
        self._words = np.zeros(1 << bits, np.uint32)
        for start in range(0, len(keys), 1 << 20):
            hashed = keys[start : start + (1 << 20)] * self._multiplier
            np.bitwise_or.at(self._words, (hashed >> self._shift).view(np.int64), _bits(hashed))

    def may_hold(self, numbers: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return for each number whether it may be a key."""
        hashed = numbers * self._multiplier
        words, wanted = self._words[(hashed >> self._shift).view(np.int64)], _bits(hashed)
        return (words & wanted) == wanted  # type: ignore[no-any-return] # numpy's own stubs


def _bits(hashed: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return two bits of a word for each hash."""
    low = hashed.astype(np.uint32)
    one, five = np.uint32(1), np.uint32(31)
    return (one << (low >> np.uint32(10) & five)) | (one << (low >> np.uint32(20) & five))


def _number(key: bytes) -> int:
    return int.from_bytes(key, "little")


def cases(each: Literal[Label]) -> tuple[bytes, ...]:
    """Return the spellings of a literal that are searched for."""
    if not each.caseless:
        return (each.literal,)
    return each.literal, each.literal.lower(), each.literal.upper()


def _stands(data: bytes, at: int, each: Literal[Label]) -> bool:
    """Whether *each* stands in *data* at that place."""
    found = data[at : at + len(each.literal)]
    return found == each.literal or (each.caseless and found.lower() == each.literal.lower())
