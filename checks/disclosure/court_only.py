"""Only a court's paper opens a record: who signed it decides, never what it is called."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from idaudit.checks.case import COUNSEL, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    agree_and_collect,
    bring,
    must_bring,
    must_release,
    released_under,
    says_something,
    warrant_for,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import (
    LOOK_ALIKES,
    Instrument,
    Office,
    attorney_subpoena,
    expired,
    judicial_subpoena,
    of_unrecognised_court,
    reworded,
    unsigned,
)
from idaudit.fixtures.targets.target import Exchange, Operation, Outcome

FIELDS = ("street", "email", "phone")
Paper = Callable[[Case, Applicant], Instrument]


def _as(builder: Callable[..., Instrument]) -> Paper:
    """Return how *builder*'s paper is drawn up against one person, today."""

    def drawn_up(case: Case, person: Applicant) -> Instrument:
        return builder(person.named(), fields=FIELDS, today=case.today)

    return drawn_up


def _spoiled(spoil: Callable[[Instrument], Instrument]) -> Paper:
    """Return how a judge's warrant looks once *spoil* took away what makes it one."""
    return lambda case, person: spoil(warrant_for(case, person, fields=FIELDS))


def _signed_by(office: Office) -> Callable[[Instrument], Instrument]:
    """Return what makes a court's paper one that only *office* has signed."""
    return lambda paper: reworded(replace(paper, office=office))


def _subpoena_too_weak_here(case: Case, person: Applicant) -> Instrument:
    """A judge's subpoena where only warrants count, and a lawyer's where it would do."""
    weak = case.terms.disclosure_profile == "warrant-only"
    return _as(judicial_subpoena if weak else attorney_subpoena)(case, person)


PAPERS: dict[str, Paper] = {
    **{builder.form: _as(builder) for builder in LOOK_ALIKES},
    "expired-warrant": _spoiled(expired),
    "unsigned-warrant": _spoiled(unsigned),
    "warrant-of-no-known-court": _spoiled(of_unrecognised_court),
    "warrant-signed-by-a-clerk-of-court": _spoiled(_signed_by(Office.COURT_CLERK)),
    "warrant-signed-by-an-immigration-judge": _spoiled(_signed_by(Office.IMMIGRATION_JUDGE)),
    "subpoena-too-weak-here": _subpoena_too_weak_here,
}
"""Papers that open nothing, by what they are."""


@check(
    guarantee="court-only",
    counters=(
        "administrative-warrant-obeyed",
        "lawyers-subpoena-obeyed",
        "proposed-order-obeyed",
        "immigration-judge-obeyed",
        "impostor-gets-a-record",
        "unknown-paper-allowed",
    ),
    needs=(*ENROLMENT, *AT_THE_DESK),
)
@pytest.mark.parametrize("paper", PAPERS)
def no_look_alike_opens_a_record(case: Case, paper: str) -> None:
    """A paper without a court behind it gets nothing, even when everybody agrees to it."""
    file = case.enrol()
    released = released_under(case, PAPERS[paper](case, file.applicant))

    case.expect(
        not says_something(released),
        "look-alike-released",
        "The record was handed out, and no court had asked for it.",
    )
    must_release(case, file)


@check(
    guarantee="court-only",
    counters=("paper-swapped-after-intake",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.AMEND_DISCLOSURE),
)
@pytest.mark.parametrize("paper", ["i-200", "administrative-subpoena", "unsigned-warrant"])
def no_look_alike_slips_in_behind_a_warrant(case: Case, paper: str) -> None:
    """A request taken up under a warrant does not open a record once the warrant is replaced."""
    file, other = case.enrol(), case.enrol()
    disclosure = must_bring(case, warrant_for(case, other.applicant))
    weak = PAPERS[paper](case, file.applicant)
    replaced = case.answered(case.target.amend_disclosure(disclosure, weak, COUNSEL))
    released = agree_and_collect(case, disclosure)

    case.expect(
        not (replaced.allowed and says_something(released)),
        "slipped-in",
        "A record was handed out under a paper that no court had signed.",
    )
    must_release(case, file)


@check(
    guarantee="court-only",
    counters=("refusal-tells-who-is-on-file",),
    needs=(*ENROLMENT, *AT_THE_DESK),
)
@pytest.mark.parametrize("paper", ["i-200", "administrative-subpoena", "expired-warrant"])
def a_refusal_does_not_tell_who_is_enrolled(case: Case, paper: str) -> None:
    """A look-alike is answered in the same way for a cardholder and for a stranger."""
    file = case.enrol()
    strangers = [case.applicant(), case.applicant()]
    known, unknown, again = (
        case.answered(case.target.request_disclosure(PAPERS[paper](case, person), COUNSEL))
        for person in (file.applicant, *strangers)
    )
    case.expect(
        known.answer is unknown.answer and known.reason == unknown.reason,
        "refusal-tells",
        "The answer is another one for a cardholder than for somebody who is none.",
    )
    if _look(unknown) == _look(again):  # a desk may number its answers
        case.expect(
            _look(known) == _look(unknown),
            "refusal-tells",
            "The answer reads otherwise for a cardholder than for somebody who is none.",
        )


@check(
    guarantee="court-only",
    counters=("enforced-number-used-again",),
    needs=(*ENROLMENT, *AT_THE_DESK),
)
def a_court_that_enforces_a_refused_paper_is_heard_afresh(case: Case) -> None:
    """
    A refused agency paper does not turn into a court's by coming again under its number.

    A court's own order that cites that number may be taken up; the agency's may not.
    """
    file = case.enrol()
    weak = PAPERS["administrative-subpoena"](case, file.applicant)
    bring(case, weak)
    enforcing = replace(warrant_for(case, file.applicant), number=weak.number)
    bring(case, enforcing)
    released = released_under(case, weak)

    case.expect(
        not says_something(released),
        "number-reused",
        "A paper was honoured for bearing the number of a court's order.",
    )
    must_release(case, file)


def _look(outcome: Outcome) -> tuple[tuple[int, str], ...]:
    """Return what of an answer a requester could compare with another's."""
    return tuple(_said(exchange) for exchange in outcome.exchanges)


def _said(exchange: Exchange) -> tuple[int, str]:
    return exchange.status, exchange.body.decode(errors="replace")
