"""What happens in the last seconds of a quarter, and the first, and on days the calendar bends."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from idaudit.checks.accountability.quarters import (
    COUNTED,
    GREENWICH,
    Quarter,
    advance_to,
    counts_of,
    midnight,
    zone_of,
)
from idaudit.checks.accountability.recount import Recount
from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

SHORT = timedelta(seconds=2)
HALF_A_SECOND = timedelta(milliseconds=500)

_COUNTING = (*ENROLMENT, *AT_THE_DESK, Operation.ADVANCE_CLOCK, Operation.PUBLIC_REPORT)
_WRITING = (*_COUNTING, Operation.READ_RECORD, Operation.READ_LEDGER)
_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)
_YEARS = 9
"""Years that are looked through for a leap day: 2096 to 2104 have none in between."""


# -- moments ------------------------------------------------------------------------------


def at_the_end_of_a_quarter(case: Case, zone: ZoneInfo) -> Sequence[datetime]:
    """Both sides of midnight, where the report's days begin and in Greenwich."""
    first = Quarter.at(case.target.now(), zone).following.following.first
    between = {midnight(first, GREENWICH) + SHORT} - {midnight(first, zone) + SHORT}
    return sorted({*_around(case, midnight(first, zone)), *between})


def on_a_leap_day(case: Case, zone: ZoneInfo) -> Sequence[datetime]:
    """The 29th of February from its first moment to its last, and the end of its quarter."""
    day = next(each for each in _days_from(case, zone) if (each.month, each.day) == (2, 29))
    ends = day.replace(month=4, day=1)
    return _around(case, *(midnight(each, zone) for each in (day, day + _A_DAY, ends)))


def in_the_hour_that_comes_twice(case: Case, zone: ZoneInfo) -> Sequence[datetime]:
    """Half past, and half past again: when clocks are put back one hour is lived through twice."""
    apart = (-_AN_HOUR / 2, _AN_HOUR / 2, _AN_HOUR * 3 / 2)
    return [hour + each for hour in _changes(case, zone, timedelta(hours=25)) for each in apart]


def in_the_hour_that_is_left_out(case: Case, zone: ZoneInfo) -> Sequence[datetime]:
    """On both sides of the hour that no clock shows, when they are put forward."""
    return _around(case, *_changes(case, zone, timedelta(hours=23)))


ODD_DAYS = (on_a_leap_day, in_the_hour_that_comes_twice, in_the_hour_that_is_left_out)


# -- checks -------------------------------------------------------------------------------


@check(guarantee="true-report", counters=("late-events-dropped",), needs=_COUNTING)
def the_end_of_a_quarter_loses_and_doubles_nothing(case: Case) -> None:
    """
    What happens seconds before and after midnight is counted once, in the quarter it was in.

    Midnight is where the report says, or its programme. Between it and the one in
    Greenwich it is another day by the machine's clock, and no other quarter.
    """
    _expect_counted(case, at_the_end_of_a_quarter)


@check(guarantee="true-report", counters=("late-events-dropped",), needs=_COUNTING, tier=Tier.FULL)
@pytest.mark.parametrize("day", ODD_DAYS, ids=lambda day: day.__name__)
def an_odd_day_loses_and_doubles_nothing(case: Case, day: "Moments") -> None:
    """A leap day, and an hour that comes twice or not at all, are counted like any other."""
    _expect_counted(case, day)


@check(
    guarantee="complete-ledger",
    counters=("disclosure-without-entry", "refusals-not-written"),
    needs=_WRITING,
)
def each_act_at_midnight_stands_once_in_the_ledger(case: Case) -> None:
    """A look, a release or a refusal seconds from midnight is one line, and bears its own time."""
    _expect_written(case, at_the_end_of_a_quarter)


@check(
    guarantee="complete-ledger",
    counters=("disclosure-without-entry", "refusals-not-written"),
    needs=_WRITING,
    tier=Tier.FULL,
)
@pytest.mark.parametrize("day", ODD_DAYS, ids=lambda day: day.__name__)
def each_act_on_an_odd_day_stands_once_in_the_ledger(case: Case, day: "Moments") -> None:
    """On a leap day, and in an hour that comes twice, one act is one line all the same."""
    _expect_written(case, day)


# -- steps --------------------------------------------------------------------------------

Moments = Callable[[Case, ZoneInfo], Sequence[datetime]]


