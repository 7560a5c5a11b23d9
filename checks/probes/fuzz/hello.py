"""
Shaking hands over TLS in words of one's own.

What an old or idle client would offer is written byte by byte: the library of this
machine no longer speaks it, and whether a server does is seen by its first answer.
"""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from struct import pack, unpack
from urllib.parse import urlsplit

from idaudit.threatmodel.errors import TargetUnreachable

SECONDS = 10.0
"""For one handshake; it takes a good server milliseconds."""

SSL_3, TLS_1_0, TLS_1_1, TLS_1_2 = 0x0300, 0x0301, 0x0302, 0x0303
OLD = {"SSL 3.0": SSL_3, "TLS 1.0": TLS_1_0, "TLS 1.1": TLS_1_1}
"""What no server should speak any more (RFC 7568, RFC 8996)."""

USUAL: Sequence[int] = (
    *(0xC00A, 0xC009, 0xC014, 0xC013, 0x0039, 0x0033, 0x0035, 0x002F),
    *(0xC008, 0xC012, 0x0016, 0x000A, 0xC007, 0xC011, 0x0005, 0x0004),
)
"""The suites of the days of those protocols."""

WEAK: dict[str, Sequence[int]] = {
    "of nobody in particular": (
        *(0x0018, 0x001A, 0x001B, 0x0034, 0x003A, 0x0046, 0x006C, 0x006D, 0x0089),
        *(0x00A6, 0x00A7, 0xC015, 0xC016, 0xC017, 0xC018, 0xC019),
    ),
    "that encrypt nothing": (0x0001, 0x0002, 0x003B, 0x002D, 0xC001, 0xC006, 0xC00B, 0xC010),
    "of an export of 1996": (
        *(0x0003, 0x0006, 0x0008, 0x000B, 0x000E, 0x0011, 0x0014, 0x0017, 0x0019),
        *(0x0062, 0x0063, 0x0064, 0x0065),
    ),
    "of DES or RC4": (
        *(0x0009, 0x000C, 0x000F, 0x0012, 0x0015, 0x001A),
        *(0x0004, 0x0005, 0xC002, 0xC007, 0xC00C, 0xC011),
    ),
}
"""Suites that nobody may agree to (RFC 9325, 4.1), by what is wrong with them."""

_HANDSHAKE, _CLIENT_HELLO, _SERVER_HELLO = 22, 1, 2
_CURVES = pack(">HHHHHH", 10, 8, 6, 29, 23, 24)
_POINTS = pack(">HHBB", 11, 2, 1, 0)
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)
_ALWAYS = bytes(range(32))
_HEAD = 11  # bytes up to the version that a server chose


@dataclass(frozen=True, slots=True)
class Line:
    """Where a server shakes hands."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Line":
        """Read it off an address of HTTPS."""
        split = urlsplit(url)
        return cls(split.hostname or "", split.port or 443)

    def connected(self) -> socket.socket:
        """
        Return a connection to it.

        Raises:
            TargetUnreachable: nobody answers there.

        """
        try:
            return socket.create_connection((self.host, self.port), SECONDS)
        except OSError as error:
            raise TargetUnreachable(
                f"{self.host}:{self.port}: {error}; expected somebody to answer; "
                "is the front still running?"
            ) from error

    def shakes_hands(self, trust: ssl.SSLContext) -> str:
        """Shake hands as a browser does that believes *trust*; return the protocol agreed on."""
        with (
            self.connected() as line,
            trust.wrap_socket(line, server_hostname=self.host) as secure,
        ):
            return secure.version() or ""

    def agrees_to(self, version: int, suites: Sequence[int]) -> bool:
        """Whether it goes on with whoever offers nothing newer than *version* and only *suites*."""
        with self.connected() as line:
            try:
                line.sendall(hello(version, suites, self.host))
                said = _heard(line)
            except OSError:
                return False
        return goes_on(said, version)


def hello(version: int, suites: Sequence[int], host: str = "") -> bytes:
    """Return how a client begins that speaks *version* and knows *suites* (RFC 5246, 7.4.1.2)."""
    offered = pack(f">H{len(suites)}H", 2 * len(suites), *suites)
    more = b"" if version == SSL_3 else _extensions(version, host)
    body = pack(">H", version) + _ALWAYS + b"\0" + offered + b"\1\0" + more
    message = pack(">I", _CLIENT_HELLO << 24 | len(body)) + body
    return pack(">BHH", _HANDSHAKE, min(version, TLS_1_0), len(message)) + message


def goes_on(said: bytes, version: int) -> bool:
    """Whether a server that *said* this goes on in *version* or an older one."""
    if len(said) < _HEAD or said[0] != _HANDSHAKE or said[5] != _SERVER_HELLO:
        return False
    chosen: int = unpack(">H", said[9:11])[0]
    return chosen <= version


def _extensions(version: int, host: str) -> bytes:
    said = _named(host) + _CURVES + _POINTS
    if version >= TLS_1_2:
        count = len(_SIGNATURES)
        said += pack(f">HHH{count}H", 13, 2 * count + 2, 2 * count, *_SIGNATURES)
    return pack(">H", len(said)) + said


def _named(host: str) -> bytes:
    """Return the name that is asked for; an address is none (RFC 6066, 3)."""
    try:
        ip_address(host)
    except ValueError:
        name = host.encode("idna")
        return pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    return b""


def _heard(line: socket.socket) -> bytes:
    """Return the beginning of what comes back; b"" where it only hangs up."""
    said = b""
    while len(said) < _HEAD and (more := line.recv(_HEAD - len(said))):
        said += more
    return said
