"""How checks use a kill switch: order, sign, wait, and count what was certified."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from idaudit.checks.case import (
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.retention.covered import LOOKING, Covered, covered_by_the_kill
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

KILLING = (
    *ENROLMENT,
    *LOOKING,
    Operation.ORDER_KILL,
    Operation.SIGN_KILL,
    Operation.ADVANCE_CLOCK,
)
SIGNERS = (COUNSEL, COMMISSIONER, COUNSEL_2)
A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
NOON = time(12)


def sign_an_order(case: Case) -> str:
    """
    Order the kill switch, and let different people sign until it fires; return the order.

    Raises:
        Inconclusive: too few of those who might sign are let; an order that all
            have signed and that still waits is for the check to judge.

    """
    order = str(case.must(case.target.order_kill(COMMISSIONER)).fields["order"])
    counted = 1
    for signer in (COUNSEL, COMMISSIONER, COUNSEL_2):
        signed = case.answered(case.target.sign_kill(order, signer))
        counted += signed.allowed
        if signed.fields.get("executed"):
            return order
    if counted < case.terms.kill_signatures:
        raise Inconclusive(f"only {counted} of those who might sign a kill order are let")
    return order


def wait(case: Case) -> None:
    """Let the time pass that the programme allows from the last signature to unreadable."""
    if case.terms.kill_within_hours:
        case.must(case.target.advance_clock(timedelta(hours=case.terms.kill_within_hours)))


def taken_in(case: Case, count: int) -> tuple[Covered, list[File]]:
    """Enrol *count* people, and see that what the switch covers is there."""
    covered = covered_by_the_kill(case)
    files = []
    for _ in range(count):
        files.append(case.enrol())
        if not covered.is_there(files[-1]):
            raise Inconclusive("what the kill switch covers was not there before it fired")
    return covered, files


def must_have_worked(covered: Covered, file: File) -> None:
    """Raise Inconclusive where the switch does not fire at all: another check says so."""
    if covered.is_there(file):
        raise Inconclusive("the kill switch did not fire with every signature either")


def take_in_another(case: Case, person: Applicant | None = None) -> File | None:
    """Return somebody new, or *person*, who enrols after a kill; None where nobody is let."""
    person = person or case.applicant()
    opened = case.answered(case.target.open_application(person, CLERK))
    if not opened.allowed:
        return None
    file = File(person, opened.fields["application"], opened.fields["record"])
    for paper in person.documents:
        case.answered(case.target.submit_document(file.application, paper, CLERK))
    decided = case.answered(case.target.decide(file.application, REVIEWER, approve=True))
    return file if decided.allowed else None


def fire_again(case: Case) -> None:
    """Order and sign once more; refusing is an answer, failing is not."""
    ordered = _not_failing(case, case.target.order_kill(COMMISSIONER))
    for signer in SIGNERS if ordered.allowed else ():
        signed = _not_failing(case, case.target.sign_kill(ordered.fields["order"], signer))
        if signed.fields.get("executed"):
            return


def _not_failing(case: Case, outcome: Outcome) -> Outcome:
    answered = outcome.allowed or outcome.refused
    case.expect(answered, "second-kill-fails", "The switch fails when it is used again.")
    return outcome


def has_fired(case: Case) -> bool:
    """Whether a certificate says so; a city may refuse to show one that does not exist yet."""
    shown = case.answered(case.target.read_kill(AUDITOR))
    return shown.allowed and bool(shown.fields["fired"])


def counts_right(case: Case, counts: Mapping[str, Any], *, enrolled: int, held: int) -> bool:
    """Whether the certificate counts what was really there."""
    told = (counts["destroyed"], counts["held"])
    if case.terms.kill_scope == "records":
        return told == (enrolled - held, held)
    # A person shows one paper or several, and a city may count either.
    return bool(told[0] >= enrolled - held and told[1] >= held)


def eve_before_it_fires(case: Case) -> datetime:
    """Return noon on the day before the switch's date; some day in a year, where it has none."""
    day = case.terms.kill_fires_on or (case.today + A_YEAR)
    return datetime.combine(day - A_DAY, NOON, UTC)


def advance_to(case: Case, moment: datetime) -> None:
    """
    Let the clock run to *moment*.

    Raises:
        Inconclusive: that moment has passed.

    """
    ahead = moment - case.target.now()
    if ahead <= timedelta(0):
        raise Inconclusive(f"the target's clock is past {moment:%Y-%m-%d} already")
    case.must(case.target.advance_clock(ahead))
