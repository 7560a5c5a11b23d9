"""The public report, recounted: persons and not papers, in the quarter where they belong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from idaudit.checks.case import PUBLIC, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    Released,
    agree_and_collect,
    bring,
    must_bring,
    says_something,
    told_of,
    warrant_for,
)
from idaudit.fixtures.instruments import Instrument, i_200, judicial_subpoena
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

REPORTING = (*ENROLMENT, Operation.PUBLIC_REPORT, Operation.ADVANCE_CLOCK)
NOTHING = {
    "applications": 0,
    "requests": 0,
    "denials": 0,
    "persons_by_warrant": 0,
    "persons_by_subpoena": 0,
}


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter; its days begin at midnight where the programme is, in the Americas."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter that *day* is in."""
        return cls(day.year, (day.month + 2) // 3)

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


def _one_warrant_for_three(case: Case) -> Mapping[str, int]:
    """Three persons under one order are three persons and one request."""
    files = [case.enrol() for _ in range(3)]
    _must_open(case, warrant_for(case, *(each.applicant for each in files)), *files)
    return {"applications": 3, "requests": 1, "persons_by_warrant": 3}


def _two_warrants_for_one(case: Case) -> Mapping[str, int]:
    """One person under two orders is one person and two requests."""
    file = case.enrol()
    for fields in (("street",), ("email",)):
        _must_open(case, warrant_for(case, file.applicant, fields=fields), file)
    return {"applications": 1, "requests": 2, "persons_by_warrant": 1}


def _a_warrant_and_a_subpoena(case: Case) -> Mapping[str, int]:
    """Warrants and subpoenas are counted apart; where only warrants count, one is a denial."""
    first, second = case.enrol(), case.enrol()
    _must_open(case, warrant_for(case, first.applicant), first)
    subpoena = judicial_subpoena(second.applicant.named(), fields=("street",), today=case.today)
    disclosure = bring(case, subpoena)
    opened = bool(disclosure) and says_something(agree_and_collect(case, str(disclosure)))
    return {
        "applications": 2,
        "requests": 2,
        "denials": int(not disclosure),
        "persons_by_warrant": 1,
        "persons_by_subpoena": int(opened),
    }


def _two_denials(case: Case) -> Mapping[str, int]:
    """What the desk turned away is counted, once each."""
    file = case.enrol()
    for serial in (1, 2):
        paper = i_200(file.applicant.named(), fields=("street",), today=case.today, serial=serial)
        if bring(case, paper):
            raise Inconclusive("the desk takes agency papers up, so it denies nothing to count")
    return {"applications": 1, "requests": 2, "denials": 2}


def _a_person_who_left(case: Case) -> Mapping[str, int]:
    """A number stays true after the record that it counted has ended."""
    file = case.enrol()
    _must_open(case, warrant_for(case, file.applicant), file)
    case.must(case.target.delete_record(file.record, file.owner))
    return {"applications": 1, "requests": 1, "persons_by_warrant": 1}


def _asked_for_and_not_released(case: Case) -> Mapping[str, int]:
    """A person whose data nobody collected, or who has no record, is no person disclosed."""
    file = case.enrol()
    must_bring(case, warrant_for(case, file.applicant))
    return {"applications": 1, "requests": 1}


DAYS = (
    _one_warrant_for_three,
    _two_warrants_for_one,
    _a_warrant_and_a_subpoena,
    _two_denials,
    _a_person_who_left,
    _asked_for_and_not_released,
)


@check(
    guarantee="true-report",
    counters=("report-flatters", "leaver-taken-off-the-count"),
    needs=(*REPORTING, *AT_THE_DESK, Operation.DELETE_RECORD),
)
@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.__name__.strip("_"))
def the_report_says_what_was_done(case: Case, day: Callable[[Case], Mapping[str, int]]) -> None:
    """After the quarter, the public report equals a recount of everything that happened in it."""
    quarter = _begin_a_quarter(case)
    told = {**NOTHING, **day(case)}
    _advance_to(case, quarter.following.first, time(12))

    _expect_report(case, quarter, told, "wrong-count")


