"""
The detection matrix: every defect caught, and nobody innocent accused.

A defective city is put to the checks of the promise it breaks, or to all of them
where there is an hour; an honest or lawful one to every check.

It is the suite's proof of itself. A defect counts as caught only when the check
that was written for it says so, and for the right reason.
"""

import json
import tempfile
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from rich.console import Console

from idaudit.checks.catalogue import Tier, every_check
from idaudit.checks.doctor import Examination, examine
from idaudit.command.cities import City
from idaudit.command.gather import gather
from idaudit.command.interrupts import INTERRUPTS, Interrupted
from idaudit.command.lenders import TargetChoice, open_lender
from idaudit.command.options import RunOptions
from idaudit.command.plan import planned, programme_called
from idaudit.command.progress import Steps
from idaudit.command.share import crowd
from idaudit.command.workers import Workers
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.defects.registry import Defect
from idaudit.fixtures.targets.city_databases import SQLITE, check_database, databases, spoken
from idaudit.fixtures.targets.nursery import DEFECTIVE_CITY, Nursery
from idaudit.reports.evidence import read_evidence
from idaudit.reports.record import CheckRecord
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import MATRIX_SCHEMA
from idaudit.threatmodel.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Caught:
    """Whether one defect was caught, and by what."""

    id: str
    guarantee: str
    caught: bool
    by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """Whether a city that keeps its promises was accused of breaking one."""

    id: str
    flagged: bool
    by: tuple[str, ...]
    why: tuple[str, ...]  # by each of them: its reason, and how its story ends
    not_shown: tuple[str, ...]  # checks that could not judge it
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What every check said of every city."""

    defects: tuple[Caught, ...]
    lawful: tuple[Flagged, ...]
    database: str = SQLITE
    """What the cities kept their registries in, as ``--database`` says it."""
    missing: int = 0
    """Cities that nobody came to, for the run was interrupted."""

    @property
    def proven(self) -> bool:
        """Whether every defect was caught and nobody innocent was flagged."""
        caught = not self.missing and all(each.caught for each in self.defects)
        return caught and not any(each.flagged for each in self.lawful)

    def as_json(self) -> str:
        """Return the matrix under the keys of the contract, one city a line."""
        defects = ",\n  ".join(json.dumps(asdict(each)) for each in self.defects)
        lawful = ",\n  ".join(json.dumps(asdict(each)) for each in self.lawful)
        return (
            f'{{\n "schema": "{MATRIX_SCHEMA}",\n "database": {json.dumps(self.database)},\n'
            f' "defects": [\n  {defects}\n ],\n "lawful": [\n  {lawful}\n ]\n}}\n'
        )


def checks_of(
    city: City,
    seed: int,
    only: Sequence[str] = (),
    names: Collection[str] = (),
    database: str = SQLITE,
    known: Examination | None = None,
    tier: Tier | None = None,
) -> tuple[CheckRecord, ...]:
    """
    Audit *city* about every guarantee or *only* some, with every check or those of *names*.

    Where it is *known* what can be driven and seen there, nobody examines it again.
    Without a *tier* it is the one that the proof takes for such a city.
    """
    defect = city.defect.id if city.defect else None
    choice = TargetChoice(defect=defect, database=database)
    options = RunOptions(
        choice, program=city.programme, tier=tier or _tier_of(city), only=tuple(only), seed=seed
    )
    plan = planned(options)
    if names:
        plan = plan.narrowed(names)
    with tempfile.TemporaryDirectory(prefix="idaudit-") as scratch:
        evidence = Path(scratch, "evidence.jsonl")
        gather(options, plan, evidence, Console(quiet=True), _nursery(database), known)
        if INTERRUPTS.why:
            raise Interrupted(INTERRUPTS.number)
        return read_evidence(evidence).checks


def examination(programme: str, seed: int, database: str = SQLITE) -> Examination:
    """Examine the honest city of *programme*: what its defective sisters offer too."""
    terms = programme_called(load(), programme)
    choice, mint = TargetChoice(database=database), Mint(seed)
    with open_lender(choice, terms, seed, _nursery(database)) as lender, lender.unused() as city:
        return examine(city, mint, crowd(mint, anew=choice.anew)(city))


def _tier_of(city: City) -> Tier:
    """
    Return the tier at which the proof asks *city*.

    The honest one is asked everything, a defective one at the least tier that
    runs the check which must catch it, a lawful one at the gate.
    """
    if city.defect is None:
        return Tier.FULL
    own = every_check().get(city.defect.caught_by)
    return own.tier if own else Tier.GATE


@cache
def _nursery(database: str) -> Nursery:
    """Return this process's own nursery, which can raise any city: starting one takes a second."""
    return Nursery(DEFECTIVE_CITY, databases=databases(database, None))


