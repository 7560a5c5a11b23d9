"""
Files of PostgreSQL's write-ahead log that are waiting to be used again.

A checkpoint renames an old file to one of the future instead of removing it.
What it holds stays there until the log has come that far, and every page of it
still says where in the log it was written.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from idaudit.checks.probes.sweep.hit import Hit
from idaudit.fixtures.surfaces.surface import Part

LABEL = " (recycled)"
"""Stands behind the location of what lies on such a page."""

_NAME = re.compile(r"(?:^|[/\\])[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$")
_PAGE = 8192
_HEAD = 40
_VERSIONS = (0xD0, 0xD1)
_LONG = 2


class Recycled:
    """Which pages of one location are older than its name says."""

    def __init__(self, location: str) -> None:
        """Know of none."""
        self._name = _NAME.search(location)
        self._segment = 0
        self._old: set[int] = set()

    def watch(self, part: Part) -> None:
        """Compare the pages in *part* with where the file's name says that they belong."""
        if self._name is None:
            return
        for at in range(-part.offset % _PAGE, len(part.data) - _HEAD, _PAGE):
            head, place = part.data[at : at + _HEAD], part.offset + at
            if head[1] not in _VERSIONS:
                continue
            if place == 0 and head[2] & _LONG:
                self._segment = int.from_bytes(head[32:36], "little")
            address = int.from_bytes(head[8:16], "little")
            if self._segment and address != self._begins() + place:
                self._old.add(place // _PAGE)

    def labelled(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return *hits*, those on old pages under a location that says so."""
        return [
            replace(hit, location=hit.location + LABEL) if hit.offset // _PAGE in self._old else hit
            for hit in hits
        ]

    def _begins(self) -> int:
        """Return where in the log the file begins by its name."""
        high, low = (int(digits, 16) for digits in (self._name.groups() if self._name else ()))
        return (high << 32) + low * self._segment
