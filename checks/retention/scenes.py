"""
Scenes of what really happened, played at the system that is audited.

New York, 2016: an election on 8 November, a lawsuit on 5 December, and on
7 December the sign-off of one office that the kill switch had waited for. Then
a ruling, and the next suit.
"""

from datetime import UTC, datetime, timedelta

import pytest

from idaudit.checks.case import COMMISSIONER, COUNSEL, COUNSEL_2, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_release, proves_there
from idaudit.checks.retention.orders import court_order, hold
from idaudit.checks.retention.switch import KILLING, advance_to, taken_in, wait
from idaudit.fixtures.targets.target import Actor, Operation
from idaudit.threatmodel.errors import Inconclusive

ELECTION = datetime(2016, 11, 8, 17, tzinfo=UTC)
LAWSUIT = datetime(2016, 12, 5, 17, tzinfo=UTC)
BETWEEN = LAWSUIT - ELECTION
OFFICES = {"counsel-1-absent": COUNSEL, "counsel-2-absent": COUNSEL_2}


@check(
    guarantee="kill-switch",
    counters=("order-waits-for-a-signature",),
    needs=(*KILLING, Operation.PLACE_HOLD),
    sees=True,
)
@pytest.mark.parametrize("absent", OFFICES)
def the_switch_waits_for_no_single_office(case: Case, absent: str) -> None:
    """
    Ordered after the election and signed by all but one office, it has worked before the lawsuit.

    In 2016 it had not: one office's sign-off came two days after the suit.
    """
    _go_to_the_election(case)
    covered, (named, other) = taken_in(case, 2)
    _order_without(case, OFFICES[absent])
    wait(case)
    case.must(case.target.advance_clock(BETWEEN))

    for file in (named, other):
        covered.expect_gone(file, "waits-for-one-office")
    case.answered(case.target.place_hold(court_order(case, named.applicant), COUNSEL))
    told = "The suit came after the order, and what was destroyed is there for it."
    case.expect(not covered.exists(named), "back-for-the-suit", told)


@check(
    guarantee="bounded-hold",
    counters=("hold-never-ends",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        Operation.READ_RECORD,
        Operation.DELETE_RECORD,
        Operation.PLACE_HOLD,
        Operation.LIFT_HOLD,
        Operation.ADVANCE_CLOCK,
    ),
)
def a_ruling_lets_go_and_a_new_suit_takes_nothing_back(case: Case) -> None:
    """
    What a ruling let go is gone for the next suit too, which holds what there still is.

    Somebody who applies and leaves while the first suit runs is not kept by it.
    """
    first, second = case.enrol(), case.enrol()
    must_release(case, first)
    suit, _ = hold(case, first), hold(case, second, serial=2)
    newcomer = case.enrol()
    for file in (newcomer, first, second):
        case.answered(case.target.delete_record(file.record, file.owner))
    told = "Somebody who came while the suit ran, and left again, is kept."
    case.expect(not proves_there(case, newcomer), "newcomer-kept", told)
    case.must(case.target.lift_hold(suit, COUNSEL))
    case.must(case.target.advance_clock(timedelta(hours=max(case.terms.grace_hours, 1))))
    _end_again_where_refused(case, first)
    for file, serial in ((first, 3), (second, 4)):
        case.answered(case.target.place_hold(court_order(case, file.applicant, serial), COUNSEL))

    told = "The ruling had let it go, and the next suit brings it back."
    case.expect(not proves_there(case, first), "back-in-a-new-suit", told)
    told = "What the other order holds is destroyed."
    case.expect(proves_there(case, second), "held-destroyed", told)


# -- steps -------------------------------------------------------------------------


def _go_to_the_election(case: Case) -> None:
    """Go to that day where it lies ahead; a city that opened later has its own."""
    if case.target.now() < ELECTION:
        advance_to(case, ELECTION)


def _order_without(case: Case, absent: Actor) -> None:
    """
    Order the switch, and let everybody sign who may and is there.

    Raises:
        Inconclusive: too few of them are let, whoever is absent.

    """
    order = str(case.must(case.target.order_kill(COMMISSIONER)).fields["order"])
    counted = 1
    for signer in (COUNSEL, COUNSEL_2, COMMISSIONER):
        if signer != absent:
            signed = case.answered(case.target.sign_kill(order, signer))
            counted += signed.allowed
            if signed.fields.get("executed"):
                return
    if counted < case.terms.kill_signatures:
        raise Inconclusive(f"only {counted} of those who might sign a kill order are let")


def _end_again_where_refused(case: Case, file: File) -> None:
    """Let the owner ask again: a city may decline while a hold is in force."""
    case.answered(case.target.delete_record(file.record, file.owner))
