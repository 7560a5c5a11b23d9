"""
Whatever a server does, one call of ours ends: in time, in bounds, and nowhere else.

Each case is a real server on loopback and a real call through the wire. Times
are not asserted here: ``tests/benchmarks/hostile.py`` measures them.
"""

import gzip
import re
import ssl
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing, suppress

import brotli
import httpx
import pytest

from idaudit.fixtures.hostile.catalogue import MISDEEDS
from idaudit.fixtures.hostile.line import Line
from idaudit.fixtures.hostile.misdeed import Misdeed
from idaudit.fixtures.hostile.server import Server, serving
from idaudit.fixtures.hostile.slowness import SLOWNESS
from idaudit.fixtures.targets import wire as wires
from idaudit.fixtures.targets.bounds import HANGS
from idaudit.fixtures.targets.unpacking import zstd
from idaudit.fixtures.targets.wire import Wire, fields_of
from idaudit.threatmodel.errors import SuiteError, TargetUnreachable, UnexpectedAnswer

MEMORY = 64 << 20
"""Bytes one call may take at most, whatever the answer: four times the longest body."""


def _wire(server: Server, *, secure: bool = False, hasty: bool = False) -> Wire:
    url = f"{'https' if secure else 'http'}://{server.address}"
    if hasty:
        return Wire(url, read_seconds=0.4, answer_seconds=1.2)
    return Wire(url, read_seconds=10, answer_seconds=20)


def _met(misdeed: Misdeed, server: Server, decoy: Server) -> None:
    """Call a server that misbehaves, as an adapter would."""
    path = misdeed.path.replace("{decoy}", decoy.address)
    method = "POST" if misdeed.sends else "GET"
    wire = _wire(server, secure=misdeed.secure, hasty=misdeed in SLOWNESS)
    with closing(wire):
        exchange = wire.call(method, path, body=misdeed.sends)
        if misdeed.fields:
            fields_of(exchange)


@pytest.mark.parametrize("name", MISDEEDS)
def test_a_call_to_a_hostile_server_ends_as_it_must(name: str) -> None:
    """It ends in the error that says what was met, or in an answer that is read as it stands."""
    misdeed = MISDEEDS[name]
    with serving(misdeed.serve) as (server, decoy):
        if misdeed.ends is None:
            _met(misdeed, server, decoy)
        else:
            with pytest.raises(misdeed.ends, match=misdeed.told) as met:
                _met(misdeed, server, decoy)
            assert len(str(met.value)) < 2000, "a message is for people to read"

        assert server.calls or misdeed.ends is UnexpectedAnswer
        assert decoy.calls == 0, "a host was called that nobody asked to audit"


LARGE = [name for name in MISDEEDS if re.match("body|bomb|json|endless|chunks|header", name)]


@pytest.mark.parametrize("name", LARGE)
def test_no_answer_fills_the_memory(name: str) -> None:
    """What is unpacked, read or built from one answer stays within a small bound."""
    misdeed = MISDEEDS[name]
    with serving(misdeed.serve) as (server, decoy):
        with suppress(SuiteError):
            _met(misdeed, server, decoy)  # what the server sends is made once, and kept
        tracemalloc.start()
        with suppress(SuiteError):
            _met(misdeed, server, decoy)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < MEMORY


def test_a_cookie_goes_nowhere() -> None:
    """Neither to the next call nor to another service of the same host."""
    heard: list[bytes] = []

    def serve(line: Line) -> None:
        while head := line.heard():
            heard.append(head)
            line.say(b"HTTP/1.1 200 OK\r\nSet-Cookie: s=1; Path=/\r\nContent-Length: 2\r\n\r\n{}")

    with serving(serve) as (server, _), closing(_wire(server)) as wire:
        wire.call("GET", "/one")
        wire.call("GET", "/two")

    assert len(heard) == 2
    assert b"ookie" not in b"".join(heard)


