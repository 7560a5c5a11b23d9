"""A paper of which only half arrives is no paper, and half of it is not kept for the other."""

import base64
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, Case, File
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.knocking import may_be_asked
from idaudit.checks.probes.fuzz.sockets import connected, heard, host_of
from idaudit.checks.retention.copies import GOING_WRONG, LARGE
from idaudit.checks.retention.covered import weight_at_rest
from idaudit.checks.retention.endings import SCAN
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Exchange
from idaudit.threatmodel.errors import Inconclusive

_OURS = frozenset(
    {"authorization", "connection", "content-length", "host", "te", "transfer-encoding"}
)
"""Headers that say whose line it is, how long the body is, or who asks."""

_TAKES_SECONDS = 0.5
"""For a system to have read what has come so far; it has nothing else to do."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How somebody sends a paper, as the adapter did, and where."""

    door: Door
    head: bytes
    """All but what says how long the body is, and the empty line."""
    body: bytes

    @contextmanager
    def half(self, framing: str, *, chunked: bool = False) -> Iterator[socket.socket]:
        """Send half of it, of which *framing* says that it is all of it; lend the open line."""
        piece = self.body[: len(self.body) // 2]
        sent = b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
        with connected(self.door.url, self.door.trust) as line:
            line.sendall(self.head + f"{framing}\r\n\r\n".encode() + sent)
            heard(line, _TAKES_SECONDS)
            yield line


Break = Callable[[Sending, Callable[[], None]], None]


def cut_off(sending: Sending, look: Callable[[], None]) -> None:
    """The line breaks in the middle."""
    with sending.half(f"Content-Length: {len(sending.body)}") as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    look()


def left_hanging(sending: Sending, look: Callable[[], None]) -> None:
    """The sender says nothing more in the middle, and holds the line for a while."""
    with sending.half(f"Content-Length: {len(sending.body)}"):
        look()
    look()


def chunks_without_end(sending: Sending, look: Callable[[], None]) -> None:
    """The paper comes in chunks, and the sender hangs up before the last."""
    with sending.half("Transfer-Encoding: chunked", chunked=True):
        pass
    look()


@check(
    guarantee="no-temporary-copy",
    counters=("working-copies-left",),
    needs=GOING_WRONG,
    sees=True,
    tier=Tier.FULL,
)
@pytest.mark.parametrize("breaks", [cut_off, left_hanging, chunks_without_end])
def half_a_paper_leaves_no_copy(case: Case, breaks: Break) -> None:
    """
    A paper of which only half was sent lies nowhere, neither meanwhile nor for the other half.

    A large one is sent whole first, as the adapter sends it, and half of another in the
    same words; what rests may not have grown by anything like the half.
    """
    door = case.target.door()
    may_be_asked(case.target, door)
    whole, other = (opened(case, case.applicant(size=LARGE)) for _ in range(2))
    first = whole.applicant.documents[0]
    told = case.must(case.target.submit_document(whole.application, first, CLERK))
    case.must(case.target.withdraw(whole.application, whole.owner))
    sending = _in_the_same_words(door, told.exchanges, whole, other)
    _must_be_seen(case, other, sending)
    before = weight_at_rest(case)
    case.target.tell(f"Half of a paper is sent: {' '.join((breaks.__doc__ or '').split())}")

    def look() -> None:
        said = "Half of a paper was sent, and lies in {surface}."
        case.expect_no_residue("copy-of-half", said, other.applicant, SCAN)

    breaks(sending, look)
    case.must(case.target.withdraw(other.application, other.owner))
    look()
    grown = weight_at_rest(case) - before
    said = "The application is withdrawn, and what is kept has grown by as much as half a paper."
    case.expect(grown < len(sending.body) // 4, "sealed-copy-of-half", said)


def _in_the_same_words(
    door: Door, exchanges: tuple[Exchange, ...], whole: File, other: File
) -> Sending:
    """
    Return how the paper of *other* is sent, as that of *whole* was.

    Raises:
        Inconclusive: the paper is not in the request as it is or in base64, or for whom it is
            stands nowhere in it.

    """
    one, another = (file.applicant.documents[0].data for file in (whole, other))
    for sent in reversed(exchanges):
        for spelt in (bytes, base64.b64encode):
            if spelt(one) in sent.request_body:
                body = sent.request_body.replace(spelt(one), spelt(another))
                return _addressed(door, sent, body, (whole.application, other.application))
    raise Inconclusive("the paper is not in what the adapter sends as it is, or in base64")


def _addressed(door: Door, sent: Exchange, body: bytes, ids: tuple[str, str]) -> Sending:
    whole, other = ids
    if whole not in sent.path and whole.encode() not in body:
        raise Inconclusive("whose paper it is cannot be told from what the adapter sends")
    said = {name: text for name, text in sent.request_headers.items() if name.lower() not in _OURS}
    headers = {"Host": host_of(door.url), **said, **door.badge(CLERK)}
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    head = f"{sent.method} {sent.path.replace(whole, other)} HTTP/1.1\r\n{lines}"
    return Sending(door, head.encode(), body.replace(whole.encode(), other.encode()))


def _must_be_seen(case: Case, file: File, sending: Sending) -> None:
    """Refuse to look for what would not be found in the half itself."""
    half = sending.body[: len(sending.body) // 2]
    hits = sweep_for(case.mint, [file.applicant]).bytes(half, "half")
    if not any(hit.field in SCAN for hit in hits):
        raise Inconclusive("the half that is sent holds nothing that would be recognised")
