"""Hours are booked without a list of applicants, and nobody can ask who is on none."""

import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

TODAY = "2017-03-01"
CONTACT = "zyzzyvane@vexillary.example.org"
DAY = 86_400
UNKNOWN = "ABCDEFGHJKMNPQRS"


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


def hours(town: "Town", day: str = TODAY) -> list[dict[str, Any]]:
    """Return what can be booked."""
    return town.must(None, "GET", f"/appointments/hours/{day}")["hours"]


def book(town: "Town", hour: dict[str, Any], **more: object) -> str:
    """Book an hour; return the code."""
    return str(town.must(None, "POST", "/appointments", hour | more)["code"])


def check_in(town: "Town", code: str) -> tuple[int, bytes]:
    """Check in; return all that is answered."""
    answer = town.ask("clerk1", "POST", "/appointments/check-ins", {"code": code})
    return answer.status_code, answer.content


def cancel(town: "Town", code: str) -> tuple[int, bytes]:
    """Cancel; return all that is answered."""
    answer = town.ask(None, "POST", "/appointments/cancellations", {"code": code})
    return answer.status_code, answer.content


def expected(town: "Town", hour: dict[str, Any]) -> int:
    """Return how many staff see for an hour."""
    day = hour["starts"][:10]
    seen = town.must("clerk1", "GET", f"/appointments/calendar/{day}")["hours"]
    return next(h["expected"] for h in seen if h["starts"] == hour["starts"])


def bookings(town: "Town") -> int:
    """Count what the city has of bookings."""
    return int(town.rows("SELECT count(*) FROM bookings")[0][0])


# -- promises: true of this city, and false of one with the fault beside it ------------------


def one_more_than_fits_is_refused(town: "Town") -> bool:
    """Whether an hour is given away no more often than there are places."""
    hour = hours(town)[0]
    codes = [book(town, hour) for _ in range(3)]
    answer = town.ask(None, "POST", "/appointments", hour)
    refused = (answer.status_code, hour in hours(town)) == (409, False)
    cancel(town, codes[0])
    return refused and bool(book(town, hour))


def who_came_is_forgotten(town: "Town") -> bool:
    """Whether nothing is left of a booking once its visitor is in, or its day is over."""
    first, last = book(town, hours(town)[0]), book(town, hours(town)[-1])
    came = check_in(town, first)[0] == 200 and check_in(town, first)[0] == 404
    left = bookings(town)
    town.advance(DAY)
    return came and left == 1 and bookings(town) == 0 and check_in(town, last)[0] == 404


def a_code_tells_nothing(town: "Town") -> bool:
    """Whether unknown, cancelled and used codes are answered in the same words."""
    cancelled, used = book(town, hours(town)[0]), book(town, hours(town)[0])
    first = cancel(town, cancelled)
    check_in(town, used)
    answers = {cancel(town, code) for code in (UNKNOWN, cancelled, used)} | {first}
    at_the_door = {check_in(town, code) for code in (UNKNOWN, cancelled, used)}
    return len(answers) == len(at_the_door) == 1


PROMISES = {
    "OverbooksHours": one_more_than_fits_is_refused,
    "RemembersWhoCame": who_came_is_forgotten,
    "TellsWhatItKnows": a_code_tells_nothing,
}
SMALL = {"centres": {"centre-1": 3}}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_the_calendar_keeps_its_promise(
    promise: Callable[["Town"], bool], open_town: "Callable[..., Town]"
) -> None:
    """No name, no more than fit, and nothing to be found out from a code."""
    assert promise(open_town(SMALL))


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_calendar_that_breaks_it_is_noticed(
    fault: str,
    promise: Callable[["Town"], bool],
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town(SMALL | {"faithless": fault}, faithless))


def test_staff_see_how_many_and_nobody_sees_who(town: "Town") -> None:
    """The calendar is counts; the disk has neither the code nor anything of the visitor."""
    hour = hours(town)[0]
    codes = [book(town, hour) for _ in range(2)]

    assert expected(town, hour) == 2
    town.settle()
    assert not any(code.encode() in town.at_rest() for code in codes)
    assert town.ask("reviewer1", "GET", f"/appointments/calendar/{TODAY}").status_code == 403
    assert town.ask(None, "GET", f"/appointments/calendar/{TODAY}").status_code == 401
    assert (
        town.ask("reviewer1", "POST", "/appointments/check-ins", {"code": "A"}).status_code == 403
    )


