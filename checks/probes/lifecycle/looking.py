"""Rules about looking: the owner reads, and a clerk tries to."""

from idaudit.checks.case import CLERK
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule, whoever
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation


@rule(Operation.READ_RECORD, choices=whoever(Fate.THERE, Fate.HELD, Fate.GONE), telling=False)
def look_as_owner(world: World, slot: Choice) -> None:
    """The owner reads, or tries to."""
    file = world.lives[int(slot)].file
    world.act(Operation.READ_RECORD, file.owner, file.record)


@rule(Operation.READ_RECORD, choices=whoever(Fate.THERE, Fate.HELD, Fate.GONE), telling=False)
def look_as_clerk(world: World, slot: Choice) -> None:
    """A clerk tries to read what is decided."""
    file = world.lives[int(slot)].file
    world.act(Operation.READ_RECORD, CLERK, file.record)
