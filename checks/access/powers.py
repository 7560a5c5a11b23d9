"""Nobody learns who is enrolled, stays on or reaches further without a task that says so."""

from contextlib import suppress
from datetime import timedelta

from idaudit.checks.access.reach import HOUSE, OUTSIDE, State, against, strangers, tried
from idaudit.checks.access.taking import opened
from idaudit.checks.case import (
    ADMINISTRATOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    REVIEWER,
    Case,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_bring, warrant_for
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered


@check(
    guarantee="least-access",
    counters=("clerk-browses-files",),
    needs=(*ENROLMENT, Operation.ISSUE_CARD, Operation.SEARCH),
)
def only_who_works_on_a_case_learns_who_is_enrolled(case: Case) -> None:
    """
    Who is on the roster is told to nobody without a case, nor to a role that has none.

    Such a role is answered the same about somebody enrolled and somebody who is not.
    """
    known, unknown, work = case.enrol(), case.applicant(), opened(case)
    case.must(case.target.issue_card(known.application, CLERK))
    person = known.applicant.named()
    if not case.must(case.target.search(person, work.application, REVIEWER)).fields["found"]:
        raise Inconclusive("somebody enrolled was not found by who had a case")

    for actor in strangers(Operation.SEARCH, State.DECIDED, work.owner):
        about_one = tried(case, Operation.SEARCH, actor, person, work.application)
        about_other = tried(case, Operation.SEARCH, actor, unknown.named(), work.application)
        told = against(Operation.SEARCH, f"{actor} learns who is enrolled, and has no case.")
        case.expect(_alike(about_one, about_other), "found-without-a-task", told)
    for pretext in ("none", known.application, known.record):
        for actor in (CLERK, REVIEWER, COUNSEL):
            seen = tried(case, Operation.SEARCH, actor, person, pretext)
            found = seen and seen.allowed and seen.fields.get("found")
            told = against(
                Operation.SEARCH,
                f"{actor} learns who is enrolled, for a case that is not under way.",
            )
            case.expect(not found, "found-without-a-case", told)


def _alike(one: Outcome | None, other: Outcome | None) -> bool:
    """Whether two answers tell the same, as far as they can without words of their own."""
    return _told(one) == _told(other)


def _told(outcome: Outcome | None) -> object:
    if outcome is None:
        return None
    statuses = [exchange.status for exchange in outcome.exchanges]
    return outcome.answer, outcome.fields.get("found"), statuses


# -- leaving, and reaching further ---------------------------------------------------


@check(
    guarantee="least-access",
    counters=("leaver-still-logged-in",),
    needs=(*ENROLMENT, Operation.VIEW_DOCUMENT, Operation.REMOVE_STAFF),
)
def whoever_leaves_is_cut_off_at_once(case: Case) -> None:
    """A clerk and a reviewer who were let go do nothing more, in the sessions they are in."""
    clerk, reviewer = Actor(Role.CLERK, 2), Actor(Role.REVIEWER, 2)
    file = case.apply()
    case.must(case.target.open_application(case.applicant(), clerk))
    case.must(case.target.view_document(file.application, 0, reviewer))
    for leaver in (clerk, reviewer):
        case.must(case.target.remove_staff(leaver, ADMINISTRATOR))

    told = "Somebody was let go, and still {} as if nothing had happened."
    for outcome, does in (
        (case.target.view_document(file.application, 0, reviewer), "sees papers"),
        (case.target.decide(file.application, reviewer, approve=True), "decides"),
        (case.target.open_application(case.applicant(), clerk), "takes applications in"),
        (
            case.target.submit_document(file.application, file.applicant.documents[0], clerk),
            "takes papers in",
        ),
    ):
        case.expect_refused(outcome, "leaver-still-works", told.format(does))
    case.must(case.target.view_document(file.application, 0, REVIEWER))


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.DELEGATE),
)
def nobody_lends_themselves_the_power_to_release(case: Case) -> None:
    """Whoever may not approve a release cannot let themselves, by a delegation of their own."""
    file = case.enrol()
    until = case.today + timedelta(days=3)
    for actor in (*HOUSE, *OUTSIDE[:1]):
        disclosure = must_bring(case, warrant_for(case, file.applicant))
        before = tried(case, Operation.APPROVE_DISCLOSURE, actor, disclosure)
        if before is None or before.allowed:
            continue
        with suppress(NotOffered):
            case.answered(case.target.delegate(actor, actor, until=until))
        after = case.answered(case.target.approve_disclosure(disclosure, actor))
        told = f"{actor} lets themselves approve what leaves the house."
        case.expect(not after.allowed, "granted-themselves", told)


@check(
    guarantee="least-access",
    counters=("clerk-promotes-himself",),
    needs=(Operation.CHANGE_SETTING, Operation.APPROVE_SETTING),
)
def nobody_below_agrees_to_other_terms(case: Case) -> None:
    """A change of the terms is agreed to by nobody at the counter, and by nobody outside."""
    proposed = case.must(case.target.change_setting("release_approvals", 2, ADMINISTRATOR))
    proposal = str(proposed.fields["proposal"])
    for actor in (CLERK, REVIEWER, *OUTSIDE):
        agreed = tried(case, Operation.APPROVE_SETTING, actor, proposal)
        told = f"{actor} agrees to other terms for the whole programme."
        case.expect(not (agreed and agreed.allowed), "granted-themselves", told)
    case.must(case.target.approve_setting(proposal, COMMISSIONER))
