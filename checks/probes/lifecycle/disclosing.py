"""Rules about the disclosure desk: papers are brought, agreed to and fetched on."""

from idaudit.checks.case import COMMISSIONER, COUNSEL, COUNSEL_2
from idaudit.checks.disclosure.desk import says_something
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Brought, Choice, World
from idaudit.fixtures.instruments import Instrument, i_200, judges_warrant
from idaudit.fixtures.targets.target import Operation

MOST_PAPERS = 3
FIELDS = ("street",)


def nameable(world: World) -> list[Choice]:
    """Return everybody a paper can name, while the desk is not full."""
    return list(world.slots(Fate.THERE)) if len(world.brought) < MOST_PAPERS else []


def pending(world: World) -> list[Choice]:
    """Return the papers, by their place, that nobody has agreed to."""
    return [at for at, each in enumerate(world.brought) if not each.agreed]


def fetchable(world: World) -> list[Choice]:
    """Return the papers, by their place, on which nothing was fetched yet."""
    return [at for at, each in enumerate(world.brought) if not each.fetched]


@rule(Operation.REQUEST_DISCLOSURE, choices=nameable, telling=False)
def bring_warrant(world: World, slot: Choice) -> None:
    """Counsel brings a judge's warrant for one field of one person."""
    _bring(world, int(slot), by_a_court=True)


@rule(Operation.REQUEST_DISCLOSURE, choices=nameable)
def bring_look_alike(world: World, slot: Choice) -> None:
    """Counsel brings an agency's own warrant for the same; most desks turn it away."""
    _bring(world, int(slot), by_a_court=False)


@rule(Operation.APPROVE_DISCLOSURE, Operation.REQUEST_DISCLOSURE, choices=pending)
def agree_to(world: World, place: Choice) -> None:
    """Two people agree, one of them senior."""
    brought = world.brought[int(place)]
    with world.told.summed_up("Counsel 2 and commissioner 1 approve the request."):
        for approver in (COUNSEL_2, COMMISSIONER):
            world.act(Operation.APPROVE_DISCLOSURE, approver, brought.disclosure)
    brought.agreed = True


@rule(Operation.COLLECT_DISCLOSURE, Operation.REQUEST_DISCLOSURE, choices=fetchable)
def fetch(world: World, place: Choice) -> None:
    """Counsel fetches what is released, if anything is."""
    brought = world.brought[int(place)]
    answer = world.act(Operation.COLLECT_DISCLOSURE, COUNSEL, brought.disclosure)
    released = brought.released = list(answer.fields["released"])
    if says_something(released):
        brought.fetched = True
        world.lives[brought.slot].opened |= brought.by_a_court


def agencys_paper(world: World, slot: int) -> Instrument:
    """Return an agency's warrant, which no judge has signed, for the person of *slot*."""
    return _paper(world, slot, by_a_court=False)


def _bring(world: World, slot: int, *, by_a_court: bool) -> None:
    paper = _paper(world, slot, by_a_court=by_a_court)
    taken = world.act(Operation.REQUEST_DISCLOSURE, COUNSEL, paper)
    world.brought.append(Brought(str(taken.fields["disclosure"]), slot, by_a_court))


def _paper(world: World, slot: int, *, by_a_court: bool) -> Instrument:
    """Return a paper of today, with a number that no other of this life has."""
    builder = judges_warrant if by_a_court else i_200
    who, today = world.lives[slot].person.named(), world.aside.today
    return builder(who, fields=FIELDS, today=today, serial=len(world.trace) + 1)