def test_a_target_that_hangs_again_and_again_is_given_less_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A dead target costs seconds for each check and not minutes; one that wakes gets its due."""
    monkeypatch.setattr(wires, "WEARY_SECONDS", 0.1)
    asleep = [True]

    def serve(line: Line) -> None:
        if asleep[0]:
            line.hang()
        line.answer()

    with serving(serve) as (server, _), closing(_wire(server, hasty=True)) as wire:
        for _ in range(HANGS):
            with pytest.raises(TargetUnreachable, match="ReadTimeout"):
                wire.call("GET", "/")
        with pytest.raises(TargetUnreachable, match=r"within 0\.1 seconds"):
            wire.call("GET", "/")
        asleep[0] = False
        assert wire.call("GET", "/").status == 200
        asleep[0] = True
        with pytest.raises(TargetUnreachable, match="ReadTimeout"):
            wire.call("GET", "/")


def test_a_record_that_grows_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers are kept for the sweep; a target cannot make that fill the memory."""
    monkeypatch.setattr(wires, "RECORD_LIMIT", 1000)

    answers = serving(lambda line: line.answer(bytes(600)))
    with answers as (server, _), closing(_wire(server)) as wire:
        wire.call("GET", "/")
        wire.call("GET", "/")
        with pytest.raises(UnexpectedAnswer, match="more than 1000 bytes"):
            wire.call("GET", "/")

        assert len(wire.exchanges) == 2


@pytest.mark.parametrize("key", ["two\r\nlines: 1", "half \ud800", "\u2028", "nul\0"])
def test_a_key_that_is_no_header_is_told(key: str) -> None:
    """A target gives out the keys its adapter sends; none of them can forge a header."""
    heard: list[bytes] = []
    hears = serving(lambda line: heard.append(line.heard()))
    with hears as (server, _), closing(_wire(server)) as wire, pytest.raises(SuiteError):
        wire.call("GET", "/", bearer=key)

    assert not any(b"lines: 1" in each for each in heard)


def _raw_deflate(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(body) + squeeze.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("identity", bytes),
        ("br, gzip", lambda body: gzip.compress(brotli.compress(body))),
    ],
)
def test_a_body_that_is_honestly_packed_is_read(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Nobody asked for it to be packed; a server that does so anyway is still understood."""
    body = b'{"heard": "' + b"yes, " * 5000 + b'"}'

    packs = serving(lambda line: line.answer(pack(body), f"Content-Encoding: {coding}"))
    with packs as (server, _), closing(_wire(server)) as wire:
        exchange = wire.call("GET", "/")

    assert exchange.body == body
    assert fields_of(exchange)["heard"].startswith("yes")


@pytest.mark.parametrize(
    "body", [b'{"a": "' + b"[{" * 500 + b'"}', b'{"a":' + b"[" * 98 + b"]" * 98 + b"}"]
)
def test_brackets_in_a_text_are_not_taken_for_nesting(body: bytes) -> None:
    """What is not deep is read, however many brackets stand in it."""
    with serving(lambda line: line.answer(body)) as (server, _), closing(_wire(server)) as wire:
        assert "a" in fields_of(wire.call("GET", "/"))


def test_a_wire_over_tls_believes_only_whom_it_was_told_to() -> None:
    """The clock is put around the handshake too, and changes nothing about whom to trust."""
    wire = Wire("https://127.0.0.1:9", trust=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with closing(wire), pytest.raises(TargetUnreachable, match="ConnectError"):
        wire.call("GET", "/")


def test_without_our_clock_a_dripping_head_is_read_for_ever() -> None:
    """The library's own bound is on one silence: the clock is what ends a call that drips."""
    lines: list[int] = []

    def serve(line: Line) -> None:
        line.heard()
        line.say(b"HTTP/1.1 200 OK\r\n")
        for number in range(40):
            lines.append(number)
            line.say(b"X-More: 1\r\n")
            line.wait(0.04)
        line.say(b"Content-Length: 0\r\n\r\n")

    with serving(serve) as (server, _):
        answer = httpx.get(f"http://{server.address}", timeout=1, trust_env=False)
        assert (answer.status_code, len(lines)) == (200, 40), "this drips longer than a silence"
        lines.clear()
        with closing(_wire(server, hasty=True)) as wire, pytest.raises(TargetUnreachable):
            wire.call("GET", "/")

    assert len(lines) < 40
