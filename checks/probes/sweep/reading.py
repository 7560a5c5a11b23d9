"""One location being read: its instruments, what was found so far, what it has cost."""

from dataclasses import dataclass, field
from functools import lru_cache
from time import thread_time

import numpy as np
from pyperscan import BlockDatabase

from idaudit.checks.probes.sweep.blocks import LOOKED_AT, first_block
from idaudit.checks.probes.sweep.carving import Shape, shape_needles
from idaudit.checks.probes.sweep.containers import DUMP_LINE, ZLIB, Container, container_needles
from idaudit.checks.probes.sweep.dumps import Breaks
from idaudit.checks.probes.sweep.engine import Needle, Patterns, Scanner
from idaudit.checks.probes.sweep.hit import Grade, Hit, Limits, Refusal
from idaudit.checks.probes.sweep.known import Finder, Trace
from idaudit.checks.probes.sweep.pictures import Gallery, TooManyPixels
from idaudit.checks.probes.sweep.tags import Spelling, Tags, owner, tag_needles
from idaudit.fixtures.canaries import Cohort, Field, Mint

APART = 512
"""Two finds of one canary in one form nearer than this are one: both its tags were found."""

_CLOCK, _MUCH = 16, 1 << 16
"""The clock is looked at with one decision in so many, and with each about so many bytes."""

_ZLIB_HEAD = 2
_AHEAD = _ZLIB_HEAD + LOOKED_AT

Sign = Spelling | Container | Shape


class Signs(Scanner[Sign]):
    """Finds whatever announces a token, a container or a picture."""

    def __init__(self, needles: tuple[Needle[Sign], ...], database: BlockDatabase | None) -> None:
        """Take the patterns of signs; those of dumps are the same in every run."""
        super().__init__(needles, database)
        self._breaks = Breaks()

    def find(self, data: bytes) -> list[tuple[int, int, Sign]]:
        """Return start, end and sign of each occurrence, lines of dumps behind the others."""
        found = _without_chance(super().find(data), data)
        found += [(at, at + DUMP_LINE.length, DUMP_LINE) for at in self._breaks.find(data)]
        return found


def _without_chance(found: list[tuple[int, int, Sign]], data: bytes) -> list[tuple[int, int, Sign]]:
    """Return *found* without what only looks like a zlib stream; noise does so all the time."""
    likely = [at for at, _, sign in found if sign is ZLIB and at + _AHEAD < len(data)]
    if not likely:
        return found
    places = np.array(likely, np.intp)
    fits = first_block(np.frombuffer(data, np.uint8), places + _ZLIB_HEAD)
    chance = set(places[~fits].tolist())
    return [each for each in found if each[2] is not ZLIB or each[0] not in chance]


class SignPatterns(Patterns[Sign]):
    """The patterns of all signs; what is searched for in other ways comes with them."""

    def scanner(self) -> Signs:
        """Return a scanner; one scanner serves one thread."""
        return Signs(self.needles, self._database)


@lru_cache(maxsize=8)
def patterns(tags: Tags) -> SignPatterns:
    """Return, compiled once per run, everything one pass looks for."""
    needles: list[Needle[Sign]] = []
    needles.extend(Needle(n.expression, n.length, n.label, n.caseless) for n in tag_needles(tags))
    needles.extend(Needle(n.expression, n.length, n.label) for n in container_needles())
    needles.extend(Needle(n.expression, n.length, n.label) for n in shape_needles())
    return SignPatterns(needles)


@dataclass(slots=True)
class Account:
    """What the locations of one sweep have cost so far."""

    size: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Instruments:
    """What every reading of one sweep shares."""

    mint: Mint
    scanner: Signs
    known: Finder
    gallery: Gallery
    limits: Limits
    account: Account


