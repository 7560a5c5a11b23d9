"""Who can hold a file, and who can let it go: counsel, with a court's order in hand."""

from collections.abc import Callable

import pytest

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COUNSEL,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_release, proves_there
from idaudit.checks.retention.orders import LOOK_ALIKES, court_order, hold
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import Instrument
from idaudit.fixtures.targets.target import Operation

HOLDING = (*ENROLMENT, *AT_THE_DESK, Operation.PLACE_HOLD, Operation.DELETE_RECORD)
MAY_NOT_HOLD = (CLERK, REVIEWER, AUDITOR, ADMINISTRATOR, PUBLIC)


@check(guarantee="bounded-hold", counters=("letter-entered-as-hold",), needs=HOLDING)
@pytest.mark.parametrize("paper", LOOK_ALIKES)
def only_a_courts_order_holds(case: Case, paper: Callable[[Case, Applicant], Instrument]) -> None:
    """A letter, a draft, or an order of somebody who is no court freezes nothing."""
    file, other = case.enrol(), case.enrol()
    hold(case, other)
    case.answered(case.target.place_hold(paper(case, file.applicant), COUNSEL))

    _expect_free(case, file, "held-without-a-court", "A paper that no court signed froze it.")


@check(guarantee="bounded-hold", counters=("hold-entered-by-anyone",), needs=HOLDING)
def only_counsel_enters_a_hold(case: Case) -> None:
    """Nobody but counsel can freeze a record, even with a court's order in hand."""
    file, other = case.enrol(), case.enrol()
    hold(case, other)
    for who in MAY_NOT_HOLD:
        case.answered(case.target.place_hold(court_order(case, file.applicant), who))

    _expect_free(case, file, "held-by-anyone", "Somebody froze it who may not.")


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed",),
    needs=(*HOLDING, Operation.LIFT_HOLD),
)
def only_counsel_lifts_a_hold(case: Case) -> None:
    """Nobody but counsel can end a hold, and so destroy what a court has ordered preserved."""
    held = case.enrol()
    must_release(case, held)
    placed = hold(case, held)
    for who in MAY_NOT_HOLD:
        case.answered(case.target.lift_hold(placed, who))
    case.answered(case.target.delete_record(held.record, held.owner))

    case.expect(
        proves_there(case, held),
        "lifted-by-anyone",
        "Somebody ended the hold who may not, and what it held is destroyed.",
    )


def _expect_free(case: Case, file: File, reason: str, sentence: str) -> None:
    """Expect that the owner of *file* can end it, at once and for good."""
    ended = case.answered(case.target.delete_record(file.record, file.owner))
    gone = ended.allowed and not ended.fields.get("deferred") and not proves_there(case, file)
    case.expect(gone, reason, sentence)