def run_matrix(
    chosen: Mapping[City, Sequence[str]],
    seed: int,
    jobs: int,
    console: Console,
    database: str = SQLITE,
) -> Matrix:
    """
    Audit every city of *chosen* about the promises it is asked about, *jobs* at a time.

    Raises:
        UsageError: there is no such *database*, or it may not be thrown away.

    """
    check_database(database)
    wanted = list(chosen)
    with Steps(console, "Auditing cities", len(wanted)) as steps:
        said = {}
        with suppress(Interrupted), closing(_audited(chosen, seed, jobs, database)) as audited:
            for city, checks in audited:
                said[city.id] = checks
                steps.step(city.id, _short(city, checks))
    wanted = [each for each in wanted if each.id in said]
    return Matrix(
        database=spoken(database),
        missing=len(chosen) - len(wanted),
        defects=tuple(
            caught(each.defect, said[each.id])
            for each in wanted
            if each.defect and not each.defect.lawful
        ),
        lawful=tuple(
            flagged(each.id, said[each.id])
            for each in wanted
            if not each.defect or each.defect.lawful
        ),
    )


def _audited(
    wanted: Mapping[City, Sequence[str]], seed: int, jobs: int, database: str
) -> Generator[tuple[City, tuple[CheckRecord, ...]]]:
    """
    Yield each city with what the checks said of it, as they come in.

    The honest ones go first: each takes minutes, and nobody shall wait for one at the end.
    """
    longest_first = sorted(wanted, key=lambda city: city.defect is not None)
    with Workers[tuple[CheckRecord, ...]](jobs) as workers:
        pending = {
            workers.ask(checks_of, city, seed, wanted[city], (), database): city
            for city in longest_first
        }
        for done in workers.done():
            yield pending[done], _said(done)


def _said(done: Future[tuple[CheckRecord, ...]]) -> tuple[CheckRecord, ...]:
    """Return what was said of one city: nothing, where it could not be driven at all."""
    try:
        return done.result()
    except SetupError:
        return ()


def caught(defect: Defect, checks: Iterable[CheckRecord]) -> Caught:
    """
    Return whether the check written for *defect* failed for the right reason.

    If it did not, the reason is what it said instead.
    """
    said = {each.id: each for each in checks}
    failed = sorted(each.id for each in said.values() if each.outcome is Outcome.FAIL)
    own = said.get(defect.caught_by)
    reasons = [finding.reason for finding in own.findings] if own else []
    right = own is not None and own.outcome is Outcome.FAIL and defect.reason in reasons
    instead = ", ".join(reasons) or (f"{own.outcome}: {own.reason}" if own else "did not run")
    told = defect.reason if right else instead
    return Caught(defect.id, defect.breaks, right, tuple(failed), told)


def flagged(name: str, checks: Iterable[CheckRecord]) -> Flagged:
    """Return which checks accused a city that keeps its promises."""
    said = list(checks)
    accusing = sorted((e for e in said if e.outcome is Outcome.FAIL), key=lambda each: each.id)
    by, why = tuple(e.id for e in accusing), tuple(_charge(e) for e in accusing)
    unseen = tuple(sorted(e.id for e in said if e.outcome in (Outcome.INCONCLUSIVE, Outcome.ERROR)))
    passed = tuple(sorted(e.id for e in said if e.outcome is Outcome.PASS))
    return Flagged(name, bool(by), by, why, unseen, passed)


def _charge(check: CheckRecord) -> str:
    """Say of what *check* accuses, as far as a line goes."""
    worst = check.findings[0]
    return ": ".join((worst.reason, *worst.story[-1:]))


def _short(city: City, checks: tuple[CheckRecord, ...]) -> str:
    """Return one word for the progress line."""
    if city.defect and not city.defect.lawful:
        return "caught" if caught(city.defect, checks).caught else "MISSED"
    return "FLAGGED" if flagged(city.id, checks).flagged else "left alone"
