"""What several clients asked at the same moment, and when each was answered."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from idaudit.checks.probes.rush import once, told_to_wait
from idaudit.fixtures.targets.target import Actor, Operation, Outcome

Ask = Callable[[], Outcome]
Telling = Callable[[Outcome], object]


class Answered(StrEnum):
    """How one act was answered, as far as an order of acts is concerned."""

    YES = "allowed"
    NO = "refused"
    UNKNOWN = "unknown"  # nobody answered, or "later": it may have been done, and may yet be


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One act of one client.

    *invoked* and *completed* are places in one sequence of moments: what was
    completed before another was invoked was over when that began.
    """

    by: str
    act: str
    invoked: int
    completed: int
    answered: Answered
    said: object = None
    """What of the answer matters, if anything does."""

    def __str__(self) -> str:
        """Say it in a clause."""
        more = "" if self.said is None else f" ({self.said})"
        return f"{self.by}: {self.act.replace('_', ' ')}, {self.answered}{more}"


History = Sequence[Entry]


@dataclass(slots=True)
class Recorder:
    """Writes down what any number of threads ask; its moments are a count, not a clock."""

    entries: list[Entry] = field(default_factory=list)
    latest: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def moment(self) -> int:
        """Return a moment later than all before it."""
        with self._lock:
            self.latest += 1
            return self.latest

    def ask(
        self,
        by: Actor | str,
        act: Operation | str,
        ask: Ask,
        said: Telling | None = None,
        *,
        meant: object = None,
    ) -> Outcome:
        """Ask, and write down when, how it was answered, and what that *said* or was *meant*."""
        invoked = self.moment()
        outcome = once(ask)
        answered = answered_as(outcome)
        told = said(outcome) if said and answered is Answered.YES else meant
        self.note(Entry(str(by), str(act), invoked, self.moment(), answered, told))
        return outcome

    def note(self, entry: Entry) -> None:
        """Write down what was seen otherwise."""
        with self._lock:
            self.entries.append(entry)

    def about(self, *who: Actor | str) -> "Recorder":
        """Return what *who* did and nobody else; it goes on from here by itself."""
        names = {str(each) for each in who}
        return Recorder([each for each in self.entries if each.by in names], self.latest)

    def seen(self, by: Actor | str, act: str, said: object) -> None:
        """Write down, when all is calm, what is there."""
        self.note(Entry(str(by), act, self.moment(), self.moment(), Answered.YES, said))


def answered_as(outcome: Outcome) -> Answered:
    """Return how *outcome* counts; "later" is no refusal: it may have been done all the same."""
    if told_to_wait(outcome):
        return Answered.UNKNOWN
    return Answered.YES if outcome.allowed else Answered.NO


@dataclass(frozen=True, slots=True)
class Runner:
    """What one client does, and how many seconds after the start."""

    act: Callable[[], object]
    after: float = 0.0


def race(*runners: Runner, meanwhile: Sequence[Callable[[], object]] = ()) -> None:
    """Let all *runners* start at one moment; do *meanwhile* over and over until they are done."""
    start, over = threading.Barrier(len(runners) + len(meanwhile)), threading.Event()
    with ThreadPoolExecutor(len(runners) + len(meanwhile)) as pool:
        looking = [pool.submit(_again_and_again, start, over, each) for each in meanwhile]
        running = [pool.submit(_from_the_start, start, each) for each in runners]
        try:
            for each in running:
                each.result()
        finally:
            over.set()
        for look in looking:
            look.result()


def _from_the_start(start: threading.Barrier, runner: Runner) -> None:
    start.wait()
    time.sleep(runner.after)
    runner.act()


MOST_LOOKS = 40
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGER_EACH_TIME = 0.004, 0.05, 1.15
"""Seconds between two looks: close together at first, and enough of them for a slow target too."""


def _again_and_again(
    start: threading.Barrier, over: threading.Event, act: Callable[[], object]
) -> None:
    start.wait()
    pause = _FIRST_PAUSE
    for _ in range(MOST_LOOKS):
        act()
        if over.wait(pause):
            return
        pause = min(pause * _LONGER_EACH_TIME, _LONGEST_PAUSE)
