"""The doctor's way through the counter: photographs, cards once they are out, appointments."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from idaudit.checks.case import CLERK, PUBLIC, REVIEWER
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.papers.photographs import photograph_of
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role, Target
from idaudit.threatmodel.errors import Inconclusive

PARTNER = Actor(Role.PARTNER)
Errand = tuple[Operation, Callable[[], Outcome]]
_DAYS_AHEAD = 10


def photographs(
    target: Target, ids: Mapping[str, str], person: Callable[[], Applicant]
) -> list[Errand]:
    """Return how a photograph is taken and compared, while an application is open."""
    return [
        (
            Operation.SUBMIT_PHOTO,
            lambda: target.submit_photo(ids["application"], photograph_of(person()), CLERK),
        ),
        (
            Operation.CHECK_DUPLICATE,
            lambda: target.check_duplicate(ids["application"], REVIEWER),
        ),
    ]


def cards(target: Target, ids: Mapping[str, str], owner: Callable[[], Actor]) -> list[Errand]:
    """Return what is done with a card that was issued, and with the photograph on it."""
    return [
        (Operation.VIEW_PHOTO, lambda: target.view_photo(ids["record"], owner())),
        (Operation.VERIFY_CARD, lambda: target.verify_card(PARTNER, number=ids["number"])),
        (Operation.VERIFY_OFFLINE, lambda: target.verify_offline(ids["barcode"], PARTNER)),
        (Operation.REVOKE_CARD, lambda: target.revoke_card(ids["record"], owner())),
    ]


def appointments(target: Target, ids: Mapping[str, str]) -> list[Errand]:
    """Return what is done with appointments, on the first day that has an hour left."""
    return [
        (Operation.LIST_HOURS, lambda: target.list_hours(target.now().date(), PUBLIC)),
        (Operation.BOOK_APPOINTMENT, lambda: book(target)),
        (Operation.READ_CALENDAR, lambda: target.read_calendar(target.now().date(), CLERK)),
        (Operation.CHECK_IN, lambda: target.check_in(ids["code"], CLERK)),
        (Operation.CANCEL_APPOINTMENT, lambda: _cancel(target)),
    ]


def book(target: Target) -> Outcome:
    """Book the first hour that can be had."""
    for ahead in range(_DAYS_AHEAD):
        day = (target.now() + timedelta(days=ahead)).date()
        for hour in target.list_hours(day, PUBLIC).fields.get("hours", ()):
            starts = datetime.fromisoformat(str(hour["starts"]))
            return target.book_appointment(str(hour["centre"]), starts, PUBLIC)
    raise Inconclusive(f"no hour can be booked on any of the next {_DAYS_AHEAD} days")


def _cancel(target: Target) -> Outcome:
    """Somebody books, and thinks better of it."""
    return target.cancel_appointment(str(book(target).fields["code"]), PUBLIC)
