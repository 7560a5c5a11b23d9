"""
PostgreSQL's write-ahead log: rows as they were written, and whole pages, perhaps packed.

The first change of a page after a checkpoint writes all of it into the log, and
``wal_compression`` packs it. The heads of the log's own pages run through the
middle of values; they are taken out, and what lay around them is joined.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from idaudit.checks.probes.sweep.containers import COMPRESSED
from idaudit.checks.probes.sweep.deposits import Deposit
from idaudit.checks.probes.sweep.postgres import PAGE, SECTOR
from idaudit.checks.probes.sweep.tape import Tape
from idaudit.checks.probes.sweep.toast import Chunks, in_place
from idaudit.checks.probes.sweep.walrecord import Image, begins, follow, images

_HEAD, _LONG_HEAD = 24, 40
_LONG = 2  # the first page of a file says more of itself
_KEPT = 40 * PAGE  # the longest record of packed pages, and some
_LEAST = 2 * PAGE
_BESIDE, _VALUE = 256, 2048  # what is joined at a seam: words; a value that stays in its row
_PROBE = 1 << 16
_EFFORT = 8
MAGIC = re.compile(b"|".join(each.magic for each in COMPRESSED), re.DOTALL)
"""How anything begins that a container announces."""


@dataclass(frozen=True, slots=True)
class Run:
    """What pages of the log say that follow one another, without their heads."""

    said: bytes
    starts: tuple[int, ...]  # where in it each page begins ...
    places: tuple[int, ...]  # ... and where in the location

    def where(self, at: int) -> int:
        """Return the place in the location of the byte *at*."""
        page = bisect_right(self.starts, at) - 1
        return self.places[page] + at - self.starts[page]


class Log:
    """The write-ahead log in one location: its files as they are, or without their pages' heads."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._tape = Tape()
        self._chunks = Chunks()
        self._told: set[tuple[int, tuple[str, ...]]] = set()
        self._bare: bool | None = None

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:
        """Yield what the log holds packed, in chunks, or torn by the end of a page."""
        data, start = self._tape.wind(data, start)
        heads = list(_heads(data, start))
        if self._bare is None:
            self._bare = start == 0 and not heads and follow(data[:_PROBE])
        runs = (
            [Run(data, (0,), (start,))]
            if self._bare
            else list(_runs(data, start, heads, final=final))
        )
        wanted = start + len(data)
        for run in runs:
            for deposit in self._read(run, final=final):
                if (deposit.at, deposit.names) not in self._told:
                    self._told.add((deposit.at, deposit.names))
                    yield deposit
        if self._bare or (heads and heads[-1] + 2 * PAGE > len(data)):
            wanted = self._wanted(runs, heads, start, len(data))
        self._tape.keep(data, start, wanted)
        self._told = {told for told in self._told if told[0] >= wanted}
        if final or self._chunks.many:
            yield from self._chunks.stitched()

    def _read(self, run: Run, *, final: bool) -> Iterator[Deposit]:
        """Yield what one run holds."""
        yield from in_place(run.said, run.where)
        self._chunks.gather(run.said, run.where)
        yield from _seams(run)
        for at in begins(run.said):
            for image in images(run.said, at, final=final) or ():
                yield from self._page(image, run.where(image.at))

    def _page(self, image: Image, place: int) -> Iterator[Deposit]:
        """Yield a page that was packed, and what is packed within it."""
        names, where = ("wal", image.method), lambda _: place
        packed = image.unpacked()
        if packed:
            yield Deposit(place, names, packed, _EFFORT)
        whole = image.whole(packed)
        if whole:
            self._chunks.gather(whole, where)
            for at, deposit in enumerate(in_place(whole, where, names)):
                yield replace(deposit, at=place + at)  # told apart, though of one place

    def _wanted(self, runs: list[Run], heads: list[int], start: int, length: int) -> int:
        """Return from which place on bytes are needed again: a record is not whole, or a value."""
        end = start + length
        if not runs:
            return start + heads[-1]
        last = runs[-1]
        tail = max(0, len(last.said) - _KEPT) // 8 * 8
        said = last.said[tail:]
        torn = (last.where(tail + at) for at in begins(said) if images(said, at) is None)
        first = min(min(torn, default=end), end - _LEAST)
        first = max(first, end - _KEPT, start)
        if self._bare:
            return first // 8 * 8
        pages = [start + at for at in heads if start + at <= first]
        return pages[-1] if pages else start + heads[0]


def _heads(data: bytes, start: int) -> Iterator[int]:
    """Yield where in *data* pages of the log begin; the last may not be whole."""
    first = -start % SECTOR
    count = (len(data) - first - _HEAD) // SECTOR + 1
    if len(data) < first + _HEAD:
        return
    version = np.ndarray((count,), np.uint8, data, first + 1, (SECTOR,)) & 0xFE
    near = np.flatnonzero(version == 0xD0)  # noqa: PLR2004  of any version
    head = np.ndarray((count, _HEAD), np.uint8, data, first, (SECTOR, 1))[near]
    fits = (head[:, 3] == 0) & (head[:, 2] < 16)  # noqa: PLR2004  four flags
    fits &= (head[:, 8] == 0) & (head[:, 9] & 0x1F == 0) & (head[:, 7] == 0)
    for number in near[fits].tolist():
        yield first + number * SECTOR


def _runs(data: bytes, start: int, heads: Iterable[int], *, final: bool) -> Iterator[Run]:
    """Yield the whole pages at *heads*, those together that follow one another in the log too."""
    said: list[bytes] = []
    starts: list[int] = []
    places: list[int] = []
    expected = (-1, -1)
    length = 0
    for at in heads:
        if at + PAGE > len(data) and not final:
            break
        address = int.from_bytes(data[at + 8 : at + 16], "little")
        if (at, address) != expected and said:
            yield Run(b"".join(said), tuple(starts), tuple(places))
            said, starts, places, length = [], [], [], 0
        body = at + (_LONG_HEAD if data[at + 2] & _LONG else _HEAD)
        said.append(data[body : at + PAGE])
        starts.append(length)
        places.append(start + body)
        length += len(said[-1])
        expected = (at + PAGE, address + PAGE)
    if said:
        yield Run(b"".join(said), tuple(starts), tuple(places))


def _seams(run: Run) -> Iterator[Deposit]:
    """Yield what the head of a page tore apart: words, and a packed value that began before it."""
    for at in run.starts[1:]:
        before = max(0, at - _VALUE)
        magic = MAGIC.search(run.said, before, at)
        begin = min(magic.start() if magic else at, max(0, at - _BESIDE))
        end = at + (_VALUE if magic else _BESIDE)
        yield Deposit(run.where(begin), ("wal",), run.said[begin:end])
