"""Looking while the crowd is there: what every place weighs, and whether a paper lies in it."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from idaudit.checks.probes.sweep import Hit, Sweep
from idaudit.checks.sight import Sight, sweep_for, sweep_with_control
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.surfaces.surface import Surface, SurfaceKind
from idaudit.fixtures.targets.target import Target
from idaudit.loadtests.tape import Sighting
from idaudit.threatmodel.errors import Inconclusive

PAPERS = frozenset(
    {
        Field.DOCUMENT_NUMBER,
        Field.DOCUMENT_TEXT,
        Field.DOCUMENT_BYTES,
        Field.DOCUMENT_PICTURE,
    }
)
WAITING = "waiting-scan"
LOGGED, RESTING, HALF_DONE = "scan-in-log", "scan-at-rest", "half-done-scan"
EVERY_SECONDS = 1.0
_LARGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Weighed:
    """What each place weighed at one moment."""

    at: float
    bytes: dict[str, int]


@dataclass(slots=True)
class Watch:
    """Weighs and sweeps the places of one target, again and again."""

    target: Target
    mint: Mint
    papers_may_wait: bool  # whether the programme lets papers lie somewhere until a decision
    papers_are_kept: bool = False  # whether it lets them lie somewhere after it
    weights: list[Weighed] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)  # places in which a paper was seen already
    controls: int = 0

    def weigh(self, at: float) -> None:
        """Weigh every place."""
        weights = {}
        for surface in self._resting():
            try:
                weights[surface.id] = surface.size()
            except (Inconclusive, OSError, sqlite3.Error):  # likewise
                continue
        self.weights.append(Weighed(at, weights))

    def look(self, at: float) -> None:
        """Sweep every place for papers, while their owners still wait."""
        for surface in self._resting():
            if surface.id in self.shown:
                continue  # one sight is enough, and thousands take time that the day has not
            try:
                if surface.size() > _LARGEST:
                    continue  # a whole roster is swept once the crowd is gone
                hits = self._papers(self._sweep().surface(surface))
            except (Inconclusive, OSError, sqlite3.Error):  # it is down, or its lock is held
                continue
            logged = surface.kind is SurfaceKind.LOG
            if hits and (logged or not self.papers_may_wait):
                self._tell(LOGGED if logged else WAITING, hits, at)
                self.shown.add(surface.id)
        self.looks.append(at)

    def look_back(self, at: float, cut_off: frozenset[int]) -> None:
        """
        Sweep every place once the crowd is gone, each with a control that has to be found.

        Raises:
            Inconclusive: a control was not found.

        """
        for surface in self._resting():
            if surface.id in self.shown:
                continue
            found = sweep_with_control(
                surface, self._sweep(), self.mint, disposable=self.target.disposable
            )
            self.controls += 1
            hits = self._papers(found)
            half = [hit for hit in hits if hit.applicant in cut_off]
            if surface.kind is SurfaceKind.LOG:
                self._tell(LOGGED, hits, at)
            elif not self.papers_are_kept:
                self._tell(HALF_DONE, half, at)
                self._tell(RESTING, [hit for hit in hits if hit.applicant not in cut_off], at)
        self.looks.append(at)

    def _resting(self) -> Sequence[Surface]:
        return Sight(self.target, self.mint).resting()

    def _sweep(self) -> Sweep:
        return sweep_for(self.mint, ())

    def _papers(self, hits: Sequence[Hit]) -> list[Hit]:
        return [
            hit
            for hit in hits
            if hit.cohort is Cohort.SUBJECT and (hit.field is None or hit.field in PAPERS)
        ]

    def _tell(self, reason: str, hits: Sequence[Hit], at: float) -> None:
        if hits:
            where = f"{len(hits)} traces of papers lie in {hits[0].surface}"
            self.sightings.append(Sighting(reason, f"{where}, form {'+'.join(hits[0].form)}.", at))


def paced(until: float) -> None:
    """Wait for the next second of the watch, or for *until* if that comes first."""
    time.sleep(max(min(EVERY_SECONDS, until - time.monotonic()), 0))