@check(guarantee="true-report", counters=("late-events-dropped",), needs=(*REPORTING, *AT_THE_DESK))
def a_quarter_ends_at_its_own_midnight(case: Case) -> None:
    """
    What happens in the last evening of a quarter belongs to it, whatever the time in Greenwich.

    Two in the morning by universal time is evening of the day before anywhere in the Americas.
    """
    quarter = _begin_a_quarter(case)
    _advance_to(case, quarter.following.first, time(2))
    file = case.enrol()
    _must_open(case, warrant_for(case, file.applicant), file)
    _advance_to(case, quarter.following.first, time(14))
    case.enrol()
    case.enrol()
    _advance_to(case, quarter.following.following.first, time(12))

    old = {**NOTHING, "applications": 1, "requests": 1, "persons_by_warrant": 1}
    _expect_report(case, quarter, old, "wrong-quarter")
    _expect_report(case, quarter.following, {**NOTHING, "applications": 2}, "wrong-quarter")


@check(guarantee="true-report", counters=("late-events-dropped",), needs=(*REPORTING, *AT_THE_DESK))
def a_release_after_the_quarter_is_not_lost(case: Case) -> None:
    """A request of one quarter that is honoured in the next is counted in one of the two."""
    quarter = _begin_a_quarter(case)
    _advance_to(case, quarter.following.first - timedelta(days=1), time(15))
    file = case.enrol()
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    _advance_to(case, quarter.following.first, time(14))
    _must_tell(agree_and_collect(case, disclosure), file)
    _advance_to(case, quarter.following.following.first, time(12))

    counts = [_report(case, each)["persons_by_warrant"] for each in (quarter, quarter.following)]
    case.expect(
        sum(counts) == 1, "wrong-quarter", f"One person's data left, and the reports say {counts}."
    )


# -- steps -------------------------------------------------------------------------


def _begin_a_quarter(case: Case) -> Quarter:
    """Go to the second day of the next quarter, in which nothing has happened yet."""
    quarter = Quarter.of(case.today).following
    _advance_to(case, quarter.first + timedelta(days=1), time(15))
    return quarter


def _advance_to(case: Case, day: date, hour: time) -> None:
    """Let the clock run to *hour*, by universal time, of *day*."""
    case.must(case.target.advance_clock(datetime.combine(day, hour, UTC) - case.target.now()))


def _must_open(case: Case, paper: Instrument, *files: File) -> None:
    """Have *paper* honoured for everybody it names."""
    released = agree_and_collect(case, must_bring(case, paper))
    _must_tell(released, *files)


def _must_tell(released: Released, *files: File) -> None:
    """Raise Inconclusive unless every one of *files* was opened: then the count is known."""
    if not all(told_of(released, each.applicant) for each in files):
        raise Inconclusive("a judge's warrant with every approval did not open whom it names")


def _report(case: Case, quarter: Quarter) -> Mapping[str, int]:
    """
    Return the report for *quarter*.

    Raises:
        Inconclusive: a number is not shown, as where small ones are suppressed.

    """
    fields = case.must(case.target.public_report(str(quarter), PUBLIC)).fields
    counts = {name: fields[name] for name in NOTHING}
    for name, count in counts.items():
        if not isinstance(count, int):
            raise Inconclusive(f"the report does not show its number of {name.replace('_', ' ')}")
    return counts


def _expect_report(case: Case, quarter: Quarter, told: Mapping[str, int], reason: str) -> None:
    """Expect every number of the report to be the one recounted."""
    for name, count in _report(case, quarter).items():
        case.expect(
            count == told[name],
            reason,
            f"The report for {quarter} says {count} for {name.replace('_', ' ')};"
            f" a recount says {told[name]}.",
        )
