"""
What the exports leave out, held to what they say they leave out, both ways.

Words are followed with marks: every string of the model gets a mark of its
own, and the export is searched for it. What is not a word is followed with
twins: two models that differ in nothing else must not be told alike.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import chain, cycle

import pytest

from idaudit.threatmodel import model as shapes
from idaudit.threatmodel.exports import EXPORTERS, Loss
from idaudit.threatmodel.exports import otm as otm_exporter
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Acceptance, AttackModel, Citation, Clause, Terms, ThreatModel
from idaudit.threatmodel.status import Standing, Status

SHAPES = {
    "threat": shapes.Threat, "element": shapes.Element, "flow": shapes.Flow,
    "trust-boundary": shapes.TrustBoundary, "authority-boundary": shapes.AuthorityBoundary,
    "adversary": shapes.Adversary, "bearer": shapes.Bearer, "guarantee": shapes.Guarantee,
    "limit": shapes.Limit, "legal-instrument": shapes.LegalInstrument,
    "acceptance": shapes.Acceptance, "data-kind": shapes.DataKind,
    "programme": shapes.Programme, "source": shapes.Source, "standing": Standing,
}  # fmt: skip
"""Everything of which each field must either arrive or be reported lost."""
NAMES: dict[type, str] = {shape: name for name, shape in SHAPES.items()}
FIELDS = [f"{name}.{each.name}" for name, shape in SHAPES.items() for each in fields(shape)]
FIELDS.remove("standing.threat")  # what a standing is filed under
POINTS_AT = {
    "threat.breaks": "guarantee", "element.holds": "data-kind", "guarantee.standards": "source",
    "guarantee.unverified_standards": "source", "acceptance.threat": "threat",
}  # fmt: skip
"""Fields that name something else by its id, as a key or alone."""
SMALL = 12
"""Threats in the worlds that twins live in: one of every standing, and quick to tell."""


@dataclass(frozen=True)
class World:
    """A model and where its threats stand."""

    attack: AttackModel
    promises: ThreatModel
    standings: Mapping[str, Standing]

    def told(self, format_: str) -> tuple[str, tuple[Loss, ...]]:
        """Return this world as *format_* tells it, and what it says it left out."""
        model = replace(self.promises, read_attack=lambda: self.attack)
        export = EXPORTERS[format_](model, self.standings)
        return export.text, export.losses


@cache
def real(most: int | None = None) -> World:
    """Return the real model with at most *most* threats, one accepted, some of every standing."""
    model = load()
    threats = list(model.threats.values())[:most]
    accepted = Acceptance(
        threat=threats[3].id,
        reason="The vendor leaves in spring.",
        owner="The commissioner",
        harm_borne_by=(threats[3].harmed[0],),
        accepted_on=date(2026, 1, 31),
        review_by=date(2026, 7, 31),
        sources=(Citation(next(iter(model.sources.values())), "page 4", "in plain words"),),
    )
    status = cycle(Status)
    standings = [Standing(t, next(status), "Seen.", ("check",), ("Defect",)) for t in threats]
    attack = replace(
        model.attack, threats={each.id: each for each in threats}, acceptances=(accepted,)
    )
    return World(attack, model, {each.threat.id: each for each in standings})


@dataclass
class Copying:
    """Copies a world, changing something; what was shared stays shared."""

    done: dict[int, object] = field(default_factory=dict)

    def changed(self, where: str, was: object, fresh: object) -> object:
        """Return what to put in the field *where* of *was* in place of *fresh*."""
        raise NotImplementedError(where, was, fresh)

    def world(self, was: World) -> World:
        """Return *was*, changed."""
        attack, promises = (
            replace(whole, **{slot: self.copy(getattr(whole, slot)) for slot in _slots(whole)})
            for whole in (was.attack, was.promises)
        )
        return World(attack, promises, self.copy(was.standings))

    def copy(self, value: object) -> object:
        """Return *value* copied; things filed by their id are filed by what it has become."""
        match value:
            case Mapping():
                copies = ((key, self.copy(each)) for key, each in value.items())
                return {_filed(key, each): each for key, each in copies}
            case tuple():
                return tuple(map(self.copy, value))
        if is_dataclass(value) and id(value) not in self.done:
            name = NAMES.get(type(value), "")
            fresh = {each.name: self.copy(getattr(value, each.name)) for each in fields(value)}
            self.done[id(value)] = type(value)(
                **{key: self.changed(f"{name}.{key}", value, each) for key, each in fresh.items()}
            )
        return self.done.get(id(value), value)


def _slots(whole: AttackModel | ThreatModel) -> list[str]:
    return [each.name for each in fields(whole) if each.name not in {"read_attack", "blanks"}]


def _filed(key: object, thing: object) -> object:
    if isinstance(thing, Clause | Standing):
        thing = thing.guarantee if isinstance(thing, Clause) else thing.threat
    return getattr(thing, "id", key)


@dataclass
class Marking(Copying):
    """Gives every word of the model a mark, and remembers in which field it stood."""

    marks: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def changed(self, where: str, was: object, fresh: object) -> object:
        """Mark the words of a field; where it names something by its id, follow that."""
        del was
        if where not in FIELDS:
            return fresh
        if where.endswith(".id"):
            return self._id(where.removesuffix(".id"), str(fresh))
        if target := POINTS_AT.get(where):
            fresh = self._followed(target, fresh)
        return fresh if where == "acceptance.threat" else self._marked(where, fresh)

    def _id(self, name: str, id_: str) -> str:
        if (name, id_) not in self.ids:
            self.ids[name, id_] = self._mark(f"{name}.id", id_)
        return self.ids[name, id_]

    def _followed(self, target: str, value: object) -> object:
        if isinstance(value, Mapping):
            return {self._id(target, str(key)): each for key, each in value.items()}
        return self._id(target, str(value))

    def _marked(self, where: str, value: object) -> object:
        match value:
            case str() if not isinstance(value, StrEnum):
                return self._mark(where, value)
            case Mapping():
                return {key: self._marked(where, each) for key, each in value.items()}
            case tuple():
                return tuple(self._marked(where, each) for each in value)
            case Citation(source=source, place=place, quote=quote):
                return Citation(source, self._mark(where, place), self._mark(where, quote))
            case Clause(why=why):
                return replace(value, why=self._mark(where, why))
        return value

    def _mark(self, where: str, word: str) -> str:
        number = sum(map(len, self.marks.values()))
        self.marks[where].add(number)
        return f"{word}.m{number}m"


@dataclass
class Twin(Copying):
    """Changes one field of one thing."""

    of: object = None
    where: str = ""
    into: object = None

    def changed(self, where: str, was: object, fresh: object) -> object:
        """Put in the twin's value, itself copied, where the original has its own."""
        return self.copy(self.into) if was is self.of and where == self.where else fresh


