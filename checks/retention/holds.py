"""A court's hold: on whom it names, opening nothing, and only for as long as it is in force."""

from datetime import timedelta

import pytest

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    PAPERS,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_release, proves_there
from idaudit.checks.retention.covered import weight_at_rest
from idaudit.checks.retention.due import A_MONTH
from idaudit.checks.retention.orders import court_order, hold
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.target import Actor, Operation
from idaudit.threatmodel.errors import Inconclusive

HOLDING = (*ENROLMENT, Operation.PLACE_HOLD)
ENDING = (Operation.DELETE_RECORD, Operation.READ_RECORD)
STAFF = (CLERK, REVIEWER, COUNSEL, COUNSEL_2, COMMISSIONER, AUDITOR, ADMINISTRATOR, PUBLIC)


PAPER_BYTES = 40_000
"""How large each paper is where papers are weighed: two of these make a clear difference."""


def _stranger(case: Case, _: Applicant) -> Applicant:
    return case.applicant()


def _namesake(case: Case, of: Applicant) -> Applicant:
    return case.meet(case.people.namesake(of))


def _housemate(case: Case, of: Applicant) -> Applicant:
    return case.meet(case.people.household(of))


BYSTANDERS = {"stranger": _stranger, "namesake": _namesake, "housemate": _housemate}


@check(
    guarantee="bounded-hold",
    counters=("hold-freezes-everyone", "hold-catches-namesakes"),
    needs=(*HOLDING, *ENDING, *AT_THE_DESK),
    sees=True,
)
@pytest.mark.parametrize("bystander", BYSTANDERS)
def a_hold_binds_nobody_it_does_not_name(case: Case, bystander: str) -> None:
    """While one person is held, another ends their record at once and for good."""
    held = case.enrol()
    other = case.enrol(BYSTANDERS[bystander](case, held.applicant))
    _must_end(case, case.enrol())
    must_release(case, other)
    hold(case, held)
    ended = case.answered(case.target.delete_record(other.record, other.owner))

    case.expect(
        ended.allowed and not ended.fields.get("deferred") and not proves_there(case, other),
        "bystander-frozen",
        "The record of somebody the court never named is frozen as well.",
    )
    case.expect_no_residue(
        "bystander-frozen", "{surface} still holds the record that was ended.", other.applicant
    )


@check(guarantee="bounded-hold", counters=("hold-freezes-everyone",), needs=HOLDING)
def a_hold_does_not_keep_a_newcomers_papers(case: Case) -> None:
    """While one person is held, whoever applies later is treated as if there were no hold."""
    held = case.enrol()
    usual = _weight_gained(case, case.applicant(size=PAPER_BYTES))
    hold(case, held)
    newcomer = case.applicant(size=PAPER_BYTES)
    case.expect(
        _weight_gained(case, newcomer) - usual < PAPER_BYTES,
        "newcomer-frozen",
        "A newcomer's papers are kept because somebody else's record is held.",
    )
    if case.terms.papers_days == 0:
        case.expect_no_residue(
            "newcomer-frozen",
            "{surface} keeps a newcomer's papers while somebody else is held.",
            newcomer,
            PAPERS,
        )


@check(
    guarantee="bounded-hold",
    counters=("hold-opens-the-files",),
    needs=(*HOLDING, Operation.READ_RECORD),
)
def a_hold_opens_nothing(case: Case) -> None:
    """Whoever could not read a record before a hold cannot read it because of one."""
    held = case.enrol()
    shut_out = [who for who in STAFF if _is_refused(case, held, who)]
    if not shut_out:
        raise Inconclusive("everybody could read the record before there was a hold")
    entered = case.must(case.target.place_hold(court_order(case, held.applicant), COUNSEL))

    for who in shut_out:
        case.expect(
            _is_refused(case, held, who), "opened-by-a-hold", "The hold opened what it froze."
        )
    said = b"".join(exchange.body for exchange in entered.exchanges).decode(errors="replace")
    case.expect(
        not any(value in said for value in (held.record, held.application, held.applicant.email)),
        "hold-tells-who",
        "The answer to a hold tells more of the person than the order did.",
    )


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed",),
    needs=(*HOLDING, *ENDING, *AT_THE_DESK),
)
def a_held_record_outlives_its_owners_wish(case: Case) -> None:
    """What a court has ordered preserved still exists after its owner asked for its end."""
    held = case.enrol()
    must_release(case, held)
    hold(case, held)
    case.answered(case.target.delete_record(held.record, held.owner))

    case.expect(
        proves_there(case, held),
        "held-destroyed",
        "What a court had ordered to be preserved is destroyed.",
    )


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed",),
    needs=(*HOLDING, *ENDING, *AT_THE_DESK, Operation.CRASH, Operation.RESTART),
)
def a_hold_survives_a_crash(case: Case) -> None:
    """A hold is still in force after the system was killed and started again."""
    held = case.enrol()
    must_release(case, held)
    hold(case, held)
    case.must(case.target.crash())
    case.must(case.target.restart())
    case.answered(case.target.delete_record(held.record, held.owner))

    case.expect(
        proves_there(case, held),
        "held-destroyed",
        "After a crash, what a court had ordered to be preserved could be destroyed.",
    )


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed", "hold-freezes-everyone", "frozen-records-used"),
    needs=(
        *HOLDING,
        *ENDING,
        *AT_THE_DESK,
        Operation.ISSUE_CARD,
        Operation.ADVANCE_CLOCK,
        Operation.RUN_RETENTION,
        Operation.LIFT_HOLD,
    ),
)
def retention_passes_over_a_held_record_and_no_other(case: Case) -> None:
    """
    When the term of two records ends, the held one stays and the other goes.

    Once the hold is lifted, the held one goes too, with nobody asking again.
    """
    held, other = case.enrol(), case.enrol()
    for file in (held, other):
        case.must(case.target.issue_card(file.application, CLERK))
    must_release(case, other)
    placed = hold(case, held)
    _let_the_term_end(case)
    case.expect(proves_there(case, held), "held-destroyed", "Retention destroyed what is held.")
    stopped = proves_there(case, other)
    in_use = [who for who in STAFF if not _is_refused(case, held, who)]
    case.must(case.target.lift_hold(placed, COUNSEL))
    _grace(case)
    if stopped and proves_there(case, other):
        raise Inconclusive("records do not go when their term has ended, held or not")

    case.expect(not stopped, "retention-stopped", "The other record was kept for the hold's sake.")
    told = "The term of what is held has ended, and staff still read it."
    case.expect(not in_use, "held-in-use", told)
    _expect_backlog_run(case, held)


