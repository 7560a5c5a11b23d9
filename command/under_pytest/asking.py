"""Asking one check after another in one process, of targets lent by one lender."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from rich.console import Console

from idaudit.checks.doctor import examine
from idaudit.checks.plugin import Lender
from idaudit.command.gather import entries_of, header_of, refuse_the_undrivable, tidy
from idaudit.command.interrupts import INTERRUPTS
from idaudit.command.lenders import open_lender
from idaudit.command.options import RunOptions
from idaudit.command.plan import planned
from idaudit.command.share import Share, ask, crowd
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Target
from idaudit.reports.evidence import Entry
from idaudit.reports.record import CheckRecord, OperationRecord, RunHeader, SurfaceRecord


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of the target before its first check; it can be sent to a worker."""

    share: Share
    header: RunHeader
    entries: tuple[OperationRecord | SurfaceRecord, ...]
    first: int
    """The first applicant that the target has not met."""


class Asking:
    """One open target, and what was learned of it so far."""

    def __init__(self, options: RunOptions) -> None:
        """Open nothing yet."""
        self.options = options
        self.plan = planned(options)
        self._open = contextlib.ExitStack()
        self._lender: Lender | None = None
        self._people: Callable[[Target], Applicants] | None = None
        self._learned: dict[str, object] = {}

    def examine(self) -> Examined:
        """
        Try every operation once and look for a control everywhere.

        Raises:
            UsageError: the target file cannot be used.
            SetupError: the target cannot be started, or nobody can apply there.

        """
        options, lender, people = self.options, self._opened(), self._crowd(1)
        with lender.unused() as target:
            header = header_of(options, self.plan, target)
            everybody = people(target)
            found = examine(target, Mint(options.seed), everybody)
            share = Share(options, self.plan.names, found, target.disposable)
        entries = tuple(entries_of(found))
        refuse_the_undrivable(found)
        return Examined(share, header, entries, everybody.next().index + 1)

    def ask(self, name: str, known: Examined) -> CheckRecord:
        """Ask one check, of what is *known* already, and return what came of it."""
        records: list[CheckRecord] = []
        share = replace(known.share, names=(name,))
        people = self._crowd(known.first)
        code = ask(
            share,
            self.plan,
            self._opened(),
            people,
            records.append,
            lambda *_: None,
            self._learned,
        )
        if code == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt  # the run within has swallowed it
        (record,) = records
        return record

    def close(self) -> tuple[OperationRecord, ...]:
        """Give the target back, and return what was told of the clearing up."""
        told: list[OperationRecord] = []

        def note(entry: Entry) -> None:
            told.extend([entry] if isinstance(entry, OperationRecord) else [])

        with INTERRUPTS.held():
            if self._lender:
                tidy(self._lender, note, Console(stderr=True))
            self._open.close()
            self._lender = None
        return tuple(told)

    def _opened(self) -> Lender:
        if self._lender is None:
            opened = open_lender(self.options.target, self.plan.programme, self.options.seed)
            self._lender = self._open.enter_context(opened)
        return self._lender

    def _crowd(self, first: int) -> Callable[[Target], Applicants]:
        if self._people is None:
            mint = Mint(self.options.seed)
            self._people = crowd(mint, anew=self.options.target.anew, first=first)
        return self._people
