"""How the checks of the disclosure desk judge desks that are neither honest nor plainly broken."""

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from idaudit.checks.disclosure.court_only import (
    a_court_that_enforces_a_refused_paper_is_heard_afresh,
    a_refusal_does_not_tell_who_is_enrolled,
    no_look_alike_opens_a_record,
    no_look_alike_slips_in_behind_a_warrant,
)
from idaudit.checks.disclosure.desk import fields_in, says_something, told_of
from idaudit.checks.disclosure.named_scope import (
    a_release_carries_no_history,
    a_release_ends_with_its_window,
    a_release_is_collected_once,
    a_warrant_opens_only_the_fields_it_names,
    a_warrant_opens_only_the_person_it_names,
    an_order_naming_two_opens_exactly_two,
    an_order_that_names_nothing_opens_nothing,
    namesake,
)
from idaudit.checks.disclosure.two_people import (
    COUNSEL_3,
    a_crash_does_not_make_one_person_two,
    an_approval_counts_for_one_request_only,
    an_approval_does_not_outlive_the_request_it_was_for,
    nothing_is_released_before_the_right_two_agree,
    two_lawyers_cannot_do_without_the_commissioner,
)
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Answer, Outcome, Target
from idaudit.threatmodel.errors import NotOffered

Judge = Callable[..., tuple[str, str]]
ALL = (
    (no_look_alike_opens_a_record, ("i-200",)),
    (no_look_alike_slips_in_behind_a_warrant, ("i-200",)),
    (a_court_that_enforces_a_refused_paper_is_heard_afresh, ()),
    (a_warrant_opens_only_the_fields_it_names, (("street",),)),
    (a_warrant_opens_only_the_person_it_names, (namesake,)),
    (an_order_naming_two_opens_exactly_two, ()),
    (an_order_that_names_nothing_opens_nothing, ("everybody",)),
    (a_release_is_collected_once, ()),
    (a_release_ends_with_its_window, ()),
    (a_release_carries_no_history, ()),
    (nothing_is_released_before_the_right_two_agree, ("nobody",)),
    (two_lawyers_cannot_do_without_the_commissioner, ()),
    (an_approval_does_not_outlive_the_request_it_was_for, ("all-before", "another-field")),
    (an_approval_counts_for_one_request_only, ()),
    (a_crash_does_not_make_one_person_two, ()),
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def fail(*_: object, **__: object) -> Outcome:
    """Break down."""
    return Outcome(Answer.ERROR, "bent")


def nothing(*_: object, **__: object) -> Outcome:
    """Hand out an empty envelope."""
    return Outcome(Answer.ALLOWED, fields={"released": []})


@pytest.mark.parametrize(("check", "params"), ALL)
@pytest.mark.parametrize("how", [refuse, nothing])
def test_a_desk_that_opens_nothing_shows_nothing(
    judge: Judge,
    check: Callable[..., None],
    params: tuple[object, ...],
    how: Callable[..., Outcome],
) -> None:
    """Refusing courts as well is lawful to route to counsel, and no proof of telling them apart."""
    assert judge(check, *params, collect_disclosure=how)[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), ALL)
def test_a_desk_that_breaks_down_shows_nothing(
    judge: Judge, check: Callable[..., None], params: tuple[object, ...]
) -> None:
    """A failure is neither a release nor a refusal."""
    assert judge(check, *params, request_disclosure=fail)[0] == "inconclusive"


def test_a_desk_that_numbers_its_refusals_is_lawful(judge: Judge) -> None:
    """Two answers may differ in a number that tells nothing of the person asked for."""
    numbers = itertools.count()

    def request(city: Target, **named: object) -> Outcome:
        outcome = city.request_disclosure(**named)
        body = f'{{"incident": {next(numbers)}}}'.encode()
        last = dataclasses.replace(outcome.exchanges[-1], body=body)
        return dataclasses.replace(outcome, exchanges=(last,))

    told = judge(a_refusal_does_not_tell_who_is_enrolled, "i-200", request_disclosure=request)

    assert told[0] == "pass"


def test_a_refusal_worded_otherwise_for_a_cardholder_is_noticed(judge: Judge) -> None:
    """The same code and the same status, and a longer sentence."""
    opened: list[str] = []

    def open_application(city: Target, **named: object) -> Outcome:
        opened.append(named["applicant"].surname)
        return city.open_application(**named)

    def request(city: Target, **named: object) -> Outcome:
        outcome = city.request_disclosure(**named)
        known = named["instrument"].subjects[0].surname in opened
        body = outcome.exchanges[-1].body + (b" " if known else b"")
        last = dataclasses.replace(outcome.exchanges[-1], body=body)
        return dataclasses.replace(outcome, exchanges=(last,))

    told = judge(
        a_refusal_does_not_tell_who_is_enrolled,
        "i-200",
        request_disclosure=request,
        open_application=open_application,
    )

    assert told == ("broken", "refusal-tells")


def test_a_house_with_two_lawyers_can_be_judged(judge: Judge) -> None:
    """Where there is no third one, who brings the paper is one of the two."""

    def request(city: Target, **named: object) -> Outcome:
        if named["by"] == COUNSEL_3:
            raise NotOffered("there is no third")
        return city.request_disclosure(**named)

    told = judge(two_lawyers_cannot_do_without_the_commissioner, request_disclosure=request)

    assert told[0] == "pass"


def test_a_desk_that_refuses_amendments_is_lawful(judge: Judge) -> None:
    """What was agreed to may then be handed out, and nothing more."""
    for wider in ("another-person", "another-field"):
        told = judge(
            an_approval_does_not_outlive_the_request_it_was_for,
            "all-before",
            wider,
            amend_disclosure=refuse,
        )

        assert told[0] == "pass"


def test_a_desk_that_names_whom_it_releases_is_lawful(judge: Judge) -> None:
    """The order itself said the name; an answer that repeats it tells nothing new."""

    def collect(city: Target, **named: object) -> Outcome:
        handed_out = city.collect_disclosure(**named)
        if not handed_out.allowed or not people:
            return handed_out
        named_in_order = {"surname": people[0].surname, "given_name": people[0].given_name}
        released = [{**one, **named_in_order} for one in handed_out.fields["released"]]
        return dataclasses.replace(handed_out, fields={"released": released})

    people: list[Any] = []

    def open_application(city: Target, **named: object) -> Outcome:
        people.append(named["applicant"])
        return city.open_application(**named)

    told = judge(
        a_warrant_opens_only_the_fields_it_names,
        ("street",),
        collect_disclosure=collect,
        open_application=open_application,
    )

    assert told[0] == "pass"


def test_what_two_people_share_tells_of_neither() -> None:
    """A namesake's name in a release is the name of whom the order was for."""
    people = Applicants(Mint(3))
    person = people.next()
    namesake_of = people.namesake(person)
    released = [{"surname": person.surname.upper(), "street": person.street}]

    assert told_of(released, person) == {"surname", "street"}
    assert told_of(released, namesake_of, person) == set()


def test_empty_fields_are_no_release() -> None:
    """A form with nothing filled in says nothing of anybody."""
    assert not says_something([{"street": None, "email": ""}, {}])
    assert fields_in([{"street": None, "email": "x@example.org"}]) == {"email"}
