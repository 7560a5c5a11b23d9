"""How a rule of the machine is declared: once, beside its code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from idaudit.checks.catalogue import DESTRUCTIVE
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation, Target

Choices = Callable[[World], Sequence[Choice]]
Play = Callable[[World, Choice], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that can happen, and to whom or which way."""

    name: str
    needs: frozenset[Operation]
    choices: Choices
    play: Play
    telling: bool

    def can_be_had(self, target: Target) -> bool:
        """Whether *target* offers all it takes, and may suffer it."""
        spared = target.disposable or not self.needs & DESTRUCTIVE
        return spared and all(target.offers(each) for each in self.needs)


def once(_: World) -> Sequence[Choice]:
    """Return the only way there is."""
    return ("",)


def whoever(*fates: Fate) -> Choices:
    """Return everybody whose record is in one of *fates*."""
    return lambda world: world.slots(*fates)


def rule(
    *needs: Operation, choices: Choices = once, telling: bool = True
) -> Callable[[Play], Rule]:
    """
    Make a rule of a function; *choices* are the ways it can happen now, none if it cannot.

    After a rule that is not *telling* nothing can have come or gone, and nobody looks.
    """
    return lambda play: Rule(
        play.__name__.replace("_", "-"), frozenset(needs), choices, play, telling
    )
