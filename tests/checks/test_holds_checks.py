"""How the checks of holds judge cities that are neither honest nor plainly broken."""

import dataclasses
from collections.abc import Callable

import pytest

from idaudit.checks.retention.hold_authority import (
    only_a_courts_order_holds,
    only_counsel_enters_a_hold,
    only_counsel_lifts_a_hold,
)
from idaudit.checks.retention.holds import (
    a_held_record_outlives_its_owners_wish,
    a_hold_binds_nobody_it_does_not_name,
    a_hold_does_not_keep_a_newcomers_papers,
    a_hold_opens_nothing,
    a_put_off_deletion_happens_once_the_hold_is_lifted,
    lifting_one_hold_leaves_another_in_force,
    retention_passes_over_a_held_record_and_no_other,
)
from idaudit.checks.retention.orders import letter
from idaudit.fixtures.targets.target import Answer, Exchange, Outcome, Target

Judge = Callable[..., tuple[str, str]]
REFUSED = Outcome(Answer.REFUSED, "bent")
ALL = (
    (a_held_record_outlives_its_owners_wish, ()),
    (a_hold_binds_nobody_it_does_not_name, ("stranger",)),
    (a_hold_does_not_keep_a_newcomers_papers, ()),
    (a_hold_opens_nothing, ()),
    (a_put_off_deletion_happens_once_the_hold_is_lifted, ()),
    (lifting_one_hold_leaves_another_in_force, ()),
    (only_a_courts_order_holds, (letter,)),
    (only_counsel_enters_a_hold, ()),
    (only_counsel_lifts_a_hold, ()),
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return REFUSED


def done(*_: object, **__: object) -> Outcome:
    """Say yes, and do nothing."""
    return Outcome(Answer.ALLOWED, fields={"destroyed": 0, "deferred": False, "hold": "h"})


@pytest.mark.parametrize(("check", "params"), ALL)
def test_a_city_that_enters_no_hold_shows_nothing(
    judge: Judge, check: Callable[..., None], params: tuple[object, ...]
) -> None:
    """A letter is refused there too, and that proves nothing."""
    assert judge(check, *params, place_hold=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(
    ("check", "params"),
    [
        (a_held_record_outlives_its_owners_wish, ()),
        (lifting_one_hold_leaves_another_in_force, ()),
        (only_counsel_lifts_a_hold, ()),
    ],
)
def test_a_desk_that_opens_nothing_proves_no_loss(
    judge: Judge, check: Callable[..., None], params: tuple[object, ...]
) -> None:
    """That a warrant opens nothing means nothing where no warrant ever does."""
    assert judge(check, *params, collect_disclosure=refuse)[0] == "inconclusive"


def test_a_city_that_puts_off_every_deletion_freezes_nobody(judge: Judge) -> None:
    """Where nobody's record goes at once, that a bystander's does not is no hold's doing."""

    def put_off(city: Target, **named: object) -> Outcome:
        ended = city.delete_record(**named)
        return dataclasses.replace(ended, fields={"deferred": True})

    told = judge(a_hold_binds_nobody_it_does_not_name, "stranger", delete_record=put_off)

    assert told[0] == "inconclusive"


def test_a_city_without_retention_is_not_accused_of_stopping_it(judge: Judge) -> None:
    """That nothing goes when its term has ended is another promise's business."""
    told = judge(
        retention_passes_over_a_held_record_and_no_other, advance_clock=done, run_retention=done
    )

    assert told[0] == "inconclusive"


def test_an_answer_that_lists_what_is_held_is_noticed(judge: Judge) -> None:
    """Who enters a hold learns from the order whom it names, and nothing more."""
    opened: list[str] = []

    def open_application(city: Target, **named: object) -> Outcome:
        outcome = city.open_application(**named)
        opened.append(outcome.fields["record"])
        return outcome

    def place(city: Target, **named: object) -> Outcome:
        placed = city.place_hold(**named)
        said = Exchange("POST", "/holds", 201, {}, b"", {}, f'["{opened[0]}"]'.encode())
        return dataclasses.replace(placed, exchanges=(said,))

    told = judge(a_hold_opens_nothing, open_application=open_application, place_hold=place)

    assert told == ("broken", "hold-tells-who")


def test_a_city_open_to_all_is_opened_by_no_hold(judge: Judge) -> None:
    """Who could read the record all along was not let in by the hold."""

    def read(city: Target, **named: object) -> Outcome:
        del city, named
        return Outcome(Answer.ALLOWED, fields={"record": {}})

    assert judge(a_hold_opens_nothing, read_record=read)[0] == "inconclusive"


def test_a_city_that_files_a_letter_without_freezing_anything_is_lawful(judge: Judge) -> None:
    """What counts is whether the record is frozen, not whether the letter was taken."""

    def place(city: Target, **named: object) -> Outcome:
        is_letter = named["instrument"].kind == "preservation-letter"
        return done() if is_letter else city.place_hold(**named)

    assert judge(only_a_courts_order_holds, letter, place_hold=place)[0] == "pass"
