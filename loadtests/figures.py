"""How many came, and how fast: the figures the load is made from, each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it counts, and who says so."""

    value: float
    what: str
    source: str


HOLDERS = Figure(1_200_000, "cardholders, one resident in eight", "NBC, 2017")
BOOKED_IN_A_DAY = Figure(17_543, "appointments booked on one day", "NY Nonprofit Media, Jan 2015")
CARDS_IN_A_WEEK = Figure(5_968, "cards issued in the first week", "NY Nonprofit Media, Jan 2015")
ENROLLED_A_DAY = Figure(2_200, "enrolments a day in 2015, derived", "mayor's office; NY1, Dec 2015")
PLANNED_A_YEAR = Figure(300_000, "appointments planned a year", "Gothamist, 2015")
ENROLLED_IN_A_YEAR = Figure(670_000, "enrolled in the first year", "NY1, 28 Dec 2015")
TOLD_SURGE = Figure(3, "times the predicted number signed up, as told", "NBC, 2017")
REAL_SURGE = Figure(6.7, "times the projected number enrolled", "NY1, 28 Dec 2015")
ASKED_BY_AGENCIES = Figure(261, "requests in nine months of 2024", "unverified source")
DENIED_PERCENT = Figure(2, "of a hundred applications denied, at most", "EPIC, Apr 2017")
BURST = Figure(10, "times the mean at the opening", "ours: the mean hides the first hour")
READS_A_YEAR = Figure(2, "looks at one's own record a year", "ours: nobody published one")
SHOWN_A_YEAR = Figure(24, "times a card is verified online a year", "ours: nobody published one")
SCRAPED_A_SECOND = Figure(2, "guesses a second by a patient scraper", "ours")
REPORTERS_A_DAY = Figure(20, "looks at the public report a day", "ours")
LATECOMERS = Figure(3, "people for each place that is released", "Gothamist, 2024: gone in minutes")

OPEN_SECONDS = 8 * 3600
"""How long the counters are open in a day; what comes in a day comes then."""


def a_second(of: Figure, days: float = 1) -> float:
    """Return how many come each second that the city is open, of so many in *days*."""
    return of.value / days / OPEN_SECONDS
