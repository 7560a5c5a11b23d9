"""Rules about time: what nobody decided lapses, and what has a term comes to its end."""

from datetime import UTC, date, datetime, time, timedelta

from idaudit.checks.case import PUBLIC, REVIEWER
from idaudit.checks.probes.lifecycle.enrolling import see
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

A_DAY = timedelta(days=1)


def undecided(world: World) -> list[Choice]:
    """Return the one way to wait, where an application is open."""
    return [""] if world.slots(Fate.OPEN) else []


def falling_due(world: World) -> list[Choice]:
    """Return the one way to wait, where it is known when a record is due."""
    return [""] if _dues(world) else []


def turned_down(world: World) -> list[Choice]:
    """Return everybody who was denied, or withdrew, and may come again."""
    closed = world.slots(Fate.UNSURE)
    return [slot for slot in closed if world.lives[slot].decided and not world.lives[slot].former]


def unasked_for(world: World) -> list[Choice]:
    """Return everybody on file whom no request for records names."""
    living = world.slots(Fate.OPEN, Fate.THERE)
    return [slot for slot in living if not world.lives[slot].asked_for]


@rule(Operation.ADVANCE_CLOCK, choices=undecided)
def let_lapse(world: World, _: Choice) -> None:
    """Nobody decides for as long as an application may wait."""
    with world.told.summed_up("Nobody decides, and the time to decide passes."):
        _advance_past(world, world.aside.today + timedelta(days=world.aside.terms.pending_days))


@rule(Operation.ADVANCE_CLOCK, Operation.ISSUE_CARD, choices=falling_due)
def let_fall_due(world: World, _: Choice) -> None:
    """The cards expire, and the time after that passes, for whose record is due first."""
    with world.told.summed_up("Years pass until the first record is past its term."):
        _advance_past(world, min(_dues(world)))


@rule(
    Operation.OPEN_APPLICATION,
    Operation.SUBMIT_DOCUMENT,
    Operation.DECIDE,
    Operation.READ_RECORD,
    choices=turned_down,
)
def apply_again(world: World, slot: Choice) -> None:
    """
    Who was turned down shows the same papers once more, and is heard.

    The contract has no appeal of its own: an appeal is a second application.
    """
    life = world.lives[int(slot)]
    name = f"Applicant {life.file.applicant.index}"
    with world.told.summed_up(f"{name} appeals: the papers are shown again, and approved."):
        again = world.apply(int(slot))
        again.former, again.was_shown, again.holds = life.file, life.was_shown, life.holds
        world.act(Operation.DECIDE, REVIEWER, again.file.application, approve=True)
    again.fate, again.decided = Fate.THERE, True
    see(world, slot)


@rule(Operation.FILE_RECORDS_REQUEST, choices=unasked_for, telling=False)
def ask_for_records(world: World, slot: Choice) -> None:
    """Somebody asks, as anybody may, for the file of one person."""
    life = world.lives[int(slot)]
    person = life.person
    text = f"The file of {person.given_name} {person.surname}."
    world.act(Operation.FILE_RECORDS_REQUEST, PUBLIC, text=text)
    life.asked_for = True


def _dues(world: World) -> list[date]:
    lives = (world.lives[slot] for slot in world.slots(Fate.THERE))
    return [life.due for life in lives if life.due]


def _advance_past(world: World, end: date) -> None:
    """Go to some hours past *end* and the programme's grace, and end whatever was due."""
    terms = world.aside.terms
    grace = timedelta(hours=terms.grace_hours)
    ahead = datetime.combine(end + A_DAY, time(), UTC) + grace - world.aside.target.now()
    world.control(Operation.ADVANCE_CLOCK, max(ahead, A_DAY))
    lapsed = ahead >= timedelta(days=terms.pending_days) + grace
    for slot in world.slots(Fate.OPEN, Fate.THERE):
        life = world.lives[slot]
        if life.fate is Fate.OPEN:  # since when is not known, but it is before this wait
            life.decided = True
            life.end() if lapsed else life.leave()
        elif life.due and life.due <= end:
            life.end()
