"""What is brought in may be too large, too much or not what it says; nobody else pays for it."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from struct import pack
from typing import TYPE_CHECKING, cast

from idaudit.checks.access.malformed import forms
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.access.taking import TAKING, opened
from idaudit.checks.case import CLERK, PUBLIC, REVIEWER, Case
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.knocking import may_be_asked
from idaudit.checks.probes.fuzz.asking import Asker, Voice
from idaudit.checks.probes.fuzz.described import Described, Question
from idaudit.checks.probes.fuzz.sockets import connected, host_of, pour
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.papers.photographs import Photograph
from idaudit.fixtures.papers.polyglots import pdf_that_is_a_page, picture_that_is_a_page
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Exchange, Operation, Outcome
from idaudit.fixtures.targets.wire import Wire
from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable, UnexpectedAnswer

if TYPE_CHECKING:
    from idaudit.fixtures.documents import Document

SIDE = 30_000
"""Of a picture no camera takes: nine hundred million points, in a hundred kilobytes."""

PATIENCE_SECONDS = 10.0
"""For whoever asks something small meanwhile; it takes a good system milliseconds."""

ENDLESS = 96 << 20
"""Bytes of a body that no form needs; whoever has taken so many would take any number."""

DRIBBLING = 24
"""So many come slowly at once: as many as a few people with old telephones."""

_PIECE = b"10000\r\n" + b" " * (1 << 16) + b"\r\n"
_WHITE = b"\x00" + b"\xff" * (SIDE // 8)


@lru_cache(maxsize=1)
def _vast() -> bytes:
    """Return, packed, the points of a picture that is too large for anybody."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(_WHITE) for _ in range(SIDE)) + packer.flush()


def unfolding(mark: str = "") -> bytes:
    """Return a small PNG of a vast picture, valid to the last byte, with *mark* as its title."""
    head = pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    title = b"Title\x00" + mark.encode()
    parts = ((b"IHDR", head), (b"IDAT", _vast()), (b"tEXt", title), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in parts)


def _chunk(kind: bytes, said: bytes) -> bytes:
    return pack(">I", len(said)) + kind + said + pack(">I", zlib.crc32(kind + said))


@check(
    guarantee="holds-under-surge",
    counters=("picture-that-unfolds",),
    needs=(*TAKING, Operation.DESCRIBE),
    sees=True,
    tier=Tier.FULL,
)
def a_picture_that_unfolds_is_declined(case: Case) -> None:
    """A small file that unfolds into a vast picture is declined and gone; nobody waits for it."""
    door = case.target.door()
    may_be_asked(case.target, door)
    file, mark = opened(case), case.applicant()
    text = case.mint.canary(mark.index, Field.UNASKED).text
    bomb = Photograph("image/png", unfolding(text))

    def bring() -> Outcome | None:
        try:
            return case.target.submit_photo(file.application, bomb, CLERK)
        except (UnexpectedAnswer, TargetUnreachable):
            return None

    with _others(case, door) as others:
        said, served = _meanwhile(bring, others)
    told = "A picture that unfolds is brought, and meanwhile somebody else is not served."
    case.expect(served, "others-wait", told)
    failed = said is None or not (said.allowed or said.refused)
    case.expect(not failed, "picture-breaks-it", "A picture that unfolds makes the system fail.")
    told = f"A picture of {SIDE} by {SIDE} points is taken; whoever opens it next has to unfold it."
    case.expect(said is not None and said.refused, "picture-taken", told)
    sentence = "A picture that unfolds was declined, and lies in {surface}."
    case.expect_no_residue("declined-and-kept", sentence, mark, frozenset({Field.UNASKED}))


@contextmanager
def _others(case: Case, door: Door) -> Iterator[Callable[[], bool]]:
    """Lend somebody who asks for the description, over a line of their own."""
    asked = case.must(case.target.describe()).exchanges
    path = asked[0].path if asked else "/"
    wire = Wire(door.url, read_seconds=PATIENCE_SECONDS, answer_seconds=PATIENCE_SECONDS)

    def ask() -> bool:
        try:
            wire.call("GET", path)
        except TargetUnreachable:
            return False
        return True

    try:
        yield ask
    finally:
        wire.close()


def _meanwhile(
    bring: Callable[[], Outcome | None], others: Callable[[], bool]
) -> tuple[Outcome | None, bool]:
    """Do *bring*, and let others ask until it is done; return what came of it, and of them."""
    with ThreadPoolExecutor(1) as hand:
        coming = hand.submit(bring)
        served = others()
        while served and not coming.done():
            served = others()
        return coming.result(), served and others()


# -- bodies without end ----------------------------------------------------------------------


