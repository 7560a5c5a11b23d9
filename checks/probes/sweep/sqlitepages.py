"""
SQLite's pages: values that run over many of them, and words of full-text indexes.

A value too long for its row goes on in a chain of overflow pages. Deleting the
row unlinks the chain and leaves it; an older version lies in the write-ahead
log or in a journal. A chain is followed wherever its pages lie, and joined to
what is left of the row it began in.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from idaudit.checks.probes.sweep.deposits import Deposit, given_up
from idaudit.checks.probes.sweep.fts5 import Rows, block, words
from idaudit.checks.probes.sweep.sqlitefile import Layout, layout
from idaudit.checks.probes.sweep.sqliterecord import Record, varint
from idaudit.checks.probes.sweep.tape import Tape
from idaudit.checks.probes.sweep.wal import MAGIC

_LEAF = 13  # of a table
_LEAVES = (10, _LEAF)
_TREE = frozenset({2, 10, _LEAF})  # kinds of pages with rows in them
_HELD = 96 << 20
_MOST_PAGES = 1 << 15  # of one value
_WORDS = 256  # what of a row is looked at where nothing tells how much there is
_WIDEST = 48  # bytes in which a row tells of its columns, one of no usual table
_POINTING, _BEGINNINGS = 64, 16  # places that point at one chain; those it may really begin at
_JOINED = 8  # times what is held, for chains may run into one another
_SHORTEST = 24  # nothing shorter holds a token


@dataclass(frozen=True, slots=True)
class Page:
    """One version of one page."""

    order: int
    place: int
    data: bytes


class Databases:
    """The databases, logs and journals of SQLite in one location."""

    def __init__(self) -> None:
        """Know of none."""
        self._tape = Tape()
        self._layout: Layout | None = None
        self._seen = 0
        self._order = 0
        self._shelf = Shelf()

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:
        """Yield the words of indexes, and at the end or in good time what chains hold."""
        data, start = self._tape.wind(data, start)
        end = start + len(data)
        while True:
            self._layout = self._layout or layout(data, start, self._seen)
            if self._layout is None:
                break
            yield from self._read(self._layout, data, start)
            if self._layout.end > end:
                break
            yield from self._shelf.stitched()
            self._seen, self._layout = self._layout.end, None
        wanted = end
        if self._layout is not None:
            wanted = max(self._seen, self._layout.first) - self._layout.number_before
        self._tape.keep(data, start, min(end, wanted))
        if final or self._shelf.many:
            yield from self._shelf.stitched()

    def _read(self, file: Layout, data: bytes, start: int) -> Iterator[Deposit]:
        """Keep every page in view, and yield the words on it."""
        rows = Rows(data)
        for at, number in file.pages(data, start, self._seen):
            page = Page(self._order, start + at, data[at : at + file.size])
            self._order += 1
            self._seen = page.place + file.apart - file.number_before
            self._shelf.put(number, page)
            if page.data[0] == _LEAF:
                for word, text in words(page.data, rows.on(at, file.size)):
                    yield Deposit(page.place + word, ("fts5",), text)


class Shelf:
    """Pages with rows in them, and pages on which values go on."""

    def __init__(self) -> None:
        """Hold none."""
        self._rows: list[Page] = []
        self._more: dict[int, list[Page]] = defaultdict(list)
        self._held = 0

    @property
    def many(self) -> bool:
        """Whether it is time to join what is there."""
        return self._held > _HELD

    def put(self, number: int, page: Page) -> None:
        """Keep *page* if it may have to do with a chain."""
        if page.data[0] in _TREE:
            self._rows.append(page)
        elif page.data[0] == 0 and page.data[4:].strip(b"\0"):
            self._more[number].append(page)
        else:
            return
        self._held += len(page.data)

    def stitched(self) -> Iterator[Deposit]:
        """Yield what each chain holds behind what is left of its row, and forget all."""
        linked = {_next(page) for versions in self._more.values() for page in versions}
        starts = sorted(number for number in self._more if number not in linked)
        pointing = self._pointing(starts)
        left = _JOINED * self._held
        told: set[tuple[int, bytes]] = set()
        for number in starts:
            rows = [Row(*row, self._chain(number, row[0].order)) for row in pointing[number]]
            for row, begin in _likely(rows) or [(self._alone(number), None)]:
                if (row.chain[0].order, row.before) not in told:
                    told.add((row.chain[0].order, row.before))
                    left -= sum(len(page.data) for page in row.chain)
                    yield from row.deposits(begin)
            if left < 0:
                yield given_up(self._more[number][0].place, ("overflow",))
                break
        self._rows.clear()
        self._more.clear()
        self._held = 0

    def _alone(self, number: int) -> "Row":
        """Return a chain of which no row is left."""
        first = self._more[number][-1]
        return Row(first, 0, self._chain(number, first.order))

    def _pointing(self, starts: list[int]) -> dict[int, list[tuple[Page, int]]]:
        """Return where rows may go on at each of *starts*."""
        found: dict[int, list[tuple[Page, int]]] = defaultdict(list)
        wanted = np.array(starts, np.uint32)
        for page in self._rows if starts else ():
            numbers = np.ndarray((len(page.data) - 3,), ">u4", page.data, 0, (1,))
            near = np.flatnonzero((numbers >= starts[0]) & (numbers <= starts[-1]))
            for at in near[np.isin(numbers[near], wanted)].tolist():
                if len(found[int(numbers[at])]) < _POINTING:
                    found[int(numbers[at])].append((page, at))
        return found

    def _chain(self, number: int, order: int) -> list[Page]:
        """Return the pages from *number* on, each in the version nearest to *order*."""
        chain: list[Page] = []
        seen: set[int] = set()
        while number in self._more and number not in seen and len(chain) < _MOST_PAGES:
            seen.add(number)
            versions = self._more[number]
            place = bisect_left(versions, order, key=lambda page: page.order)
            near = versions[max(0, place - 1) : place + 1]
            chain.append(min(near, key=lambda page: abs(page.order - order)))
            number = _next(chain[-1])
        return chain


@dataclass(frozen=True, slots=True)
class Row:
    """A chain, and the place at which a row may point at it."""

    page: Page
    at: int
    chain: list[Page]

    @property
    def before(self) -> bytes:
        """As much as a row keeps on its own page."""
        return self.page.data[max(0, self.at - len(self.page.data) + 35) : self.at]

    def listed(self) -> int | None:
        """Return where the row begins if its page lists it, as pages do that are free as well."""
        page = self.page.data
        head = 12 if page[0] not in _LEAVES else 8
        count = int.from_bytes(page[3:5])
        cells = {int.from_bytes(page[at : at + 2]) for at in range(head, head + 2 * count, 2)}
        least = self.at - len(page)
        for cell in sorted(each for each in cells if least < each < self.at):
            at = cell + (4 if page[0] not in _LEAVES else 0)
            _, at = varint(page, at)
            begin = varint(page, at)[1] if page[0] == _LEAF else at
            if self.fits(begin):
                return begin
        return None

    def searched(self) -> int | None:
        """Return where the row may begin: its head tells its own size first."""
        usable = len(self.page.data)
        low, high = self.at - len(self.before), self.at - _least(usable)
        heads = np.frombuffer(self.page.data, np.uint8)[low : max(low, high + 1)]
        for at in np.flatnonzero((heads > 1) & (heads <= _WIDEST))[::-1].tolist():
            if self.fits(low + at):
                return low + int(at)
        return None

    def fits(self, begin: int) -> bool:
        """Whether a row that begins there keeps so much on its page, and has so long a chain."""
        record = Record.read(self.page.data, begin)
        if record is None:
            return False
        usable, size = len(self.page.data), record.end - begin
        most, least = usable - 35, _least(usable)
        if self.page.data[0] != _LEAF:
            most = (usable - 12) * 64 // 255 - 23
        kept = least + (size - least) % (usable - 4)
        kept = kept if kept <= most else least
        return kept == self.at - begin and len(self.chain) == -(-(size - kept) // (usable - 4))

    def deposits(self, begin: int | None) -> Iterator[Deposit]:
        """Yield the columns that run into the chain, or all of it where no row can be read."""
        behind = b"".join(page.data[4:] for page in self.chain)
        record = Record.read(self.page.data, begin) if begin is not None else None
        if begin is None or record is None:
            magic = MAGIC.search(self.before)
            kept = len(self.before) - magic.start() if magic else min(_WORDS, self.at)
            yield self._deposit(self.page.data[self.at - kept : self.at] + behind, self.at - kept)
            return
        whole = self.page.data[begin : self.at] + behind
        for low, size in record.columns:
            if low + size > self.at and size >= _SHORTEST:
                yield from self._value(whole[low - begin : low - begin + size], low)

    def _value(self, value: bytes, low: int) -> Iterator[Deposit]:
        yield self._deposit(value, low)
        told = list(block(value))
        if len(told) > 1:
            yield Deposit(self.page.place + low, ("fts5",), b"\n".join(told))

    def _deposit(self, value: bytes, low: int) -> Deposit:
        return Deposit(self.page.place + low, ("overflow",), value)


def _likely(rows: list[Row]) -> list[tuple[Row, int | None]]:
    """Return those of *rows* that can be read, else those in which something packed begins."""
    listed = [(row, row.listed()) for row in rows]
    found = [each for each in listed if each[1] is not None]
    if not found:
        searched = [(row, row.searched()) for row in rows[:_BEGINNINGS]]
        found = [each for each in searched if each[1] is not None]
    packed = (row for row in rows[:_BEGINNINGS] if MAGIC.search(row.before))
    return found or [(row, None) for row in packed]


def _least(usable: int) -> int:
    """Return how much of a row stays on its page in any case."""
    return (usable - 12) * 32 // 255 - 23


def _next(page: Page) -> int:
    return int.from_bytes(page.data[:4])
