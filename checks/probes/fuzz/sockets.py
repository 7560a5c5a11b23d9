"""Bytes put on the wire as they are, for what no HTTP library would send."""

import re
import select
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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
def connected(url: str) -> Iterator[socket.socket]:
    """
    Lend a connection to *url*.

    Raises:
        Inconclusive: it is not plain HTTP, or has a folder before its paths.
        TargetUnreachable: nobody answers there.

    """
    split = urlsplit(url)
    if split.scheme != "http" or split.path.strip("/"):
        raise Inconclusive(
            "asks in bytes, which is done over plain HTTP at the top of a host alone"
        )
    try:
        line = socket.create_connection((split.hostname or "", split.port or 80), TAKES_SECONDS)
    except OSError as error:
        raise TargetUnreachable(
            f"{url}: {error}; expected somebody to answer; is the target still running?"
        ) from error
    with line:
        yield line


def say(url: str, text: bytes, quiet: float = QUIET_SECONDS) -> Said:
    """Say *text* to *url* at once; return all that comes back until it is quiet or over."""
    with connected(url) as line:
        with suppress(OSError):
            line.sendall(text)
        return heard(line, quiet)


def heard(line: socket.socket, quiet: float = QUIET_SECONDS) -> Said:
    """Return what comes over *line* until it is over, or quiet for so long."""
    text, until = bytearray(), time.monotonic() + TAKES_SECONDS
    while len(text) < _MOST and time.monotonic() < until:
        if not select.select([line], [], [], quiet)[0]:
            return Said(bytes(text), closed=False)
        try:
            piece = line.recv(1 << 16)
        except OSError:
            piece = b""
        if not piece:
            return Said(bytes(text), closed=True)
        text += piece
    return Said(bytes(text), closed=False)


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
