"""One record of PostgreSQL's write-ahead log, as far as it holds pages that are packed."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.packers import zstd_stream
from idaudit.checks.probes.sweep.postgres import PAGE
from idaudit.checks.probes.sweep.smallpack import lz4_block, pglz

_HEADER = 24
_LONGEST = 1 << 19
_HAS_IMAGE, _HAS_DATA, _SAME = 0x10, 0x20, 0x80  # of a block
_HAS_HOLE = 0x01  # of an image
_NOW = {0x04: "pglz", 0x08: "lz4", 0x10: "zstd"}  # since PostgreSQL 15
_THEN = {0x02: "pglz"}  # before
_MOST_BLOCKS = 32
_MAIN = {255: (1, "<B"), 254: (4, "<I")}  # what belongs to no block, and how its size is told
_ASIDE = {253: 3, 252: 5}  # where it came from, and of which transaction


class _NoRecord(Exception):
    """What stands there is no record."""


@dataclass(frozen=True, slots=True)
class Image:
    """One page, packed, without the hole in its middle."""

    at: int
    method: str
    packed: bytes
    hole: int
    """Where nothing was ..."""
    gap: int
    """... and how much of it."""

    def unpacked(self) -> bytes:
        """Return what it yields, torn or whole."""
        return _UNDO[self.method](self.packed, PAGE - self.gap)

    def whole(self, unpacked: bytes) -> bytes:
        """Return the page with its hole, nothing where it is torn."""
        if len(unpacked) != PAGE - self.gap:
            return b""
        return unpacked[: self.hole] + bytes(self.gap) + unpacked[self.hole :]


@dataclass(frozen=True, slots=True)
class _Block:
    """What a record says of one block."""

    image: int  # bytes
    hole: int
    gap: int
    method: str  # "" where the image is not packed
    data: int  # bytes


def _unzstd(data: bytes, most: int) -> bytes:
    return (zstd_stream().head(memoryview(data)) or b"")[:most]


_UNDO: dict[str, Callable[[bytes, int], bytes]] = {
    "pglz": pglz,
    "lz4": lz4_block,
    "zstd": _unzstd,
}


def begins(data: bytes) -> list[int]:
    """Return where in *data* records with the image of a page may begin."""
    words = _words(data)
    if not len(words):
        return []
    block = words[3:-2] & np.uint64(0xFF) <= _MOST_BLOCKS
    first = words[3:-2] >> np.uint64(12) & np.uint64(1) == 1  # the first block's flag
    second = words[5:] >> np.uint64(32) & np.uint64(0x10FF) == 0x1001  # noqa: PLR2004  block 1, with an image
    found: list[int] = np.flatnonzero(_plausible(words) & block & (first | second)).tolist()
    return [at * 8 for at in found]


def follow(data: bytes) -> bool:
    """Whether there are three records in *data* that follow one another."""
    words = _words(data)
    if not len(words):
        return False
    starts = set((np.flatnonzero(_plausible(words)) * 8).tolist())
    for at in starts:
        one = _next(data, at)
        two = _next(data, one)
        if one in starts and two in starts:
            apart = _previous(data, two) - _previous(data, one)
            if apart - (one - at) in {0, 24, 40}:  # the head of a page in between
                return True
    return False


def images(data: bytes, at: int, *, final: bool = False) -> list[Image] | None:
    """Return the packed pages of the record at *at*; None if it is not whole and goes on."""
    size = _size(data, at)
    if not final and at + size > len(data):
        return None
    for methods in (_NOW, _THEN):
        try:
            return list(_images(data, at, at + size, methods))
        except (_NoRecord, IndexError, struct.error):
            continue
    return []


def _words(data: bytes) -> NDArray[np.uint64]:
    count = len(data) // 8
    if count < 6:  # noqa: PLR2004  what is looked at
        return np.empty(0, np.uint64)
    return np.frombuffer(data, "<u8", count)


def _plausible(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return at which words a record may begin: sizes and places that may be, nothing between."""
    size = words[:-5] & np.uint64(0xFFFFFFFF)
    fits = (words[2:-3] & np.uint64(0xFFFF0000) == 0) & (
        words[1:-4] & np.uint64(0xFFFF000000000007) == 0
    )
    fits &= (size >= _HEADER) & (size <= _LONGEST)
    result: NDArray[np.bool_] = fits
    return result


def _size(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _next(data: bytes, at: int) -> int:
    return at + (_size(data, at) + 7) // 8 * 8


def _previous(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 8 : at + 16], "little")


def _images(data: bytes, at: int, end: int, methods: dict[int, str]) -> Iterator[Image]:
    """
    Yield the packed pages of the record from *at* to *end*.

    Raises:
        _NoRecord: the sizes in it do not add up.

    """
    blocks, place = _blocks(data, at + _HEADER, end, methods)
    for block in blocks:
        if block.method:
            packed = data[place : place + block.image]
            yield Image(place, block.method, packed, block.hole, block.gap)
        place += block.image + block.data


def _blocks(data: bytes, at: int, end: int, methods: dict[int, str]) -> tuple[list[_Block], int]:
    """Return what the record says of its blocks, and where what it says ends."""
    blocks: list[_Block] = []
    told = 0
    while end - at > told:
        kind = data[at]
        if kind in _MAIN:
            size, form = _MAIN[kind]
            told += int(struct.unpack_from(form, data, at + 1)[0])
            at += 1 + size
            break
        if kind in _ASIDE:
            at += _ASIDE[kind]
        elif kind <= _MOST_BLOCKS:
            block, at = _block(data, at, methods)
            blocks.append(block)
            told += block.image + block.data
        else:
            raise _NoRecord
    if end - at != told:
        raise _NoRecord
    return blocks, at


def _block(data: bytes, at: int, methods: dict[int, str]) -> tuple[_Block, int]:
    """Return what is said of one block, and where that ends."""
    flags, size = struct.unpack_from("<BH", data, at + 1)
    at += 4
    image, hole, gap, method = 0, 0, 0, ""
    if flags & _HAS_IMAGE:
        image, hole, info = struct.unpack_from("<HHB", data, at)
        at += 5
        method = next((name for flag, name in methods.items() if info & flag), "")
        if method and info & _HAS_HOLE:
            gap = struct.unpack_from("<H", data, at)[0]
            at += 2
    if image > PAGE or hole + gap > PAGE or bool(size) != bool(flags & _HAS_DATA):
        raise _NoRecord
    at += 4 if flags & _SAME else 16
    return _Block(image, hole, gap, method, size), at