@check(
    guarantee="holds-under-surge",
    counters=("picture-that-unfolds",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def no_form_is_read_without_end(case: Case) -> None:
    """A form that goes on for ever is declined or cut off, and not taken in as long as it comes."""
    street = Street.of(case)
    operation, question = _a_form(street)
    for voice in street.of_each((PUBLIC, CLERK)):
        head = _head(question, voice, street.door.url, {"Transfer-Encoding": "chunked"})
        said = pour(street.door.url, head, _endless())
        told = f"{voice} sends {operation.label} a form without end, and all of it is taken in."
        ended = said.sent < ENDLESS
        case.expect(ended, "endless-body-taken", told)
    case.bound(f"A body of {ENDLESS >> 20} MiB was sent; a limit beyond that counts as none.")


@check(
    guarantee="holds-under-surge",
    counters=("picture-that-unfolds",),
    needs=SETTLING,
    tier=Tier.FULL,
)
def a_form_that_dribbles_holds_up_nobody(case: Case) -> None:
    """While forms come in a byte at a time, somebody else who sends the same one is answered."""
    street = Street.of(case)
    url, (operation, question) = street.door.url, _a_form(street)
    voice = street.of_each((CLERK,))[0]
    head = _head(question, voice, url, {"Content-Length": "1000"})
    wire = Wire(url, read_seconds=PATIENCE_SECONDS, answer_seconds=PATIENCE_SECONDS)
    with ExitStack() as slow:
        slow.callback(wire.close)
        for _ in range(DRIBBLING):
            slow.enter_context(connected(url)).sendall(head + b"{")
        try:
            Asker(wire).ask(operation.label, voice, question)
            served = True
        except TargetUnreachable:
            served = False
    told = f"{operation.label} is sent a byte at a time, and whoever else sends it waits."
    case.expect(served, "others-wait", told)
    case.bound(f"{DRIBBLING} forms came slowly; what more of them would do is not seen.")


def _a_form(street: Street) -> tuple[Described, Question]:
    """
    Return an operation that takes a form, and one that fits it.

    Raises:
        Inconclusive: nothing takes one.

    """
    for operation, question in forms(street):
        return operation, question
    raise Inconclusive("nothing that is described takes a form")


def _head(question: Question, voice: Voice, url: str, framing: Mapping[str, str]) -> bytes:
    """Return the beginning of a request, with what it says of its length."""
    headers = {"Host": host_of(url), "Content-Type": "application/json", **voice.badge, **framing}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{question.method} {question.path} HTTP/1.1\r\n{lines}\r\n".encode()


def _endless() -> Iterator[bytes]:
    return repeat(_PIECE, ENDLESS // len(_PIECE) + 1)


# -- papers that are pages -------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>'
ACTIVE = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml")
"""What a browser runs."""

_GUESSED = ("", "text/plain", "application/octet-stream", "unknown/unknown", "*/*")


@dataclass(frozen=True, slots=True)
class Page:
    """Something that is brought for a paper, and is none."""

    media_type: str
    data: bytes
    kind: str = "utility-bill"


BOTH = picture_that_is_a_page(PAGE)
"""A good JPEG and, to whoever takes it for one, a page."""

BOTH_PDF = pdf_that_is_a_page(PAGE)
"""A good PDF and, to whoever takes it for one, a page."""

PAGES = (
    Page("text/html", PAGE),
    Page("image/svg+xml", PICTURE),
    Page("image/jpeg", PAGE),
    Page("image/png", PICTURE),
    Page("application/octet-stream", PAGE),
    Page("image/jpeg", BOTH),
    Page("text/html", BOTH),
    Page("application/octet-stream", BOTH),
    Page("application/pdf", BOTH_PDF),
    Page("text/html", BOTH_PDF),
)
"""Pages under their own names and under others', and pages that are good papers too."""


@check(
    guarantee="least-access",
    counters=("paper-opened-as-a-page",),
    needs=(Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.VIEW_DOCUMENT),
    tier=Tier.FULL,
)
def no_paper_is_served_as_a_page(case: Case) -> None:
    """
    What somebody brings for a paper is never served to a reviewer as a page that runs.

    Some of it is a good picture or PDF and a page at once, under either's name. It may be
    declined, be drawn anew, be served as a picture it is not, be saved rather than shown,
    or be shown where no script runs.
    """
    for page in PAGES:
        file = opened(case)
        taken = case.target.submit_document(file.application, cast("Document", page), CLERK)
        seen = case.target.view_document(file.application, 0, REVIEWER) if taken.allowed else taken
        runs = any(runs_as_a_page(each) for each in seen.exchanges if _script(page) in each.body)
        told = f"A page brought as {page.media_type} is served to a reviewer so that it runs."
        case.expect(not runs, "served-as-a-page", told)


def _script(page: Page) -> bytes:
    """Return what must be left of *page* for it to run: whoever draws it anew leaves nothing."""
    return PICTURE if PICTURE in page.data else PAGE


def runs_as_a_page(exchange: Exchange) -> bool:
    """Whether a browser that opens the answer runs what is in it."""
    said = exchange.headers
    kind = said.get("content-type", "").partition(";")[0].strip().lower()
    guessed = kind in _GUESSED and said.get("x-content-type-options", "").lower() != "nosniff"
    saved = said.get("content-disposition", "").strip().lower().startswith("attachment")
    sandboxed = "sandbox" in said.get("content-security-policy", "").lower()
    return (kind in ACTIVE or guessed) and not (saved or sandboxed)
