"""What does not end, on the wire, ends here: soon, cheaply, and without stopping anybody else."""

import re
import select
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from on_the_wire import FORM, Answer, answer, head, is_problem, unharmed, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town

MiB = 1024 * 1024


def resident(town: "Town") -> int:
    """Return how many bytes the city has held in memory at most."""
    status = Path(f"/proc/{town.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024


def is_thrifty(town: "Town", before: int) -> bool:
    """Whether the city held little more in memory than it had held *before*."""
    return resident(town) - before < 60 * MiB


def flood(town: "Town", beginning: bytes, most: float = float("inf")) -> None:
    """Send a request that does not end, until the other end hangs up or *most* bytes went out."""
    with wire(town) as line, suppress(OSError):
        line.sendall(beginning)
        sent = 0
        while sent < most:
            line.sendall(PIECE)
            sent += len(PIECE)


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
    assert is_thrifty(town, before)
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


def dribble(town: "Town", beginning: bytes, drop: bytes, drops: int = 100) -> Answer | None:
    """Send a drop at a time until there is an answer, and return it."""
    with wire(town) as line:
        line.sendall(beginning)
        for _ in range(drops):
            if select.select([line], [], [], 0.05)[0]:
                return answer(line)
            line.sendall(drop)
    return None


def test_senders_who_take_for_ever_are_hung_up_on(open_town: "Callable[..., Town]") -> None:
    """Who is not done in time is told so, whether it is the head or the body that dribbles."""
    town = open_town({"patience": 0.6})
    start = time.monotonic()
    with ThreadPoolExecutor() as crowd:
        answers = list(crowd.map(lambda words: dribble(town, *words), DRIBBLES.values()))

    assert time.monotonic() - start < 4
    for told in answers:
        assert told is not None
        is_problem(told, 408)
    unharmed(town)


def taken_late(town: "Town", pause: float) -> int:
    """Ask for eight megabytes, take nothing for so long; return how many bytes there are then."""
    file = town.apply()
    town.show(file, bytes(8 * MiB))
    path = f"/applications/{file['application']}/documents/0"
    got = 0
    with wire(town) as line:
        key = town.bearer("reviewer1")
        line.sendall(head(f"GET {path} HTTP/1.1", f"Authorization: Bearer {key}"))
        time.sleep(pause)
        line.settimeout(1)
        with suppress(ConnectionResetError, TimeoutError):
            while piece := line.recv(MiB):
                got += len(piece)
    return got


def test_who_does_not_take_the_answer_is_hung_up_on(open_town: "Callable[..., Town]") -> None:
    """An answer that nobody reads is not kept waiting in memory for ever."""
    town = open_town({"patience": 0.6})

    assert taken_late(town, 2) < 8 * MiB
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


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery whose cities take whatever comes, for as long as it comes."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_wire.py"))])
    yield raised
    raised.close()


def test_a_city_that_reads_on_for_ever_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery"
) -> None:
    """What it reads it holds, and its memory tells."""
    town = open_town({"faithless": "reads_without_end"}, nursery=faithless)
    before = resident(town)
    flood(town, ENDLESS["a form in pieces"], 80 * MiB)

    assert not is_thrifty(town, before)


def test_a_city_that_waits_for_ever_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery"
) -> None:
    """It hangs up neither on those who dribble nor on those who do not take its answer."""
    town = open_town({"faithless": "waits_for_ever", "patience": 0.2}, nursery=faithless)
    with ThreadPoolExecutor() as crowd:
        answers = list(crowd.map(lambda words: dribble(town, *words, 20), DRIBBLES.values()))

    assert answers == [None] * len(DRIBBLES)
    assert taken_late(town, 0.6) >= 8 * MiB
