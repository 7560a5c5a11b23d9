"""The days are made from published figures, and short by taking less of each, never faster."""

from pathlib import Path

import pytest

from idaudit.loadtests import figures
from idaudit.loadtests.figures import OPEN_SECONDS, Figure
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.schedule import busiest_second, drawn, share
from idaudit.loadtests.shapes import SHAPES, Journey, Shape, Spell, shape_called
from idaudit.threatmodel.errors import UsageError

FLAT = Shape("flat", "Ten come each second.", (Spell("all", 1.0, {Journey.READ: 10.0}),))


def test_every_figure_says_what_it_counts_and_who_says_so() -> None:
    """A number without a source would be ours, and then it says that."""
    named = [each for each in vars(figures).values() if isinstance(each, Figure)]

    assert len(named) == 16
    assert all(each.value > 0 and each.what and each.source for each in named)


def test_the_launch_day_books_what_was_booked_then() -> None:
    """17,543 in eight hours, and ten times the mean at the opening."""
    opening, day = SHAPES["launch-day"].spells

    assert day.rates[Journey.BOOK] * OPEN_SECONDS == pytest.approx(17_543)
    assert opening.rates[Journey.BOOK] == pytest.approx(10 * day.rates[Journey.BOOK])


def test_every_day_is_whole() -> None:
    """Its spells follow each other without a gap, and the rates of a surge are multiples."""
    for shape in SHAPES.values():
        assert sum(spell.share for spell in shape.spells) == pytest.approx(1)
    usual, seven = SHAPES["normal-day"].spells, SHAPES["surge-7"].spells
    for one, other in zip(usual, seven, strict=True):
        assert other.rates[Journey.WEB] == pytest.approx(6.7 * one.rates[Journey.WEB])


def test_a_shape_that_is_none_is_said_so() -> None:
    """A misspelt day is an error with a suggestion."""
    with pytest.raises(UsageError, match="launch-day"):
        shape_called("lunch-day")


def test_a_short_day_has_the_same_crowd_each_second() -> None:
    """Half the length has half the visitors: what is pressed on the city is the pressure itself."""
    long, short = (len(drawn(FLAT, seconds, 1)) for seconds in (400, 200))

    assert long / 400 == pytest.approx(10, rel=0.1)
    assert short / 200 == pytest.approx(10, rel=0.15)


def test_arrivals_follow_from_the_seed_alone() -> None:
    """Who comes when is drawn beforehand, in order of time, the same for everybody who draws."""
    day = SHAPES["surge-7"]
    once, again, other = drawn(day, 60, 4), drawn(day, 60, 4), drawn(day, 60, 5)

    assert once == again
    assert once != other
    assert once == sorted(once)
    assert all(0 <= each.due < 60 for each in once)


def test_what_is_rare_comes_once_all_the_same() -> None:
    """A paper comes to the disclosure desk once in a day that is too short for it."""
    came = [each.journey for each in drawn(SHAPES["normal-day"], 20, 9)]

    assert came.count(Journey.DEMAND) == 1
    assert Journey.RENEW not in came


def test_workers_share_the_day_between_them() -> None:
    """Everybody is sent by one of them, and by no other."""
    arrivals = drawn(FLAT, 20, 3)
    shares = [share(arrivals, worker, 3) for worker in range(3)]

    assert sorted(each for part in shares for each in part) == arrivals
    assert busiest_second(arrivals) >= 10
    assert busiest_second([]) == 0


def test_orders_travel_as_they_are(tmp_path: Path) -> None:
    """What a generator reads is what was written; workers make up different people."""
    orders = Orders("surge-3", 2.0, 30.0, 7, 2, url="http://127.0.0.1:1", holders=3)
    orders.write(tmp_path / "orders.json")

    assert Orders.read(tmp_path / "orders.json") == orders
    assert orders.first_applicant(1) - orders.first_applicant(0) == 400_000
