"""
The pytest plugin that turns checks into a record of what was found.

It collects checks by what they say of themselves, lends each an unused target,
and writes one record for each check, whatever became of it. Only this module
of the room knows what a run leaves behind.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from idaudit.checks.case import Case
from idaudit.checks.catalogue import Declaration
from idaudit.checks.collector import CHECKS, CheckModule
from idaudit.checks.finding import Broken
from idaudit.checks.redaction import redacted, retold
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.reports.record import CheckRecord, Finding
from idaudit.threatmodel.errors import Inconclusive, SetupError
from idaudit.threatmodel.model import Programme
from idaudit.threatmodel.verdict import Outcome, worst_outcome


class Lender(Protocol):
    """Whatever lends targets nobody has used yet."""

    def unused(self) -> AbstractContextManager[Target]:
        """Lend one unused target."""
        ...


@dataclass(frozen=True, slots=True)
class Sitting:
    """Everything one run of the checks is given."""

    lender: Lender
    programme: Programme
    mint: Mint
    people: Callable[[Target], Applicants]  # who applies at one lent target
    planned: Mapping[str, Declaration]
    missing: Mapping[Operation, str]  # operations the doctor found wanting, and why
    blind: frozenset[str]  # surfaces the doctor could not see
    disposable: bool
    reproduce: Callable[[str], str]  # guarantee id -> a command that shows it again
    write: Callable[[CheckRecord], None]
    progress: Callable[[str, Outcome], None]
    learned: dict[str, object] = field(default_factory=dict)
    """What checks found out that may serve others; lend it on to ask more of the same system."""
    veiled: str = ""
    """Why the sweep would not see somebody who is on file, "" where it would."""


@dataclass(slots=True)
class _Tally:
    """What the items of one check have come to so far."""

    waiting: set[str] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    reasons: list[tuple[Outcome, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    trials: int = 0
    controls: int = 0
    people: int = 0
    bounds: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def reason(self) -> str:
        """Return the first reason given for the outcome that stands for all."""
        stands = worst_outcome(self.outcomes)
        return next((why for outcome, why in self.reasons if outcome is stands), "")


class Auditor:
    """Runs the checks of one sitting."""

    def __init__(self, sitting: Sitting) -> None:
        """Nothing has been tried yet."""
        self.sitting = sitting
        self._tallies: dict[str, _Tally] = {name: _Tally() for name in sitting.planned}
        self._cases: dict[str, Case] = {}

    # -- collecting ----------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        """Let every module of an area folder be looked at."""
        config.addinivalue_line("python_files", "*.py")

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Look only into the area folders; probes and the room's own modules are no checks."""
        path = collection_path.resolve()
        if path == CHECKS:
            return None
        inside = path.relative_to(CHECKS).parts
        return inside[0] == "probes" or (len(inside) == 1 and path.suffix == ".py") or None

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module | None:
        """Claim every module of checks."""
        if CHECKS not in module_path.resolve().parents or module_path.name == "__init__.py":
            return None
        module: pytest.Module = CheckModule.from_parent(parent, path=module_path)
        return module

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what is planned, and remember what has to run."""
        kept = [item for item in items if check_of(item) in self.sitting.planned]
        dropped = [item for item in items if check_of(item) not in self.sitting.planned]
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept
        for item in kept:
            self._tallies[check_of(item)].waiting.add(item.nodeid)

    # -- running -------------------------------------------------------------------

    @pytest.fixture
    def case(self, request: pytest.FixtureRequest) -> Iterator[Case]:
        """Lend the check an unused target, and a story to tell."""
        given = self.sitting
        self._refuse_the_impossible(given.planned[check_of(request.node)])
        with given.lender.unused() as target:
            told, people = Narrated(target), given.people(target)
            # Looking is the auditor's doing, and no part of the story.
            sight = Sight(target, given.mint, given.blind, given.veiled)
            case = Case(told, given.programme, given.mint, people, sight, given.learned)
            self._cases[request.node.nodeid] = case
            yield case

    def _refuse_the_impossible(self, declared: Declaration) -> None:
        """Raise Inconclusive where the target lacks what the check needs."""
        if declared.destructive and not self.sitting.disposable:
            raise Inconclusive("destructive, and the target does not say it is disposable")
        for operation in sorted(declared.cannot_do_without & self.sitting.missing.keys()):
            raise Inconclusive(f"needs {operation}: {self.sitting.missing[operation]}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Time one item, and write its check's record after the last of them."""
        started = time.perf_counter()
        tally = self._tallies[check_of(item)]
        try:
            result = yield
            tally.waiting.discard(item.nodeid)  # not reached where somebody stops the run
        finally:
            tally.seconds += time.perf_counter() - started
            self._cases.pop(item.nodeid, None)
        if not tally.waiting:
            self._write(check_of(item))
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Read the outcome off each phase; a phase that raised nothing adds nothing."""
        tally = self._tallies[check_of(item)]
        case = self._cases.get(item.nodeid)
        if call.when == "call" and case:
            tally.trials += case.trials
            tally.controls += case.sight.controls
            tally.people += len(case.met)
            tally.bounds += case.bounds
        if call.excinfo:
            self._blame(tally, item, call.excinfo.value)
        elif call.when == "call":
            tally.outcomes.append(self._passed(tally, item))
        return (yield)

    def _passed(self, tally: _Tally, item: pytest.Item) -> Outcome:
        """Return what an item that raised nothing is worth."""
        case = self._cases[item.nodeid]
        declared = self.sitting.planned[check_of(item)]
        undeclared = case.target.performed - declared.needs
        for wrong, outcome, why in (
            (case.trials == 0, Outcome.INCONCLUSIVE, "the check tried nothing"),
            (
                declared.sees and case.sight.controls == 0,
                Outcome.INCONCLUSIVE,
                "no positive control was found",
            ),
            (case.sight.unread, Outcome.INCONCLUSIVE, "".join(case.sight.unread[:1])),
            (undeclared, Outcome.ERROR, f"performs what it does not declare: {sorted(undeclared)}"),
        ):
            if wrong:
                tally.reasons.append((outcome, why))
                return outcome
        return Outcome.PASS

    def _blame(self, tally: _Tally, item: pytest.Item, raised: BaseException) -> None:
        """Sort what an item raised into broken, inconclusive or an error of ours."""
        match raised:
            case Broken():
                outcome, why = Outcome.FAIL, raised.reason
                tally.findings.append(self._finding(item, raised))
            case AssertionError():
                outcome, why = Outcome.ERROR, f"a bare assertion failed in the check: {raised}"
            case Inconclusive() | SetupError():
                outcome, why = Outcome.INCONCLUSIVE, str(raised)
            case pytest.skip.Exception():
                outcome, why = Outcome.INCONCLUSIVE, f"skipped: {raised}"
            case _:
                outcome, why = Outcome.ERROR, f"{type(raised).__name__}: {raised}"
        tally.outcomes.append(outcome)
        tally.reasons.append((outcome, self._redacted(why, item)))

    def _redacted(self, text: str, item: pytest.Item) -> str:
        """Return *text* without the values of anybody this item met."""
        case = self._cases.get(item.nodeid)
        return retold(text, case.met if case else (), self.sitting.mint)

    def _finding(self, item: pytest.Item, raised: Broken) -> Finding:
        """Turn a counterexample into a finding: what was done, then what was wrong."""
        case = self._cases[item.nodeid]
        guarantee = self.sitting.planned[check_of(item)].guarantee
        return Finding(
            reason=raised.reason,
            story=(*case.target.story, raised.sentence),
            surface=raised.place.surface,
            location=self._redacted(raised.place.location, item),
            canary=raised.place.canary,
            form=raised.place.form,
            reproduce=self._how_to_see_it_again(raised, guarantee),
        )

    def _how_to_see_it_again(self, raised: Broken, guarantee: str) -> str:
        """Return the command that finds it again, ahead of the program that replays it."""
        command = self.sitting.reproduce(guarantee)
        if not raised.script:
            return command
        # Its people are made up; a city's name also stands in the name of a court.
        return f"# {command}\n{redacted(raised.script, (), self.sitting.mint)}"

    # -- recording -----------------------------------------------------------------

    def pytest_sessionfinish(self) -> None:
        """Write what never ran as inconclusive: it shows nothing."""
        for name, tally in self._tallies.items():
            if tally.waiting or not tally.outcomes:
                tally.outcomes.append(Outcome.INCONCLUSIVE)
                tally.reasons.append((Outcome.INCONCLUSIVE, "the check did not run to its end"))
                self._write(name)

    def _write(self, name: str) -> None:
        """Record one check, the shortest story first."""
        tally = self._tallies[name]
        outcome = worst_outcome(tally.outcomes)
        self.sitting.write(
            CheckRecord(
                id=name,
                guarantee=self.sitting.planned[name].guarantee,
                outcome=outcome,
                reason=tally.reason(),
                trials=tally.trials,
                seconds=round(tally.seconds, 3),
                positive_controls=tally.controls,
                people=tally.people,
                bounds=tuple(tally.bounds),
                findings=tuple(sorted(tally.findings, key=lambda found: len(found.story))),
            )
        )
        self.sitting.progress(name, outcome)


def check_of(item: pytest.Item) -> str:
    """Return the id of the check *item* belongs to; its parameters left off."""
    return item.name.split("[", 1)[0]


def run_checks(sitting: Sitting) -> int:
    """Run the checks of *sitting* with pytest and return pytest's exit code."""
    places = sorted({_file_of(declared) for declared in sitting.planned.values()})
    if not places:
        return int(pytest.ExitCode.NO_TESTS_COLLECTED)
    # A stranger's pytest.ini, conftest.py, installed plugin or environment must not
    # bend a verdict, so none is read.
    isolated = (
        f"--config-file={CHECKS / 'pytest.ini'}",
        f"--rootdir={CHECKS}",
        "--noconftest",
        "--disable-plugin-autoload",
        "--import-mode=importlib",
        "-pno:cacheprovider",
        "-pno:terminal",
        "-pno:faulthandler",
        # Checks expect, they do not assert: rewriting them anew in every process is waste,
        # and so is collecting all garbage after each.
        "--assert=plain",
        "-pno:unraisableexception",
    )
    with _without("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        return int(pytest.main([*isolated, *places], plugins=[Auditor(sitting)]))


def _file_of(declared: Declaration) -> str:
    """Return the file a check is written in."""
    inside = declared.module.removeprefix("idaudit.checks.").split(".")
    return str(CHECKS.joinpath(*inside).with_suffix(".py"))


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Hide variables of the environment until the end of the block."""
    hidden = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
