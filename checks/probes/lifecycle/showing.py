"""Rules about the card: it is issued, and shown to a partner."""

from idaudit.checks.card.reading import PARTNER
from idaudit.checks.case import CLERK
from idaudit.checks.probes.holdings import gained, holdings
from idaudit.checks.probes.lifecycle.enrolling import without_card
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.checks.retention.due import record_end, shown_end
from idaudit.fixtures.targets.target import Operation


def with_number(world: World) -> list[Choice]:
    """Return everybody who has a card to show."""
    return [slot for slot in world.slots(Fate.THERE) if world.lives[slot].number]


@rule(Operation.ISSUE_CARD, choices=without_card, telling=False)
def issue(world: World, slot: Choice) -> None:
    """A card is issued, and no time passes; from now on it is known when the record is due."""
    life, aside = world.lives[int(slot)], world.aside
    issued = world.act(Operation.ISSUE_CARD, CLERK, life.file.application)
    life.has_card, life.number = True, str(issued.fields["number"])
    life.due = record_end(aside.terms, aside.today, shown_end(issued, aside.today))


@rule(Operation.VERIFY_CARD, Operation.ISSUE_CARD, choices=with_number)
def show(world: World, slot: Choice) -> None:
    """The card is shown to a partner, which asks whether it is good."""
    life = world.lives[int(slot)]
    before = holdings(world.aside.sight)
    world.act(Operation.VERIFY_CARD, PARTNER, number=life.number)
    life.trail = gained(before, holdings(world.aside.sight))
