"""Bad input gets a problem that echoes nothing."""

import json
import os
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

MARK = "Zyzzyvane-echo"
HOSTILE: dict[str, Any] = {
    "unknown field": {"status": MARK},
    "nested": {"surname": {"of": MARK}},
    "list": {"surname": [MARK]},
    "null": {"surname": None},
    "empty": {"surname": ""},
    "blank": {"surname": "   "},
    "long": {"surname": MARK * 100},
    "control": {"surname": f"{MARK}\x00"},
    "line break": {"surname": f"{MARK}\nother"},
    "half a character": {"surname": f"{MARK}\ud800"},
    "number": {"surname": 7},
    "no date": {"born": MARK},
    "number as date": {"born": 0},
    "31 February": {"born": "1980-02-31"},
    "too old": {"born": "0001-01-01"},
    "year 10000": {"born": "10000-01-01"},
    "unknown channel": {"channel": MARK},
    "status": {"immigration_status": MARK},
    "gender as flag": {"gender": True},
}


def problem(answer: httpx.Response, status: int, code: str) -> None:
    """Expect an answer to be this problem, whole, and to repeat nothing."""
    told = answer.json()

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.status_code, told["code"]) == (status, code)
    assert set(told) == {"type", "title", "status", "code"}
    assert MARK not in answer.text
    assert MARK not in str(answer.headers)


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_form_that_is_none_is_refused_without_an_echo(
    town: "Town", changes: dict[str, Any]
) -> None:
    """Neither the answer nor the log nor the disk repeats what was sent."""
    body = json.dumps(town.form(street=MARK) | changes).encode()
    headers = {"Content-Type": "application/json"}
    answer = town.ask("clerk1", "POST", "/applications", content=body, headers=headers)
    town.settle()

    problem(answer, 422, "invalid")
    assert MARK.encode() not in town.at_rest()
    assert town.acts()[-1] == ("clerk:clerk1", "open_application", "refused")


BODIES = {
    "no JSON": (b"{" + MARK.encode(), 422, "invalid"),
    "no UTF-8": (b'{"surname": "\xff\xfe"}', 422, "invalid"),
    "an empty body": (b"", 422, "invalid"),
    "a number": (b"7", 422, "invalid"),
    "deep": (b"[" * 50_000, 422, "invalid"),
    "huge": (b'{"surname": "' + b"a" * 200_000 + b'"}', 413, "too-large"),
}


@pytest.mark.parametrize(("body", "status", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_a_form_is_refused(
    town: "Town", body: bytes, status: int, code: str
) -> None:
    """Whatever arrives, the city answers, and goes on."""
    headers = {"Content-Type": "application/json"}

    problem(
        town.ask("clerk1", "POST", "/applications", content=body, headers=headers), status, code
    )
    assert town.ask("clerk1", "POST", "/applications", town.form()).status_code == 201


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_only_json_is_a_form_and_only_a_picture_a_paper(town: "Town", media_type: str) -> None:
    """Nothing is guessed from a body, and no parser spools one to a file."""
    file = town.apply()
    headers = {"Content-Type": media_type} if media_type else {}
    body = json.dumps(town.form()).encode()
    form = town.ask("clerk1", "POST", "/applications", content=body, headers=headers)
    path = f"/applications/{file['application']}/documents"
    paper = town.ask("clerk1", "POST", path, content=b"x" * 3_000_000, headers=headers)

    problem(form, 415, "wrong-media-type")
    problem(paper, 415, "wrong-media-type")
    assert list((town.data / "scratch").iterdir()) == []


def test_what_does_not_exist_is_a_problem_too(town: "Town") -> None:
    """Unknown routes, ids and methods are told apart by nothing but their status."""
    problem(town.ask("clerk1", "GET", f"/{MARK}"), 404, "not-found")
    problem(town.ask("clerk1", "GET", f"/records/{MARK}"), 404, "not-found")
    problem(town.ask("clerk1", "DELETE", "/applications"), 405, "wrong-method")
    problem(town.ask("reviewer1", "GET", "/applications/a/documents/x"), 422, "invalid")
    problem(town.ask("reviewer1", "GET", "/applications/a/documents/-1"), 422, "invalid")
    problem(town.ask("reviewer1", "GET", f"/applications/a/documents/{10**30}"), 422, "invalid")
    long_kind = {"Content-Type": "image/png", "Document-Kind": MARK * 9}
    path = f"/applications/{town.apply()['application']}/documents"
    problem(town.ask("clerk1", "POST", path, content=b"x", headers=long_kind), 422, "invalid")


def test_bytes_that_are_no_http_do_not_stop_the_city(town: "Town") -> None:
    """Garbage on the wire is answered or dropped, never repeated."""
    with socket.create_connection(("127.0.0.1", town.http.base_url.port), timeout=5) as wire:
        wire.sendall(b"\x16\x03\x01" + MARK.encode() + os.urandom(64) + b"\r\n\r\n")
        assert MARK.encode() not in wire.recv(4096)

    assert town.http.get("/health").status_code == 200


def test_the_control_key_opens_the_controls_only(open_town: "Callable[..., Town]") -> None:
    """Staff do not move the clock, the control key reads no record, a live city has no controls."""
    town = open_town()
    live = open_town({"control_key": None, "clock": None})
    body = {"seconds": 1}

    problem(town.ask("administrator1", "POST", "/control/clock", body), 401, "not-signed-in")
    problem(town.ask(None, "POST", "/control/settle"), 401, "not-signed-in")
    problem(town.ask(town.config["control_key"], "GET", "/ledger"), 403, "wrong-role")
    problem(live.ask("anything", "POST", "/control/clock", body), 403, "no-controls")
    real = open_town({"clock": None})
    problem(real.ask(real.config["control_key"], "POST", "/control/clock", body), 409, "real-time")


@pytest.mark.parametrize("seconds", [-1, "1", None, 1e300, float("nan")])
def test_time_does_not_run_back_nor_out(town: "Town", seconds: object) -> None:
    """A clock that cannot be moved so far stays where it is."""
    before = town.must(None, "GET", "/health")
    body = json.dumps({"seconds": seconds}).encode()
    headers = {"Content-Type": "application/json"}
    key = town.config["control_key"]

    problem(town.ask(key, "POST", "/control/clock", content=body, headers=headers), 422, "invalid")
    assert town.must(None, "GET", "/health") == before
