"""What does not end, on the wire, ends here: soon, cheaply, and without stopping anybody else."""

import json
import re
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

MARK = "Zyzzyvane-endless"
MiB = 1024 * 1024
LINE = re.compile(r"\S+ (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|-) (/[a-z/{}.-]*|-) [1-5]\d\d")
FORM = b"POST /applications HTTP/1.1\r\nHost: city\r\nContent-Type: application/json\r\n"


@contextmanager
def wire(town: "Town") -> Iterator[socket.socket]:
    """Lend a connection on which anything can be sent."""
    with socket.create_connection(("127.0.0.1", town.http.base_url.port), timeout=20) as line:
        yield line


def answer(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer, whatever was asked."""
    response = HTTPResponse(line)
    response.begin()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()


def asked(town: "Town", *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send *pieces* as they are, and read the answer."""
    with wire(town) as line:
        for piece in pieces:
            line.sendall(piece)
        return answer(line)


def is_problem(told: tuple[int, dict[str, str], bytes], *statuses: int) -> None:
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


def resident(town: "Town") -> int:
    """Return how many bytes the city has held in memory at most."""
    status = Path(f"/proc/{town.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024


def flood(town: "Town", beginning: bytes) -> None:
    """Send a request that does not end, until the other end hangs up."""
    with wire(town) as line, suppress(OSError):
        line.sendall(beginning)
        while True:
            line.sendall(PIECE)


PIECE = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
ENDLESS = {
    "a form in pieces": FORM + b"Transfer-Encoding: chunked\r\n\r\n",
    "a form with a lie about its length": FORM + b"Content-Length: 999999999\r\n\r\n",
    "a body where none is read": b"GET /health HTTP/1.1\r\nHost: c\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
    "a paper of the wrong type": b"POST /applications/%s/documents HTTP/1.1\r\nHost: c\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n%s\r\n",
    "a paper in pieces": b"POST /applications/%s/documents HTTP/1.1\r\nHost: c\r\n"
    b"Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n%s\r\n",
    "a head": b"GET /health HTTP/1.1\r\n",
}


def test_bodies_without_end_cost_little_and_stop_nobody(town: "Town") -> None:
    """The city hangs up soon, having kept no more of each than it would of an honest one."""
    file = town.apply()
    key = f"Authorization: Bearer {file['owner_key']}\r\n".encode()
    beginnings = [
        text % (file["application"].encode(), key) if b"%s" in text else text
        for text in ENDLESS.values()
    ]
    before, start = resident(town), time.monotonic()
    with ThreadPoolExecutor() as crowd:
        ends = [crowd.submit(flood, town, text) for text in beginnings]
        slowest = slowest_health(town, ends)

    assert time.monotonic() - start < 10
    assert slowest < 2
    assert resident(town) - before < 60 * MiB
    unharmed(town)


def slowest_health(town: "Town", ends: list[Future[None]]) -> float:
    """Ask the city how it is until all of *ends* have come; return the longest it took."""
    slowest = 0.0
    while not all(end.done() for end in ends):
        start = time.monotonic()
        assert town.http.get("/health").status_code == 200
        slowest = max(slowest, time.monotonic() - start)
        time.sleep(0.02)
    for end in ends:
        end.result()
    return slowest


DRIBBLES = {
    "a head": (b"GET /health HTTP/1.1\r\nX: ", b"x"),
    "nothing at all": (b"", b""),
    "a form": (FORM + b"Content-Length: 100000\r\n\r\n", b" "),
    "a form in pieces": (FORM + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
}


def dribble(town: "Town", beginning: bytes, drop: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send a drop at a time until there is an answer, and return it."""
    with wire(town) as line:
        line.sendall(beginning)
        for _ in range(100):
            if select.select([line], [], [], 0.05)[0]:
                break
            line.sendall(drop)
        return answer(line)


def test_senders_who_take_for_ever_are_hung_up_on(open_town: "Callable[..., Town]") -> None:
    """Who is not done in time is told so, whether it is the head or the body that dribbles."""
    town = open_town({"patience": 0.6})
    start = time.monotonic()
    with ThreadPoolExecutor() as crowd:
        answers = list(crowd.map(lambda words: dribble(town, *words), DRIBBLES.values()))

    assert time.monotonic() - start < 4
    for told in answers:
        is_problem(told, 408)
    unharmed(town)


def test_who_does_not_take_the_answer_is_hung_up_on(open_town: "Callable[..., Town]") -> None:
    """An answer that nobody reads is not kept waiting in memory for ever."""
    town = open_town({"patience": 0.6})
    file = town.apply()
    town.show(file, bytes(8 * MiB))
    key = town.bearer("reviewer1")
    path = f"/applications/{file['application']}/documents/0"
    with wire(town) as line:
        line.sendall(head(f"GET {path} HTTP/1.1", f"Authorization: Bearer {key}"))
        time.sleep(2)
        line.settimeout(5)
        got = 0
        with suppress(ConnectionResetError):
            while piece := line.recv(MiB):
                got += len(piece)

    assert got < 8 * MiB
    unharmed(town)


def test_a_sender_who_leaves_in_the_middle_is_no_failure(town: "Town") -> None:
    """A connection cut within a body is refused in the ledger, and is no fault of the city."""
    with wire(town) as line:
        line.sendall(FORM + b"Content-Length: 100\r\n\r\n{")
    deadline = time.monotonic() + 5
    while not town.acts() or "open_application" not in [act for _, act, _ in town.acts()]:
        assert time.monotonic() < deadline

    assert ("public", "open_application", "refused") in town.acts()
    unharmed(town)
