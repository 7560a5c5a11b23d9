"""Rules about the kill switch: ordered, signed one by one, and fired."""

from datetime import timedelta

from idaudit.checks.case import COMMISSIONER, COUNSEL, COUNSEL_2
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

SIGNERS = {str(each): each for each in (COUNSEL, COUNSEL_2, COMMISSIONER)}
EARLIEST = 4
"""So many steps come first: whatever follows the end of everything tells little."""
_KILLED = (Fate.OPEN, Fate.THERE, Fate.HELD)


def no_order_yet(world: World) -> list[Choice]:
    """Return the one way to order, where no order waits."""
    return [] if world.order or not world.lives else [""]


def late_enough(world: World) -> list[Choice]:
    """Return the one way to have it all at once, once there is a story to end."""
    early = world.drawing and len(world.trace) < EARLIEST
    return [] if early or world.times("kill") else [""]


def missing_signatures(world: World) -> list[Choice]:
    """Return who has not signed the order that waits."""
    return sorted(set(SIGNERS) - world.asked) if world.order else []


@rule(Operation.ORDER_KILL, choices=no_order_yet)
def order(world: World, _: Choice) -> None:
    """The commissioner orders the kill switch, which is the first signature in most systems."""
    world.order = str(world.act(Operation.ORDER_KILL, COMMISSIONER).fields["order"])
    world.asked, world.signed = set(), set()


@rule(
    Operation.SIGN_KILL,
    Operation.ORDER_KILL,
    Operation.ADVANCE_CLOCK,
    choices=missing_signatures,
)
def sign(world: World, who: Choice) -> None:
    """One more person signs; if that fires the switch, its time passes."""
    world.asked.add(str(who))
    signed = world.act(Operation.SIGN_KILL, SIGNERS[str(who)], world.order)
    world.signed.add(str(who))
    if signed.fields.get("executed"):
        _fired(world)


@rule(
    Operation.ORDER_KILL,
    Operation.SIGN_KILL,
    Operation.ADVANCE_CLOCK,
    choices=late_enough,
)
def kill(world: World, _: Choice) -> None:
    """The kill switch is ordered and signed by everybody until it fires."""
    with world.told.summed_up("The kill switch is ordered and signed, and fires."):
        ordered = str(world.act(Operation.ORDER_KILL, COMMISSIONER).fields["order"])
        for signer in SIGNERS.values():
            signed = world.told.sign_kill(ordered, signer)
            if signed.fields.get("executed"):
                break
        _fired(world)


def _fired(world: World) -> None:
    """Let the time pass that the programme gives it, and end whatever it covers."""
    world.order, world.asked, world.signed = "", set(), set()
    if world.aside.terms.kill_within_hours:
        hours = timedelta(hours=world.aside.terms.kill_within_hours)
        world.control(Operation.ADVANCE_CLOCK, hours)
    of_records = world.aside.terms.kill_scope == "records"
    for life in world.lives.values():
        if of_records and life.fate in _KILLED:
            life.end()
        life.papers_killed = not life.holds
