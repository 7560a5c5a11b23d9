"""One run of the machine for one check: explore, cut down, tell, count."""

from collections.abc import Sequence

from idaudit.checks.case import Case
from idaudit.checks.finding import Broken
from idaudit.checks.probes.lifecycle.guard import Guard
from idaudit.checks.probes.lifecycle.machine import Stage, Tally, explore
from idaudit.checks.probes.lifecycle.rule import Rule
from idaudit.checks.probes.lifecycle.script import script_of
from idaudit.checks.probes.lifecycle.shortest import Trace, shortest
from idaudit.checks.probes.lifecycle.world import Violation, World
from idaudit.threatmodel.errors import Inconclusive, SetupError

PEOPLE = 2
TRIES = 3
"""How often a failure is played again before it is given up as chance."""


def stage_of(case: Case, rules: Sequence[Rule], guard: Guard, people: int = PEOPLE) -> Stage:
    """
    Return where the machine plays: with the rules that this target can be had for.

    Raises:
        Inconclusive: the guard cannot look there, or nobody can enrol.

    """
    lacking = [each for each in sorted(guard.needs) if not case.target.offers(each)]
    if lacking:
        raise Inconclusive(f"needs {lacking[0]}: this target does not offer it")
    usable = [each for each in rules if each.can_be_had(case.target)]
    if not {each.name for each in usable} & {"enrol", "apply"}:
        raise Inconclusive("nobody can enrol at this target")
    return Stage(case, [case.applicant() for _ in range(people)], usable, guard)


def judge(
    case: Case,
    rules: Sequence[Rule],
    guard: Guard,
    *,
    lives: int,
    steps: int,
    people: int = PEOPLE,
) -> Tally:
    """
    Play *lives* of *steps* steps by *rules* and expect *guard* to see nothing.

    Raises:
        Broken: it saw something, told as the shortest story that still shows it.
        Inconclusive: no life could be looked at to its end.

    """
    stage = stage_of(case, rules, guard, people)
    tally = explore(stage, int.from_bytes(case.mint.key("lifecycle")[:4]), lives=lives, steps=steps)
    case.trials += tally.trials
    case.sight.controls += tally.controls
    if tally.failed:
        _tell(stage, _cut(stage, tally.trace, tally.failed), tally.failed)
    if sum(tally.faults.values()) == tally.lives:
        raise Inconclusive(f"no life went to its end: {next(iter(tally.faults), 'none began')}")
    _bound(case, rules, tally)
    return tally


def _cut(stage: Stage, trace: Trace, seen: Violation) -> Trace:
    """Return the shortest part of *trace* that is broken for the same reason."""

    def fails(steps: Trace) -> bool:
        with stage.world() as world:
            again = _replayed(stage, steps, world)
        return again is not None and again.reason == seen.reason

    return shortest(trace, fails)


def _replayed(stage: Stage, steps: Trace, world: World) -> Violation | None:
    try:
        return stage.replay(steps, world)
    except (Inconclusive, SetupError):
        return None


def _tell(stage: Stage, trace: Trace, seen: Violation) -> None:
    """Play *trace* once more, tell it as the case's own story, and end it as broken."""
    for _ in range(TRIES):
        with stage.world() as world:
            again = _replayed(stage, trace, world)
            if again is not None:
                for sentence in world.told.story:
                    stage.case.target.tell(sentence)
                script = script_of(world, again.reason, again.sentence)
                raise Broken(again.reason, again.sentence, again.place, script)
    raise Broken(seen.reason, f"{seen.sentence} It was seen once, and not when played again.")


def _bound(case: Case, rules: Sequence[Rule], tally: Tally) -> None:
    """Say what was played, and what never was."""
    fired = ", ".join(f"{name} {count}" for name, count in sorted(tally.fired.items()))
    case.bound(f"{tally.lives} lives of {tally.steps} steps were played: {fired}.")
    if never := sorted({each.name for each in rules} - set(tally.fired)):
        case.bound(f"Never played: {', '.join(never)}.")
    if tally.declined:
        refused = ", ".join(f"{name} {count}" for name, count in sorted(tally.declined.items()))
        case.bound(f"Declined by the system: {refused}.")
    if tally.faults:
        case.bound(f"{sum(tally.faults.values())} lives ended early: {next(iter(tally.faults))}")
