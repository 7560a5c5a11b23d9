"""
What rests anywhere, thing by thing, so that two moments can be compared.

A thing is one row of a table, one line of a log, or one file. What an act leaves
is what there is after it and was not before; what it changes is gone in its old
form and there in its new.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from idaudit.checks.probes.twins import LONGEST, Features
from idaudit.checks.sight import Sight
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.surfaces.surface import Surface, SurfaceKind, Tabular
from idaudit.threatmodel.errors import Inconclusive

Cells = tuple[tuple[str, Hashable], ...]
_WORD = re.compile(r"[^\W_][\w-]{2,40}")


@dataclass(frozen=True)
class Thing:
    """One row, line or file."""

    surface: str
    place: str  # the table, the log, or the topmost folder
    cells: Cells

    @cached_property
    def weight(self) -> int:
        """How many bytes its texts and blobs have."""
        return sum(len(v) for _, v in self.cells if isinstance(v, str | bytes))

    @cached_property
    def text(self) -> str:
        """All of it as one text; blobs as they are and in hex."""
        return "\n".join(_text(value) for _, value in self.cells)

    @property
    def store(self) -> tuple[str, str]:
        """Where it lies: which surface, and which table, log or folder there."""
        return self.surface, self.place


Holdings = Counter[Thing]


def holdings(sight: Sight, only: frozenset[str] | None = None) -> Holdings:
    """Return everything at rest once the target has settled, or what lies on *only* some."""
    sight.settle()
    surfaces = [each for each in sight.resting() if only is None or each.id in only]
    return Counter(thing for each in surfaces for thing in things_on(each))


def prove_sight(sight: Sight) -> None:
    """
    Prove of every place that what lies there is read, before its silence counts.

    Raises:
        Inconclusive: a control planted somewhere is not read there, or may not be planted.

    """
    control = sight.mint.canary(0, Field.UNASKED, cohort=Cohort.CONTROL).text
    if not sight.target.disposable:
        raise Inconclusive("no control may be planted: the target does not say it is disposable")
    for surface in sight.resting():
        if surface.id in sight.blind:
            raise Inconclusive(f"the doctor could not see its own control on {surface.id!r}")
        if _is_told_elsewhere(surface):
            continue
        surface.plant(control.encode())
        try:
            seen = any(control in thing.text for thing in things_on(surface))
        finally:
            surface.uproot()
        if not seen:
            raise Inconclusive(f"a control planted on {surface.id!r} was not read there")
        sight.controls += 1


def _is_told_elsewhere(surface: Surface) -> bool:
    """Whether these are a database's own files, whose rows another surface tells."""
    return isinstance(surface, Tabular) and not surface.tables()


def things_on(surface: Surface) -> Iterator[Thing]:
    """Yield everything on one surface, in the order in which it is read."""
    if isinstance(surface, Tabular):
        for table, rows in surface.tables().items():
            for row in rows:
                yield Thing(surface.id, table, tuple(sorted(map(_cell, row.items()))))
        return
    for location, content in _files(surface).items():
        if surface.kind is SurfaceKind.LOG:
            for line in content.splitlines():
                yield Thing(surface.id, location, (("line", line),))
        else:
            folder, inside, _ = location.partition("/")
            cells = (("content", content), ("name", location))
            yield Thing(surface.id, folder if inside else "", cells)


def gained(before: Holdings, after: Holdings) -> list[Thing]:
    """Return what is there *after* and was not *before*; of a file that grew, what it grew by."""
    old = {(t.surface, named["name"]): named["content"] for t, named in _as_files(before - after)}
    grown = {thing: old.get((thing.surface, named["name"])) for thing, named in _as_files(after)}
    return [_since(thing, grown.get(thing)) for thing in (after - before).elements()]


def _as_files(things: Holdings) -> Iterator[tuple[Thing, Mapping[str, Hashable]]]:
    """Yield those of *things* that are files, with what is known of them."""
    for thing in things:
        cells = dict(thing.cells)
        if cells.keys() == {"content", "name"}:
            yield thing, cells


def _since(thing: Thing, old: Hashable) -> Thing:
    """Return a file without what stood in it before, if it was only added to."""
    cells = dict(thing.cells)
    content = cells.get("content")
    if not (isinstance(old, bytes) and isinstance(content, bytes) and content.startswith(old)):
        return thing
    return replace(thing, cells=(("content", content[len(old) :]), ("name", cells["name"])))


def by_store(things: Iterable[Thing]) -> Mapping[tuple[str, str], int]:
    """Return how many bytes of *things* lie in each store."""
    weights: Counter[tuple[str, str]] = Counter()
    for thing in things:
        weights[thing.store] += thing.weight
    return weights


def features(things: Iterable[Thing]) -> Features:
    """Describe *things*: how many, their short values, their lengths and their words, per store."""
    found: Counter[tuple[str, Hashable]] = Counter()
    for thing in things:
        where = f"{thing.surface}:{thing.place}"
        found[where, "things"] += 1
        for name, value in thing.cells:
            found.update((f"{where}.{name}", each) for each in _described(value))
    return {f"{where} {what!r}": count for (where, what), count in found.items()}


def _described(value: Hashable) -> Iterator[Hashable]:
    """Yield a short value itself; of a long one, its length; of any text, its words."""
    if isinstance(value, str | bytes):
        yield ("length", len(value))
        text = _read(value)
        yield from (("word", word) for word in _WORD.findall(text))
    if not isinstance(value, bytes) and not (isinstance(value, str) and len(value) > LONGEST):
        yield value


def _read(value: str | bytes) -> str:
    """Return a text; of bytes, what they say if they are text."""
    if isinstance(value, str):
        return value
    return value.decode() if value.isascii() else ""


def _text(value: Hashable) -> str:
    if isinstance(value, bytes):
        return f"{value.decode('latin-1')}\n{value.hex()}"
    return str(value)


def _cell(cell: tuple[str, object]) -> tuple[str, Hashable]:
    name, value = cell
    return name, value if isinstance(value, Hashable) else repr(value)


def _files(surface: Surface) -> dict[str, bytes]:
    """Return the bytes of each file; big ones come in overlapping parts."""
    found: dict[str, bytes] = {}
    for part in surface.parts():
        found[part.location] = found.get(part.location, b"")[: part.offset] + part.data
    return found
