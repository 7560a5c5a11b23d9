"""
The short values, digests and files of millions of people, in bounded memory.

Hex and base64 are undone before anything is looked up. What may be a digest or
a value is written again from the roster and compared, so that chance finds
nothing; every owner of a value is told.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from idaudit.checks.probes.sweep.digests import BASE64_LETTERS, HEX_LETTERS, Digests
from idaudit.checks.probes.sweep.hit import Grade
from idaudit.checks.probes.sweep.keyset import Codes
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.checks.probes.sweep.roster import Roster
from idaudit.checks.probes.sweep.views import BEHIND, Bytes, halves_of, sixes_of
from idaudit.checks.probes.sweep.words import Batch, Words
from idaudit.checks.probes.sweep.written import (
    ALGORITHMS,
    DIGEST_BYTES,
    Trace,
    carries_token,
    digest,
    formats,
    spellings,
    weak,
)
from idaudit.fixtures.canaries import KnownValue

Found = tuple[int, int, Trace]
Item = TypeVar("Item")

_BLOCK = 64 * 1024  # what is computed of it fits into a processor's cache
_AT_ONCE = 20_000  # values
_ALGORITHM = 4  # bits of a code that say which algorithm
_FROM_URL = bytes.maketrans(b"-_", b"+/")


class Crowd:
    """Finds what is known of many people."""

    def __init__(self, values: Iterable[KnownValue | Picture]) -> None:
        """Enter *values*; each is asked for once, and what it holds is not kept."""
        self._roster = Roster(values)
        self._words = Words(self._texts())
        self._digests = Digests(self._heads())

    def find(self, data: bytes) -> list[Found]:
        """Return start, end and meaning of each occurrence, in the order of their starts."""
        found = {
            (start + low, start + high, trace)
            for start in range(0, len(data), _BLOCK)
            for low, high, trace in self._within(data[start : start + _BLOCK + BEHIND])
        }
        return sorted(found, key=lambda each: (*each[:2], each[2].id, each[2].form))

    def _within(self, block: bytes) -> Iterator[Found]:
        padded = block + bytes(BEHIND)
        halves, sixes = halves_of(padded), sixes_of(padded)
        for view, at, text, number in self._words.find(padded, halves, sixes):
            value = self._roster.value(number)
            if value and text in {each.encode().lower() for each in _plain(value)}:
                trace = ((view.name,), Grade.VALUE, view.step, weak(value))
                yield from self._told(number, *view.span(at, len(text)), trace)
        whole = np.frombuffer(block, np.uint8)
        yield from self._confirmed(self._digests.raw(whole), "raw", block)
        yield from self._confirmed(self._digests.hex(halves), "hex", block)
        yield from self._confirmed(self._digests.base64(sixes), "base64", block)

    def _told(
        self, number: int, start: int, end: int, trace: tuple[tuple[str, ...], Grade, int, bool]
    ) -> Iterator[Found]:
        """Yield one find for every owner."""
        for owner in self._roster.owners(number):
            yield start, end, Trace(owner, self._roster.field(number), *trace)

    def _confirmed(
        self, places: Iterable[tuple[int, int]], spelling: str, block: bytes
    ) -> Iterator[Found]:
        """Yield those *places* where a digest stands as it is written in this *spelling*."""
        for at, code in places:
            number, algorithm = code >> _ALGORITHM, code & ((1 << _ALGORITHM) - 1)
            for head in self._recomputed(number, algorithm):
                end = at + _LENGTH[spelling]
                if _same(block[at:end], head, spelling):
                    form = (ALGORITHMS[algorithm], spelling)
                    yield from self._told(number, at, end, (form, Grade.DIGEST, 0, False))

    def _recomputed(self, number: int, algorithm: int) -> list[bytes]:
        """Return the heads of the digests of a value, in each way it is written first."""
        value = self._roster.value(number)
        if value is None:
            heads = self._roster.file(number)
            return [heads[algorithm * DIGEST_BYTES : (algorithm + 1) * DIGEST_BYTES]]
        return [digest(ALGORITHMS[algorithm], each.encode()) for each in spellings(value)]

    def _texts(self) -> Iterator[Batch]:
        """Yield what is to be found as it stands, with the number of the value."""
        for some in _batched(self._roster.values()):
            pairs = [(text, number) for number, value in some for text in _plain(value)]
            if pairs:
                yield [text.encode() for text, _ in pairs], [number for _, number in pairs]

    def _heads(self) -> Iterator[tuple[Bytes, Codes]]:
        """Yield the heads of all digests, each with the number of the value and the algorithm."""
        for some in _batched(self._roster.values()):
            pairs = [(text.encode(), number) for number, each in some for text in spellings(each)]
            numbers = np.array([number for _, number in pairs], np.uint32)
            for which, name in enumerate(ALGORITHMS):
                heads = b"".join([digest(name, text)[:DIGEST_BYTES] for text, _ in pairs])
                yield _rows(heads), numbers << np.uint32(_ALGORITHM) | np.uint32(which)
        for number, heads in self._roster.files():
            codes = np.arange(len(ALGORITHMS), dtype=np.uint32)
            yield _rows(heads), codes | np.uint32(number << _ALGORITHM)


_LENGTH = {"raw": DIGEST_BYTES, "hex": HEX_LETTERS, "base64": BASE64_LETTERS}


def _plain(value: KnownValue) -> Sequence[str]:
    """Return how *value* may stand; one that is long enough is left to its token."""
    return () if carries_token(value) else (*spellings(value), *formats(value))


def _same(data: bytes, whole: bytes, spelling: str) -> bool:
    """Whether *data* is how a digest begins, in one spelling."""
    match spelling:
        case "hex":
            return data.lower() == whole[:DIGEST_BYTES].hex().encode()
        case "base64":
            return data.translate(_FROM_URL) == base64.b64encode(whole)[:BASE64_LETTERS]
    return data == whole[:DIGEST_BYTES]


def _rows(heads: bytes) -> Bytes:
    return np.frombuffer(heads, np.uint8).reshape(-1, DIGEST_BYTES)


def _batched(items: Iterator[Item]) -> Iterator[list[Item]]:
    while some := list(islice(items, _AT_ONCE)):
        yield some
