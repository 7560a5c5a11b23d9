"""Rules about a person's own record: apply, be decided, correct, renew, end."""

from datetime import timedelta

from idaudit.checks.case import CLERK, REVIEWER
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule, whoever
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

BEFORE_EXPIRY = timedelta(days=20)
MOST_CORRECTIONS = 2
A_STORY = 4
"""So many steps come before anybody ends their record."""
COMPANY = 8
"""So many steps a story has one person: chains get longer that way."""


def newcomers(world: World) -> list[Choice]:
    """Return everybody who has not applied yet; a second person comes when there is a story."""
    if world.drawing and world.slots(Fate.OPEN, Fate.THERE) and len(world.trace) < COMPANY:
        return []
    return [slot for slot in range(len(world.cast)) if slot not in world.lives]


def without_card(world: World) -> list[Choice]:
    """Return everybody whose card has not been issued."""
    return [slot for slot in world.slots(Fate.THERE) if not world.lives[slot].has_card]


def with_card(world: World) -> list[Choice]:
    """Return everybody who has a card."""
    return [slot for slot in world.slots(Fate.THERE) if world.lives[slot].has_card]


def correctable(world: World) -> list[Choice]:
    """Return everybody who has not corrected their name too often for a story."""
    there = world.slots(Fate.THERE)
    return [slot for slot in there if world.lives[slot].corrections < MOST_CORRECTIONS]


def settled(world: World) -> list[Choice]:
    """Return everybody who has not moved yet; a story has it once a court knows where they live."""
    there = [slot for slot in world.slots(Fate.THERE) if not world.lives[slot].moved]
    return [slot for slot in there if world.lives[slot].opened or not world.drawing]


def endable(world: World) -> list[Choice]:
    """Return everybody whose record is there; what ends at once is no story."""
    return [] if world.drawing and len(world.trace) < A_STORY else list(world.slots(Fate.THERE))


def see(world: World, slot: Choice) -> None:
    """Remember whether the owner reads their record: its absence means something afterwards."""
    life = world.lives[int(slot)]
    life.was_read = world.aside.target.read_record(life.file.record, life.file.owner).allowed


@rule(*ENROLMENT, Operation.READ_RECORD, choices=newcomers, telling=False)
def enrol(world: World, slot: Choice) -> None:
    """Somebody applies and is approved."""
    name = f"Applicant {world.cast[int(slot)].index}"
    with world.told.summed_up(f"{name} applies at the counter, shows papers and is approved."):
        life = world.apply(int(slot))
        world.act(Operation.DECIDE, REVIEWER, life.file.application, approve=True)
    life.fate, life.decided = Fate.THERE, True
    see(world, slot)


@rule(*ENROLMENT, Operation.READ_RECORD, choices=newcomers)
def apply(world: World, slot: Choice) -> None:
    """Somebody applies, and nobody decides yet."""
    name = f"Applicant {world.cast[int(slot)].index}"
    with world.told.summed_up(f"{name} applies at the counter and shows papers."):
        world.apply(int(slot))
    see(world, slot)


@rule(*ENROLMENT, choices=whoever(Fate.OPEN))
def approve(world: World, slot: Choice) -> None:
    """A reviewer approves."""
    life = world.lives[int(slot)]
    world.act(Operation.DECIDE, REVIEWER, life.file.application, approve=True)
    life.fate, life.decided = Fate.THERE, True


@rule(*ENROLMENT, choices=whoever(Fate.OPEN))
def deny(world: World, slot: Choice) -> None:
    """A reviewer denies."""
    life = world.lives[int(slot)]
    world.act(Operation.DECIDE, REVIEWER, life.file.application, approve=False)
    life.fate, life.decided = Fate.UNSURE, True


@rule(*ENROLMENT, Operation.WITHDRAW, choices=whoever(Fate.OPEN))
def withdraw(world: World, slot: Choice) -> None:
    """The applicant withdraws."""
    life = world.lives[int(slot)]
    world.act(Operation.WITHDRAW, life.file.owner, life.file.application)
    life.fate, life.decided = Fate.UNSURE, True


@rule(Operation.CORRECT_RECORD, choices=correctable)
def correct(world: World, slot: Choice) -> None:
    """The owner corrects their name."""
    life = world.lives[int(slot)]
    surname = f"Example-Corrected-{'ABC'[life.corrections]}"
    changes = {"surname": surname}
    world.act(Operation.CORRECT_RECORD, life.file.owner, life.file.record, changes)
    life.correct(surname)


@rule(Operation.CORRECT_RECORD, choices=settled)
def move(world: World, slot: Choice) -> None:
    """The owner moves, and says so; they are still called what they were."""
    life = world.lives[int(slot)]
    street = {"street": f"{len(world.trace)} Elsewhere Row"}
    world.act(Operation.CORRECT_RECORD, life.file.owner, life.file.record, street)
    life.moved = True


@rule(Operation.ISSUE_CARD, Operation.ADVANCE_CLOCK, choices=without_card, telling=False)
def card(world: World, slot: Choice) -> None:
    """A card is issued, and the years pass in which it is good."""
    life = world.lives[int(slot)]
    years = world.aside.terms.card_years
    name = f"applicant {life.file.applicant.index}"
    told = f"Clerk 1 issues the card of {name}, and the time comes to renew it."
    good_for = timedelta(days=365 * years) - BEFORE_EXPIRY
    with world.told.summed_up(told):
        world.act(Operation.ISSUE_CARD, CLERK, life.file.application)
        world.control(Operation.ADVANCE_CLOCK, good_for)
    life.has_card = True


@rule(Operation.RENEW, choices=with_card)
def renew(world: World, slot: Choice) -> None:
    """The owner renews the card."""
    life = world.lives[int(slot)]
    renewed = world.act(Operation.RENEW, life.file.owner, life.file.record)
    life.number = str(renewed.fields.get("number", ""))


@rule(Operation.ISSUE_CARD, Operation.RENEW, Operation.ADVANCE_CLOCK, choices=without_card)
def live_on(world: World, slot: Choice) -> None:
    """A card is issued, expires, and is renewed: all of it at once."""
    life = world.lives[int(slot)]
    name = f"applicant {life.file.applicant.index}"
    with world.told.summed_up(f"The card of {name} is issued and, years later, renewed."):
        card.play(world, slot)
        renew.play(world, slot)


@rule(Operation.DELETE_RECORD, choices=endable)
def end(world: World, slot: Choice) -> None:
    """The owner ends their record."""
    life = world.lives[int(slot)]
    world.act(Operation.DELETE_RECORD, life.file.owner, life.file.record)
    life.end()
