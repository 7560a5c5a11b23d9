"""
How many steps a second the lifecycle machine takes over HTTP, and where the time goes.

``make bench-lifecycle``: one run of one check's rules against the honest reference
city; every share is of that one run, so that it holds on a busy machine too, and
what a step costs is told in requests and in processor time as well. The engine by
itself, with nothing to ask, is measured beside it.

``make bench-lifecycle SEEDS=5`` also lets the machine find each seeded defect that is
its to find, with so many seeds, and counts the sentences of each story.
"""

import argparse
import importlib
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from idaudit.checks.case import Case
from idaudit.checks.catalogue import every_check
from idaudit.checks.finding import Broken
from idaudit.checks.probes.lifecycle.enrolling import correct, end, enrol
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.guards import HoldGuard
from idaudit.checks.probes.lifecycle.holding import hold, hold_again, lift
from idaudit.checks.probes.lifecycle.judging import stage_of
from idaudit.checks.probes.lifecycle.machine import Stage, explore
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.defects.registry import Defect, every_defect
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.nursery import DEFECTIVE_CITY, Nursery, RunningCity
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.wire import Wire
from idaudit.threatmodel.errors import SuiteError
from idaudit.threatmodel.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = (enrol, hold, hold_again, lift, end, correct, power_cut, backup, restore)
RESETS = 20
LONGEST_STORY = 8
"""Sentences that somebody reads before they lose the thread."""
TICKS = os.sysconf("SC_CLK_TCK")


class Clock:
    """Adds up what calls take, by name."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.spent: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)

    def watch(self, owner: type, method: str, name: str) -> None:
        """Time every call of *method*, on top of whatever it does."""
        inner: Callable[..., Any] = getattr(owner, method)

        def timed(*args: object, **more: object) -> object:
            began = time.perf_counter()
            try:
                return inner(*args, **more)
            finally:
                self.spent[name] += time.perf_counter() - began
                self.calls[name] += 1

        setattr(owner, method, timed)


class Worked:
    """Adds up the processor time of every city when it is killed, where /proc tells it."""

    def __init__(self) -> None:
        """Begin with none; from now on each city is read before it is gone."""
        self.seconds = 0.0
        inner = Nursery.kill

        def kill(nursery: Nursery, city: RunningCity) -> None:
            self.seconds += _processor_time(city.pid)
            inner(nursery, city)

        Nursery.kill = kill  # type: ignore[method-assign]


def _processor_time(process: int) -> float:
    """Return the seconds a process has worked; 0 where nobody says so."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / TICKS


def say(line: str) -> None:
    """Print one line of the table."""
    sys.stdout.write(f"{line}\n")


def engine_alone(lives: int, steps: int) -> float:
    """Return how many empty steps a second Hypothesis draws."""
    taken = 0

    class Empty(RuleBasedStateMachine):
        """A machine that asks nobody."""

        @rule(drawn=st.integers(0, 2**32 - 1))
        def step(self, drawn: int) -> None:
            """Count."""
            nonlocal taken
            taken += bool(RULES[drawn % len(RULES)])

    run = settings(
        max_examples=lives,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    began = time.perf_counter()
    run_state_machine_as_test(Empty, settings=run)
    return taken / (time.perf_counter() - began)


def measure(stage: Stage, lives: int, steps: int, empty: float) -> None:
    """Play, and print what it took, beside the *empty* steps a second of the engine alone."""
    clock = Clock()
    clock.watch(Wire, "call", "requests, and the city's answers to them")
    clock.watch(Stage, "finish", "(of these, looking closely at the end of each life)")
    clock.watch(ReferenceCities, "open", "opening a city for each life")
    clock.watch(ReferenceTarget, "restart", "starting again after power cuts")
    worked = Worked()
    began, own = time.perf_counter(), time.process_time()
    tally = explore(stage, 1, lives=lives, steps=steps)
    took, own = time.perf_counter() - began, time.process_time() - own
    requests = clock.calls["requests, and the city's answers to them"]
    say(f"{tally.steps} steps in {tally.lives} lives, {took:.1f} s")
    rate = tally.steps / took
    say(f"{rate:8.1f} steps a second, all told: {100 * rate / empty:.1f} % of the engine alone")
    say(f"{requests / took:8.1f} requests a second, {requests / tally.steps:.1f} to a step")
    each = (own + worked.seconds) / tally.steps
    say(f"{1000 * each:8.1f} ms of processor time to a step, {1000 * own / tally.steps:.1f} ours")
    for name, spent in clock.spent.items():
        say(f"{100 * spent / took:7.1f} % {name} ({clock.calls[name]})")


def resets(cities: ReferenceCities) -> float:
    """Return how many unused cities a second can be had and let go."""
    began = time.perf_counter()
    for _ in range(RESETS):
        with cities.unused():
            pass
    return RESETS / (time.perf_counter() - began)


# -- stories -------------------------------------------------------------------------------


def stories(seeds: int) -> None:
    """Let the machine find each defect of its own with so many *seeds*, and count sentences."""
    found, lengths = 0, []
    for defect, number in [(each, seed) for each in own_defects() for seed in range(1, seeds + 1)]:
        began = time.perf_counter()
        length = story(defect, number)
        found += length > 0
        lengths += [length] if length else []
        told = f"{length:3} sentences" if length else "not found    "
        say(f"{told}  {time.perf_counter() - began:6.1f} s  seed {number}  {defect.id}")
    short = sum(length <= LONGEST_STORY for length in lengths)
    tried = len(own_defects()) * seeds
    say(f"{found} of {tried} found; {short} of them in {LONGEST_STORY} sentences or less")


def own_defects() -> list[Defect]:
    """Return the defects that a check of the machine is to catch."""
    checks = every_check()
    caught = [each for each in every_defect().values() if not each.lawful]
    return [each for each in caught if checks[each.caught_by].module.endswith(".lifecycle")]


def story(defect: Defect, number: int) -> int:
    """Return the sentences of the story that shows *defect*, its end included; 0 if none was."""
    check = every_check()[defect.caught_by]
    function = getattr(importlib.import_module(check.module), check.id)
    programme, mint = load().programmes[defect.programme], Mint(number)
    nursery = Nursery(DEFECTIVE_CITY)
    cities = ReferenceCities(programme.terms, number, defect=defect.id, nursery=nursery)
    try:
        with cities, cities.unused() as city:
            target = Narrated(city)
            people = Applicants(mint, city.now().date())
            function(Case(target, programme, mint, people, Sight(target, mint)))
    except Broken:
        return len(target.story) + 1
    except SuiteError as stopped:
        say(f"  {stopped}")
    finally:
        nursery.close()
    return 0


def main() -> None:
    """Measure once, all in one run."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lives", type=int, default=30)
    words.add_argument("--steps", type=int, default=20)
    words.add_argument("--seeds", type=int, default=0, help="find each seeded defect so often")
    asked = words.parse_args()
    programme, mint = load().programmes["idnyc-2017"], Mint(1)
    with ReferenceCities(programme.terms, 1) as cities, cities.unused() as city:
        people = Applicants(mint, city.now().date())
        case = Case(Narrated(city), programme, mint, people, Sight(city, mint))
        stage = stage_of(case, RULES, HoldGuard())
        say(f"{resets(cities):8.1f} unused cities a second")
        empty = engine_alone(asked.lives, asked.steps)
        say(f"{empty:8.1f} empty steps a second, the engine alone")
        measure(stage, asked.lives, asked.steps, empty)
    if asked.seeds:
        stories(asked.seeds)


if __name__ == "__main__":
    main()
