"""The sweep: finds canaries wherever a surface keeps them."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, groupby
from typing import TypeVar

from idaudit.checks.probes.sweep.batch import SMALL, Batch, suspects
from idaudit.checks.probes.sweep.hit import Hit, Limits, Refusal
from idaudit.checks.probes.sweep.known import finder
from idaudit.checks.probes.sweep.layer import Layer
from idaudit.checks.probes.sweep.pictures import Gallery, Picture
from idaudit.checks.probes.sweep.reading import Account, Instruments, Reading, patterns
from idaudit.checks.probes.sweep.recycled import Recycled
from idaudit.checks.probes.sweep.tags import Spelling, tags_of
from idaudit.checks.probes.sweep.weighing import seen_once, witnessed
from idaudit.fixtures.canaries import Cohort, KnownValue, Mint
from idaudit.fixtures.surfaces.files import value_parts
from idaudit.fixtures.surfaces.surface import Column, Columnar, Part, Surface
from idaudit.threatmodel.errors import Inconclusive

Read = TypeVar("Read")

MASKED = "(name withheld)"
"""Stands in a location for a name that itself holds a canary."""


class Sweep:
    """
    Searches surfaces for the canaries of one run.

    The patterns are those of the run's tags, so the search costs the same for
    one applicant as for a million. *known* values and *pictures* are searched
    for one by one and belong to the applicants a check is about. One sweep
    serves one thread.
    """

    def __init__(
        self,
        mint: Mint,
        known: Iterable[KnownValue] = (),
        pictures: Iterable[Picture] = (),
        limits: Limits | None = None,
    ) -> None:
        """Prepare to find what *mint* mints, and the values and pictures named."""
        limits = limits or Limits()
        looks: list[Picture] = []
        search = finder(known, _without_files(pictures, looks))
        self._instruments = Instruments(
            mint,
            patterns(tags_of(mint)).scanner(),
            search,
            Gallery(looks, limits.pixels, mint),
            limits,
            Account(),
        )
        self.refused: list[Refusal] = []
        """What no sweep so far looked into; where there is any, finding nothing shows nothing."""
        self.alone: list[Hit] = []
        """Short numbers found without another trace of the same person beside them: no finding."""

    def surface(self, surface: Surface) -> list[Hit]:
        """
        Return every hit on *surface*.

        One that turns out unreadable half-way is inconclusive, unless a
        subject's canary was found by then: that stands, and the rest is noted
        as refused.
        """
        stopped: list[Inconclusive] = []
        hits = self._weighed(self._everything(surface, stopped))
        for error in stopped:
            if not any(hit.cohort is Cohort.SUBJECT for hit in hits):
                raise error
            self.refused.append(Refusal(surface.id, "", 0, (), str(error)))
        return hits

    def bytes(self, data: bytes, location: str) -> list[Hit]:
        """Return every hit in *data*."""
        return self._weighed(self._location("", iter([Part(location, data)])))

    def _weighed(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return the hits that stand, and remember those that do not."""
        stand, alone = witnessed(hits)
        self.alone.extend(alone)
        return stand

    def _everything(self, surface: Surface, stopped: list[Inconclusive]) -> Iterator[Hit]:
        """Yield every hit up to where *surface* proves unreadable."""
        if not isinstance(surface, Columnar):
            yield from self._hits(surface.id, _until_stopped(surface.parts, stopped))
            return
        yield from self._hits(surface.id, _until_stopped(surface.files, stopped))
        for column in _until_stopped(surface.columns, stopped):
            yield from self._column(surface.id, column)

    def _column(self, surface: str, column: Column) -> Iterator[Hit]:
        """Yield every hit in the values of *column*."""
        for number in suspects(column.values, self._instruments):
            parts = value_parts(column.values[number], column.location(number))
            yield from self._location(surface, parts)

    def _hits(self, surface: str, parts: Iterable[Part]) -> Iterator[Hit]:
        """Yield every hit in *parts*, those in small values after the big ones around them."""
        batch = Batch()
        for together in _locations(parts):
            first, second = next(together), next(together, None)
            if second is None and len(first.data) < SMALL:
                batch.add(first)
                if batch.full:
                    yield from self._batch(surface, batch)
            else:
                rest = [first] if second is None else [first, second]
                yield from self._location(surface, chain(rest, together))
        yield from self._batch(surface, batch)

    def _batch(self, surface: str, batch: Batch) -> list[Hit]:
        """Search what waits in *batch*."""
        parts = batch.suspects(self._instruments)
        return [hit for part in parts for hit in self._location(surface, iter([part]))]

    def _location(self, surface: str, parts: Iterator[Part]) -> list[Hit]:
        """Search one location, which comes in parts that follow one another."""
        part = next(parts)
        reading = Reading(self._instruments, surface, self._masked(part.location))
        layer = Layer(reading)
        recycled = Recycled(part.location)
        seen, end = 0, 0
        while True:
            following = next(parts, None)
            # A hole that was stepped over is no byte of the location's, and widens no budget.
            stop = part.offset + len(part.data)
            seen += stop - max(part.offset, min(end, stop))
            end = max(end, stop)
            reading.grow(seen)
            recycled.watch(part)
            layer.feed(part.data, part.offset, final=following is None)
            if following is None:
                break
            part = following
        self.refused.extend(reading.refused)
        return recycled.labelled(seen_once(reading.hits))

    def _masked(self, location: str) -> str:
        """Return *location* without any name that holds a canary: reports print locations."""
        if not self._tells(location):
            return location
        return "".join(MASKED if self._tells(each) else each for each in _NAMES.split(location))

    def _tells(self, text: str) -> bool:
        data = os.fsencode(text)
        found = self._instruments.scanner.find(data)
        return any(isinstance(sign, Spelling) for _, _, sign in found) or any(
            trace.bounded(data, start, end)
            for start, end, trace in self._instruments.known.find(data)
        )


def _without_files(pictures: Iterable[Picture], looks: list[Picture]) -> Iterator[Picture]:
    """Yield *pictures* one by one, and keep of each its look alone: the files are large."""
    for each in pictures:
        looks.append(replace(each, data=b""))
        yield each


_NAMES = re.compile(r"(/)")


def _until_stopped(
    read: Callable[[], Iterator[Read]], stopped: list[Inconclusive]
) -> Iterator[Read]:
    """Yield what is read up to where that proves impossible, and leave the error in *stopped*."""
    try:
        yield from read()
    except Inconclusive as error:
        stopped.append(error)


def _locations(parts: Iterable[Part]) -> Iterator[Iterator[Part]]:
    """Yield the parts of each location; one that begins at 0 begins a location."""
    number = 0

    def location(part: Part) -> tuple[int, str]:
        nonlocal number
        number += part.offset == 0
        return number, part.location

    for _, together in groupby(parts, key=location):
        yield together
