"""What the tests of the wire share: sending anything at all, and judging what it came to."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Town

Answer = tuple[int, dict[str, str], bytes]
MARK = "Zyzzyvane-wire"
LINE = re.compile(r"\S+ (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|-) (/[a-z/{}.-]*|-) [1-5]\d\d")
FORM = b"POST /applications HTTP/1.1\r\nHost: city\r\nContent-Type: application/json\r\n"


@contextmanager
def wire(town: "Town") -> Iterator[socket.socket]:
    """Lend a connection on which anything can be sent."""
    with socket.create_connection(("127.0.0.1", town.http.base_url.port), timeout=20) as line:
        yield line


def answer(line: socket.socket) -> Answer:
    """Read one answer, whatever was asked."""
    response = HTTPResponse(line)
    response.begin()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()


def asked(town: "Town", *pieces: bytes) -> Answer:
    """Send *pieces* as they are, and read the answer."""
    with wire(town) as line:
        for piece in pieces:
            line.sendall(piece)
        return answer(line)


def is_problem(told: Answer, *statuses: int) -> None:
    """Expect a problem, whole, of one of *statuses*, that repeats nothing."""
    status, headers, body = told
    said = json.loads(body)

    assert status in statuses, body
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert set(said) == {"type", "title", "status", "code"}
    assert said["status"] == status
    assert MARK not in f"{headers} {body!r}"


def unharmed(town: "Town") -> None:
    """Expect a city that goes on, has spilt nothing, and whose log repeats nothing."""
    assert town.http.get("/health").status_code == 200
    assert list((town.data / "scratch").iterdir()) == []
    log = (town.data / "log" / "city.log").read_text()
    assert MARK not in log
    assert [line for line in log.splitlines() if not LINE.fullmatch(line)] == []


def head(line: str, *headers: str) -> bytes:
    """Write a request's head."""
    return "\r\n".join([line, "Host: city", *headers, "", ""]).encode()
