"""
The state machine: Hypothesis draws the steps, the world takes them.

Hypothesis is asked for many lives and not to shrink: over HTTP its shrinker
leaves idle steps in more than half of the stories, and :mod:`.shortest` none.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    run_state_machine_as_test,
)
from hypothesis.stateful import rule as hypothesis_rule

from idaudit.checks.case import Case
from idaudit.checks.probes.lifecycle.guard import Guard
from idaudit.checks.probes.lifecycle.rule import Rule
from idaudit.checks.probes.lifecycle.world import Declined, Step, Violation, World
from idaudit.fixtures.applicants import Applicant
from idaudit.threatmodel.errors import Inconclusive, SetupError

NOVELTY = 2


@dataclass(slots=True)
class Tally:
    """What a run of the machine came to."""

    lives: int = 0
    trials: int = 0
    controls: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """Lives that ended early, by what stopped the target or the look."""
    failed: Violation | None = None
    trace: tuple[Step, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return sum(self.fired.values())


@dataclass(frozen=True, slots=True)
class Stage:
    """Where lives are played: an unused target for each, the same people, rules and guard."""

    case: Case
    cast: Sequence[Applicant]
    rules: Sequence[Rule]
    guard: Guard

    @contextmanager
    def world(self) -> Iterator[World]:
        """Lend a world in which nothing has happened."""
        with self.case.target.inner.unused() as fresh:
            if fresh is self.case.target.inner:
                raise Inconclusive("every life needs a target that nobody has used yet")
            world = World(fresh, self.case, self.cast)
            self.guard.begin(world)
            yield world

    def take(self, world: World, chosen: Rule, step: Step) -> None:
        """
        Take one step and look.

        Raises:
            Violation: the guard saw a promise broken.

        """
        world.trace.append(step)
        try:
            chosen.play(world, step.choice)
        except Declined:
            world.declined[chosen.name] += 1
        if chosen.telling:
            self.guard.after(world, step)

    def finish(self, world: World) -> None:
        """Look closely, at the end of a life."""
        world.begin_to_look()
        self.guard.look_closely(world)

    def replay(self, trace: Sequence[Step], world: World) -> Violation | None:
        """Take the steps of *trace* that can be taken; return what the guard saw, if it did."""
        known, world.drawing = {each.name: each for each in self.rules}, False
        try:
            for step in trace:
                chosen = known[step.rule]
                if step.choice in chosen.choices(world):
                    self.take(world, chosen, step)
            self.finish(world)
        except Violation as seen:
            return seen
        return None


class _Play(RuleBasedStateMachine):
    """One life; its rules are added by :func:`explore`."""

    stage: Stage
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self._lent = self.stage.world() if not self.tally.failed else None
        self.world = self._lent.__enter__() if self._lent else None
        self.over = self.world is None
        self.tally.lives += not self.over

    def play(self, drawn: int) -> None:
        """Take one of the steps that can be taken now, if the life goes on."""
        # What is drawn repeats from life to life; the life's number makes it new.
        chance = Random(f"{drawn}/{self.tally.lives}/{self.tally.steps}")  # noqa: S311  no secret
        if self.over or self.world is None:
            return
        ready = self._ready(self.world)
        if not ready:
            return
        chosen = chance.choice(ready)
        step = Step(chosen.name, chance.choice(chosen.choices(self.world)))
        self.tally.fired[chosen.name] += 1
        with self._ending():
            self.stage.take(self.world, chosen, step)

    def _ready(self, world: World) -> list[Rule]:
        """Return what can be played now, what was not played yet more than once: chains need it."""
        ready = [each for each in self.stage.rules if each.choices(world)]
        return ready + [each for each in ready if not world.times(each.name)] * NOVELTY

    def teardown(self) -> None:
        """Look closely, and let the target go."""
        if self._lent is None or self.world is None:
            return
        try:
            if not self.over:
                with self._ending():
                    self.stage.finish(self.world)
        finally:
            self.tally.trials += self.world.trials
            self.tally.controls += self.world.aside.sight.controls
            self.tally.declined.update(self.world.declined)
            self._lent.__exit__(None, None, None)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the life, and nothing else, where the target cannot go on or be seen."""
        assert self.world is not None  # noqa: S101  asked before
        try:
            yield
        except Violation as seen:
            self.over = True
            self.tally.failed, self.tally.trace = seen, tuple(self.world.trace)
            raise
        except (Inconclusive, SetupError) as stopped:
            self.over = True
            self.tally.faults[str(stopped)] += 1


def explore(stage: Stage, number: int, *, lives: int, steps: int) -> Tally:
    """Play *lives* of *steps* steps, or until a guard sees something; *number* is the seed."""
    tally = Tally()
    machine = _machine(stage, tally)
    run = settings(
        max_examples=lives,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(machine), settings=run)
    except Exception:
        # Hypothesis plays a failure once more and finds the stage empty: it says "flaky".
        if tally.failed is None:
            raise
    return tally


def _machine(stage: Stage, tally: Tally) -> type[_Play]:
    """
    Return the machine of *stage*.

    One rule of Hypothesis stands for all of ours: its own choice among many
    switches some off for a whole life, and draws the next life much like the
    last; on a city of its own each, that is time lost.
    """
    draws = hypothesis_rule(drawn=st.integers(0, 2**32 - 1))
    return type("Lifecycle", (_Play,), {"stage": stage, "tally": tally, "step": draws(_Play.play)})
