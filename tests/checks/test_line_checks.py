"""How the checks of what moves judge lines that are not the reference city's."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from idaudit.checks.access import lines
from idaudit.checks.probes.fuzz.asking import Seen, Voice
from idaudit.checks.probes.fuzz.described import Question
from idaudit.checks.probes.fuzz.hello import OLD, SSL_3, TLS_1_2, USUAL, WEAK, Line, goes_on, hello
from idaudit.fixtures.city.config import Authority as Office
from idaudit.fixtures.city.secureline import SecureLine
from idaudit.fixtures.defects.lines import AgreesToAnySuite, SpeaksToOldTelephones
from idaudit.fixtures.targets.authority import Authority
from idaudit.fixtures.targets.door import Door, Front
from idaudit.fixtures.targets.target import Actor, Exchange, Role, Target
from idaudit.threatmodel.errors import NotOffered, TargetUnreachable

if TYPE_CHECKING:
    from idaudit.fixtures.city.city import City

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
CHECKS: tuple[Check, ...] = (
    lines.the_certificate_is_the_systems_own,
    lines.no_line_is_talked_down_to_an_old_protocol,
    lines.no_line_is_talked_down_to_a_weak_suite,
    lines.browsers_are_told_to_come_back_over_tls,
    lines.every_cookie_that_knows_somebody_stays_on_tls,
    lines.nothing_is_answered_in_the_clear,
)
MODERN = (0xC02B, 0xC02F)


def no_door(_: Target) -> Door:
    """Lend no door."""
    raise NotOffered("bent")


def fronted(**changes: object) -> Callable[[Target], Door]:
    """Lend the door with a front that is another one."""

    def door(city: Target) -> Door:
        lent = city.door()
        assert lent.front is not None
        lent.front = replace(lent.front, **changes)  # type: ignore[arg-type]  a test's own
        return lent

    return door


def frontless(city: Target) -> Door:
    """Lend the door, and tell nothing of how it is reached from outside."""
    lent = city.door()
    lent.front = None
    return lent


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_system_that_offers_no_tls_shows_nothing(judge: Judge, check: Check) -> None:
    """Plain HTTP on loopback is not praised for what nobody on a line could read."""
    assert judge(check, door=no_door)[0] == "inconclusive"
    for door in (frontless, fronted(url="http://127.0.0.1:1")):
        outcome, why = judge(check, door=door)
        assert (outcome, "no TLS is offered" in why) == ("inconclusive", True)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_front_that_nobody_is_behind_shows_nothing(judge: Judge, check: Check) -> None:
    """What is declined by nobody was not declined."""
    with socket.socket() as deaf:  # bound, so that nobody else listens there
        deaf.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}"
        assert judge(check, door=fronted(url=url))[0] == "inconclusive"


def test_a_certificate_that_only_this_machine_does_not_know_shows_nothing(judge: Judge) -> None:
    """Where nobody named a private authority, the mend is told; where one was, it is broken."""
    stranger = ssl.create_default_context()
    check = lines.the_certificate_is_the_systems_own

    outcome, why = judge(check, door=fronted(trust=stranger, named=False))
    assert (outcome, "system.ca" in why) == ("inconclusive", True)
    assert judge(check, door=fronted(trust=stranger)) == ("broken", "certificate-not-trusted")


def test_no_badge_is_shown_over_a_line_that_is_not_believed(judge: Judge) -> None:
    """Whoever asks over TLS shows a badge to nobody who may be anybody."""
    stranger = fronted(trust=ssl.create_default_context(), named=False)
    check = lines.every_cookie_that_knows_somebody_stays_on_tls
    assert judge(check, door=stranger)[0] == "inconclusive"


# -- handshakes ----------------------------------------------------------------------------


@contextmanager
def shaking_hands(kind: type[SecureLine]) -> Iterator[Line]:
    """Lend where somebody shakes hands as *kind* does, and says nothing more."""
    made = Authority.of(7)
    office = Office(made.certificate.encode(), made.key.encode())
    city = SimpleNamespace(config=SimpleNamespace(authority=office))
    context = kind(cast("City", city)).context()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                held, _ = listener.accept()
                with held, suppress(OSError):
                    context.wrap_socket(held, server_side=True).close()

    hand = Thread(target=serve, daemon=True)
    hand.start()
    try:
        yield Line("127.0.0.1", listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        hand.join()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_what_a_good_server_declines_a_lenient_one_takes() -> None:
    """The bytes of an old client are read by a real server as what they are."""
    with shaking_hands(SecureLine) as good:
        assert good.agrees_to(TLS_1_2, MODERN), "a client of its own time is let in"
        assert not any(good.agrees_to(each, USUAL) for each in OLD.values())
        assert not any(good.agrees_to(TLS_1_2, each) for each in WEAK.values())
    with shaking_hands(SpeaksToOldTelephones) as old:
        assert [name for name, each in OLD.items() if old.agrees_to(each, USUAL)] == [
            *("TLS 1.0", "TLS 1.1"),
        ]
    with shaking_hands(AgreesToAnySuite) as lenient:
        assert [name for name, each in WEAK.items() if lenient.agrees_to(TLS_1_2, each)] == [
            "of nobody in particular"
        ]


SAID = b"\x16\x03\x01\x00\x31\x02\x00\x00\x2d\x03\x01"


@pytest.mark.parametrize(
    ("said", "version", "goes"),
    [
        (SAID, 0x0301, True),
        (SAID, 0x0302, True),  # an older one than was offered is worse still
        (SAID, SSL_3, False),
        (SAID[:10], 0x0301, False),
        (b"\x15\x03\x01\x00\x02\x02\x46" + bytes(8), 0x0301, False),  # an alert
        (b"HTTP/1.1 400 Bad Request", 0x0301, False),
        (b"", 0x0301, False),
    ],
)
def test_a_server_goes_on_only_where_it_says_hello(
    said: bytes, version: int, *, goes: bool
) -> None:
    """An alert, plain HTTP and silence decline."""
    assert goes_on(said, version) is goes


def test_a_name_is_said_and_an_address_is_not() -> None:
    """A server of many names is asked for its own (RFC 6066)."""
    assert b"city.example" in hello(TLS_1_2, USUAL, "city.example")
    assert b"127.0.0.1" not in hello(TLS_1_2, USUAL, "127.0.0.1")
    assert hello(SSL_3, USUAL, "city.example").endswith(b"\x01\x00"), "it knew no extensions"


def test_nobody_there_is_no_refusal() -> None:
    """A line to nobody is an error, and not a handshake that was declined."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(TargetUnreachable, match="expected somebody"):
            Line("127.0.0.1", deaf.getsockname()[1]).agrees_to(TLS_1_2, USUAL)


