"""The paper itself, in order and in force, is there before anything leaves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from idaudit.checks.case import COUNSEL, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    EVERYBODY,
    agree_and_collect,
    approve,
    collect,
    must_bring,
    must_release,
    released_under,
    told_of,
    warrant_for,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.demands import police_request
from idaudit.fixtures.instruments import Instrument, Named, Office, expired, unsigned
from idaudit.fixtures.targets.target import Operation

DEMANDED = (*ENROLMENT, *AT_THE_DESK)
Paper = Callable[[Case, Applicant], Instrument]

# -- when it is there -----------------------------------------------------------------


def _number_only(warrant: Instrument) -> Instrument:
    return replace(warrant, office=Office.NOBODY, signatory="", signed=False, text="")


def _by_telephone(warrant: Instrument) -> Instrument:
    read = "Read over the telephone by the judge's clerk. The paper will be sent."
    return replace(warrant, kind="oral-order", signed=False, text=read)


PROMISED: Mapping[str, Callable[[Instrument], Instrument]] = {
    "a-number-only": _number_only,
    "unsigned-for-now": unsigned,
    "by-telephone": _by_telephone,
}
"""What stands in for a paper that is said to be on its way."""
TO_FOLLOW = {"paper_to_follow": True, "instrument_pending": True}


@check(
    guarantee="closed-list",
    counters=("paper-brought-afterwards",),
    needs=(*DEMANDED, Operation.AMEND_DISCLOSURE),
)
@pytest.mark.parametrize("promised", PROMISED)
def no_paper_is_brought_afterwards(case: Case, promised: str) -> None:
    """Until the paper itself is there nothing leaves, whatever is said to be on its way."""
    file = case.enrol()
    warrant = warrant_for(case, file.applicant)
    for extra in (None, TO_FOLLOW):
        stand_in = PROMISED[promised](warrant)
        taken = case.answered(case.target.request_disclosure(stand_in, COUNSEL, extra=extra))
        disclosure = str(taken.fields["disclosure"]) if taken.allowed else ""
        early = agree_and_collect(case, disclosure) if disclosure else []
        if disclosure:
            case.answered(case.target.amend_disclosure(disclosure, warrant, COUNSEL))
        case.expect(
            not told_of(early, file.applicant),
            "released-before-its-paper",
            "The record was handed out, and the paper for it came afterwards or never.",
        )
    must_release(case, file)


MARKS: tuple[Mapping[str, Any], ...] = (
    {"approved": True},
    {"status": "approved"},
    {"verified": True},
    {"in_order": True},
    {"counsel_reviewed": True},
    {"approvals": 2},
    {"basis": "judicial-warrant"},
    {"right": "release"},
)
"""What whoever asks may say of their own request."""


@check(guarantee="closed-list", counters=("paper-brought-afterwards",), needs=DEMANDED)
def a_mark_set_by_whoever_asks_decides_nothing(case: Case) -> None:
    """Neither a demand in order nor another opens anything because it is marked as approved."""
    file = case.enrol()
    good, bad = (
        warrant_for(case, file.applicant),
        police_request(file.applicant.named(), fields=("street",), today=case.today),
    )
    for mark in MARKS:
        for paper in (good, bad):
            taken = case.answered(case.target.request_disclosure(paper, COUNSEL, extra=mark))
            disclosure = str(taken.fields["disclosure"]) if taken.allowed else ""
            released = collect(case, disclosure) if disclosure else []
            if disclosure and paper is bad:
                released = [*released, *agree_and_collect(case, disclosure)]
            case.expect(
                not told_of(released, file.applicant),
                "mark-believed",
                "Whoever asked had marked the request as in order, and was handed the record.",
            )
    must_release(case, file)


# -- what it says -----------------------------------------------------------------------


def _naming(**other: object) -> Paper:
    """Return how a warrant looks that names somebody who is not quite the person."""

    def drawn_up(case: Case, person: Applicant) -> Instrument:
        warrant = warrant_for(case, person)
        (named,) = warrant.subjects
        changed = {name: getattr(named, name) for name in ("given_name", "surname", "born")} | other
        return replace(warrant, subjects=(Named(**changed),))

    return drawn_up


def _born_another_day(case: Case, person: Applicant) -> Instrument:
    return _naming(born=person.born - timedelta(days=366))(case, person)


NOT_IN_ORDER: Mapping[str, Paper] = {
    "a-year-late": lambda case, person: expired(warrant_for(case, person)),
    "two-days-late": lambda case, person: replace(
        warrant_for(case, person), expires=case.today - timedelta(days=2)
    ),
    "dated-next-week": lambda case, person: replace(
        warrant_for(case, person), issued=case.today + timedelta(days=7)
    ),
    "proposed": lambda case, person: unsigned(warrant_for(case, person)),
    "another-surname": _naming(surname="Example-Another"),
    "another-given-name": _naming(given_name="Example"),
    "another-birth-date": _born_another_day,
}
"""Warrants that a judge might have signed, and that are not good for this record today."""


@check(
    guarantee="closed-list",
    counters=("warrant-out-of-date", "warrant-in-another-name", "proposed-order-obeyed"),
    needs=DEMANDED,
)
def a_paper_that_is_not_in_order_opens_nothing(case: Case) -> None:
    """A warrant has to be signed, in force on the day, and in the person's own name."""
    file = case.enrol()
    for fault, paper in NOT_IN_ORDER.items():
        case.expect(
            not told_of(released_under(case, paper(case, file.applicant)), file.applicant),
            "not-in-order",
            f"The record was handed out on a warrant that was not in order: {fault}.",
        )
    must_release(case, file)


@check(
    guarantee="closed-list",
    counters=("warrant-out-of-date",),
    needs=(*DEMANDED, Operation.ADVANCE_CLOCK),
)
def a_paper_that_runs_out_meanwhile_opens_nothing(case: Case) -> None:
    """The basis is looked at when the record leaves, and not only when the request came in."""
    file = case.enrol()
    must_release(case, file)
    ends = case.today + timedelta(days=1)
    short = replace(warrant_for(case, file.applicant), expires=ends)
    disclosure = must_bring(case, short)
    case.must(case.target.advance_clock(timedelta(hours=71)))  # past its day in every zone
    approve(case, disclosure, *EVERYBODY)

    case.expect(
        not told_of(collect(case, disclosure), file.applicant),
        "ran-out",
        "The record was handed out on a warrant that had run out since it was brought.",
    )
