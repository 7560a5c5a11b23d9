"""A power to approve ends with its day, and with whoever it was lent to."""

from datetime import timedelta

import pytest

from idaudit.checks.case import ADMINISTRATOR, COMMISSIONER, COUNSEL, COUNSEL_2, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    Released,
    approve,
    collect,
    must_bring,
    says_something,
    warrant_for,
)
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

COUNSEL_3 = Actor(Role.COUNSEL, 3)
LENT = (*ENROLMENT, *AT_THE_DESK, Operation.DELEGATE)


@check(
    guarantee="two-person-release",
    counters=("leaver-still-logged-in",),
    needs=(*LENT, Operation.REMOVE_STAFF),
)
@pytest.mark.parametrize("begun", ["before-they-left", "after-they-left"])
def a_stand_in_who_left_approves_nothing(case: Case, begun: str) -> None:
    """Whoever was let go lends no weight to a release, whenever it was asked for."""
    file = case.enrol()
    _must_stand_in(case, file)
    early = must_bring(case, warrant_for(case, file.applicant))
    case.must(case.target.remove_staff(COUNSEL_2, ADMINISTRATOR))
    late = must_bring(case, warrant_for(case, file.applicant))

    case.expect(
        not says_something(_agreed_by_two(case, early if begun == "before-they-left" else late)),
        "leaver-approved",
        "Counsel was let go, and the record was handed out on their word all the same.",
    )


@check(
    guarantee="two-person-release",
    counters=("one-official-signs-twice",),
    needs=(*LENT, Operation.ADVANCE_CLOCK),
)
def a_power_that_was_lent_ends_with_its_day(case: Case) -> None:
    """After the last day of a delegation its holder is one of counsel again, and no more."""
    file = case.enrol()
    _must_stand_in(case, file)
    case.must(case.target.advance_clock(timedelta(hours=71)))  # past its day in every zone
    disclosure = must_bring(case, warrant_for(case, file.applicant))

    case.expect(
        not says_something(_agreed_by_two(case, disclosure)),
        "lent-power-outlived",
        "A delegation was over, and the record was handed out without the commissioner.",
    )


def _must_stand_in(case: Case, file: File) -> None:
    """
    Let the commissioner lend the power to approve until tomorrow, and see it used.

    Raises:
        Inconclusive: even while it lasts nothing leaves on it.

    """
    until = case.today + timedelta(days=1)
    case.must(case.target.delegate(COUNSEL_2, COMMISSIONER, until=until))
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    if not says_something(_agreed_by_two(case, disclosure)):
        raise Inconclusive("a stand-in and another of counsel release nothing here at any time")


def _agreed_by_two(case: Case, disclosure: str) -> Released:
    """Let the stand-in and a third of counsel agree, and collect."""
    approve(case, disclosure, COUNSEL_2, COUNSEL_3)
    return collect(case, disclosure, COUNSEL)
