"""
Who may come to a system that does not offer everything: what is left out of a day, and why.

A target that someone declared in a file seldom offers all that the reference city does.
Whoever could do nothing there does not come, and the account says so: a day without
bookings is no proof that bookings hold.
"""

from collections.abc import Iterator, Mapping

from idaudit.fixtures.targets.target import Operation, Target
from idaudit.loadtests.shapes import Journey, Shape

NEEDS: Mapping[Journey, tuple[Operation, ...]] = {
    Journey.BOOK: (Operation.LIST_HOURS, Operation.BOOK_APPOINTMENT),
    Journey.WEB: (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT),
    Journey.COUNTER: (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT),
    Journey.READ: (Operation.READ_RECORD,),
    Journey.LEAVE: (Operation.DELETE_RECORD,),
    Journey.RENEW: (Operation.RENEW,),
    Journey.VERIFY: (Operation.VERIFY_CARD,),
    Journey.DEMAND: (Operation.REQUEST_DISCLOSURE,),
    Journey.REPORT: (Operation.PUBLIC_REPORT,),
    Journey.SCRAPE: (Operation.READ_RECORD,),
}
"""Without these nobody comes for that; what else is missing is left out on the way."""

TIME = (Operation.ADVANCE_CLOCK, Operation.VIEW_DOCUMENT)
"""What it takes to let somebody's time run out in the midst of the crowd, and to see it."""
KILL = (Operation.ORDER_KILL, Operation.SIGN_KILL)

_LOOKS: Mapping[Operation, str] = {
    Operation.LIST_HOURS: "whether an hour is given away twice",
    Operation.VIEW_DOCUMENT: "whether a paper is shown after its decision",
    Operation.ADVANCE_CLOCK: "whether what runs out of time is purged",
    Operation.READ_LEDGER: "whether every act has its line in the ledger",
    Operation.CRASH: "what a power cut leaves behind",
}
"""What is looked at only where the target offers this."""


def nobody_for(target: Target, shape: Shape) -> dict[Journey, str]:
    """Return each journey of a day that cannot be made at *target*, with what it lacks."""
    found = {}
    for journey, needs in NEEDS.items():
        lacks = [each.value for each in needs if not target.offers(each)]
        if lacks and any(spell.rates.get(journey) for spell in shape.spells):
            found[journey] = " and ".join(lacks)
    return found


def left_out(target: Target, shape: Shape) -> Iterator[str]:
    """Say who does not come to *target*, and what cannot be looked at."""
    for journey, lacks in nobody_for(target, shape).items():
        yield f"nobody {journey}: the target does not offer {lacks}"
    for operation, what in _LOOKS.items():
        if not target.offers(operation):
            yield f"not looked at, {what}: the target does not offer {operation.value}"
    if shape.kills and not target.offers(Operation.SIGN_KILL):
        yield "not looked at, whether a kill is held up: the target does not offer sign_kill"
