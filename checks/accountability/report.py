"""The public report, recounted: persons and not papers, in the quarter where they belong."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest

from idaudit.checks.accountability.quarters import COUNTED, Quarter, advance_to, counts_of, zone_of
from idaudit.checks.case import Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    Released,
    agree_and_collect,
    bring,
    must_bring,
    released_under,
    says_something,
    told_of,
    warrant_for,
)
from idaudit.checks.retention.switch import sign_an_order, take_in_another, wait
from idaudit.fixtures.instruments import Instrument, i_200, judicial_subpoena
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

REPORTING = (*ENROLMENT, Operation.PUBLIC_REPORT, Operation.ADVANCE_CLOCK)
NOTHING = dict.fromkeys(COUNTED, 0)


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

    Two in the morning by universal time is evening of the day before anywhere in the Americas;
    a report that says its days begin in Greenwich counts it with the new day.
    """
    zone, quarter = zone_of(case), _begin_a_quarter(case)
    _advance_to(case, quarter.following.first, time(2))
    evening = case.target.now()
    file = case.enrol()
    _must_open(case, warrant_for(case, file.applicant), file)
    _advance_to(case, quarter.following.first, time(14))
    case.enrol()
    case.enrol()
    _advance_to(case, quarter.following.following.first, time(12))

    told = {each: dict(NOTHING) for each in (quarter, quarter.following)}
    told[Quarter.at(evening, zone)] |= {"applications": 1, "requests": 1, "persons_by_warrant": 1}
    told[quarter.following]["applications"] += 2
    for each, counts in told.items():
        _expect_report(case, each, counts, "wrong-quarter")


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

    counts = [counts_of(case, each)["persons_by_warrant"] for each in (quarter, quarter.following)]
    case.expect(
        sum(counts) == 1, "wrong-quarter", f"One person's data left, and the reports say {counts}."
    )


@check(
    guarantee="true-report",
    counters=("leaver-taken-off-the-count",),
    needs=(*REPORTING, *AT_THE_DESK, Operation.ORDER_KILL, Operation.SIGN_KILL),
)
def a_kill_takes_nobody_off_the_count(case: Case) -> None:
    """
    Who was disclosed stays counted when the kill switch has destroyed who it was.

    The statute counts the applicants whose information was disclosed (LL35 h(7)), and to
    destroy it afterwards does not undo that. Somebody who comes back and is disclosed
    again is counted once or twice: without a mark of theirs nobody can know them again.
    """
    quarter = _begin_a_quarter(case)
    file, other = case.enrol(), case.enrol()
    for each in (file, other):
        _must_open(case, warrant_for(case, each.applicant), each)
    sign_an_order(case)
    wait(case)
    back = take_in_another(case, file.applicant)
    twice = bool(
        back and told_of(released_under(case, warrant_for(case, back.applicant)), back.applicant)
    )
    _advance_to(case, quarter.following.first, time(12))

    told = counts_of(case, quarter)["persons_by_warrant"]
    sentence = f"The data of 2 people left before a kill, and the report for {quarter} says {told}."
    case.expect(told >= 2, "taken-off-by-a-kill", sentence)  # noqa: PLR2004  both of them
    case.expect(told <= 2 + twice, "wrong-count", sentence)


# -- steps -------------------------------------------------------------------------


def _begin_a_quarter(case: Case) -> Quarter:
    """Go to the second day of the next quarter, in which nothing has happened yet."""
    quarter = Quarter.of(case.today).following
    _advance_to(case, quarter.first + timedelta(days=1), time(15))
    return quarter


def _advance_to(case: Case, day: date, hour: time) -> None:
    """Let the clock run to *hour*, by universal time, of *day*."""
    advance_to(case, datetime.combine(day, hour, UTC))


def _must_open(case: Case, paper: Instrument, *files: File) -> None:
    """Have *paper* honoured for everybody it names."""
    released = agree_and_collect(case, must_bring(case, paper))
    _must_tell(released, *files)


def _must_tell(released: Released, *files: File) -> None:
    """Raise Inconclusive unless every one of *files* was opened: then the count is known."""
    if not all(told_of(released, each.applicant) for each in files):
        raise Inconclusive("a judge's warrant with every approval did not open whom it names")


def _expect_report(case: Case, quarter: Quarter, told: Mapping[str, int], reason: str) -> None:
    """Expect every number of the report to be the one recounted."""
    for name, count in counts_of(case, quarter).items():
        case.expect(
            count == told[name],
            reason,
            f"The report for {quarter} says {count} for {name.replace('_', ' ')};"
            f" a recount says {told[name]}.",
        )
