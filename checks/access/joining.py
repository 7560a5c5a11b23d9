"""
Joining two stores: by a value they share, by a digest of one, or by the order of arrival.

What joins is looked for as whoever holds both stores would: from a photograph's
row to every other that bears one of its rare values, and from there once more.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from idaudit.checks.case import Case, File
from idaudit.checks.probes.holdings import Holdings, Thing, things_on
from idaudit.checks.probes.order import ordered

_HEAD = 48  # bytes of a cipher by which it is found in its file
_RARE = 4  # things may share a value and still be few
_STEPS = 2
_SHORT, _LONG = 6, 128  # letters of a value that can name something
_WORD = re.compile(r"[\w-]{6,128}")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b")


@dataclass(frozen=True, slots=True)
class Filed:
    """One photograph as it is filed, and whose it is."""

    file: File
    thing: Thing


def joined_by_value(everything: Holdings, filed: Sequence[Filed]) -> list[bool]:
    """Return of each photograph whether a trail of shared values leads to whose it is."""
    things = list(everything)
    marks = {thing: _marks(thing) for thing in things}
    shared = Counter(mark for each in marks.values() for mark in each)
    rare = {mark for mark, times in shared.items() if times <= _RARE}
    few = {thing: found & rare for thing, found in marks.items()}
    return [_leads_home(few, each) for each in filed]


def joined_by_order(case: Case, filed: Sequence[Filed]) -> list[str]:
    """Return what of photographs runs in the order in which they were taken."""
    return ordered({**_columns(filed), **_positions(case, filed)})


def _leads_home(few: Mapping[Thing, set[str]], one: Filed) -> bool:
    trail, values = {one.thing}, few.get(one.thing, set())
    for _ in range(_STEPS):
        trail |= {thing for thing, marks in few.items() if marks & values}
        values = values.union(*(few.get(thing, set()) for thing in trail))
    text = "\n".join(thing.text for thing in trail).casefold()
    return any(written in text for written in _written(one.file))


def _marks(thing: Thing) -> set[str]:
    """Return the values by which a thing might be found elsewhere."""
    found: set[str] = set()
    for _, value in thing.cells:
        if isinstance(value, bytes) and _SHORT <= len(value) <= _LONG:
            found.add(value.hex())
        if isinstance(value, bytes) and value.isascii():
            found |= set(_WORD.findall(value.decode()))
        if isinstance(value, str):
            found |= {value, *_WORD.findall(value)}
    return {mark for mark in found if len(mark) >= _SHORT}


def _written(file: File) -> Iterable[str]:
    """Yield whatever says whose a thing is: ids and names, and digests of them."""
    person = file.applicant
    names = (person.given_name, person.surname, person.email)
    for value in (file.application, file.record, *names):
        if len(value) >= _SHORT:
            yield value.casefold()
        for algorithm in _ALGORITHMS:
            digest = hashlib.new(algorithm, value.encode(), usedforsecurity=False).digest()
            yield digest.hex()[:16]
            yield base64.b64encode(digest)[:11].decode().casefold()
            yield base64.urlsafe_b64encode(digest)[:11].decode().casefold()


def _columns(filed: Sequence[Filed]) -> Mapping[str, Sequence[Hashable]]:
    """Return what stands in each column, in the order of arrival; of a blob, its length."""
    rows = [dict(each.thing.cells) for each in filed]
    names = set.intersection(*(set(row) for row in rows))
    return {name: [_ordinal(row[name]) for row in rows] for name in names}


def _ordinal(value: Hashable) -> Hashable:
    return len(value) if isinstance(value, bytes) else value


def _positions(case: Case, filed: Sequence[Filed]) -> Mapping[str, Sequence[Hashable]]:
    """Return where each lies: among the rows as they are read, and in the file itself."""
    wanted = {each.thing.surface for each in filed}
    surfaces = [each for each in case.sight.resting() if each.id in wanted]
    rows = [thing for surface in surfaces for thing in things_on(surface)]
    found: dict[str, Sequence[Hashable]] = {"row": [rows.index(e.thing) for e in filed]}
    pieces = [part for surface in surfaces for part in surface.parts()]
    places = [_place(_head(each.thing), [piece.data for piece in pieces]) for each in filed]
    return found if None in places else {**found, "place": places}


def _place(head: bytes, pieces: Sequence[bytes]) -> int | None:
    """Return where *head* first lies in *pieces*, one after another."""
    passed = 0
    for piece in pieces:
        at = piece.find(head)
        if at >= 0:
            return passed + at
        passed += len(piece)
    return None


def _head(thing: Thing) -> bytes:
    """Return the beginning of the largest value of a thing."""
    values = [v if isinstance(v, bytes) else str(v).encode() for _, v in thing.cells]
    return max(values, key=len)[:_HEAD]
