"""Every channel keeps the same promise: counter, web, kiosk, van and renewal."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from idaudit.checks.case import CLERK, PUBLIC, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.copies import on_the_web
from idaudit.checks.retention.covered import LOOKING, Records, paper_bytes, weight_at_rest
from idaudit.checks.retention.endings import (
    SCAN,
    Ending,
    abandoned,
    approved,
    denied,
    must_be_shown,
    somebody,
)
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

LARGE = 400_000
"""Bytes of a paper that no record and no log grows by."""

BEFORE_EXPIRY = timedelta(days=20)
Way = Callable[[Case], File]


def on_the_web_at_length(case: Case) -> File:
    """The applicant applies alone and sends the papers in; they are heavy."""
    person = case.applicant(size=LARGE)
    own = Actor(Role.APPLICANT, person.index)
    return case.apply(person, channel="web", by=own, sender=own)


def at_a_kiosk(case: Case) -> File:
    """The applicant applies at a kiosk, and a clerk takes the papers in; they are heavy."""
    return case.apply(case.applicant(size=LARGE), channel="kiosk", by=PUBLIC)


@check(
    guarantee="every-channel",
    counters=("web-upload-kept",),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK),
    sees=True,
)
@pytest.mark.parametrize("end", [approved, denied, abandoned])
@pytest.mark.parametrize("way", [on_the_web_at_length, at_a_kiosk])
def no_channel_keeps_more_than_the_counter(case: Case, way: Way, end: Ending) -> None:
    """
    A paper sent in on the web or at a kiosk goes with the case, as one shown at the counter does.

    It is neither found, nor does what is kept weigh more for it than after the
    same case at the counter.
    """
    at_the_counter = _weight_of(case, lambda case: case.apply(case.applicant(size=LARGE)), end)
    by_this_way = _weight_of(case, way, end)

    case.expect_nothing_in_the_clear(
        "kept-by-channel", "The case is over, and its paper lies in {surface}.", fields=SCAN
    )
    told = "What is kept weighs more by a paper than after the same case at the counter."
    heavier = by_this_way - at_the_counter
    case.expect(heavier < paper_bytes(case.met[-1]) // 4, "kept-by-channel", told)


@check(
    guarantee="every-channel",
    counters=("web-upload-kept",),
    needs=(*ENROLMENT, Operation.VIEW_DOCUMENT, Operation.ADVANCE_CLOCK),
)
def an_application_on_the_web_closes_when_others_do(case: Case) -> None:
    """What nobody decides is closed on the web in the same time as at the counter."""
    file = on_the_web(case)
    must_be_shown(case, file)
    abandoned(case, file)

    case.expect_refused(
        case.target.view_document(file.application, 0, REVIEWER),
        "web-stays-open",
        "The time for a decision is over, and the paper sent in is still shown.",
    )


@check(
    guarantee="every-channel",
    counters=("van-remembers-its-visitors",),
    needs=(
        *LOOKING,
        Operation.DECIDE,
        Operation.DELETE_RECORD,
        Operation.TAKE_ON_VAN,
        Operation.SYNC_VAN,
        Operation.FIND_OWN_FILE,
    ),
    sees=True,
)
def what_a_van_took_is_kept_nowhere_else(case: Case) -> None:
    """
    Nothing taken on a van lies in the clear, on the road or at home.

    Once its record is ended, it is gone like any other.
    """
    person = case.applicant()
    case.must(case.target.take_on_van(person, CLERK))
    told = "Somebody applied on a van, and lies in the clear in {surface}."
    case.expect_nothing_in_the_clear("van-in-the-clear", told, settled=False)
    case.must(case.target.sync_van(CLERK))
    case.expect_nothing_in_the_clear("van-in-the-clear", told)
    own = Actor(Role.APPLICANT, person.index)
    found = case.must(case.target.find_own_file(own)).fields
    file = File(person, found["application"], found["record"])
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    records = Records(case)
    if not records.is_there(file):
        raise Inconclusive("the record that came by van cannot be read by its owner")
    case.must(case.target.delete_record(file.record, own))

    records.expect_gone(file, "van-copy-kept")


@check(
    guarantee="every-channel",
    counters=("renewal-collects-again",),
    needs=(
        *ENROLMENT,
        Operation.ISSUE_CARD,
        Operation.RENEW,
        Operation.ADVANCE_CLOCK,
    ),
    sees=True,
)
def a_renewal_collects_no_papers(case: Case) -> None:
    """
    A card is renewed without a paper, and one brought all the same is not kept.

    Nor does the paper of the first round turn up, kept to spare the trouble.
    """
    file = case.enrol(somebody(case))
    case.must(case.target.issue_card(file.application, CLERK))
    years = case.terms.card_years
    term = case.today.replace(year=case.today.year + years, day=1) - case.today
    case.must(case.target.advance_clock(term - BEFORE_EXPIRY))
    case.must(case.target.renew(file.record, file.owner))
    brought = somebody(case).documents[0]
    case.answered(case.target.submit_document(file.application, brought, CLERK))

    case.expect_no_residue(
        "kept-for-renewal", "The card is renewed, and a paper lies in {surface}.", fields=SCAN
    )


@check(
    guarantee="every-channel",
    counters=("kiosk-remembers-its-visitor",),
    needs=(
        Operation.OPEN_APPLICATION,
        Operation.READ_RECORD,
        Operation.UNLOCK_KIOSK,
        Operation.LEAVE_KIOSK,
    ),
    sees=True,
)
def a_kiosk_forgets_who_walks_away(case: Case) -> None:
    """Whoever leaves a kiosk without being done has left nothing there."""
    case.must(case.target.unlock_kiosk(CLERK))
    person = case.applicant()
    opened = case.must(case.target.open_application(person, PUBLIC, channel="kiosk")).fields
    own = Actor(Role.APPLICANT, person.index)
    case.must(case.target.read_record(opened["record"], own))
    case.must(case.target.leave_kiosk(PUBLIC))

    case.expect_refused(
        case.target.read_record(opened["record"], own),
        "kiosk-remembers",
        "The visitor walked away, and what they had typed can still be read.",
    )
    case.expect_no_residue("kiosk-remembers", "{surface} still holds what the visitor typed.")


def _weight_of(case: Case, way: Way, end: Ending) -> int:
    """Weigh what one case leaves that came by *way* and ended so."""
    before = weight_at_rest(case)
    end(case, way(case))
    return weight_at_rest(case) - before
