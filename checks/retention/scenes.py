"""
Scenes of what really happened, played at the system that is audited.

New York, 2016: an election on 8 November, a lawsuit on 5 December, and on
7 December the sign-off of one office that the kill switch had waited for. Then
a ruling, and the next suit. Chicago, 2024: a card that kept no papers goes
online, and on 17 April 2025 immigration authorities subpoena its applicants.
"""

from datetime import UTC, datetime, timedelta

import pytest

from idaudit.checks.accountability.quarters import advance_to
from idaudit.checks.case import COMMISSIONER, COUNSEL, COUNSEL_2, PAPERS, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_release, proves_there, released_under
from idaudit.checks.retention.covered import paper_bytes, weight_at_rest
from idaudit.checks.retention.orders import court_order, hold
from idaudit.checks.retention.switch import KILLING, taken_in, wait
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import administrative_subpoena
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

ELECTION = datetime(2016, 11, 8, 17, tzinfo=UTC)
LAWSUIT = datetime(2016, 12, 5, 17, tzinfo=UTC)
BETWEEN = LAWSUIT - ELECTION
ONLINE = datetime(2024, 12, 2, 18, tzinfo=UTC)
"""A day of December 2024: the sources name the month."""
SUBPOENA = datetime(2025, 4, 17, 17, tzinfo=UTC)
LARGE = 400_000
"""Bytes of a paper that no record and no log grows by."""
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
    advance_to(case, ELECTION)
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


@check(
    guarantee="every-channel",
    counters=("web-upload-kept",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.ADVANCE_CLOCK),
    sees=True,
)
def what_came_online_is_not_there_for_the_subpoena(case: Case) -> None:
    """
    Of what came online in December 2024, no more is there in April 2025 than of the counter's.

    Chicago's counter kept nothing; a records law bound its web channel, and what that
    kept was what immigration authorities subpoenaed on 17 April 2025, three years of
    applicants. The city refused (Chicago Tribune, CBS News Chicago, June 2025).
    """
    case.sight.look([])
    advance_to(case, ONLINE)
    empty = weight_at_rest(case)
    at_the_counter = case.enrol(case.applicant(size=LARGE))
    one = weight_at_rest(case) - empty
    person = case.applicant(size=LARGE)
    own = Actor(Role.APPLICANT, person.index)
    online = case.apply(person, channel="web", by=own, sender=own)
    case.must(case.target.decide(online.application, REVIEWER, approve=True))
    must_release(case, online)
    advance_to(case, SUBPOENA)
    rests = weight_at_rest(case) - empty - one

    told = "On the day of the subpoena the paper that came online weighs more than the counter's."
    case.expect(rests - one < paper_bytes(person) // 4, "kept-online", told)
    if not case.terms.papers_days:
        told = "On the day of the subpoena the paper that came online lies in {surface}."
        case.expect_no_residue("kept-online", told, fields=PAPERS)
    people = (at_the_counter.applicant, person)
    for named in ((), *((each,) for each in people), people):
        _expect_nothing_for_the_agency(case, *named)


# -- steps -------------------------------------------------------------------------


def _expect_nothing_for_the_agency(case: Case, *people: Applicant) -> None:
    """Bring the agency's own subpoena for *people*, or for three years of applicants."""
    names = [each.named() for each in people]
    paper = administrative_subpoena(*names, fields=("street",), today=case.today)
    released = released_under(case, paper)
    told = "The agency's subpoena was honoured."
    case.expect(not released, "subpoena-honoured", told)


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
