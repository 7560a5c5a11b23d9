"""
How many steps a second the lifecycle machine takes over HTTP, and where the time goes.

Run it by hand: ``python tests/benchmarks/lifecycle.py``. One run of one check's
rules against the honest reference city; every share is of that one run, so
that it holds on a busy machine too. The engine by itself, with nothing to
ask, is measured beside it.
"""

import argparse
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from idaudit.checks.case import Case
from idaudit.checks.probes.lifecycle.enrolling import correct, end, enrol
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.guards import HoldGuard
from idaudit.checks.probes.lifecycle.holding import hold, hold_again, lift
from idaudit.checks.probes.lifecycle.judging import stage_of
from idaudit.checks.probes.lifecycle.machine import Stage, explore
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.wire import Wire
from idaudit.threatmodel.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = (enrol, hold, hold_again, lift, end, correct, power_cut, backup, restore)
RESETS = 20


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
    began = time.perf_counter()
    tally = explore(stage, 1, lives=lives, steps=steps)
    took = time.perf_counter() - began
    requests = clock.calls["requests, and the city's answers to them"]
    say(f"{tally.steps} steps in {tally.lives} lives, {took:.1f} s")
    rate = tally.steps / took
    say(f"{rate:8.1f} steps a second, all told: {100 * rate / empty:.1f} % of the engine alone")
    say(f"{requests / took:8.1f} requests a second, {requests / tally.steps:.1f} to a step")
    for name, spent in clock.spent.items():
        say(f"{100 * spent / took:7.1f} % {name} ({clock.calls[name]})")


def resets(cities: ReferenceCities) -> float:
    """Return how many unused cities a second can be had and let go."""
    began = time.perf_counter()
    for _ in range(RESETS):
        with cities.unused():
            pass
    return RESETS / (time.perf_counter() - began)


def main() -> None:
    """Measure once, all in one run."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lives", type=int, default=30)
    words.add_argument("--steps", type=int, default=20)
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


if __name__ == "__main__":
    main()
