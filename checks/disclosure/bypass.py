"""No emergency and no pressure opens a record without a reason, a second person, an end, a line."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from idaudit.checks.accountability.diary import Diary
from idaudit.checks.case import (
    ADMINISTRATOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    IDENTITY,
    agree_and_collect,
    approve,
    bring,
    collect,
    must_release,
    told_of,
    warrant_for,
)
from idaudit.checks.disclosure.grants import (
    ON_BENEFIT,
    ON_CONSENT,
    apply,
    bring_benefit,
    bring_consent,
    must_give,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.demands import counter_pressure, emergency_request, without_words
from idaudit.fixtures.instruments import Builder, Instrument
from idaudit.fixtures.targets.target import Actor, Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

DEMANDED = (*ENROLMENT, *AT_THE_DESK)
NAMED = ("street", "email", "phone")
BRINGERS = (COUNSEL, CLERK, REVIEWER, COMMISSIONER, ADMINISTRATOR)
ALONE: Mapping[str, tuple[Actor, ...]] = {
    "nobody": (),
    "counsel": (COUNSEL_2,),
    "the commissioner": (COMMISSIONER,),
    "whoever brought it": (COUNSEL,),
}
"""Who agrees, where one person is not enough."""
MARKS: Mapping[str, Mapping[str, Any] | None] = {
    "said-in-words": None,
    "marked-as-an-emergency": {"emergency": True, "exigent": True, "override": True},
}


def _demand(case: Case, person: Applicant, builder: Builder) -> Instrument:
    return builder(person.named(), fields=NAMED, today=case.today)


# -- the emergency door -----------------------------------------------------------


@check(guarantee="no-bypass", counters=("emergency-door-used-daily",), needs=DEMANDED)
@pytest.mark.parametrize("mark", MARKS)
def no_emergency_opens_a_record_on_one_word(case: Case, mark: str) -> None:
    """Whoever says that it is urgent gets nothing on the word of nobody, or of one person."""
    file = case.enrol()
    for alone, approvers in ALONE.items():
        told = _got_in(case, file, emergency_request, COUNSEL, MARKS[mark], approvers)
        case.expect(
            not told,
            "opened-on-one-word",
            f"It was said to be urgent, {alone} agreed, and the record was handed out.",
        )
    must_release(case, file)


@check(guarantee="no-bypass", counters=("memo-tells-staff-to-yield",), needs=DEMANDED)
@pytest.mark.parametrize("mark", MARKS)
def nobody_who_feels_threatened_can_hand_a_record_over(case: Case, mark: str) -> None:
    """
    What an officer demands at a counter opens nothing, whichever of the staff enters it.

    In January 2025 a memorandum told staff who felt threatened to give officers what they
    asked for; it was withdrawn in February. There must be no button to obey it with.
    """
    file = case.enrol()
    for by in BRINGERS:
        told = _got_in(case, file, counter_pressure, by, MARKS[mark], ())
        case.expect(
            not told,
            "yielded-to-pressure",
            f"{by} entered what an officer demanded, and the record was handed out.",
        )
    must_release(case, file)


@check(guarantee="no-bypass", counters=("emergency-door-used-daily",), needs=DEMANDED)
def an_emergency_needs_a_reason(case: Case) -> None:
    """Where urgent demands are heard at all, one without a word of reason is not."""
    file = case.enrol()
    disclosure = bring(case, without_words(_demand(case, file.applicant, emergency_request)))
    released = agree_and_collect(case, disclosure) if disclosure else []

    case.expect(
        not told_of(released, file.applicant),
        "no-reason-asked",
        "It was said to be urgent, nobody said why, and the record was handed out.",
    )
    must_release(case, file)


@check(
    guarantee="no-bypass",
    counters=("emergency-door-used-daily",),
    needs=(*DEMANDED, Operation.READ_LEDGER),
)
def an_emergency_is_written_down(case: Case) -> None:
    """Every step of an urgent demand is a line in the ledger, whatever came of it."""
    file = case.enrol()
    diary = Diary(case)
    paper = _demand(case, file.applicant, emergency_request)
    taken = diary.act(Operation.REQUEST_DISCLOSURE, COUNSEL, paper)
    if taken.allowed:
        disclosure = str(taken.fields["disclosure"])
        for approver in (COUNSEL_2, COMMISSIONER):
            diary.act(Operation.APPROVE_DISCLOSURE, approver, disclosure)
        diary.act(Operation.COLLECT_DISCLOSURE, COUNSEL, disclosure)

    diary.expect_all_written("emergency-unwritten")


@check(
    guarantee="no-bypass",
    counters=("emergency-door-used-daily",),
    needs=(*DEMANDED, Operation.PUBLIC_REPORT, Operation.ADVANCE_CLOCK),
)
def an_emergency_is_counted_in_public(case: Case) -> None:
    """The report of its quarter counts an urgent demand among the requests."""
    file = case.enrol()
    quarters = [_quarter(case, days) for days in (-1, 1)]  # it may be evening somewhere
    disclosure = bring(case, _demand(case, file.applicant, emergency_request))
    if disclosure:
        agree_and_collect(case, disclosure)
    case.must(case.target.advance_clock(timedelta(days=95)))
    counted = [_requests(case, each) for each in sorted(set(quarters))]

    case.expect(
        sum(counted),
        "emergency-uncounted",
        "An urgent demand was made, and the public report counts no request.",
    )


@check(
    guarantee="no-bypass",
    counters=("emergency-door-used-daily",),
    needs=(*DEMANDED, Operation.READ_RECORD, Operation.ADVANCE_CLOCK),
)
def an_emergency_ends(case: Case) -> None:
    """After an urgent demand nothing stays open: not the file, nor the door for the next one."""
    file, other = case.enrol(), case.enrol()
    disclosure = bring(case, _demand(case, file.applicant, emergency_request))
    if disclosure:
        agree_and_collect(case, disclosure)
    told = "After an urgent demand the door was still open."
    for _ in range(2):
        again = collect(case, disclosure) if disclosure else []
        case.expect(not told_of(again, file.applicant), "stays-open", told)
        for by in (CLERK, REVIEWER, COUNSEL, COMMISSIONER):
            read = case.answered(case.target.read_record(file.record, by))
            case.expect(not told_of([read.fields], file.applicant), "stays-open", told)
        for paper in (
            warrant_for(case, other.applicant),
            _demand(case, other.applicant, emergency_request),
        ):
            unagreed = bring(case, paper)
            opened = collect(case, unagreed) if unagreed else []
            case.expect(not told_of(opened, other.applicant), "stays-open", told)
        case.must(case.target.advance_clock(timedelta(hours=1)))
    must_release(case, other)


# -- every other door ---------------------------------------------------------------

WAYS: Mapping[str, Callable[[Case, File], str | None]] = {
    "warrant": lambda case, file: bring(case, warrant_for(case, file.applicant)),
    "consent": lambda case, file: bring_consent(case, must_give(case, file)),
    "benefit": lambda case, file: bring_benefit(case, apply(case, file)),
}
"""Every way out of the house, as it begins."""


@check(
    guarantee="no-bypass",
    counters=("side-door-without-a-second-person",),
    needs=(*AT_THE_DESK, *ON_CONSENT, *ON_BENEFIT),
)
@pytest.mark.parametrize("way", WAYS)
def every_way_out_takes_a_second_person(case: Case, way: str) -> None:
    """Warrant, consent and benefit alike: nobody, and no one person alone, lets a record out."""
    file = case.enrol()
    for alone, approvers in ALONE.items():
        disclosure = WAYS[way](case, file)
        if disclosure:
            approve(case, disclosure, *approvers)
        case.expect(
            not (disclosure and told_of(collect(case, disclosure), file.applicant)),
            "opened-on-one-word",
            f"On a {way} {alone} agreed, and the record was handed out.",
        )
    must_release(case, file)


# -- steps -------------------------------------------------------------------------


def _got_in(
    case: Case,
    file: File,
    builder: Builder,
    by: Actor,
    extra: Mapping[str, Any] | None,
    approvers: tuple[Actor, ...],
) -> frozenset[str]:
    """Return what of *file* is told when *by* enters a demand and *approvers* agree to it."""
    paper = _demand(case, file.applicant, builder)
    taken = case.answered(case.target.request_disclosure(paper, by, extra=extra))
    told = [_said_in(taken)]
    if taken.allowed:
        disclosure = str(taken.fields["disclosure"])
        approve(case, disclosure, *approvers)
        told += [
            _said_in(case.answered(case.target.collect_disclosure(disclosure, fetching)))
            for fetching in dict.fromkeys((by, COUNSEL))
        ]
    return told_of(told, file.applicant) - frozenset(IDENTITY)


def _said_in(outcome: Outcome) -> Mapping[str, Any]:
    """Return all that an answer says, in the contract's words and in its own."""
    bodies = [exchange.body.decode(errors="replace") for exchange in outcome.exchanges]
    return {"fields": dict(outcome.fields), "bodies": bodies}


def _requests(case: Case, quarter: str) -> int:
    """
    Return how many requests the public report of *quarter* counts.

    Raises:
        Inconclusive: it does not say, as where small numbers are suppressed.

    """
    requests = case.must(case.target.public_report(quarter, PUBLIC)).fields["requests"]
    if not isinstance(requests, int):
        raise Inconclusive("the report does not show its number of requests")
    return requests


def _quarter(case: Case, days: int) -> str:
    """Name the calendar quarter some *days* from now."""
    day = case.today + timedelta(days=days)
    return f"{day.year}-Q{(day.month + 2) // 3}"
