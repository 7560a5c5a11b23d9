"""From the words ``--target``, ``--program`` and ``--defect`` to a target that can be lent."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import click

from idaudit.checks.plugin import Lender
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, defect_called
from idaudit.fixtures.targets.city_databases import SQLITE, check_database
from idaudit.fixtures.targets.from_file import load_target
from idaudit.fixtures.targets.nursery import Nursery
from idaudit.fixtures.targets.permission import refuse_unnamed
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.fixtures.targets.tidying import Borrowed
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.model import Programme

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """What the caller asked to audit."""

    spec: str = REFERENCE
    defect: str | None = None
    database: str = SQLITE
    memory: bool = False
    """Whether reference cities declare their memory too."""

    @property
    def anew(self) -> bool:
        """Whether every lent target is a new one."""
        return self.spec == REFERENCE

    def programme(self) -> str:
        """
        Return the programme to audit by where the caller names none.

        A defect is seeded against one programme's promise, and breaks nothing
        under another.

        Raises:
            UsageError: there is no such defect.

        """
        return defect_called(self.defect).programme if self.defect else HOUSE_PROGRAMME

    def check(self) -> None:
        """
        Refuse a choice that cannot be had, before anything is started.

        Raises:
            UsageError: an unknown defect, a defect of a system that is not the
                reference city, or a database it cannot be run on.

        """
        if self.defect is not None:
            defect_called(self.defect)
            if not self.anew:
                raise UsageError("--defect: only the reference city has seeded defects")
        check_database(self.database)
        if self.database != SQLITE and not self.anew:
            raise UsageError("--database: only the reference city can be run on another database")


@contextlib.contextmanager
def open_lender(
    choice: TargetChoice, programme: Programme, seed: int, nursery: Nursery | None = None
) -> Iterator[Lender]:
    """
    Open what *choice* names for the length of a run.

    What is not thrown away afterwards keeps a ledger of what the run leaves in it.

    Reference cities come from *nursery*, where one is lent.

    Raises:
        UsageError: the target file cannot be used.
        SetupError: the target cannot be started.

    """
    choice.check()
    if not choice.anew:
        with contextlib.closing(load_target(choice.spec)) as target:
            refuse_unnamed(target, choice.spec)
            with _given_back(target) as lent:
                yield lent
        return
    with ReferenceCities(
        programme.terms,
        seed,
        defect=choice.defect,
        nursery=nursery,
        database=choice.database,
        memory=choice.memory,
    ) as cities:
        yield cities


@contextlib.contextmanager
def _given_back(target: Target) -> Iterator[Target]:
    """Lend *target*; what is not thrown away is given back as it was, as far as that can be."""
    if target.disposable:
        yield target
        return
    borrowed = Borrowed(target)
    try:
        yield borrowed
    finally:
        if borrowed.planted and (tidied := borrowed.tidy()).left:
            click.echo(f"Clearing up: {tidied}", err=True)
