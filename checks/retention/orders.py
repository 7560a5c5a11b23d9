"""Orders to preserve: entering them, and the papers that are not quite one."""

from dataclasses import replace

from idaudit.checks.case import COUNSEL, Case, File
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import (
    Instrument,
    Office,
    of_unrecognised_court,
    preservation_letter,
    preservation_order,
    unsigned,
)
from idaudit.fixtures.targets.target import Actor

WHOLE_RECORD = ("given_name", "surname", "born", "street", "email", "phone")


def court_order(case: Case, person: Applicant, serial: int = 1) -> Instrument:
    """Return a court's order, in force today, to preserve the record of *person*."""
    return preservation_order(person.named(), fields=WHOLE_RECORD, today=case.today, serial=serial)


def hold(case: Case, file: File, by: Actor = COUNSEL, serial: int = 1) -> str:
    """Enter a court's order to preserve the record of *file*; return the hold."""
    order = court_order(case, file.applicant, serial)
    return str(case.must(case.target.place_hold(order, by)).fields["hold"])


def letter(case: Case, person: Applicant) -> Instrument:
    """A lawyer's letter that asks for the same."""
    return preservation_letter(person.named(), fields=WHOLE_RECORD, today=case.today)


def draft(case: Case, person: Applicant) -> Instrument:
    """A proposed order, which nobody has signed."""
    return unsigned(court_order(case, person))


def of_no_known_court(case: Case, person: Applicant) -> Instrument:
    """An order of a court that the programme does not know."""
    return of_unrecognised_court(court_order(case, person))


def by_an_immigration_judge(case: Case, person: Applicant) -> Instrument:
    """An order signed by an officer of the executive who is called a judge."""
    return replace(
        court_order(case, person),
        court="United States Immigration Court, New York",
        office=Office.IMMIGRATION_JUDGE,
    )


def by_an_attorney(case: Case, person: Applicant) -> Instrument:
    """An order to show cause that only the attorney who drafted it has signed."""
    return replace(court_order(case, person), office=Office.ATTORNEY)


LOOK_ALIKES = (letter, draft, of_no_known_court, by_an_immigration_judge, by_an_attorney)
"""Papers that look like a court's order to preserve, and are none."""