def _expect_counted(case: Case, moments: Moments) -> None:
    """Let one of everything happen at each moment, and hold the reports against a recount."""
    zone, recount = zone_of(case), Recount(case)
    _live_through(case, recount, _begin(case, moments, zone))
    quarters = sorted(
        {act.quarter(zone) for act in recount.acts}, key=lambda quarter: quarter.first
    )
    advance_to(case, midnight(quarters[-1].following.first, zone) + _A_DAY / 2)
    reports = {quarter: counts_of(case, quarter) for quarter in quarters}
    if zone_of(case) != zone:
        raise Inconclusive("the report changed its mind about where its days begin")
    for name in COUNTED:
        spare = recount.between(zone) if name == "persons_by_warrant" else 0
        told = sum(reports[quarter][name] for quarter in quarters)
        seen = sum(recount.counts(quarter, zone)[name] for quarter in quarters) + spare
        what = name.replace("_", " ")
        sentence = f"Of {what} {seen} were seen, and the reports together say {told}."
        case.expect(told >= seen, "lost-at-the-edge", sentence)
        case.expect(told <= seen, "counted-twice", sentence)
        for quarter in quarters:
            least, said = recount.counts(quarter, zone)[name], reports[quarter][name]
            sentence = f"In {quarter} there were {least} {what}, and its report says {said}."
            case.expect(least <= said <= least + spare, "wrong-quarter", sentence)


def _expect_written(case: Case, moments: Moments) -> None:
    """Let one of everything happen at each moment, and hold the ledger against a recount."""
    zone, recount = zone_of(case), Recount.beside_the_ledger(case)
    _live_through(case, recount, _begin(case, moments, zone), looks=True)
    recount.expect_each_once()


def _begin(case: Case, moments: Moments, zone: ZoneInfo) -> Sequence[datetime]:
    """
    Return the moments to come; go to the middle of the quarter that the first of them is in.

    Where the calendar never bends like that, they are those of any quarter's end.
    """
    ahead = moments(case, zone)
    if not ahead:
        case.bound(f"In {zone.key} the clocks are never changed: there is no such hour to try.")
        ahead = at_the_end_of_a_quarter(case, zone)
    quarter = Quarter.at(ahead[0], zone)
    advance_to(case, midnight(quarter.first, zone) + _A_DAY * 3 / 2)
    return ahead


def _live_through(
    case: Case, recount: Recount, moments: Sequence[datetime], *, looks: bool = False
) -> None:
    """At each moment let somebody apply, be refused and be released, and one request be open."""
    asked_before, files = recount.enrol(), [recount.enrol() for _ in moments]
    place, disclosure = 0, ""
    for moment, file in zip(moments, files, strict=True):
        advance_to(case, moment)
        if not disclosure and moments[-1] - moment < _A_DAY / 2:  # it lapses within days
            place, disclosure = len(recount.acts), recount.ask(asked_before)
        recount.open()
        recount.refuse(file)
        recount.release(file)
        if looks:
            recount.look(file)
    recount.fetch(disclosure, asked_before, recount.acts[place])


def _around(case: Case, *edges: datetime) -> Sequence[datetime]:
    """Return a moment on both sides of each edge: as near as can be, where the clock stands."""
    apart = (-HALF_A_SECOND, timedelta(0)) if _stands_still(case) else (-SHORT, SHORT)
    return sorted(edge + each for edge in edges for each in apart)


def _stands_still(case: Case) -> bool:
    """Whether the target's clock moves only when it is moved."""
    return case.target.now() == case.target.now()


def _days_from(case: Case, zone: ZoneInfo) -> Sequence[date]:
    """Return the days of the years that begin with the next quarter but one, by *zone*."""
    first = Quarter.at(case.target.now(), zone).following.following.first
    return [first + _A_DAY * number for number in range(366 * _YEARS)]


def _changes(case: Case, zone: ZoneInfo, length: timedelta) -> Sequence[datetime]:
    """Return the moment at which clocks are changed on the next day of this *length*, if any."""
    for day in _days_from(case, zone):
        begins = midnight(day, zone)
        if midnight(day + _A_DAY, zone) - begins == length:
            hours = (begins + _AN_HOUR * hour for hour in range(1, 24))
            return [next(each for each in hours if _offset(each, zone) != _offset(begins, zone))]
    return []


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
