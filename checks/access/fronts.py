"""What stands before a system and the system itself agree where a request ends."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from idaudit.checks.case import Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.knocking import loopback, may_be_asked
from idaudit.checks.probes.fuzz.disputed import disputed
from idaudit.checks.probes.fuzz.sockets import Said, host_of, say
from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.targets.door import Badge, Door
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

_QUIET_SECONDS = 0.5
"""For an answer of a system that has nothing else to do; some of these never have one."""

_REPEATS = 2
"""Whoever comes next may come over another line than the one that is spoilt."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads their own record, by the way that people take."""

    file: File
    url: str
    trust: ssl.SSLContext | None
    path: str
    badge: Badge
    sweep: Sweep

    def asks(self, **more: str) -> bytes:
        """Return the head of what they ask, without its end."""
        headers: Mapping[str, str] = {"Host": host_of(self.url), **self.badge, **more}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"GET {self.path} HTTP/1.1\r\n{lines}".encode()

    def answered(self) -> Said:
        """Ask, and return what comes back."""
        return say(self.url, self.asks(Connection="close") + b"\r\n", trust=self.trust)

    def people_in(self, said: Said) -> set[int]:
        """Return whose values stand in an answer; of one that is packed too, but not in chunks."""
        hits = self.sweep.bytes(said.text, "answer")
        return {hit.applicant for hit in hits if hit.applicant is not None}


@check(
    guarantee="least-access",
    counters=("request-hidden-in-another",),
    needs=(*ENROLMENT, Operation.READ_RECORD),
    tier=Tier.FULL,
)
def no_request_is_left_before_the_next_persons(case: Case) -> None:
    """
    Nobody is answered with what somebody before them hid in a request, nor that one with theirs.

    It is asked where people reach the system. A proxy there and the system behind it may
    go by different words for where a request ends; both are applicants of ours.
    """
    one, other = _readers(case)
    for reader in (one, other):
        if reader.people_in(reader.answered()) != {reader.file.applicant.index}:
            raise Inconclusive("what somebody is told of their own record could not be recognised")
    case.target.tell("The one hides a request for it in others that can be ended in two places.")
    for how, text in _hiding(one):
        say(one.url, text, _QUIET_SECONDS, one.trust)
        for reader in (other, one) * _REPEATS:
            seen = reader.people_in(reader.answered()) - {reader.file.applicant.index}
            told = f"Somebody asks for their own record and is told of another ({how})."
            case.expect(not seen, "answered-with-anothers", told)
    case.bound("Lines that a proxy keeps for others than these two were not seen.")


def _hiding(reader: Reader) -> Iterator[tuple[str, bytes]]:
    """Return what *reader* sends: a page of their own, with their own record hidden in it."""
    whole = reader.asks() + b"\r\n"
    yield from disputed(reader.asks(), whole)


def _readers(case: Case) -> tuple[Reader, Reader]:
    """
    Return two people with a record each, as they reach the system.

    Raises:
        Inconclusive: it is not ours to throw away, or a record is not read at an address of
            its own.

    """
    door = case.target.door()
    may_be_asked(case.target, door)
    one, other = case.enrol(), case.enrol()
    sweep = sweep_for(case.mint, [one.applicant, other.applicant])
    url, trust = _way_of_people(case, door)

    def reader(file: File) -> Reader:
        told = case.must(case.target.read_record(file.record, file.owner))
        path = next((each.path for each in reversed(told.exchanges) if each.method == "GET"), "")
        if file.record not in path:
            raise Inconclusive("a record is not read at an address of its own")
        return Reader(file, url, trust, path, door.badge(file.owner, file.record), sweep)

    return reader(one), reader(other)


def _way_of_people(case: Case, door: Door) -> tuple[str, ssl.SSLContext | None]:
    """Return where people reach the system, if that is on this machine, else its own door."""
    front = door.front
    if front is not None and loopback(urlsplit(front.url).hostname or ""):
        return front.url, front.trust
    case.bound("It was asked at its own door; what may stand before that was not.")
    return door.url, door.trust