@dataclass(slots=True)
class Reading:
    """The search of one location."""

    instruments: Instruments
    surface: str
    location: str
    hits: list[Hit] = field(default_factory=list)
    refused: dict[Refusal, None] = field(default_factory=dict)
    _begun: float = -1
    _over: bool = False
    _asked: int = 0  # how often something was to be spent: the clock is dear
    _size: int = 0
    _spent: int = 0
    _wasted: int = 0  # decoded and thrown away, for it was too much
    _latest: dict[tuple[object, ...], int] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """What this reading may cost."""
        return self.instruments.limits

    def grow(self, size: int) -> None:
        """Note that the location itself is *size* bytes long so far, which widens the budget."""
        self.instruments.account.size += max(0, size - self._size)
        self._size = max(self._size, size)

    def spend(self, count: int, already: int) -> str:
        """
        Return why a container that gave *already* bytes may not give *count* more, "" if it may.

        No container gets more than half of what is left, so that one bomb
        leaves room for the rest of the location.
        """
        account, limits = self.instruments.account, self.limits
        allowed = limits.budget + limits.per_byte * self._size
        if already + count > (allowed - self._spent + already) // 2:
            self._wasted += count
            return "decodes to more than the sweep allows for a location of this size"
        if account.spent + count > limits.total + limits.per_byte * account.size:
            return "decodes to more than the sweep allows for all locations together"
        if self._late(count):
            return "takes longer to decode than the sweep allows"
        self._spent += count
        account.spent += count
        return ""

    def _late(self, count: int) -> bool:
        """Whether decoding takes too long, by a clock looked at now and then."""
        self._asked += 1
        if self._begun < 0:
            self._begun = thread_time()
        if self._asked % _CLOCK == 0 or count >= _MUCH:
            allowed = self.limits.seconds + self.limits.megabyte * self._size / 1e6
            self._over = thread_time() - self._begun > allowed
        return self._over

    @property
    def exhausted(self) -> str:
        """Why nothing more is opened here at all, "" while more may be."""
        if self._wasted > 4 * self.limits.budget:
            return "holds more bombs than the sweep defuses"
        return self.spend(0, 0)

    def token(
        self, sign: Spelling, data: bytes, start: int, end: int, form: tuple[str, ...], place: int
    ) -> None:
        """Report a tag, and whose it is if what stands beside it can be read."""
        read = sign.read(data, start, end)
        if not read.sure:
            return
        canary = owner(self.instruments.mint, sign, read.beside)
        whole = form + read.form
        if self._again((whole, sign.cohort, canary and (canary.id, canary.copy)), place):
            return
        if canary is None:
            self._report(place, whole, None, None, sign.cohort, Grade.TAG)
        else:
            whose = (canary.applicant, canary.field)
            self._report(place, whole, canary.id, whose, sign.cohort, Grade.TOKEN)

    def trace(self, trace: Trace, form: tuple[str, ...], place: int) -> None:
        """Report a known value or a digest."""
        whole = form + trace.form
        if not self._again((whole, trace.id, trace.grade), place):
            whose = (trace.applicant, trace.field)
            self._report(place, whole, trace.id, whose, Cohort.SUBJECT, trace.grade, trace.weak)

    def picture(self, data: bytes, form: tuple[str, ...], place: int) -> None:
        """Report a picture if it shows a planted paper, or a piece of one."""
        if not self.instruments.gallery:
            return
        try:
            seen = self.instruments.gallery.like(data)
        except TooManyPixels as error:
            self.refuse(place, (*form, "picture"), f"a picture of {error}, too many to decode")
            return
        if seen is not None:
            whose = (seen.applicant, Field.DOCUMENT_PICTURE)
            whole = form + seen.form
            self._report(place, whole, seen.id, whose, seen.cohort, Grade.LIKENESS)

    def refuse(self, place: int, form: tuple[str, ...], why: str) -> None:
        """Note what was not looked into, once for each container and reason."""
        self.refused[Refusal(self.surface, self.location, place, form, why)] = None

    def _again(self, what: tuple[object, ...], place: int) -> bool:
        """Whether *what* was found just before."""
        latest = self._latest.get(what)
        self._latest[what] = place
        return latest is not None and abs(place - latest) < APART

    def _report(
        self,
        place: int,
        form: tuple[str, ...],
        canary: str | None,
        whose: tuple[int, Field] | None,
        cohort: Cohort,
        grade: Grade,
        weak: bool = False,  # noqa: FBT001, FBT002  handed through
    ) -> None:
        applicant, what = whose or (None, None)
        where = (self.surface, self.location, place, form)
        self.hits.append(Hit(*where, canary, applicant, what, cohort, grade, weak))
