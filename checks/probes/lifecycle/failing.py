"""Rules about the machinery: power cuts, backups, restores."""

from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

MOST_BACKUPS = 2
MOST_TIMES = 3
"""How often a life is cut off or set back: each takes as long as ten other steps."""
HARMLESS = frozenset(
    {"enrol", "apply", "consent", "card", "live-on", "backup", "restore", "power-cut"}
)
"""What takes nothing away and forbids nothing: to undo it would prove little."""


def few_backups(world: World) -> list[Choice]:
    """Return the one way to take a backup, unless there are enough."""
    idle = world.drawing and not (world.lives and len(world.backups) < MOST_BACKUPS)
    return [] if idle else [""]


def backups(world: World) -> list[Choice]:
    """Return the backups there are, by their place."""
    idle = world.drawing and not _is_worth(world, "restore")
    return [] if idle else list(range(len(world.backups)))


def between_steps(world: World) -> list[Choice]:
    """Return the one way to have a power cut."""
    return [] if world.drawing and not _is_worth(world, "power-cut") else [""]


def _is_worth(world: World, setback: str) -> bool:
    """Whether anything that can be undone happened since the latest *setback*."""
    since: list[str] = []
    for step in world.trace:
        since = [] if step.rule == setback else [*since, step.rule]
    return world.times(setback) < MOST_TIMES and not HARMLESS.issuperset(since)


@rule(Operation.CRASH, Operation.RESTART, choices=between_steps)
def power_cut(world: World, _: Choice) -> None:
    """The system is killed and comes back; papers on the table may be lost, as is lawful."""
    with world.told.summed_up("The system is killed, as by a power cut, and starts again."):
        world.control(Operation.CRASH)
        world.control(Operation.RESTART)


@rule(Operation.BACKUP, choices=few_backups, telling=False)
def backup(world: World, _: Choice) -> None:
    """The operators take a backup."""
    world.backups.append(str(world.control(Operation.BACKUP).fields["backup"]))


@rule(Operation.RESTORE, Operation.BACKUP, choices=backups)
def restore(world: World, place: Choice) -> None:
    """The operators restore a backup; whoever came after it may be lost, as is lawful."""
    world.control(Operation.RESTORE, world.backups[int(place)])
    for life in world.lives.values():
        if life.fate in {Fate.OPEN, Fate.THERE} and not _was_there(world, life.slot, int(place)):
            life.fate = Fate.UNSURE


def _was_there(world: World, slot: int, place: int) -> bool:
    """Whether the person of *slot* had been approved when backup *place* was taken."""
    rules = [step for step in world.trace if step.rule == "backup" or step.choice == slot]
    taken = 0
    for step in rules:
        if step.rule == "backup":
            if taken == place:
                return False
            taken += 1
        elif step.rule in {"enrol", "approve"}:
            return True
    return False
