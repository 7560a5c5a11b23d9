"""Whatever arrives on the wire costs little, repeats nothing and stops nobody else."""

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from on_the_wire import FORM, MARK, asked, head, is_problem, unharmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town


def form(body: bytes, *headers: str) -> bytes:
    """Write a request with a form."""
    extra = "".join(f"{each}\r\n" for each in headers).encode()
    return FORM + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


REQUESTS: dict[str, tuple[bytes, int]] = {
    # -- what is no HTTP ----------------------------------------------------------------
    "garbage": (f"\x16\x03\x01{MARK}\r\n\r\n".encode(), 400),
    "no version": (f"GET /{MARK}\r\n\r\n".encode(), 400),
    "a version of its own": (f"GET /{MARK} HTTP/9.9\r\nHost: city\r\n\r\n".encode(), 404),
    "no host": (b"GET /health HTTP/1.1\r\n\r\n", 400),
    "two hosts": (head("GET /health HTTP/1.1", f"Host: {MARK}"), 400),
    "a nameless header": (head("GET /health HTTP/1.1", f": {MARK}"), 400),
    "a folded header": (b"GET /health HTTP/1.1\r\nHost: city\r\nX: a\r\n\0b\r\n\r\n", 400),
    "NUL in a header": (head("GET /health HTTP/1.1", f"X: {MARK}\0"), 400),
    "a huge header": (head("GET /health HTTP/1.1", f"X: {MARK * 20_000}"), 400),
    "ten thousand headers": (head("GET /health HTTP/1.1", *[f"X: {MARK}"] * 10_000), 400),
    "a huge path": (head(f"GET /{MARK * 20_000} HTTP/1.1"), 400),
    "two lengths": (form(b"{}", "Content-Length: 7"), 400),
    "a length below nothing": (head("POST /sessions HTTP/1.1", "Content-Length: -1"), 400),
    "a length past counting": (head("POST /sessions HTTP/1.1", f"Content-Length: {10**30}"), 400),
    "a length that is a name": (head("POST /sessions HTTP/1.1", f"Content-Length: {MARK}"), 400),
    "a coding of its own": (head("POST /sessions HTTP/1.1", f"Transfer-Encoding: {MARK}"), 400),
    "a chunk that is none": (FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "two requests in one line": (f"GET /{MARK}\n\n HTTP/1.1\r\nHost: city\r\n\r\n".encode(), 400),
    # -- paths and methods --------------------------------------------------------------
    "a method of its own": (head(f"{MARK} /ledger HTTP/1.1"), 405),
    "DELETE of nothing": (head("DELETE / HTTP/1.1"), 404),
    "TRACE": (head("TRACE /ledger HTTP/1.1", f"X: {MARK}"), 405),
    "OPTIONS of everything": (head("OPTIONS * HTTP/1.1"), 404),
    "CONNECT": (head(f"CONNECT {MARK}:443 HTTP/1.1"), 404),
    "a proxy's target": (head(f"GET http://{MARK}/ledger HTTP/1.1"), 404),
    "a slash at the end": (head("GET /ledger/ HTTP/1.1"), 404),
    "a slash too many": (head("GET //ledger HTTP/1.1"), 404),
    "dots": (head("GET /records/../ledger HTTP/1.1"), 404),
    "coded dots": (head("GET /records/%2e%2e/ledger HTTP/1.1"), 404),
    "a coded slash": (head("GET /records/a%2fnotices HTTP/1.1"), 404),
    "a coded backslash": (head("GET /records/..%5Cledger HTTP/1.1"), 404),
    "a line break at the end": (head("GET /ledger%0a HTTP/1.1"), 404),
    "a line break within": (head(f"GET /reports/2017-Q1%0d%0aX:{MARK} HTTP/1.1"), 404),
    "NUL in a path": (head("GET /records/%00 HTTP/1.1"), 404),
    "no UTF-8 in a path": (head("GET /records/%ff%fe HTTP/1.1"), 404),
    "half a code": (head("GET /records/%zz%4 HTTP/1.1"), 404),
    "code upon code": (head("GET /records/%252e%252e HTTP/1.1"), 404),
    "a long id": (head(f"GET /records/{'a' * 65} HTTP/1.1"), 404),
    "a year past counting": (head(f"GET /reports/{10**400}-Q1 HTTP/1.1"), 404),
    "a place past counting": (head(f"GET /applications/a/documents/{10**400} HTTP/1.1"), 404),
    "a query": (head(f"GET /health?{MARK}={MARK} HTTP/1.1"), 422),
    "many queries": (head(f"GET /health?{f'{MARK}=1&' * 3000} HTTP/1.1"), 422),
    "a host that is none": (b"GET /nowhere HTTP/1.1\r\nHost: [\r\n\r\n", 404),
    "a key that is none": (head("GET /ledger HTTP/1.1", f"Authorization: Bearer {MARK}"), 403),
    "a key without end": (head("GET /ledger HTTP/1.1", f"Authorization: Bearer {MARK * 999}"), 403),
    "a key in no alphabet": (
        b"GET /ledger HTTP/1.1\r\nHost: city\r\nAuthorization: Bearer staff.\xff\xfe.\xff\r\n\r\n",
        401,
    ),
    "another scheme": (head("GET /ledger HTTP/1.1", f"Authorization: Basic {MARK}"), 401),
    # -- bodies -------------------------------------------------------------------------
    "another type": (form(b"{}").replace(b"application/json", MARK.encode()), 415),
    "no type": (form(b"{}").replace(b"Content-Type: application/json\r\n", b""), 415),
    "no UTF-8": (form(b'{"surname": "\xff\xfe"}'), 422),
    "UTF-16": (form('{"surname": ""}'.encode("utf-16")), 422),
    "NUL": (form(f'{{"surname": "{MARK}\0"}}'.encode()), 422),
    "deep lists": (form(b"[" * 60_000), 422),
    "deep objects": (form(b'{"a":' * 20_000), 422),
    "no number": (form(f'{{"{MARK}": NaN}}'.encode()), 422),
    "many names": (form(json.dumps({f"{MARK}{n}": n for n in range(4000)}).encode()), 422),
    "one name many times": (form(b"{" + b'"surname": "a",' * 6000 + b'"surname": "a"}'), 422),
    "one byte too many": (form(b"{" + b" " * 128 * 1024), 413),
    "a length that is a threat": (FORM + b"Content-Length: 999999999999\r\n\r\n", 413),
}


def test_every_request_is_answered_with_a_problem_and_nothing_else(
    town: "Town", subtests: pytest.Subtests
) -> None:
    """No request is answered with a page, a redirect, a repetition, or a failure of the city."""
    for name, (request, status) in REQUESTS.items():
        with subtests.test(name):
            is_problem(asked(town, request), status)
    unharmed(town)


NUMBERS = ["1e400", "-1e400", str(10**400), "1" * 5000, "0.1e-999999", "-0", "NaN", "1e5"]
DAYS = ["0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "2017-02-30", "2017-W01"]
MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2017-02-28T24:00:00Z",
    "2017-02-28T12:00:00+99:00",
    "2017-02-28T12:00:00",
    "1e400",
]


def test_numbers_out_of_range_are_refused(town: "Town", subtests: pytest.Subtests) -> None:
    """A number that no clock, setting or choice can take is a form that is none."""
    form = {"name": "papers_days", "value": "#"}
    for number, (who, path, body) in itertools.product(
        NUMBERS[:-1],
        [
            (town.config["control_key"], "/control/clock", {"seconds": "#"}),
            ("administrator1", "/settings/proposals", form),
            ("administrator1", "/settings/proposals", form | {"name": "kill_fires_on"}),
            ("clerk1", "/applications", town.form(surname="#")),
        ],
    ):
        with subtests.test(f"{path} {number[:20]}"):
            text = json.dumps(body).replace('"#"', number)
            if number in ("-0", "0.1e-999999") and path in (
                "/control/clock",
                "/settings/proposals",
            ):
                continue  # nothing, however it is written, is a number of days or seconds
            assert sent(town, who, path, text) == 422
    unharmed(town)


def test_dates_far_away_are_refused(town: "Town", subtests: pytest.Subtests) -> None:
    """A date beyond all calendars is a form that is none; an absurd one breaks nothing."""
    file = town.apply()
    subject = {"given_name": "Q", "surname": "Z", "born": "#"}
    owner, record = file["owner_key"], f"/records/{file['record']}"
    consent = {"recipient": "R", "purpose": "P", "fields": ["street"], "until": "#"}
    cases: list[tuple[str, str, Any]] = [
        ("clerk1", "/applications", town.form(born="#")),
        ("counsel1", "/disclosures", town.instrument(file, subjects=[subject])),
        ("commissioner1", "/delegations", {"to": "counsel2", "until": "#"}),
        (owner, f"{record}/consents", consent),
        ("clerk1", "/breaches", {"discovered": "#"}),
    ]
    for day, (who, path, body) in itertools.product(DAYS, cases):
        with subtests.test(f"{path} {day}"):
            assert sent(town, who, path, json.dumps(body).replace("#", day)) == 422
    for day, change in itertools.product(DAYS, ("issued", "expires")):
        with subtests.test(f"instrument {change} {day}"):
            paper = json.dumps(town.instrument(file, **{change: "#"})).replace("#", day)
            for path in ("/disclosures", "/holds", "/gags"):
                assert sent(town, "counsel1", path, paper) in (201, 403, 422)
    unharmed(town)


def test_moments_far_away_are_refused(town: "Town", subtests: pytest.Subtests) -> None:
    """A moment that another time zone would push out of the calendar is a form that is none."""
    for moment, name in itertools.product(MOMENTS, ("discovered", "since", "until")):
        with subtests.test(f"{name} {moment}"):
            body = {"discovered": "2017-02-28T12:00:00Z", "login": "clerk1", name: moment}
            status = sent(town, "clerk1", "/breaches", json.dumps(body))
            assert status == 422
    east = {"discovered": "2017-02-28T12:00:00+14:00", "login": "clerk1"}

    assert sent(town, "clerk1", "/breaches", json.dumps(east)) == 201
    unharmed(town)


def test_a_clock_wound_on_for_ever_stops_before_the_calendar_does(
    open_town: "Callable[..., Town]",
) -> None:
    """Near the end of the calendar the clock refuses, and the city goes on."""
    town = open_town({"clock": "8999-06-01T00:00:00+00:00"})
    far = json.dumps({"seconds": 20 * 366 * 86_400})

    assert sent(town, town.config["control_key"], "/control/clock", far) == 422
    town.enrol()
    unharmed(town)


def sent(town: "Town", who: str, path: str, text: str) -> int:
    """Send JSON as it is written; return the status, of a problem if it is one."""
    bearer = f"Authorization: Bearer {town.bearer(who)}"
    request = form(text.encode(), bearer).replace(b"/applications", path.encode(), 1)
    told = asked(town, request)
    if told[0] >= 400:
        is_problem(told, told[0])
    return told[0]


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery whose cities have an interface at fault."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_doors.py"))])
    yield raised
    raised.close()


def answered_well(town: "Town", request: bytes, status: int) -> None:
    """Expect a problem, and a city that is as it was."""
    is_problem(asked(town, request), status)
    unharmed(town)


AT_FAULT = {
    "echoes": "many names",
    "logs_bodies": "many names",
    "logs_paths": "a version of its own",
    "breaks_on_odd_letters": "no UTF-8",
}


@pytest.mark.parametrize("fault", AT_FAULT)
def test_a_city_at_fault_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery", fault: str
) -> None:
    """A city that repeats, notes down or stumbles over what it was sent does not pass for good."""
    request, status = REQUESTS[AT_FAULT[fault]]
    town = open_town({"faithless": fault}, nursery=faithless)

    with pytest.raises(AssertionError):
        answered_well(town, request, status)