@check(
    guarantee="bounded-hold",
    counters=("hold-never-ends",),
    needs=(
        *HOLDING,
        *ENDING,
        *AT_THE_DESK,
        Operation.LIFT_HOLD,
        Operation.ADVANCE_CLOCK,
    ),
    sees=True,
)
def a_put_off_deletion_happens_once_the_hold_is_lifted(case: Case) -> None:
    """What its owner ended during a hold is gone when the hold is, with nobody asking again."""
    held = case.enrol()
    must_release(case, held)
    placed = hold(case, held)
    asked = case.answered(case.target.delete_record(held.record, held.owner))
    case.must(case.target.lift_hold(placed, COUNSEL))
    _grace(case)
    if asked.refused:  # a city may have its cardholders ask again
        _must_end(case, held)

    _expect_backlog_run(case, held)
    case.expect_no_residue(
        "backlog-kept", "{surface} still holds what should have gone.", held.applicant
    )


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed",),
    needs=(*HOLDING, *ENDING, *AT_THE_DESK, Operation.LIFT_HOLD),
)
def lifting_one_hold_leaves_another_in_force(case: Case) -> None:
    """A record under two courts' orders is held until the second is lifted."""
    held = case.enrol()
    must_release(case, held)
    first = hold(case, held)
    hold(case, held, serial=2)
    case.must(case.target.lift_hold(first, COUNSEL))
    case.answered(case.target.delete_record(held.record, held.owner))

    case.expect(
        proves_there(case, held),
        "held-destroyed",
        "What a second court had ordered to be preserved is destroyed.",
    )


# -- steps -------------------------------------------------------------------------


def _must_end(case: Case, file: File) -> None:
    """End a record that nothing holds, which has to work for the check to mean anything."""
    ended = case.must(case.target.delete_record(file.record, file.owner))
    if ended.fields.get("deferred"):
        raise Inconclusive("a record is not ended at once here, hold or no hold")


def _is_refused(case: Case, file: File, who: Actor) -> bool:
    return case.answered(case.target.read_record(file.record, who)).refused


def _weight_gained(case: Case, person: Applicant) -> int:
    """Return by how much the places where data rests grow when *person* is enrolled."""
    before = weight_at_rest(case)
    case.enrol(person)
    return weight_at_rest(case) - before


def _expect_backlog_run(case: Case, file: File) -> None:
    """Expect that neither its owner nor a court gets *file* any more."""
    case.expect(
        _is_refused(case, file, file.owner) and not proves_there(case, file),
        "backlog-kept",
        "The hold has ended, and what waited for its end is still there.",
    )


def _grace(case: Case) -> None:
    """Let the programme's time between due and gone pass."""
    if case.terms.grace_hours:
        case.must(case.target.advance_clock(timedelta(hours=case.terms.grace_hours)))


def _let_the_term_end(case: Case) -> None:
    """Go past the day on which the records of today's cards are to be gone."""
    terms = case.terms
    years = timedelta(days=366 * terms.card_years + terms.record_days_after_expiry)
    case.must(case.target.advance_clock(years + A_MONTH))  # a card may end with its month
    case.must(case.target.run_retention(ADMINISTRATOR))
    _grace(case)