def test_a_booking_survives_a_crash_and_is_known_by_its_code(town: "Town") -> None:
    """However the process ends, the visitor is expected; capitals and dashes do not matter."""
    hour = hours(town)[0]
    code = book(town, hour)
    town.reopen()

    assert expected(town, hour) == 1
    spoken = "-".join((code[:8].lower(), code[8:]))
    assert check_in(town, spoken)[0] == 200
    assert ("clerk:clerk1", "check_in", "allowed") in town.acts()


@pytest.mark.parametrize(
    "changes",
    [
        {"centre": "centre-9"},
        {"starts": "2017-03-01T14:00:00Z"},
        {"starts": "2017-03-01T16:30:00Z"},
        {"starts": "2017-03-04T16:00:00Z"},
        {"starts": "2018-03-01T16:00:00Z"},
        {"starts": "9999-12-31T23:59:59Z"},
        {"contact": CONTACT},
    ],
)
def test_what_is_no_hour_is_not_booked(town: "Town", changes: dict[str, Any]) -> None:
    """Past, closed, unknown or too far off; and no address is taken where none is written to."""
    assert town.ask(None, "POST", "/appointments", hours(town)[0] | changes).status_code == 409
    assert bookings(town) == 0


@pytest.mark.parametrize("day", ["2017-02-28", "2017-03-04", "9999-12-31", "0001-01-01"])
def test_a_day_without_hours_has_none(town: "Town", day: str) -> None:
    """Neither the past nor the far future breaks the list."""
    assert hours(town, day) == []
    assert town.must("clerk1", "GET", f"/appointments/calendar/{day}")["hours"] == []


def test_a_name_or_a_telephone_number_has_no_place_in_a_booking(town: "Town") -> None:
    """What is not asked for is refused, not ignored."""
    for extra in ({"surname": "Zyzzyvane"}, {"phone": "212-555-0100"}):
        assert town.ask(None, "POST", "/appointments", hours(town)[0] | extra).status_code == 422


# -- reminders -----------------------------------------------------------------------------


class Mail(socketserver.StreamRequestHandler):
    """A mail relay that takes everything."""

    received: bytes = b""

    def handle(self) -> None:
        """Talk as much SMTP as it takes."""
        self.wfile.write(b"220 relay\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while (said := self.rfile.readline()) != b".\r\n":
                    Mail.received += said
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")


@pytest.fixture
def relay() -> Iterator[str]:
    """Lend a relay; return where it listens."""
    Mail.received = b""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_reminder_is_sent_once_and_the_address_forgotten(
    open_town: "Callable[..., Town]", relay: str
) -> None:
    """Sealed until the day before, then used, then gone; the words name no programme."""
    town = open_town({"relay": relay})
    code = book(town, hours(town, "2017-03-03")[0], contact=CONTACT)
    town.settle()
    assert CONTACT.encode() not in town.at_rest()
    town.reopen()
    town.advance(1.5 * DAY)

    assert CONTACT.encode() in Mail.received
    assert b"Friday, 3 March" in Mail.received
    assert not any(
        word in Mail.received.lower() for word in (b"idnyc", b"card", b"city", b"centre")
    )
    assert town.rows("SELECT key, contact, remind FROM bookings") == [(None, None, None)]
    town.advance(DAY / 2)
    assert check_in(town, code)[0] == 200


def test_a_relay_that_is_down_costs_a_reminder_and_nothing_else(
    open_town: "Callable[..., Town]",
) -> None:
    """The address is forgotten all the same, and the log has the failure and not the address."""
    town = open_town({"relay": "127.0.0.1:1"})
    book(town, hours(town, "2017-03-03")[0], contact=CONTACT)
    town.advance(1.5 * DAY)
    town.settle()

    assert CONTACT.encode() not in town.at_rest()
    assert bookings(town) == 1
