"""
Which described path is about a file, and by what name it asks for it.

What the adapter itself asks is the best word for it: by that a generic path, as
"/items/{collection}/{id}", is known to lead to people here and to settings there.
After it come the path's own words. Where neither says, the path is asked about a
file all the same when answers are read, for what they tell is true in any case;
but nothing is concluded from how such a path answers.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile

from idaudit.checks.case import File
from idaudit.checks.probes.fuzz.described import Described

_CALLED: Mapping[str, tuple[str, ...]] = {
    "application": ("applica", "case", "enrol"),
    "record": ("record", "person", "people", "resident", "holder", "card", "profile", "identit"),
}
_GENERIC = frozenset({"id", "uuid", "key", "number", "ref"})
_OURS = {"{record}": "record", "{application}": "application"}


def told_by(
    operation: Described, asked: Collection[str], paths: Collection[str] = ()
) -> tuple[Mapping[str, str], ...]:
    """
    Return how the paths that an adapter *asked* fill in that of *operation*, or its start.

    What names a file is the better word; else it is told which of many things a path
    is to lead to: "people" for "/items/{collection}". What it asked on one of the described
    *paths* holds as far as two of them are one: "town" for "/towns/{town}/history", where
    it asked "/towns/town/people/7".
    """
    found = [_alike(operation.path, asking) for asking in asked]
    found += [_borrowed(operation.path, asking, paths) for asking in asked]
    fullest = max((len(each) for each in found), default=0)
    named = [each for each in found if _names_a_file(each)]
    best = named or [each for each in found if each and len(each) == fullest]
    return tuple(distinct(best))


def distinct(mappings: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """Yield each of *mappings* once, in their order."""
    yield from (dict(pairs) for pairs in dict.fromkeys(tuple(each.items()) for each in mappings))


def _names_a_file(filled: Mapping[str, str]) -> bool:
    return bool({*filled.values()} & {*_OURS})


def _alike(path: str, asked: str) -> Mapping[str, str]:
    """Return what stands in *asked* where *path* has its parts; nothing if they differ."""
    described, own = _steps(path), _steps(asked)
    filled = {}
    if len(own) > len(described):
        return {}
    for theirs, ours in zip(described, own, strict=False):
        if not _is_part(theirs):
            if theirs != ours:
                return {}
        elif _fills(ours):
            filled[theirs[1:-1]] = ours
    return filled


def _fills(step: str) -> bool:
    """Whether a step of what was asked is a word, or names a file."""
    return step in _OURS or not _is_part(step)


def _borrowed(path: str, asked: str, paths: Collection[str]) -> Mapping[str, str]:
    """Return what *asked* has in the parts that *path* shares with the path it went by."""
    went = max((each for each in paths if _leads(each, asked)), key=_fixed, default="")
    shared = [a for a, b in takewhile(_same, zip(_steps(path), _steps(went), strict=False))]
    together = zip(shared, _steps(asked), strict=False)
    return {theirs[1:-1]: ours for theirs, ours in together if _is_part(theirs) and _fills(ours)}


def _leads(path: str, asked: str) -> bool:
    """Whether a request for *asked* is one of those that *path* describes."""
    described, own = _steps(path), _steps(asked)
    pairs = zip(described, own, strict=False)
    return len(described) == len(own) and all(_is_part(a) or a == b for a, b in pairs)


def _fixed(path: str) -> int:
    """Return how many steps of *path* are words: OpenAPI prefers those to a part."""
    return sum(not _is_part(each) for each in _steps(path))


def _same(pair: tuple[str, str]) -> bool:
    """Whether two paths go on together; what they call a part is their own affair."""
    return pair[0] == pair[1] or all(map(_is_part, pair))


def _steps(path: str) -> list[str]:
    return path.strip("/").split("/")


def names_of(operation: Described, file: File) -> Iterator[Mapping[str, str]]:
    """Return every way in which the path of *operation* can name *file*; none if it cannot."""
    ids = {"{record}": file.record, "{application}": file.application}
    ways = [{part: ids.get(v, v) for part, v in each.items()} for each in operation.told]
    guesses = list(_guessed(operation, file)) or [{}]
    yield from filter(None, distinct({**guess, **way} for way in ways or [{}] for guess in guesses))


def _guessed(operation: Described, file: File) -> Iterator[Mapping[str, str]]:
    """Return what the path's own words make of the parts that no adapter told."""
    if any(map(_names_a_file, operation.told)):
        return
    kinds = _untold(operation)
    if "application" in kinds.values() or "record" in kinds.values():
        yield _filled(kinds, file, file.record)
    elif "" in kinds.values():
        yield _filled(kinds, file, file.record)
        yield _filled(kinds, file, file.application)


def _filled(kinds: Mapping[str, str | None], file: File, unknown: str) -> Mapping[str, str]:
    ids = {"application": file.application, "record": file.record, "": unknown}
    return {part: ids[kind] for part, kind in kinds.items() if kind is not None}


def _untold(operation: Described) -> Mapping[str, str | None]:
    """Return what each part that no adapter told names, see :func:`_kind`."""
    told = {part for each in operation.told for part in each}
    return {part: _kind(operation, part) for part in operation.parts if part not in told}


def _kind(operation: Described, part: str) -> str | None:
    """Return what *part* names, by its own name or by the word before it; "" if that is open."""
    before = operation.path.partition(f"/{{{part}}}")[0].rpartition("/")[2]
    for word in (part.lower(), _head(before)):
        for kind, called in _CALLED.items():
            if any(each in word for each in called):
                return kind
    others = {each.lower() for each in operation.parts} - {part.lower()}
    return "" if part.lower() in _GENERIC and not others else None


def _head(segment: str) -> str:
    """Return what a segment is at bottom: "records-requests" are requests."""
    return re.split(r"[-_.~]", segment)[-1].lower()


def about(operation: Described) -> bool:
    """Whether the path of *operation* names somebody's file, or may do so."""
    if any(map(_names_a_file, operation.told)):
        return True
    return any(kind is not None for kind in _untold(operation).values())


def surely_about(operation: Described, asked: Collection[str]) -> bool:
    """
    Whether it is known that *operation* asks about a file, and not about something else.

    Two kinds of things may go by the same numbers. So where the adapter tells what it
    *asked*, its word is wanted; where it does not, the path has to name its part.
    """
    if asked:
        return any(map(_names_a_file, operation.told))
    return any(_kind(operation, part) for part in operation.parts)


def _is_part(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
