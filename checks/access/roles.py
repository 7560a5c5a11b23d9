"""Nobody reads or changes a file without a task: every role is tried on a file in every state."""

from collections.abc import Mapping
from contextlib import suppress

from idaudit.checks.access.reach import (
    Eye,
    State,
    against,
    strangers,
    tried,
)
from idaudit.checks.access.taking import opened
from idaudit.checks.case import (
    CLERK,
    COMMISSIONER,
    COUNSEL_2,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    agree_and_collect,
    approve,
    must_bring,
    told_of,
    warrant_for,
)
from idaudit.checks.retention.orders import hold
from idaudit.fixtures.targets.target import Actor, Operation
from idaudit.threatmodel.errors import Inconclusive, NotOffered

READING = (*ENROLMENT, Operation.READ_RECORD, Operation.VIEW_DOCUMENT, Operation.DELETE_RECORD)
CARE_OF = {"street": "1 Shelter Street", "city": "New York", "postcode": "10001"}
ELSEWHERE = {"street": "9 Example Street"}
GUESSES = ("0", "1", "%", "*", "all")
"""What somebody types where an id belongs."""


# -- reading -------------------------------------------------------------------------


@check(
    guarantee="least-access",
    counters=("clerk-browses-files", "neighbours-record-shown", "records-read-past-the-desk"),
    needs=(*READING, Operation.ISSUE_CARD),
)
def nobody_reads_a_file_without_a_task(case: Case) -> None:
    """
    No role reads an application or a record that its task is not on.

    Each tries a file being decided, one decided and one ended, by its record's
    name, by its application's in its place, and by a guess.
    """
    deciding, decided, ended = case.apply(), case.enrol(), case.enrol()
    case.must(case.target.issue_card(decided.application, CLERK))
    case.must(case.target.delete_record(ended.record, ended.owner))
    files = {State.DECIDING: deciding, State.DECIDED: decided, State.ENDED: ended}
    eye, other = Eye(case, files.values()), opened(case).owner
    _must_be_seen(case, eye, deciding, decided)

    _expect_unread(case, eye, files, other)
    for actor in (CLERK, PUBLIC, other):
        for guess in GUESSES:
            seen = tried(case, Operation.READ_RECORD, actor, guess)
            told = f"{actor} reads somebody's record by guessing at its name."
            case.expect(not eye.told(seen, actor), "guess-opens-a-file", told)


@check(
    guarantee="least-access",
    counters=("frozen-records-used",),
    needs=(*READING, Operation.PLACE_HOLD),
)
def a_file_held_for_a_court_is_read_by_nobody_else(case: Case) -> None:
    """A record that ended and is preserved for a court is shown to no role at all."""
    file = case.enrol()
    eye, other = Eye(case, [file]), opened(case).owner
    if not eye.told(case.target.read_record(file.record, file.owner), other):
        raise Inconclusive("the owner's own view of a record was not recognised")
    hold(case, file)
    ended = case.must(case.target.delete_record(file.record, file.owner))
    if not ended.fields["deferred"]:
        raise Inconclusive("the record was ended under a hold at once, so that none is kept")

    _expect_unread(case, eye, {State.HELD: file}, other)


def _expect_unread(case: Case, eye: Eye, files: Mapping[State, File], other: Actor) -> None:
    """Expect that nobody without a task is told anything of a file, by either of its names."""
    for state, file in files.items():
        for name in dict.fromkeys((file.record, file.application)):
            for actor in strangers(Operation.READ_RECORD, state, other):
                seen = tried(case, Operation.READ_RECORD, actor, name)
                told = against(Operation.READ_RECORD, f"{actor} reads a record that is {state}.")
                case.expect(not eye.told(seen, actor), "read-without-a-task", told)
            for actor in strangers(Operation.VIEW_DOCUMENT, state, other):
                seen = tried(case, Operation.VIEW_DOCUMENT, actor, name, 0)
                told = against(
                    Operation.VIEW_DOCUMENT, f"{actor} sees a paper of a file that is {state}."
                )
                case.expect(not eye.told(seen, actor), "read-without-a-task", told)


def _must_be_seen(case: Case, eye: Eye, deciding: File, decided: File) -> None:
    """Show that a file is recognised where it is rightly read."""
    seen = (
        case.must(case.target.view_document(deciding.application, 0, REVIEWER)),
        case.must(case.target.read_record(decided.record, decided.owner)),
    )
    if not all(eye.told(each, PUBLIC) for each in seen):
        raise Inconclusive("a file was not recognised by what its reviewer or owner is shown")


@check(
    guarantee="least-access",
    counters=("clerk-browses-files",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.READ_NOTICES),
)
def who_asked_for_a_record_is_told_to_its_owner_alone(case: Case) -> None:
    """The notices about a record are shown to nobody but the person it is about."""
    file = case.enrol()
    must_bring(case, warrant_for(case, file.applicant))
    if not case.must(case.target.read_notices(file.record, file.owner)).fields["notices"]:
        raise Inconclusive("the owner was told nothing either")

    for actor in strangers(Operation.READ_NOTICES, State.DECIDED, opened(case).owner):
        seen = tried(case, Operation.READ_NOTICES, actor, file.record)
        shown = seen and seen.allowed and seen.fields.get("notices")
        told = against(Operation.READ_NOTICES, f"{actor} reads who asked for somebody's record.")
        case.expect(not shown, "read-without-a-task", told)