def things(name: str) -> list[object]:
    """Return every thing of the kind *name* in the small world."""
    world = real(SMALL)
    wholes = (world.attack, world.promises)
    heaps = [getattr(whole, slot) for whole in wholes for slot in _slots(whole)]
    everything = chain.from_iterable(
        heap.values() if isinstance(heap, Mapping) else heap for heap in (*heaps, world.standings)
    )
    return [each for each in (*everything, *world.standings.values()) if type(each) is SHAPES[name]]


@cache
def twins(where: str) -> tuple[World, ...]:
    """Return worlds that differ in one field of one thing; none where a mark says it all."""
    name, _, slot = where.partition(".")
    for thing in things(name):
        if others := list(otherwise(where, getattr(thing, slot))):
            made = (Twin(of=thing, where=where, into=each).world(real(SMALL)) for each in others)
            return (real(SMALL), *made)
    return ()


def otherwise(where: str, value: object) -> Iterator[object]:
    """Yield what might stand in the place of *value*."""
    match value:
        case bool():
            yield not value
        case StrEnum():
            yield from (each for each in type(value) if each is not value)
        case int():
            yield value + 1
        case date():
            yield value + timedelta(days=1)
        case str() if where == "acceptance.threat":
            yield next(iter(real(SMALL).attack.threats))
        case Citation():
            yield replace(value, source=list(real().promises.sources.values())[-1])
        case Terms():
            yield replace(value, papers_days=value.papers_days + 1)
        case _ if type(value) in NAMES:
            yield next(each for each in things(NAMES[type(value)]) if each is not value)
        case frozenset() | Mapping() | tuple() if value:
            yield from _other_heaps(where, value)


def _other_heaps(where: str, value: object) -> Iterator[object]:
    match value:
        case frozenset():
            yield from (frozenset({each}) for each in type(next(iter(value))))
        case Mapping() if where == "threat.breaks":
            yield dict.fromkeys(value, (7, 8))
            yield {list(real().promises.guarantees)[-1]: (1,)}
        case Mapping():
            yield dict(list(value.items())[1:])
        case (first, *_) if is_dataclass(first):
            yield value[1:]
            yield from ((each, *value[1:]) for each in otherwise(where, first))


@cache
def marked() -> tuple[World, Mapping[str, set[int]]]:
    """Return the real world with every word marked, and the marks of each field."""
    marking = Marking()
    world = marking.world(real())
    return world, marking.marks


@cache
def arrived(format_: str) -> set[int]:
    """Return every mark found in what *format_* tells of the marked world."""
    return set(map(int, re.findall(r"\.m(\d+)m", marked()[0].told(format_)[0])))


def arrives(where: str, format_: str) -> set[bool]:
    """Return what marks and twins say of a field: whether it arrives, all of it."""
    found = {mark in arrived(format_) for mark in marked()[1].get(where, ())}
    told = [world.told(format_)[0] for world in twins(where)]
    return found | ({len(set(told)) == len(told)} if told else set())


@cache
def lost(format_: str) -> frozenset[str]:
    """Return every field that *format_* reports; a whole shape stands for all of its fields."""
    said = {loss.field for loss in real().told(format_)[1]}
    assert said <= {*FIELDS, *SHAPES, "cyclonedx"}, "a loss of what we do not have"
    return frozenset(where for where in FIELDS if {where, where.partition(".")[0]} & said)


@pytest.mark.parametrize("where", FIELDS)
def test_each_field_arrives_or_is_reported_lost_and_never_both(where: str) -> None:
    """
    What a tool was not given, its user is told; and no report is padded.

    A field arrives when every mark put into it is found and no two twins are
    told alike; it is lost when no mark is found and twins are told alike.
    """
    seen = {format_: arrives(where, format_) for format_ in EXPORTERS}

    assert seen == {format_: {where not in lost(format_)} for format_ in EXPORTERS}


def test_what_a_format_drops_in_silence_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge of the reports is seen to convict: here of a line that one exporter forgets."""
    kept = tuple(name for name in otm_exporter._THREAT if name != "opposes")  # noqa: SLF001 - the planted fault
    monkeypatch.setattr(otm_exporter, "_THREAT", kept)
    arrived.cache_clear()

    assert arrives("threat.opposes", "otm") == {False}
    assert arrives("threat.family", "otm") == {True}
    arrived.cache_clear()
