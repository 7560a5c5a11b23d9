"""
Days in the life of an enrolment centre: who comes when, and how many.

A day is made short by taking less of each of its spells, and not by letting the
crowd run: in a spell as many come each second as came in that hour of the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from idaudit.loadtests import figures
from idaudit.loadtests.figures import a_second
from idaudit.threatmodel.errors import UsageError, did_you_mean


class Journey(StrEnum):
    """What somebody comes for, from the first request to the last."""

    BOOK = "books an appointment"
    WEB = "applies over the web"
    COUNTER = "applies at the counter"
    READ = "looks at one's own record"
    LEAVE = "ends one's own record"
    RENEW = "renews a card"
    VERIFY = "has a card verified by a partner"
    DEMAND = "brings a paper to the disclosure desk"
    REPORT = "reads the public report"
    SCRAPE = "guesses at records"


Rates = Mapping[Journey, float]


@dataclass(frozen=True, slots=True)
class Spell:
    """A part of the day: how long it is, of the whole, and how many come each second."""

    name: str
    share: float
    rates: Rates


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of day."""

    name: str
    summary: str
    spells: tuple[Spell, ...]
    kills: bool = False  # whether the kill switch is ordered in the midst of it
    years_later: bool = False  # whether the cards are about to expire

    def times(self, surge: float) -> "Shape":
        """Return the same day with *surge* times the crowd."""
        spells = tuple(
            Spell(each.name, each.share, _scaled(each.rates, surge)) for each in self.spells
        )
        return Shape(self.name, self.summary, spells, self.kills, self.years_later)


def _scaled(rates: Rates, by: float) -> Rates:
    return {journey: rate * by for journey, rate in rates.items()}


_ENROLS = a_second(figures.ENROLLED_A_DAY)
_ANY_DAY: Rates = {
    Journey.BOOK: a_second(figures.PLANNED_A_YEAR, 365),
    Journey.WEB: _ENROLS / 2,
    Journey.COUNTER: _ENROLS / 2,
    Journey.READ: figures.READS_A_YEAR.value * a_second(figures.HOLDERS, 365),
    Journey.LEAVE: a_second(figures.HOLDERS, 365 * 100),
    Journey.VERIFY: figures.SHOWN_A_YEAR.value * a_second(figures.HOLDERS, 365),
    Journey.DEMAND: a_second(figures.ASKED_BY_AGENCIES, 273),
    Journey.REPORT: a_second(figures.REPORTERS_A_DAY),
    Journey.SCRAPE: figures.SCRAPED_A_SECOND.value,
}
_LAUNCH: Rates = {
    **_ANY_DAY,
    Journey.BOOK: a_second(figures.BOOKED_IN_A_DAY),
    Journey.WEB: a_second(figures.CARDS_IN_A_WEEK, 5) / 2,
    Journey.COUNTER: a_second(figures.CARDS_IN_A_WEEK, 5) / 2,
}
_RELEASED = figures.PLANNED_A_YEAR.value / 52 / 300  # a week's places, gone in five minutes
_RENEWALS = a_second(figures.ENROLLED_IN_A_YEAR, 365)


def _day(factor: float = 1) -> tuple[Spell, ...]:
    """Return a day that is fullest at noon."""
    hours = (("morning", 0.4, 1.0), ("noon", 0.3, 1.5), ("afternoon", 0.3, 0.7))
    return tuple(Spell(name, part, _scaled(_ANY_DAY, factor * of)) for name, part, of in hours)


_EVERYTHING: Rates = {
    Journey.BOOK: 25,
    Journey.WEB: 2.5,
    Journey.COUNTER: 2.5,
    Journey.READ: 20,
    Journey.LEAVE: 2,
    Journey.VERIFY: 10,
    Journey.DEMAND: 2,
    Journey.REPORT: 2,
    Journey.SCRAPE: 15,
}


SHAPES = {
    each.name: each
    for each in (
        Shape("normal-day", "A day of 2015 at its usual pace.", _day()),
        Shape(
            "launch-day",
            "The day on which 17,543 book, ten times as many at the opening.",
            (
                Spell(
                    "opening",
                    0.3,
                    {**_LAUNCH, Journey.BOOK: figures.BURST.value * _LAUNCH[Journey.BOOK]},
                ),
                Spell("day", 0.7, _LAUNCH),
            ),
        ),
        Shape(
            "friday-drop",
            "A week's appointments are released on a Friday afternoon and gone in minutes.",
            (
                Spell("before", 0.2, _ANY_DAY),
                Spell(
                    "drop",
                    0.4,
                    {**_ANY_DAY, Journey.BOOK: figures.LATECOMERS.value * _RELEASED},
                ),
                Spell("after", 0.4, {**_ANY_DAY, Journey.BOOK: _RELEASED / 4}),
            ),
        ),
        Shape("surge-3", "Three times the plan, as was told.", _day(figures.TOLD_SURGE.value)),
        Shape("surge-7", "6.7 times the plan, as it was.", _day(figures.REAL_SURGE.value)),
        Shape(
            "renewal-wave",
            "Five years later the cards of the first year expire.",
            (Spell("wave", 1.0, {**_ANY_DAY, Journey.RENEW: _RENEWALS}),),
            years_later=True,
        ),
        Shape(
            "kill-in-surge",
            "6.7 times the plan, and in the midst of it the kill switch is ordered.",
            _day(figures.REAL_SURGE.value),
            kills=True,
        ),
        Shape(
            "all-at-once",
            "No day that ever was: everything that can be asked is asked, all of it often.",
            (Spell("all", 1.0, _EVERYTHING),),
            kills=True,
        ),
    )
}


def shape_called(name: str) -> Shape:
    """
    Return the shape called *name*.

    Raises:
        UsageError: there is none; the message suggests the nearest.

    """
    if name not in SHAPES:
        hint = did_you_mean(name, SHAPES)
        raise UsageError(f"--shape {name!r} is none{hint}; expected one of {', '.join(SHAPES)}")
    return SHAPES[name]
