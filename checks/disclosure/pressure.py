"""Who signs in under duress shows nothing real and is noticed; no override silences the ledger."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from idaudit.checks.accountability.diary import Diary, entries
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
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    EVERYBODY,
    approve,
    must_bring,
    told_of,
    warrant_for,
)
from idaudit.fixtures.instruments import preservation_order
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

CLERK_2, CLERK_3 = Actor(Role.CLERK, 2), Actor(Role.CLERK, 3)
REVIEWER_2 = Actor(Role.REVIEWER, 2)

# -- under duress -------------------------------------------------------------------


@check(
    guarantee="no-bypass",
    counters=("officer-leans-on-clerk",),
    needs=(*ENROLMENT, Operation.SIGN_IN_UNDER_DURESS, Operation.READ_RECORD),
)
def a_clerk_who_is_forced_shows_no_real_file(case: Case) -> None:
    """In a session that was forced the screen shows nobody, or nobody real."""
    file = case.apply()
    _must_tell(case.must(case.target.read_record(file.record, CLERK)).fields, file)
    case.must(case.target.sign_in_under_duress(CLERK_2))
    shown = case.answered(case.target.read_record(file.record, CLERK_2))

    case.expect(
        not told_of([shown.fields], file.applicant),
        "duress-shows-the-file",
        "A clerk signed in under duress, and the screen showed the real record.",
    )


@check(
    guarantee="no-bypass",
    counters=("officer-leans-on-clerk",),
    needs=(*ENROLMENT, Operation.SIGN_IN_UNDER_DURESS, Operation.VIEW_DOCUMENT),
)
def a_reviewer_who_is_forced_shows_no_real_paper(case: Case) -> None:
    """In a session that was forced the viewer shows no paper that somebody handed in."""
    file = case.apply()
    real = case.must(case.target.view_document(file.application, 0, REVIEWER)).fields["data"]
    case.must(case.target.sign_in_under_duress(REVIEWER_2))
    shown = case.answered(case.target.view_document(file.application, 0, REVIEWER_2))

    case.expect(
        shown.fields.get("data") != real,
        "duress-shows-the-file",
        "A reviewer signed in under duress, and the screen showed a real paper.",
    )


@check(
    guarantee="no-bypass",
    counters=("officer-leans-on-clerk",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.SIGN_IN_UNDER_DURESS),
)
def counsel_who_is_forced_fetches_nothing_real(case: Case) -> None:
    """What two people agreed to is not handed out in a session that was forced."""
    file = case.enrol()
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, *EVERYBODY)
    case.must(case.target.sign_in_under_duress(COUNSEL_2))
    fetched = case.answered(case.target.collect_disclosure(disclosure, COUNSEL_2))

    case.expect(
        not told_of([fetched.fields], file.applicant),
        "duress-shows-the-file",
        "Counsel signed in under duress, and was handed the real record.",
    )
    _must_tell(case.must(case.target.collect_disclosure(disclosure, COUNSEL)).fields, file)


@check(
    guarantee="no-bypass",
    counters=("officer-leans-on-clerk",),
    needs=(
        *ENROLMENT,
        Operation.SIGN_IN_UNDER_DURESS,
        Operation.READ_RECORD,
        Operation.READ_LEDGER,
    ),
)
def a_forced_sign_in_is_noticed(case: Case) -> None:
    """The ledger tells a session that was forced from one that was not."""
    file = case.apply()
    free = _lines_of(case, lambda: case.answered(case.target.read_record(file.record, CLERK_3)))
    forced = _lines_of(case, lambda: _forced_to_read(case, file))

    case.expect(
        forced - free,
        "duress-unnoticed",
        "A clerk signed in under duress, and the ledger says nothing that it would not say anyway.",
    )


# -- overrides ----------------------------------------------------------------------


@check(
    guarantee="no-bypass",
    counters=("supervisor-silences-log",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        Operation.READ_LEDGER,
        Operation.READ_RECORD,
        Operation.DELEGATE,
        Operation.PLACE_GAG,
        Operation.CHANGE_SETTING,
        Operation.APPROVE_SETTING,
    ),
)
@pytest.mark.parametrize("override", ["none", "stand-in", "order-of-silence", "setting"])
def no_override_keeps_a_look_out_of_the_ledger(case: Case, override: str) -> None:
    """After each override there is, every look, refusal and release is a line as before."""
    pending, file = case.apply(), case.enrol()
    OVERRIDES[override](case, file)
    diary = Diary(case)
    for by in (CLERK, COMMISSIONER, ADMINISTRATOR):
        diary.act(Operation.READ_RECORD, by, pending.record)
        diary.act(Operation.READ_RECORD, by, file.record)
    taken = case.must(
        diary.act(Operation.REQUEST_DISCLOSURE, COUNSEL, warrant_for(case, file.applicant))
    )
    for approver in (COUNSEL_2, COMMISSIONER):
        diary.act(Operation.APPROVE_DISCLOSURE, approver, taken.fields["disclosure"])
    released = diary.act(Operation.COLLECT_DISCLOSURE, COUNSEL, taken.fields["disclosure"])

    diary.expect_all_written("override-unwritten")
    if released.allowed:
        _must_tell(released.fields, file)


def _lend_the_power(case: Case, _: File) -> None:
    """Let the commissioner make counsel a stand-in."""
    until = case.today + timedelta(days=3)
    case.must(case.target.delegate(COUNSEL_2, COMMISSIONER, until=until))


def _impose_silence(case: Case, file: File) -> None:
    """Enter a court's order of silence about the paper that is to come."""
    order = preservation_order(file.applicant.named(), fields=("street",), today=case.today)
    number = warrant_for(case, file.applicant).number
    until = case.today + timedelta(days=30)
    silence = replace(order, kind="nondisclosure-order", number=number, expires=until)
    case.answered(case.target.place_gag(silence, COUNSEL))


def _switch_the_ledger_off(case: Case, _: File) -> None:
    """Propose to switch the ledger off under every name it may have, and agree to it."""
    for name in ("ledger", "audit_log", "logging", "ledger_enabled"):
        for value in (0, "off"):
            proposed = case.answered(case.target.change_setting(name, value, ADMINISTRATOR))
            if proposed.allowed:
                case.answered(
                    case.target.approve_setting(str(proposed.fields["proposal"]), COMMISSIONER)
                )


OVERRIDES: Mapping[str, Callable[[Case, File], None]] = {
    "none": lambda *_: None,
    "stand-in": _lend_the_power,
    "order-of-silence": _impose_silence,
    "setting": _switch_the_ledger_off,
}
"""What a supervisor can do to the rules of a day."""


# -- steps -------------------------------------------------------------------------


def _must_tell(fields: Mapping[str, object], file: File) -> None:
    """Raise Inconclusive unless *fields* tell of the file: else nothing hidden means anything."""
    if not told_of([fields], file.applicant):
        raise Inconclusive("not even who is free and entitled is shown the record here")


def _forced_to_read(case: Case, file: File) -> None:
    """Let a clerk be forced to sign in, and to look."""
    case.must(case.target.sign_in_under_duress(CLERK_2))
    case.answered(case.target.read_record(file.record, CLERK_2))


def _lines_of(case: Case, act: Callable[[], object]) -> Counter[tuple[str, str]]:
    """Return what the ledger says that *act* left, but for the reading itself."""
    known = {entry["seq"] for entry in entries(case)}
    act()
    own = (Operation.READ_LEDGER, Operation.READ_RECORD)
    return Counter(
        (str(entry["act"]), str(entry["outcome"]))
        for entry in entries(case)
        if entry["seq"] not in known and entry["act"] not in own
    )
