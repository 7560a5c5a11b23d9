"""When a quarter ends: at a midnight somewhere, and a report or its programme says where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from idaudit.checks.case import PUBLIC, Case
from idaudit.threatmodel.errors import Inconclusive

GREENWICH = ZoneInfo("UTC")

_MONTHS, _A_MONTH = 5, timedelta(days=31)  # a report may take that long to come out

COUNTED = (
    "applications",
    "requests",
    "denials",
    "persons_by_warrant",
    "persons_by_subpoena",
)
"""The numbers of a public report that are recounted."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter; its days begin at midnight in whichever zone is asked about."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter that *day* is in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def at(cls, moment: datetime, zone: ZoneInfo) -> "Quarter":
        """Return the quarter that *moment* is in, by the clocks of *zone*."""
        return cls.of(moment.astimezone(zone).date())

    def __str__(self) -> str:
        """Name it as the report does: "2017-Q2"."""
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def following(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which *day* begins in *zone*, by universal time."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def advance_to(case: Case, moment: datetime) -> None:
    """Let the clock run to *moment*, where that lies ahead."""
    ahead = moment - case.target.now()
    if ahead > timedelta(0):
        case.must(case.target.advance_clock(ahead))


def report_of(case: Case, quarter: Quarter) -> Mapping[str, Any]:
    """Return what the report for *quarter* says, waiting for it where it is not out yet."""
    for _ in range(_MONTHS):
        told = case.answered(case.target.public_report(str(quarter), PUBLIC))
        if told.allowed:
            return told.fields
        case.must(case.target.advance_clock(_A_MONTH))
    return case.must(case.target.public_report(str(quarter), PUBLIC)).fields


def counts_of(case: Case, quarter: Quarter) -> Mapping[str, int]:
    """
    Return the numbers of the report for *quarter*.

    Raises:
        Inconclusive: a number is not shown, as where small ones are suppressed.

    """
    fields = report_of(case, quarter)
    counts = {name: fields[name] for name in COUNTED}
    for name, count in counts.items():
        if not isinstance(count, int):
            raise Inconclusive(f"the report does not show its number of {name.replace('_', ' ')}")
    return counts


def zone_of(case: Case) -> ZoneInfo:
    """
    Return where the days of the report begin: as it says itself, or else as its programme does.

    Raises:
        Inconclusive: neither says so, or what is said is no time zone.

    """
    told = case.answered(case.target.public_report(str(Quarter.of(case.today)), PUBLIC))
    name = str(told.fields.get("time_zone") or case.programme.time_zone)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        what = f"{name!r} is no time zone" if name else "nobody says where the days begin"
        raise Inconclusive(f"{what}, so that no quarter has an end") from None
