"""Where one request ends and the next begins, when somebody would have it unclear."""

from typing import TYPE_CHECKING

import pytest
from on_the_wire import asked, is_problem, unharmed, wire

if TYPE_CHECKING:
    from conftest import Town

GET = b"GET /health HTTP/1.1\r\nHost: city\r\n"
HIDDEN = b"0\r\n\r\n" + GET + b"Connection: close\r\n\r\n"
DOUBTFUL = (
    b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(HIDDEN),
    b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
    b"Content-Length: %d\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" % len(HIDDEN),
)


@pytest.mark.parametrize("said", DOUBTFUL)
def test_a_length_said_in_two_ways_is_declined(town: "Town", said: bytes) -> None:
    """What stands behind such a request is never answered as another one."""
    is_problem(asked(town, GET + said + HIDDEN), 400)
    with wire(town) as line:
        line.sendall(GET + said + HIDDEN)
        answers = b"".join(iter(lambda: line.recv(1 << 16), b""))

    assert answers.count(b"HTTP/1.1 ") == 1
    unharmed(town)


def test_requests_one_after_another_are_each_answered(town: "Town") -> None:
    """Two plain requests on one line are two."""
    with wire(town) as line:
        line.sendall(GET + b"\r\n" + GET + b"Connection: close\r\n\r\n")
        answers = b"".join(iter(lambda: line.recv(1 << 16), b""))

    assert answers.count(b"HTTP/1.1 200") == 2
