"""Rules about consent: given, taken back."""

from collections.abc import Callable, Sequence

from idaudit.checks.probes.lifecycle.life import Fate, Life
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

RECIPIENT = "Example Credit Union"
FIELDS = ("street",)
MOST_CONSENTS = 2


def _there(wanted: Callable[[Life], object]) -> Callable[[World], Sequence[Choice]]:
    return lambda world: [slot for slot in world.slots(Fate.THERE) if wanted(world.lives[slot])]


@rule(
    Operation.GIVE_CONSENT,
    choices=_there(lambda life: len(life.consents) < MOST_CONSENTS),
    telling=False,
)
def consent(world: World, slot: Choice) -> None:
    """The owner lets one recipient be told one field."""
    life = world.lives[int(slot)]
    given = world.act(Operation.GIVE_CONSENT, life.file.owner, life.file.record, RECIPIENT, FIELDS)
    life.consents[str(given.fields["consent"])] = True


@rule(
    Operation.WITHDRAW_CONSENT,
    Operation.GIVE_CONSENT,
    choices=_there(lambda life: any(life.consents.values())),
)
def take_back(world: World, slot: Choice) -> None:
    """The owner takes their oldest consent back."""
    life = world.lives[int(slot)]
    oldest = next(each for each, in_force in life.consents.items() if in_force)
    world.act(Operation.WITHDRAW_CONSENT, life.file.owner, life.file.record, oldest)
    life.consents[oldest] = False
