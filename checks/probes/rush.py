"""
Many at once: the probe for what only gives way when everybody comes.

A crowd is a few threads that act at the same moment. It is told from the outside
how it was answered, and whoever is told to come back later comes back: speed may
give way. Only an adapter that says so may be driven by several threads.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.target import Answer, Outcome, Target
from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable, UnexpectedAnswer

HANDS = 12
"""How many act at the same moment, where a caller says nothing else."""

TOO_MANY = 429
_TRIES, _PAUSE = 60, 0.05
_UNSERVED = Outcome(Answer.ERROR, "nobody answered")
Result = TypeVar("Result")
Ask = Callable[[], Outcome]


def crowded(target: Target) -> Target:
    """
    Return what a crowd may drive: the adapter itself, for a story has one teller.

    Raises:
        Inconclusive: it does not say that it bears several threads, so that a
            mix-up might be its own.

    """
    inner = target.inner if isinstance(target, Narrated) else target
    if not inner.many_at_once:
        raise Inconclusive("this adapter does not say that many may act through it at once")
    return inner


def at_once(acts: Sequence[Callable[[], Result]], hands: int = HANDS) -> list[Result]:
    """Do all of *acts*, as many at the same moment as there are *hands*, and return what came."""
    with ThreadPoolExecutor(min(hands, len(acts))) as pool:
        return [each.result() for each in [pool.submit(act) for act in acts]]


def under_way(
    acts: Sequence[Callable[[], Result]], pool: ThreadPoolExecutor
) -> list[Future[Result]]:
    """Begin all of *acts*, and return before they end."""
    return [pool.submit(act) for act in acts]


def once(ask: Ask) -> Outcome:
    """Ask once; a target that does not answer has not served, nor one that moves meanwhile."""
    try:
        return ask()
    except (TargetUnreachable, UnexpectedAnswer):
        return _UNSERVED
    except RuntimeError as error:  # httpx, of a client that a restart has closed
        if "closed" not in str(error):
            raise
        return _UNSERVED


def patiently(ask: Ask) -> Outcome:
    """Ask until there is an answer: whoever is told to come back later does."""
    outcome = _UNSERVED
    for _ in range(_TRIES):
        outcome = once(ask)
        if not told_to_wait(outcome):
            break
        time.sleep(_PAUSE)
    return outcome


def told_to_wait(outcome: Outcome) -> bool:
    """Whether an answer is neither yes nor no, but "later"."""
    failed = not (outcome.allowed or outcome.refused)
    return failed or any(each.status == TOO_MANY for each in outcome.exchanges)


@dataclass(slots=True)
class Bustle:
    """A crowd that goes on until it is told to stop."""

    answered: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def go_on(self, ask: Ask) -> None:
        """Ask again and again."""
        while not self._stop.is_set():
            served = not told_to_wait(once(ask))
            with self._lock:
                self.answered += served

    def stop(self) -> None:
        """Let everybody go home."""
        self._stop.set()

    def wait_for(self, more: int, seconds: float = 20.0) -> None:
        """
        Wait until *more* have been answered than now.

        Raises:
            Inconclusive: the crowd is not served at all.

        """
        until, enough = time.monotonic() + seconds, self.answered + more
        while self.answered < enough:
            if time.monotonic() > until:
                raise Inconclusive("the crowd was hardly answered, so it was none")
            time.sleep(0.002)


@contextmanager
def bustle(asks: Sequence[Ask], hands: int = HANDS) -> Iterator[Bustle]:
    """Keep a target busy with *asks*, over and over, for the length of a block."""
    crowd = Bustle()
    with ThreadPoolExecutor(hands) as pool:
        for number in range(hands):
            pool.submit(crowd.go_on, asks[number % len(asks)])
        try:
            with suppress(Inconclusive):
                crowd.wait_for(hands)
            yield crowd
        finally:
            crowd.stop()
