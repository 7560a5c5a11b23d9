"""
Ending early and truthfully: on Ctrl-C, on SIGTERM, or when time is up.

The first signal raises :class:`Interrupted` wherever the main thread is. It
passes through every block that has something to close, and the run tells what
it has seen so far. What must not be torn apart is done while signals are
*held*. A second signal ends the process at once.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_SHOW_CURSOR = b"\x1b[?25h"
_TOLD = b"\nidaudit: stopping; closes the target, then tells what was seen (again: ends at once)\n"


class Interrupted(KeyboardInterrupt):
    """Somebody wants this to end; what was seen by then is still told."""


class Interrupts:
    """The signals that end a run, and what has come of them in this process."""

    def __init__(self) -> None:
        """Nothing is watched, and nothing has come."""
        self.number: int | None = None
        """Of the signal that came, if one has."""
        self._held = 0
        self._owed = False
        self._idle = False
        self._limit = ""

    @property
    def why(self) -> str:
        """Say why a run ends early, "" where it does not."""
        if self.number is None:
            return ""
        if self.number == signal.SIGALRM:
            return f"the run was interrupted: its time was over ({self._limit})"
        return f"the run was interrupted ({signal.Signals(self.number).name})"

    @property
    def code(self) -> int | None:
        """Return what the command leaves with, as shells do; None where that is for the audit."""
        return None if self.number in (None, signal.SIGALRM) else 128 + int(self.number or 0)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch for Ctrl-C and SIGTERM until the end of the block; only a main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self.number, self._owed = None, False  # this process may have run a command before
        watched = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = {each: signal.signal(each, self._came) for each in watched}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for each, handler in before.items():
                signal.signal(each, handler)

    def limit(self, minutes: float) -> None:
        """Interrupt the run after so many minutes."""
        self._limit = f"{minutes:g} minutes"
        if signal.getsignal(signal.SIGALRM) == self._came:  # only a command watches
            signal.setitimer(signal.ITIMER_REAL, minutes * 60)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing interrupt the block; what came meanwhile is raised at its end."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self.check()

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Let the block, the last there is, run to its end whatever comes."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._owed = False

    @contextmanager
    def closed_whole(self, opened: AbstractContextManager[T]) -> Iterator[T]:
        """Lend what *opened* lends, and let nothing interrupt its closing."""
        lent = opened.__enter__()
        try:
            yield lent
        except BaseException:
            with self.held():
                if not opened.__exit__(*sys.exc_info()):
                    raise
        else:
            with self.held():
                opened.__exit__(None, None, None)

    def check(self) -> None:
        """Raise what came while it was held."""
        if self._owed and not self._held:
            self._owed = False
            raise Interrupted(self.number)

    # -- in a process that works for another ----------------------------------

    def work_for_another(self) -> None:
        """Leave Ctrl-C to whoever started this process, and end work when they say so."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGTERM, self._told)
        self._idle = True
        threading.Thread(target=_end_with_parent, daemon=True).start()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Do one piece of work, which may be interrupted; waiting for the next may not."""
        if self.number is not None:
            raise Interrupted(self.number)
        self._idle = False
        try:
            yield
        finally:
            self._idle = True

    def _told(self, number: int, _: FrameType | None) -> None:
        """Stop what is being worked on, once."""
        if self.number is None:
            self.number = number
            if not self._idle:
                self._raise()

    # -- in the first process -------------------------------------------------

    def _came(self, number: int, _: FrameType | None) -> None:
        """Interrupt what is being done; the second time, end at once."""
        if self.number is not None and number != signal.SIGALRM:
            _end(128 + number)
        if self.number is None:
            self.number = number
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, _TOLD)
            self._raise()

    def _raise(self) -> None:
        if self._held:
            self._owed = True
        else:
            raise Interrupted(self.number)


INTERRUPTS = Interrupts()
"""Of this process."""


def work_for_another() -> None:
    """Let this process end its work when whoever started it says so."""
    INTERRUPTS.work_for_another()


def _end(code: int) -> None:
    """End this process and those that work for it, now; their cities end when nobody holds them."""
    for child in multiprocessing.active_children():
        child.kill()
    if sys.__stdout__ and sys.__stdout__.isatty():
        os.write(sys.__stdout__.fileno(), _SHOW_CURSOR)
    os._exit(code)


def _end_with_parent() -> None:
    """End this process once whoever it works for has ended without a word."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