# -- answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "stays"),
    [
        ("max-age=31536000", True),
        ("max-age=300; includeSubDomains", True),
        ('Max-Age="1" ; preload', True),
        ("includeSubDomains; max-age = 60", True),
        ("max-age=0", False),
        ("includeSubDomains", False),
        ("max-age=-1", False),
        ("max-age=60; max-age=0", False),  # said twice, it is not read at all
        ("max-age=60, max-age=0", True),  # of two headers the first counts
    ],
)
def test_browsers_stay_as_the_standard_says(header: str, *, stays: bool) -> None:
    """RFC 6797, 6.1 and 8.1."""
    assert lines.stays(header) is stays


def test_each_cookie_of_several_is_read() -> None:
    """Several headers come as one, and a date has a comma of its own."""
    said = "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure, b=x=y; HttpOnly, c=; secure"
    exchange = Exchange("GET", "/", 200, {}, b"", {"set-cookie": said}, b"")
    seen = Seen("GET /", Voice(Actor(Role.PUBLIC), {}), Question("GET", "/", {}), exchange)

    assert lines.cookies_in(seen) == {"a": ("1", True), "b": ("x=y", False), "c": ("", True)}


def test_a_plain_address_that_is_not_told_is_a_bound(judge: Judge) -> None:
    """Where only the port of TLS is known, that one is asked, and it declines."""
    assert judge(lines.nothing_is_answered_in_the_clear, door=fronted(plain=""))[0] == "pass"


def test_a_front_is_a_place_of_its_own() -> None:
    """What tells of it names whom to believe there."""
    trust = Authority.of(1).trust()
    assert Front("https://127.0.0.1:1", trust).named
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