@check(
    guarantee="least-access",
    counters=("survivor-address-shown",),
    needs=(*ENROLMENT, Operation.PROTECT_ADDRESS, Operation.READ_PROTECTED_ADDRESS),
)
def a_hidden_address_is_shown_to_its_owner_alone(case: Case) -> None:
    """An address that its owner had hidden is read by no role in the house or outside."""
    file = case.enrol()
    eye, other = Eye(case, [file]), opened(case).owner
    case.must(case.target.protect_address(file.record, CARE_OF, file.owner))
    if not eye.told(case.target.read_protected_address(file.record, file.owner), other):
        raise Inconclusive("the owner's own view of the hidden address was not recognised")

    for actor in strangers(Operation.READ_PROTECTED_ADDRESS, State.DECIDED, other):
        seen = tried(case, Operation.READ_PROTECTED_ADDRESS, actor, file.record)
        told = against(
            Operation.READ_PROTECTED_ADDRESS, f"{actor} reads an address that was hidden."
        )
        case.expect(not eye.told(seen, actor), "read-without-a-task", told)


@check(
    guarantee="least-access",
    counters=("favour-for-a-colleague",),
    needs=(*ENROLMENT, *AT_THE_DESK),
)
def what_a_court_obtains_is_handed_out_at_the_desk_alone(case: Case) -> None:
    """A release that was approved is collected by nobody who does not work at the desk."""
    file = case.enrol()
    eye, other = Eye(case, [file]), opened(case).owner
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COUNSEL_2, COMMISSIONER)

    for actor in strangers(Operation.COLLECT_DISCLOSURE, State.DECIDED, other):
        seen = tried(case, Operation.COLLECT_DISCLOSURE, actor, disclosure)
        told = against(
            Operation.COLLECT_DISCLOSURE, f"{actor} collects what was released to a court."
        )
        case.expect(not eye.told(seen, actor), "collected-without-a-task", told)
    if not told_of(agree_and_collect(case, disclosure), file.applicant):
        raise Inconclusive("not even the desk itself was handed what it had approved")


# -- changing ------------------------------------------------------------------------


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself", "one-clerk-does-it-all"),
    needs=(
        *ENROLMENT,
        Operation.READ_RECORD,
        Operation.CORRECT_RECORD,
        Operation.DELETE_RECORD,
        Operation.WITHDRAW,
        Operation.ISSUE_CARD,
    ),
)
def nobody_changes_a_file_without_a_task(case: Case) -> None:
    """
    No role corrects, ends, decides or hands out what its task is not on.

    What counts is what the file says afterwards, whatever was answered.
    """
    file, other = case.apply(), opened(case).owner
    _expect_unchanged(case, file, State.DECIDING, other)
    _expect_undecided(case, file, other)
    _expect_no_card(case, file, other)
    case.must(case.target.issue_card(file.application, CLERK))
    _expect_unchanged(case, file, State.DECIDED, other)


def _expect_unchanged(case: Case, file: File, state: State, other: Actor) -> None:
    """Expect that a file is as it was after everybody without a task has tried to change it."""
    before = case.must(case.target.read_record(file.record, file.owner)).fields["record"]
    for actor in strangers(Operation.CORRECT_RECORD, state, other):
        tried(case, Operation.CORRECT_RECORD, actor, file.record, ELSEWHERE)
        tried(case, Operation.DELETE_RECORD, actor, file.record)
        tried(case, Operation.WITHDRAW, actor, file.application)
        after = case.answered(case.target.read_record(file.record, file.owner))
        same = after.allowed and after.fields["record"] == before
        told = against(Operation.CORRECT_RECORD, f"{actor} changes or ends a file that is {state}.")
        case.expect(same, "changed-without-a-task", told)


def _expect_undecided(case: Case, file: File, other: Actor) -> None:
    """Expect that a reviewer can still decide, after everybody else has tried to."""
    counted = [
        actor
        for actor in strangers(Operation.DECIDE, State.DECIDING, other, file.owner)
        if _decides(case, file, actor)
    ]
    decided = case.answered(case.target.decide(file.application, REVIEWER, approve=True))
    told = against(
        Operation.DECIDE,
        f"{counted[0] if counted else 'Nobody'} decides an application, and is no reviewer.",
    )
    case.expect(decided.allowed or not counted, "decided-without-a-task", told)
    case.must(decided)


def _decides(case: Case, file: File, actor: Actor) -> bool:
    with suppress(NotOffered):  # not every system employs everybody
        return case.answered(case.target.decide(file.application, actor, approve=True)).allowed
    return False


def _expect_no_card(case: Case, file: File, other: Actor) -> None:
    """Expect that nobody who does not enrol is handed somebody's card."""
    eye = Eye(case, [file])
    for actor in strangers(Operation.ISSUE_CARD, State.DECIDED, other):
        seen = tried(case, Operation.ISSUE_CARD, actor, file.application)
        told = against(Operation.ISSUE_CARD, f"{actor} is handed the card of somebody else.")
        case.expect(not eye.told(seen, actor), "card-without-a-task", told)
