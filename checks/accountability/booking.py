"""An appointment puts nobody on a list: not while it waits, not afterwards, not elsewhere."""

import itertools
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from idaudit.checks.access.reach import HOUSE, OUTSIDE, Eye, tried
from idaudit.checks.case import CLERK, PUBLIC, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.standing import Ask, Crowd, Standing, expect_untold
from idaudit.checks.disclosure.telling import names_programme, sent_to
from idaudit.checks.probes.holdings import gained, holdings, prove_sight
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.surfaces.outgoing import OutgoingSurface
from idaudit.fixtures.targets.target import Exchange, Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

BOOKING = (Operation.LIST_HOURS, Operation.BOOK_APPOINTMENT)
ENDING = (*BOOKING, Operation.CANCEL_APPOINTMENT, Operation.CHECK_IN, Operation.ADVANCE_CLOCK)
AHEAD, FURTHEST = 3, 15
"""Days between which an hour is looked for: late enough to be reminded of."""

LONGER = 120
"""Letters that one address has more than another, to see whether a sealed copy grows with it."""

_HALF_AN_HOUR, _A_DAY = timedelta(minutes=30), timedelta(days=1)
_LOADED = re.compile(
    rb"""<(?:script|img|iframe|link|source)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?//([^/"'\s>]+)""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Booked:
    """One booking."""

    code: str
    centre: str
    starts: datetime
    reminded: bool  # whether an address was taken down with it


def visited(case: Case, booked: Booked) -> None:
    """The visitor comes."""
    case.must(case.target.advance_clock(booked.starts - _HALF_AN_HOUR - case.target.now()))
    case.must(case.target.check_in(booked.code, CLERK))


def cancelled(case: Case, booked: Booked) -> None:
    """The visitor thinks better of it."""
    case.must(case.target.cancel_appointment(booked.code, PUBLIC))


def not_come(case: Case, booked: Booked) -> None:
    """Nobody comes, and the day passes."""
    case.must(case.target.advance_clock(booked.starts + _A_DAY - case.target.now()))


ENDS: Mapping[str, Callable[[Case, Booked], None]] = {
    "visited": visited,
    "cancelled": cancelled,
    "not-come": not_come,
}
"""How a booking ends."""


@check(
    guarantee="private-booking",
    counters=("scheduler-firm-subpoenaed",),
    needs=ENDING,
    sees=True,
)
@pytest.mark.parametrize("end", ENDS)
def a_visit_leaves_nothing_of_the_visitor(case: Case, end: str) -> None:
    """Once somebody has come, cancelled or not come, no address of theirs lies anywhere."""
    visitor = case.applicant()
    booked = book(case, visitor.email)
    ENDS[end](case, booked)
    case.must(case.target.advance_clock(timedelta(hours=case.terms.grace_hours)))
    told = "A booking has ended, and {surface} still holds the address that was given with it."
    fields = frozenset({Field.EMAIL, Field.PHONE})
    case.expect_no_residue("contact-kept", told, visitor, fields)
    if not booked.reminded:
        case.bound("This system takes no address with a booking, so it has none to keep.")


@check(
    guarantee="private-booking",
    counters=("scheduler-firm-subpoenaed",),
    needs=ENDING,
    sees=True,
)
def nothing_sealed_is_kept_of_a_visitor(case: Case) -> None:
    """What a visit leaves, in cipher too, does not grow with the address that was given."""
    prove_sight(case.sight)
    short = [_left_by(case, "") for _ in range(2)]
    long = [_left_by(case, "x" * LONGER) for _ in range(2)]
    grows = any(
        min(left.get(store, 0) for left in long) - max(left.get(store, 0) for left in short)
        >= LONGER // 2
        for store in long[0]
    )
    sentence = "The longer the address that was given with a booking, the more is kept of it."
    case.expect(not grows, "contact-kept-sealed", sentence)
    case.bound(f"Of {LONGER} letters more, half would be seen, in two visits of two.")


@check(
    guarantee="private-booking",
    counters=("message-names-the-programme",),
    needs=(*BOOKING, Operation.ADVANCE_CLOCK),
)
def no_message_about_an_hour_names_the_programme(case: Case) -> None:
    """Whoever reads a reminder over a shoulder does not learn of what the hour is."""
    if case.target.messages() is None:
        raise Inconclusive("this target does not show what it sends to mailboxes and telephones")
    visitor = case.applicant()
    booked = book(case, visitor.email)
    case.must(case.target.advance_clock(booked.starts - _HALF_AN_HOUR - case.target.now()))
    sent = sent_to(case, visitor.email, visitor.phone)
    for message in sent:
        named = names_programme(case, f"{message.outside}\n{message.inside}")
        sentence = "A message about an hour says that it is about a municipal card."
        case.expect(not named, "message-names-programme", sentence)
    case.expect(booked.reminded or not sent, "message-unasked", "A message comes unasked.")
    case.bound(f"{len(sent)} messages were sent about one hour, and read.")


@check(
    guarantee="private-booking",
    counters=("telephone-number-looked-up",),
    needs=(*ENROLMENT, *BOOKING, Operation.CANCEL_APPOINTMENT),
)
def no_booking_desk_tells_whose_address_it_knows(case: Case) -> None:
    """
    An address, a number or a name is answered alike, whoever it belongs to.

    Cardholders who have booked and people never heard of are typed in where a code
    belongs; and they book, each with their address.
    """
    crowd = Crowd.gathered(case, Standing.ENROLLED)
    told = "What is typed in for a code is answered otherwise where it is of {standing}: {where}."
    expect_untold(case, crowd, _looked_up, "look-up-tells", told)
    told = "A booking is answered otherwise where the address is of {standing}: {where}."
    expect_untold(case, crowd, _with_address, "booking-tells", told)


@check(
    guarantee="private-booking",
    counters=("calendar-passed-to-officers",),
    needs=(*BOOKING, Operation.READ_CALENDAR),
)
def no_calendar_names_who_is_expected(case: Case) -> None:
    """Days ahead of an hour nobody on the staff, and nobody else, is shown who will come."""
    visitor = case.applicant()
    booked = book(case, visitor.email)
    eye, shown = Eye(case, [File(visitor, "", "")]), 0
    for actor in (*HOUSE, *OUTSIDE):
        seen = tried(case, Operation.READ_CALENDAR, actor, booked.starts.date())
        shown += seen is not None and seen.allowed
        sentence = f"{actor} is shown in the calendar who is expected, days before."
        case.expect(not eye.told(seen, PUBLIC), "calendar-names-visitors", sentence)
    if not shown:
        raise Inconclusive("nobody at all was shown the calendar")


@check(
    guarantee="private-booking",
    counters=("booking-page-watched", "scheduler-firm-subpoenaed"),
    needs=(*BOOKING, Operation.CANCEL_APPOINTMENT, Operation.OPEN_APPLICATION),
)
def looking_for_an_hour_and_booking_calls_nobody(case: Case) -> None:
    """
    While hours are listed, booked and given back, the system calls up nobody outside.

    Nor does a page that is answered have a browser load anything from elsewhere.
    Whom it calls on other occasions too, or has declared, is left out.
    """
    where = case.target.whereabouts()
    if where is None:
        raise Inconclusive("this target does not tell its processes, so no call could be seen")
    calls = OutgoingSurface("calls", lambda: _pids(case), case.target.calls_up)
    with calls.watching():
        case.must(case.target.open_application(case.applicant(), CLERK))
        usual = {call.where for call in calls.calls()}
        seen = _at_the_booking_page(case)
        control = case.mint.canary(0, Field.UNASKED, cohort=Cohort.CONTROL)
        calls.plant(control.text.encode())
        calls.uproot()
        called = sorted({call.where for call in calls.calls()} - usual)
    sentence = f"Booking calls up {len(called)} outsiders that the system has not declared."
    case.expect(not called, "booking-calls-out", sentence)
    others = {host for each in seen for host in loaded_from_elsewhere(each)}
    sentence = f"The page has the visitor's browser load something from {len(others)} other hosts."
    case.expect(not others, "page-calls-out", sentence)
    case.bound("A call that is over within a hundredth of a second can be missed.")


# -- steps -----------------------------------------------------------------------------


def book(case: Case, contact: str | None = None) -> Booked:
    """Book an hour some days ahead, with an address where one is taken."""
    for ahead in range(AHEAD, FURTHEST):
        day = _day(case, ahead)
        for hour in case.answered(case.target.list_hours(day, PUBLIC)).fields.get("hours", ()):
            centre, starts = str(hour["centre"]), datetime.fromisoformat(str(hour["starts"]))
            with_it = case.target.book_appointment(centre, starts, PUBLIC, contact=contact)
            if case.answered(with_it).allowed:
                return Booked(str(with_it.fields["code"]), centre, starts, contact is not None)
            bare = case.must(case.target.book_appointment(centre, starts, PUBLIC))
            return Booked(str(bare.fields["code"]), centre, starts, reminded=False)
    raise Inconclusive(f"no hour can be booked on any of the next {FURTHEST} days")


def _day(case: Case, ahead: int) -> date:
    return (case.target.now() + timedelta(days=ahead)).date()


def _left_by(case: Case, longer: str) -> Mapping[tuple[str, str], int]:
    """Return the bytes of the largest thing in each store that is left by a visit."""
    before = holdings(case.sight)
    visited(case, book(case, longer + case.applicant().email))
    case.must(case.target.advance_clock(timedelta(hours=case.terms.grace_hours)))
    left = gained(before, holdings(case.sight))
    stores = {thing.store for thing in left}
    return {at: max(thing.weight for thing in left if thing.store == at) for at in stores}


def _looked_up(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Let the cardholders book, and type in what is known of somebody instead of a code."""
    del chance
    for person in crowd.people[Standing.ENROLLED]:
        book(case, person.email)

    def ask(person: Applicant) -> Sequence[Outcome]:
        typed = (person.email, person.phone, person.surname)
        return [case.answered(case.target.cancel_appointment(each, PUBLIC)) for each in typed]

    return ask


def _with_address(case: Case, crowd: Crowd, chance: random.Random) -> Ask:
    """Book with somebody's address."""
    del crowd, chance
    hours = itertools.cycle(_hours(case))

    def ask(person: Applicant) -> Sequence[Outcome]:
        centre, starts = next(hours)
        booked = case.target.book_appointment(centre, starts, PUBLIC, contact=person.email)
        return [case.answered(booked)]

    return ask


def _hours(case: Case) -> Sequence[tuple[str, datetime]]:
    """Return the hours that can be booked on the first day that has any."""
    for ahead in range(AHEAD, FURTHEST):
        listed = case.answered(case.target.list_hours(_day(case, ahead), PUBLIC))
        if hours := listed.fields.get("hours", ()):
            return [(str(h["centre"]), datetime.fromisoformat(str(h["starts"]))) for h in hours]
    raise Inconclusive(f"no hour can be booked on any of the next {FURTHEST} days")


def _at_the_booking_page(case: Case) -> Sequence[Exchange]:
    """Look for an hour, book it and give it back; return what passed."""
    listed = [case.answered(case.target.list_hours(_day(case, n), PUBLIC)) for n in range(AHEAD)]
    booked = book(case, case.applicant().email)
    cancelled(case, booked)
    return [exchange for each in listed for exchange in each.exchanges]


def loaded_from_elsewhere(exchange: Exchange) -> set[str]:
    """Return the other hosts from which a browser that shows this page loads something."""
    own = exchange.request_headers.get("host", "").encode()
    linked = exchange.headers.get("link", "").encode()
    found = _LOADED.findall(exchange.body) + re.findall(rb"<https?://([^/>]+)", linked)
    return {host.decode("latin-1") for host in found if host != own}


def _pids(case: Case) -> tuple[int, ...]:
    where = case.target.whereabouts()
    return () if where is None else tuple(where.pids)
