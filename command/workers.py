"""Processes that work for a command, and end when it does, however it does."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from types import TracebackType
from typing import Generic, ParamSpec, Self, TypeVar

from idaudit.command.interrupts import INTERRUPTS, Interrupted, work_for_another

P = ParamSpec("P")
T = TypeVar("T")

GRACE_SECONDS = 30.0
"""So long an interrupted process has to close what it opened."""


class Workers(Generic[T]):
    """
    Some processes, each a new interpreter.

    Spawned, not forked: a fork would share its parent's nursery, and its locks.
    """

    def __init__(self, jobs: int) -> None:
        """Start none yet."""
        context = multiprocessing.get_context("spawn")
        self._before = set(multiprocessing.active_children())
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=work_for_another)
        self._asked: list[Future[T]] = []

    def __enter__(self) -> Self:
        """Lend them until the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what was asked, or, where the block was left early, stop it."""
        if kind is None and INTERRUPTS.number is None:
            self._pool.shutdown()
        else:
            self.stop()

    def ask(self, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Have *call* done by whoever is free first."""
        # Ctrl-C reaches every process of a terminal; until a new one can say that it
        # leaves that to us, it must not hear it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            asked: Future[T] = self._pool.submit(_worked, call, args, named)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        self._asked.append(asked)
        return asked

    def done(self) -> Iterator[Future[T]]:
        """Yield what was asked as it is done; after an interruption, what was done by then."""
        told: set[Future[T]] = set()
        try:
            for each in as_completed(self._asked):
                told.add(each)
                yield each
        except Interrupted:
            with INTERRUPTS.finishing():
                self.stop()
            for each in self._asked:
                if each not in told and _well_done(each):
                    yield each

    def stop(self) -> None:
        """Have every process end its work, and end those that do not."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        children = set(multiprocessing.active_children()) - self._before
        for child in children:
            child.terminate()
        wait([each for each in self._asked if not each.cancelled()], GRACE_SECONDS)
        for child in children:
            child.join(GRACE_SECONDS)
            child.kill()
        self._pool.shutdown()


def _well_done(asked: Future[T]) -> bool:
    return asked.done() and not asked.cancelled() and asked.exception() is None


def _worked(call: Callable[..., T], args: tuple[object, ...], named: dict[str, object]) -> T:
    """Do one piece of work in the process that was asked to."""
    with INTERRUPTS.working():
        return call(*args, **named)
