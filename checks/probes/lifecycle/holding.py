"""Rules about courts: a hold is entered, a second one, and they are lifted."""

from datetime import timedelta

from idaudit.checks.case import COUNSEL
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.checks.retention.orders import court_order
from idaudit.fixtures.targets.target import Operation


def holdable(world: World) -> list[Choice]:
    """Return everybody whose record nobody holds."""
    living = world.slots(Fate.OPEN, Fate.THERE)
    return [slot for slot in living if not world.lives[slot].holds]


def held_once(world: World) -> list[Choice]:
    """Return everybody whose record one court holds."""
    living = world.slots(Fate.OPEN, Fate.THERE)
    return [slot for slot in living if len(world.lives[slot].holds) == 1]


def held(world: World) -> list[Choice]:
    """Return everybody under a hold."""
    return [slot for slot in sorted(world.lives) if world.lives[slot].holds]


@rule(Operation.PLACE_HOLD, choices=holdable)
def hold(world: World, slot: Choice) -> None:
    """A court orders a record preserved."""
    life = world.lives[int(slot)]
    order = court_order(world.aside, life.person, serial=len(world.trace) + 1)
    placed = world.act(Operation.PLACE_HOLD, COUNSEL, order)
    life.holds.append(str(placed.fields["hold"]))


@rule(Operation.PLACE_HOLD, choices=held_once)
def hold_again(world: World, slot: Choice) -> None:
    """A second court orders the same record preserved."""
    hold.play(world, slot)


@rule(Operation.LIFT_HOLD, Operation.ADVANCE_CLOCK, choices=held)
def lift(world: World, slot: Choice) -> None:
    """A court lets a record go; the oldest hold on it ends."""
    life = world.lives[int(slot)]
    ends = life.holds[0]
    name, grace = f"applicant {life.file.applicant.index}", world.aside.terms.grace_hours
    with world.told.summed_up(f"Counsel 1 lifts a hold on {name}, and its grace passes."):
        world.act(Operation.LIFT_HOLD, COUNSEL, ends)
        if grace:
            world.control(Operation.ADVANCE_CLOCK, timedelta(hours=grace))
    life.holds.remove(ends)
    if life.fate is Fate.HELD and not life.holds:
        life.end()
