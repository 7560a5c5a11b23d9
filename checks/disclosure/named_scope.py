"""An order opens the persons it names and the fields it names, once, while it lasts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from idaudit.checks.case import COMMISSIONER, COUNSEL_2, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    IDENTITY,
    agree_and_collect,
    approve,
    collect,
    fields_in,
    must_bring,
    must_release,
    released_under,
    says_something,
    told_of,
    warrant_for,
)
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.instruments import Instrument, Named, naming_no_field, naming_nobody, reworded
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

SCOPE = (*ENROLMENT, *AT_THE_DESK)
CONTACT = ("street", "email", "phone")
RECORD_FIELDS = frozenset(Field) | {"city", "postcode"}


@check(guarantee="named-scope", counters=("narrow-order-overanswered",), needs=SCOPE)
@pytest.mark.parametrize("named", [("street",), ("email", "phone"), ("surname",)], ids="-".join)
def a_warrant_opens_only_the_fields_it_names(case: Case, named: tuple[str, ...]) -> None:
    """What the warrant does not name stays closed, even of the person it is about."""
    file = case.enrol()
    released = released_under(case, warrant_for(case, file.applicant, fields=named))
    if not says_something(released):
        raise Inconclusive("not even a judge's warrant with every approval opens a record here")

    allowed = {*named, *IDENTITY}
    more = (told_of(released, file.applicant) | fields_in(released) & RECORD_FIELDS) - allowed
    case.expect(
        not more,
        "unnamed-field",
        f"Besides what the warrant names, the desk handed out {len(more)} more of the fields.",
    )


def namesake(case: Case, of: Applicant) -> Applicant:
    """Somebody of the same name, born on another day."""
    return case.meet(case.people.namesake(of))


def housemate(case: Case, of: Applicant) -> Applicant:
    """Somebody of the same surname, at the same address."""
    return case.meet(case.people.household(of))


def almost_the_same_name(case: Case, of: Applicant) -> Applicant:
    """Somebody born on the same day, whose name differs in one letter."""
    other = "A" if of.surname[-1].casefold() != "a" else "E"
    surname = of.surname[:-1] + other.lower()
    return case.applicant(given_name=of.given_name, surname=surname, born=of.born)


def twin(case: Case, of: Applicant) -> Applicant:
    """Somebody of the same surname, born on the same day, at the same address."""
    return case.applicant(surname=of.surname, born=of.born, street=of.street)


def same_first_name_and_birthday(case: Case, of: Applicant) -> Applicant:
    """Somebody of the same given name, born on the same day."""
    return case.applicant(given_name=of.given_name, born=of.born)


@check(guarantee="named-scope", counters=("narrow-order-overanswered",), needs=SCOPE)
@pytest.mark.parametrize(
    "other", [namesake, housemate, almost_the_same_name, twin, same_first_name_and_birthday]
)
def a_warrant_opens_only_the_person_it_names(
    case: Case, other: Callable[[Case, Applicant], Applicant]
) -> None:
    """A person who shares a name, a household or a birthday with the one named stays closed."""
    file = case.enrol()
    bystander = case.enrol(other(case, file.applicant))
    released = released_under(case, warrant_for(case, file.applicant, fields=CONTACT))
    if not told_of(released, file.applicant):
        must_release(case, case.enrol())

    case.expect(
        not told_of(released, bystander.applicant, file.applicant),
        "unnamed-person",
        "The desk handed out somebody whom the warrant does not name.",
    )


@check(guarantee="named-scope", counters=("narrow-order-overanswered",), needs=SCOPE)
def an_order_naming_two_opens_exactly_two(case: Case) -> None:
    """Of three cardholders, an order for two opens those two."""
    first, between, last = case.enrol(), case.enrol(), case.enrol()
    order = warrant_for(case, first.applicant, last.applicant, fields=CONTACT)
    released = released_under(case, order)
    if not (told_of(released, first.applicant) or told_of(released, last.applicant)):
        raise Inconclusive("a desk that opens nobody under an order for two shows nothing")

    case.expect(
        not told_of(released, between.applicant),
        "unnamed-person",
        "An order for two opened a third.",
    )


def _pattern(sign: str) -> Callable[[Instrument], Instrument]:
    """Return how a warrant looks whose subject is whoever fits a pattern."""

    def patterned(warrant: Instrument) -> Instrument:
        (named,) = warrant.subjects
        return reworded(replace(warrant, subjects=(Named(sign, sign, named.born),)))

    return patterned


UNNAMED: dict[str, Callable[[Instrument], Instrument]] = {
    "everybody": naming_nobody,
    "all-records-of-a-person": naming_no_field,
    "star": _pattern("*"),
    "percent": _pattern("%"),
    "dot-star": _pattern(".*"),
}


@check(guarantee="named-scope", counters=("blank-in-order-means-all",), needs=SCOPE)
@pytest.mark.parametrize("order", UNNAMED)
def an_order_that_names_nothing_opens_nothing(case: Case, order: str) -> None:
    """Neither a warrant for everybody, nor for everything, nor for a pattern opens a record."""
    file = case.enrol()
    released = released_under(
        case, UNNAMED[order](warrant_for(case, file.applicant, fields=CONTACT))
    )

    case.expect(
        not told_of(released, file.applicant),
        "opened-unnamed",
        "A record was handed out that the warrant does not name.",
    )
    must_release(case, file)


@check(guarantee="named-scope", counters=("release-fetched-again",), needs=SCOPE)
def a_release_is_collected_once(case: Case) -> None:
    """What was handed out is not handed out again, whoever approves it again."""
    file = case.enrol()
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    if not says_something(agree_and_collect(case, disclosure)):
        raise Inconclusive("not even a judge's warrant with every approval opens a record here")
    again = collect(case, disclosure)
    approve(case, disclosure, COUNSEL_2, COMMISSIONER)

    case.expect(
        not says_something(again) and not says_something(collect(case, disclosure)),
        "collected-again",
        "What one order opened could be fetched more than once.",
    )


@check(
    guarantee="named-scope",
    counters=("release-fetched-again",),
    needs=(*SCOPE, Operation.ADVANCE_CLOCK),
)
def a_release_ends_with_its_window(case: Case) -> None:
    """What nobody collects in time is not handed out any more."""
    file = case.enrol()
    must_release(case, file)
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COUNSEL_2, COMMISSIONER)
    window = timedelta(hours=case.terms.release_window_hours + 1)
    case.must(case.target.advance_clock(window))

    case.expect(
        not says_something(collect(case, disclosure)),
        "collected-late",
        "The record was handed out after the time to collect it had passed.",
    )


@check(
    guarantee="named-scope",
    counters=("narrow-order-overanswered",),
    needs=(*SCOPE, Operation.CORRECT_RECORD),
)
def a_release_carries_no_history(case: Case) -> None:
    """What a person has corrected does not ride along with what is."""
    file = case.enrol()
    case.must(case.target.correct_record(file.record, {"street": "1 Example Square"}, file.owner))
    released = released_under(case, warrant_for(case, file.applicant))
    if "1 example square" not in str(released).casefold():
        raise Inconclusive("the desk did not open the corrected record")

    case.expect(
        "street" not in told_of(released, file.applicant),
        "history-released",
        "The desk handed out an address that its owner had corrected.",
    )
