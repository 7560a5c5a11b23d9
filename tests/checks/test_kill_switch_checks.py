"""How the checks of the kill switch judge cities that are neither honest nor plainly broken."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from idaudit.checks.retention.kill_switch import (
    a_crash_does_not_undo_a_kill,
    a_hold_does_not_stop_the_kill_switch,
    a_signed_kill_order_leaves_nothing_to_read,
    an_order_carried_out_cannot_be_signed_again,
    from_the_counter,
    one_person_alone_cannot_fire_the_kill_switch,
    the_kill_certificate_adds_up,
    the_kill_switch_keeps_to_its_date,
    the_kill_switch_works_a_second_time,
    twice_as_commissioner,
    under_another_login,
)
from idaudit.fixtures.targets.target import Actor, Answer, Outcome, Target

Judge = Callable[..., tuple[str, str]]
REFUSED, FAILED = Outcome(Answer.REFUSED, "bent"), Outcome(Answer.ERROR, "bent")
ALL = (
    a_signed_kill_order_leaves_nothing_to_read,
    a_crash_does_not_undo_a_kill,
    a_hold_does_not_stop_the_kill_switch,
    the_kill_switch_works_a_second_time,
    an_order_carried_out_cannot_be_signed_again,
    the_kill_certificate_adds_up,
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return REFUSED


def fail(*_: object, **__: object) -> Outcome:
    """Break down."""
    return FAILED


@pytest.mark.parametrize("check", ALL)
def test_a_switch_that_nobody_is_let_use_shows_nothing(
    judge: Judge, check: Callable[..., None]
) -> None:
    """Neither kept nor broken: no order could be given."""
    assert judge(check, order_kill=refuse)[0] == "inconclusive"


@pytest.mark.parametrize("check", ALL)
def test_a_switch_that_nobody_is_let_sign_shows_nothing(
    judge: Judge, check: Callable[..., None]
) -> None:
    """Other people may have to sign there than those the suite knows."""
    assert judge(check, sign_kill=refuse)[0] == "inconclusive"


def test_a_city_that_shows_nobody_their_record_shows_nothing(judge: Judge) -> None:
    """What could not be read before is not made unreadable by a kill."""
    told = judge(a_signed_kill_order_leaves_nothing_to_read, read_record=refuse)

    assert told[0] == "inconclusive"


def test_a_failure_to_sign_is_no_violation(judge: Judge) -> None:
    """A city that breaks down has not said whether its records would go."""
    told = judge(a_signed_kill_order_leaves_nothing_to_read, sign_kill=fail)

    assert told[0] == "inconclusive"


def test_a_failure_in_the_second_use_is_one(judge: Judge) -> None:
    """There, not failing is what is promised."""
    orders = []

    def order(city: Target, **named: object) -> Outcome:
        orders.append(1)
        return FAILED if len(orders) > 1 else city.order_kill(**named)

    assert judge(the_kill_switch_works_a_second_time, order_kill=order) == (
        "broken",
        "second-kill-fails",
    )


def test_a_blind_surface_shows_nothing(judge: Judge) -> None:
    """What cannot be swept cannot be called clean."""
    told = judge(a_signed_kill_order_leaves_nothing_to_read, blind=frozenset({"registry"}))

    assert told[0] == "inconclusive"


@pytest.mark.parametrize("way", [twice_as_commissioner, under_another_login, from_the_counter])
def test_a_switch_that_never_fires_passes_nothing(judge: Judge, way: Callable[..., object]) -> None:
    """A switch that one person cannot fire, and two cannot either, is not shown to be safe."""
    told = judge(
        one_person_alone_cannot_fire_the_kill_switch,
        way,
        sign_kill=lambda *_, **__: Outcome(Answer.ALLOWED, fields={"executed": False}),
    )

    assert told[0] == "inconclusive"


def test_an_order_that_counts_for_no_signature_is_lawful(judge: Judge) -> None:
    """A city may want two signatures besides the order."""
    signers: dict[str, set[str]] = {}

    def sign(city: Target, order: str, by: Actor) -> Outcome:
        signers.setdefault(order, set()).add(str(by))
        if len(signers[order]) < 2:
            return Outcome(Answer.ALLOWED, fields={"executed": False})
        return city.sign_kill(order, dataclasses.replace(by, role="counsel"))

    assert judge(a_signed_kill_order_leaves_nothing_to_read, sign_kill=sign)[0] == "pass"


def test_a_city_that_closes_after_a_kill_is_lawful(judge: Judge) -> None:
    """Taking nobody in any more is one way to begin anew."""
    fired = []

    def sign(city: Target, **named: object) -> Outcome:
        fired.append(1)
        return city.sign_kill(**named)

    def take_in(city: Target, **named: object) -> Outcome:
        return REFUSED if fired else city.open_application(**named)

    for check in (
        the_kill_switch_works_a_second_time,
        an_order_carried_out_cannot_be_signed_again,
    ):
        fired.clear()
        assert judge(check, open_application=take_in, sign_kill=sign)[0] == "pass"


def test_a_certificate_that_is_refused_before_there_is_one_is_lawful(judge: Judge) -> None:
    """A city may say "not found" where nothing has been certified."""

    def read(city: Target, **named: object) -> Outcome:
        shown = city.read_kill(**named)
        return shown if shown.fields["fired"] else REFUSED

    assert judge(the_kill_certificate_adds_up, read_kill=read)[0] == "pass"


def test_a_date_that_has_passed_shows_nothing(judge: Judge) -> None:
    """Whether the switch would have kept to it can no longer be seen."""

    def ten_years_on(city: Target) -> datetime:
        return city.now() + timedelta(days=3650)

    told = judge(
        the_kill_switch_keeps_to_its_date,
        False,  # noqa: FBT003  nobody is held
        programme="idnyc-2015",
        now=ten_years_on,
    )

    assert told[0] == "inconclusive"
    assert "past" in told[1]


@pytest.mark.parametrize(
    "check", [a_signed_kill_order_leaves_nothing_to_read, a_hold_does_not_stop_the_kill_switch]
)
def test_papers_that_were_never_seen_to_rest_show_nothing(
    judge: Judge, check: Callable[..., None]
) -> None:
    """Where the switch covers papers, some have to be there before it fires."""
    told = judge(check, programme="idnyc-2015", submit_document=_accepted)

    assert told[0] == "inconclusive"


def test_papers_left_at_rest_are_noticed_by_their_weight(judge: Judge) -> None:
    """A switch that only stops showing papers has destroyed none."""
    told = judge(
        a_signed_kill_order_leaves_nothing_to_read,
        programme="idnyc-2015",
        sign_kill=lambda *_, **__: Outcome(Answer.ALLOWED, fields={"executed": True}),
        view_document=refuse,
    )

    assert told == ("broken", "readable-after-kill-at-rest")


def _accepted(*_: object, **__: object) -> Outcome:
    return Outcome(Answer.ALLOWED, fields={"index": 0})
