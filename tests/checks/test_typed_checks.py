"""How the checks of what is sent and typed judge: what they take for a fault, and what for none."""

import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from idaudit.checks.access import injection, tables, transport, uploads
from idaudit.checks.case import CLERK
from idaudit.checks.probes.fuzz.asking import Seen, Voice
from idaudit.checks.probes.fuzz.described import Question
from idaudit.checks.probes.fuzz.sockets import heard, pour, say
from idaudit.fixtures.targets.operation import Exchange
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive, NotOffered, TargetUnreachable

Judge = Callable[..., tuple[str, str]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextmanager
def answering(said: bytes, read: int = 1) -> Iterator[str]:
    """Lend the address of somebody who reads so much, says *said*, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                left = read
                while left > 0 and (piece := line.recv(min(left, 1 << 16))):
                    left -= len(piece)
                line.sendall(said)

        hand = Thread(target=answer)
        hand.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        hand.join()


def seen(body: bytes = b"", /, **headers: str) -> Seen:
    """Return one answer with these headers."""
    return Seen("GET /", Voice(CLERK, {}), Question("GET", "/", {}), exchange(body, **headers))


def exchange(body: bytes = b"", /, **headers: str) -> Exchange:
    """Return one exchange with these headers."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange("GET", "/", 200, {}, b"", said, body)


def no_door(_: Target) -> object:
    """Lend no door."""
    raise NotOffered("bent")


@pytest.mark.parametrize(
    "check",
    [
        transport.no_request_hides_in_another,
        transport.no_link_leads_to_a_host_somebody_named,
        transport.no_strangers_page_changes_anything,
        injection.what_is_typed_forges_no_line,
        uploads.a_picture_that_unfolds_is_declined,
        uploads.no_form_is_read_without_end,
    ],
    ids=lambda check: check.__name__,
)
def test_a_system_without_a_door_shows_nothing(judge: Judge, check: Callable[..., None]) -> None:
    """What nobody could ask in bytes or words of their own is not praised for its answers."""
    assert judge(check, door=no_door)[0] == "inconclusive"


def test_every_answer_on_a_line_is_counted() -> None:
    """Two answers are two, one that says "go on" is none, and a word in a body is none."""
    with answering(OK + OK) as url:
        both = say(url, b"GET / HTTP/1.1\r\n\r\n")
    with answering(
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK.replace(b"hi", b"of HTTP/1.1 they")
    ) as url:
        one = say(url, b"GET / HTTP/1.1\r\n\r\n")

    assert (both.statuses, both.closed) == ((200, 200), True)
    assert one.statuses == (200,)


def test_a_body_is_poured_until_somebody_answers() -> None:
    """What was taken before an answer came is counted, and no more is sent."""
    with answering(OK, read=1 << 20) as url:
        said = pour(url, b"POST / HTTP/1.1\r\n\r\n", (b" " * (1 << 16) for _ in range(4096)))

    assert said.sent < 4096 << 16


def test_a_line_that_goes_quiet_is_left() -> None:
    """Whoever says nothing more is not waited for."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"HTTP/1.1 200 OK\r\n")
        assert not heard(here, quiet=0.05).closed


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://127.0.0.1:1/api"])
def test_bytes_are_sent_over_plain_http_at_the_top_alone(url: str) -> None:
    """Nobody is judged by bytes that another protocol would have wrapped."""
    with pytest.raises(Inconclusive):
        say(url, b"")


def test_nobody_who_does_not_answer_is_judged() -> None:
    """A closed door is no answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TargetUnreachable):
        say(f"http://127.0.0.1:{port}", b"")


def test_a_link_to_a_host_that_was_named_is_seen_and_a_mention_is_not() -> None:
    """A redirect and an address lead somewhere; the bare name of a host does not."""
    assert transport.leads_elsewhere(seen(location="http://elsewhere.example/records/1"))
    assert transport.leads_elsewhere(seen(b'{"next": "https:\\/\\/elsewhere.example\\/2"}'))
    assert not transport.leads_elsewhere(seen(b'{"title": "elsewhere.example is not served here"}'))
    assert not transport.leads_elsewhere(seen(location="/records/1"))


def test_every_doubtful_request_has_another_hidden_in_it() -> None:
    """Whoever reads it by the wrong length finds a whole request behind it."""
    made = transport.doubtful("/health", "city")

    assert len(made) == len(set(made.values())) == 9
    assert all(text.count(b"GET /health HTTP/1.1\r\n") == 2 for text in made.values())


@pytest.mark.parametrize(
    ("headers", "runs"),
    [
        ({"content_type": "text/html; charset=utf-8"}, True),
        ({"content_type": "image/svg+xml"}, True),
        ({}, True),
        ({"content_type": "text/plain"}, True),
        ({"content_type": "text/plain", "x_content_type_options": "nosniff"}, False),
        ({"content_type": "image/jpeg"}, False),
        ({"content_type": "text/html", "content_disposition": "attachment"}, False),
        ({"content_type": "text/html", "content_security_policy": "sandbox"}, False),
    ],
)
def test_a_page_runs_where_a_browser_would_run_it(headers: dict[str, str], runs: bool) -> None:  # noqa: FBT001  a case
    """By its type, or by a guess at it; saved or in a sandbox it runs nowhere."""
    assert uploads.runs_as_a_page(exchange(**headers)) is runs


def test_the_picture_that_unfolds_is_small_and_whole() -> None:
    """It holds to its format to the last byte, or its being declined would show nothing."""
    picture = uploads.unfolding()
    wide, high = struct.unpack(">II", picture[16:24])
    length = struct.unpack(">I", picture[33:37])[0]
    unpacker = zlib.decompressobj()
    points = sum(
        len(unpacker.decompress(picture[at : min(at + 256, 41 + length)]))
        for at in range(41, 41 + length, 256)
    )

    assert wide == high == uploads.SIDE
    assert points == uploads.SIDE * (uploads.SIDE // 8 + 1)
    assert len(picture) < 1 << 19


def test_a_form_is_typed_into_one_text_at_a_time() -> None:
    """Whatever is no text stays, and so does every other text."""
    form = {"login": "a", "deep": {"key": "b"}, "count": 3}

    assert list(injection.typed_in_turn(form, "x")) == [
        {"login": "x", "deep": {"key": "b"}, "count": 3},
        {"login": "a", "deep": {"key": "x"}, "count": 3},
    ]


def test_cells_are_read_however_they_are_separated() -> None:
    """A comma, a semicolon or a tab, quoted or not, after a mark of the order of bytes."""
    text = b'\xef\xbb\xbfname;"=1+1"\r\n"+2";x\r\nb\t=3\r\n'

    assert {"=1+1", "+2", "=3", "name"} <= set(tables.cells_of(text))
