"""How the checks of terms count, and how they judge what they cannot see."""

import dataclasses
import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from idaudit.checks.retention import due, term
from idaudit.fixtures.targets.target import Answer, Outcome, Target
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Terms

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
KEPT, NOT_KEPT = "idnyc-2015", "idnyc-2017"
ALL: tuple[tuple[Check, tuple[object, ...]], ...] = (
    (term.papers_are_gone_when_their_term_has_ended, (term.nothing,)),
    (term.papers_are_destroyed_without_anybody_asking, ()),
    (term.no_paper_is_left_behind_when_many_fall_due, ()),
    (term.a_record_is_gone_when_its_term_has_ended, (term.a_power_cut,)),
    (term.a_record_from_a_leap_day_is_gone_like_any_other, ()),
    (term.an_application_nobody_decides_ends_by_itself, ()),
    (term.no_application_is_left_behind_when_many_fall_due, ()),
)


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def terms(programme: str = KEPT, **changes: object) -> Terms:
    """Return the terms of a programme, changed."""
    return dataclasses.replace(load().programmes[programme].terms, **changes)


@pytest.mark.parametrize(
    ("applied", "ends"),
    [
        (date(2014, 2, 3), date(2016, 4, 1)),
        (date(2014, 4, 1), date(2016, 4, 1)),  # due the day before: this quarter's purge takes it
        (date(2014, 4, 2), date(2016, 7, 1)),  # due on the day of a purge: the next may take it
        (date(2014, 11, 1), date(2016, 12, 31)),  # the kill switch comes first
        (date(2017, 1, 2), date(2019, 4, 1)),  # its date is past
    ],
)
def test_papers_end_with_the_purge_after_their_term(applied: date, ends: date) -> None:
    """Two years, and then the turn of the quarter; or the kill switch, if that comes first."""
    assert due.papers_end(terms(), applied) == ends


def test_papers_without_a_term_end_at_once() -> None:
    """Where none is kept, none has a quarter to wait for."""
    assert due.papers_end(terms(NOT_KEPT), date(2017, 2, 1)) == date(2017, 2, 1)


@pytest.mark.parametrize(
    ("issued", "expires"),
    [
        (date(2017, 2, 1), date(2022, 2, 1)),
        (date(2020, 2, 29), date(2025, 3, 1)),  # the later of the two readings
        (date(2019, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_record_ends_after_the_card(issued: date, expires: date) -> None:
    """Five years and the programme's days; a leap day's card is good until March at the latest."""
    found = due.record_end(terms(NOT_KEPT, record_days_after_expiry=90), issued)

    assert found == expires + timedelta(days=90)


@pytest.mark.parametrize(
    ("ends", "counted"),
    [
        (date(2022, 3, 1), date(2022, 3, 1)),  # the first of the next month
        (date(2022, 1, 31), date(2022, 1, 31)),  # the last of the one before
        (date(2023, 2, 1), date(2022, 2, 1)),  # a year too long
        (None, date(2022, 2, 1)),
    ],
)
def test_a_card_may_end_with_a_month_and_not_with_a_later_year(
    ends: date | None, counted: date
) -> None:
    """What stands on the card counts while it is near the programme's term."""
    found = due.record_end(terms(NOT_KEPT, record_days_after_expiry=90), date(2017, 2, 1), ends)

    assert found == counted + timedelta(days=90)


@pytest.mark.parametrize(("check", "params"), ALL)
def test_a_city_that_takes_nobody_in_shows_nothing(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """That nothing is left of nobody proves nothing."""
    assert judge(check, *params, open_application=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(("check", "params"), ALL)
def test_a_clock_that_only_says_it_moved_accuses_nobody(
    judge: Judge, check: Check, params: tuple[object, ...]
) -> None:
    """What has not fallen due is rightly there."""

    def stand_still(city: Target, **_: object) -> Outcome:
        return Outcome(Answer.ALLOWED, fields={"now": city.now().isoformat()})

    assert judge(check, *params, advance_clock=stand_still)[0] == "inconclusive"


def test_a_record_that_goes_too_early_shows_nothing(judge: Judge) -> None:
    """Being gone before the term is no proof of going with it."""
    ended: list[object] = []

    def advance(city: Target, **named: object) -> Outcome:
        ended.append(named)
        return city.advance_clock(**named)

    def read(city: Target, **named: object) -> Outcome:
        return refuse() if ended else city.read_record(**named)

    check = term.a_record_is_gone_when_its_term_has_ended
    assert judge(check, term.nothing, advance_clock=advance, read_record=read)[0] == "inconclusive"


def fill_up(city: Target, **named: object) -> Outcome:
    """Let the clock run, and leave as many bytes at rest as there were papers."""
    papers = city.data / "papers"
    before = sum(path.stat().st_size for path in papers.iterdir())
    moved = city.advance_clock(**named)
    after = sum(path.stat().st_size for path in papers.iterdir())
    (city.data / "scratch" / "cipher").write_bytes(os.urandom(before - after))
    return moved


def test_cipher_without_a_key_is_neither_kept_nor_shown_to_be_gone(judge: Judge) -> None:
    """Bytes that stay may be noise by now; nobody can see that, so nobody is accused."""
    check = term.no_paper_is_left_behind_when_many_fall_due

    assert judge(check, programme=KEPT, advance_clock=fill_up)[0] == "inconclusive"


def test_a_city_that_keeps_less_than_it_may_keeps_its_terms(judge: Judge) -> None:
    """Papers that are not kept at all are gone when their term has ended."""

    def decide(city: Target, **named: object) -> Outcome:
        decided = city.decide(**named)
        for path in (city.data / "papers").iterdir():
            path.unlink()
        return decided

    for check, params in ALL[1:3]:
        assert judge(check, *params, programme=KEPT, decide=decide) == ("pass", "")


def test_a_purge_that_waits_to_be_asked_is_noticed_by_its_weight(judge: Judge) -> None:
    """Cipher that goes when somebody asks was still there, whoever could read it."""

    def run(city: Target, **named: object) -> Outcome:
        (city.data / "scratch" / "cipher").unlink()
        return city.run_retention(**named)

    bent = {"advance_clock": fill_up, "run_retention": run}
    told = judge(term.papers_are_destroyed_without_anybody_asking, programme=KEPT, **bent)

    assert told == ("broken", "purged-by-hand-only")
