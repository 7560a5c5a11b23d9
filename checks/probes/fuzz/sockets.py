"""Bytes put on the wire as they are, for what no HTTP library would send."""

import re
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable

QUIET_SECONDS = 2.0
"""After so much silence nothing more is coming; whoever owes an answer is quicker."""

TAKES_SECONDS = 30.0
"""For one whole conversation, however lively."""

_MOST = 1 << 20
_BEGINS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)\b")


@dataclass(frozen=True, slots=True)
class Said:
    """What came back over one connection."""

    text: bytes
    closed: bool
    sent: int = 0  # bytes that were taken before it answered, hung up or had all

    @property
    def statuses(self) -> tuple[int, ...]:
        """The status of each answer, but of those that only say "go on"."""
        found = (int(status) for status in _BEGINS.findall(self.text))
        return tuple(status for status in found if status >= 200)  # noqa: PLR2004  HTTP's


def host_of(url: str) -> str:
    """Return the host and port that a request to *url* names."""
    return urlsplit(url).netloc


@contextmanager
def connected(url: str, trust: ssl.SSLContext | None = None) -> Iterator[socket.socket]:
    """
    Lend a connection to *url*, over TLS where that is told whom to *trust*.

    Raises:
        Inconclusive: it is not HTTP, is over TLS and nobody is told to be trusted, or has a
            folder before its paths.
        TargetUnreachable: nobody answers there, or nobody who is trusted.

    """
    split = urlsplit(url)
    secure = split.scheme == "https" and trust is not None
    if not (secure or split.scheme == "http") or split.path.strip("/"):
        raise Inconclusive(
            "asks in bytes, which is done over plain HTTP at the top of a host alone"
        )
    host, port = split.hostname or "", split.port or (443 if secure else 80)
    with ExitStack() as held:
        try:
            line = held.enter_context(socket.create_connection((host, port), TAKES_SECONDS))
            if secure and trust is not None:
                line = held.enter_context(trust.wrap_socket(line, server_hostname=host))
        except OSError as error:
            raise TargetUnreachable(
                f"{url}: {error}; expected somebody to answer; is the target still running?"
            ) from error
        yield line


def say(
    url: str, text: bytes, quiet: float = QUIET_SECONDS, trust: ssl.SSLContext | None = None
) -> Said:
    """Say *text* to *url* at once; return all that comes back until it is quiet or over."""
    with connected(url, trust) as line:
        with suppress(OSError):
            line.sendall(text)
        return heard(line, quiet)


def heard(line: socket.socket, quiet: float = QUIET_SECONDS) -> Said:
    """Return what comes over *line* until it is over, or quiet for so long."""
    text, until = bytearray(), time.monotonic() + TAKES_SECONDS
    while len(text) < _MOST and time.monotonic() < until:
        if not _waiting(line) and not select.select([line], [], [], quiet)[0]:
            return Said(bytes(text), closed=False)
        try:
            piece = line.recv(1 << 16)
        except OSError:
            piece = b""
        if not piece:
            return Said(bytes(text), closed=True)
        text += piece
    return Said(bytes(text), closed=False)


def _waiting(line: socket.socket) -> bool:
    """Whether TLS has unpacked more already than was asked for: no selector knows of that."""
    return isinstance(line, ssl.SSLSocket) and line.pending() > 0


def pour(url: str, head: bytes, pieces: Iterable[bytes]) -> Said:
    """Say *head* and *pieces* to *url* until it answers or hangs up; return what it said."""
    sent, until = 0, time.monotonic() + TAKES_SECONDS
    with connected(url) as line:
        with suppress(OSError):
            line.sendall(head)
            for piece in pieces:
                if select.select([line], [], [], 0)[0] or time.monotonic() > until:
                    break
                line.sendall(piece)
                sent += len(piece)
        said = heard(line)
    return Said(said.text, said.closed, sent)
