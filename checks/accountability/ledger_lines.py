"""Every look, release, refusal and use of power is a line in the ledger."""

from idaudit.checks.accountability.diary import Diary
from idaudit.checks.case import (
    ADMINISTRATOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, warrant_for
from idaudit.checks.retention.orders import court_order, letter
from idaudit.fixtures.instruments import administrative_subpoena, i_200
from idaudit.fixtures.targets.target import Actor, Operation, Outcome

LEDGER = (*ENROLMENT, Operation.READ_LEDGER)


@check(
    guarantee="complete-ledger",
    counters=("disclosure-without-entry",),
    needs=(*LEDGER, Operation.VIEW_DOCUMENT, Operation.READ_RECORD),
)
def every_look_is_written_down(case: Case) -> None:
    """Whoever looks at a paper or a record, or tries to, is in the ledger."""
    pending, file = case.apply(), case.enrol()
    diary = Diary(case)
    case.must(diary.act(Operation.VIEW_DOCUMENT, REVIEWER, pending.application, 0))
    diary.act(Operation.READ_RECORD, CLERK, pending.record)
    diary.act(Operation.READ_RECORD, CLERK, file.record)
    case.must(diary.act(Operation.READ_RECORD, file.owner, file.record))
    case.must(diary.act(Operation.READ_RECORD, file.owner, file.record))

    diary.expect_all_written("look-unwritten")


@check(
    guarantee="complete-ledger",
    counters=("disclosure-without-entry",),
    needs=(*LEDGER, *AT_THE_DESK, Operation.AMEND_DISCLOSURE),
)
def every_step_to_a_release_is_written_down(case: Case) -> None:
    """Who brought a court's paper, who agreed, and who fetched what, is in the ledger."""
    file = case.enrol()
    diary = Diary(case)
    taken = case.must(_bring(diary, case, file))
    disclosure = taken.fields["disclosure"]
    wider = warrant_for(case, file.applicant, fields=("street", "email"))
    diary.act(Operation.AMEND_DISCLOSURE, COUNSEL, disclosure, wider)
    for approver in (COUNSEL_2, COMMISSIONER):
        diary.act(Operation.APPROVE_DISCLOSURE, approver, disclosure)
    diary.act(Operation.COLLECT_DISCLOSURE, COUNSEL, disclosure)
    diary.act(Operation.COLLECT_DISCLOSURE, COUNSEL, disclosure)

    diary.expect_all_written("release-unwritten")


@check(
    guarantee="complete-ledger",
    counters=("refusals-not-written",),
    needs=(
        *LEDGER,
        *AT_THE_DESK,
        Operation.READ_RECORD,
        Operation.DELETE_RECORD,
        Operation.PLACE_HOLD,
        Operation.ORDER_KILL,
        Operation.RUN_RETENTION,
    ),
)
def every_refusal_is_written_down(case: Case) -> None:
    """What the system declined is in the ledger like what it did, and so is who asked."""
    file, stranger = case.enrol(), case.enrol()
    diary = Diary(case)
    for builder in (i_200, administrative_subpoena):
        paper = builder(file.applicant.named(), fields=("street",), today=case.today)
        diary.act(Operation.REQUEST_DISCLOSURE, COUNSEL, paper)
    taken = case.must(_bring(diary, case, file))
    diary.act(Operation.COLLECT_DISCLOSURE, COUNSEL, taken.fields["disclosure"])
    for _ in range(2):
        diary.act(Operation.APPROVE_DISCLOSURE, COUNSEL_2, taken.fields["disclosure"])
    diary.act(Operation.READ_RECORD, CLERK, file.record)
    diary.act(Operation.DELETE_RECORD, stranger.owner, file.record)
    diary.act(Operation.PLACE_HOLD, COUNSEL, letter(case, file.applicant))
    diary.act(Operation.ORDER_KILL, CLERK)
    diary.act(Operation.RUN_RETENTION, CLERK)

    diary.expect_all_written("refusal-unwritten")


@check(
    guarantee="complete-ledger",
    counters=("power-used-off-the-record",),
    needs=(
        *LEDGER,
        Operation.ISSUE_CARD,
        Operation.CORRECT_RECORD,
        Operation.DELETE_RECORD,
        Operation.PLACE_HOLD,
        Operation.LIFT_HOLD,
        Operation.RUN_RETENTION,
        Operation.ORDER_KILL,
        Operation.SIGN_KILL,
    ),
)
def every_use_of_power_is_written_down(case: Case) -> None:
    """Who decided, held, let go, corrected or destroyed is in the ledger."""
    pending, file, other = case.apply(), case.enrol(), case.enrol()
    diary = Diary(case)
    diary.act(Operation.DECIDE, REVIEWER, pending.application, approve=False)
    diary.act(Operation.ISSUE_CARD, CLERK, file.application)
    diary.act(Operation.CORRECT_RECORD, file.owner, file.record, {"gender": None})
    held = case.must(diary.act(Operation.PLACE_HOLD, COUNSEL, court_order(case, file.applicant)))
    diary.act(Operation.LIFT_HOLD, COUNSEL, held.fields["hold"])
    diary.act(Operation.DELETE_RECORD, other.owner, other.record)
    diary.act(Operation.RUN_RETENTION, ADMINISTRATOR)
    ordered = case.must(diary.act(Operation.ORDER_KILL, COMMISSIONER))
    diary.act(Operation.SIGN_KILL, COUNSEL, ordered.fields["order"])

    diary.expect_all_written("power-unwritten")


@check(
    guarantee="complete-ledger",
    counters=("line-lost-in-a-crash",),
    needs=(*LEDGER, Operation.READ_RECORD, Operation.CRASH, Operation.RESTART),
)
def a_line_survives_a_crash(case: Case) -> None:
    """What was done the moment before a power cut is in the ledger all the same."""
    file = case.enrol()
    diary = Diary(case)
    case.must(diary.act(Operation.READ_RECORD, file.owner, file.record))
    diary.act(Operation.READ_RECORD, CLERK, file.record)
    case.must(case.target.crash())
    case.must(case.target.restart())

    diary.expect_all_written("lost-in-a-crash")


def _bring(diary: Diary, case: Case, file: File, by: Actor = COUNSEL) -> Outcome:
    """Bring a judge's warrant for the street of *file* to the desk."""
    return diary.act(Operation.REQUEST_DISCLOSURE, by, warrant_for(case, file.applicant))
