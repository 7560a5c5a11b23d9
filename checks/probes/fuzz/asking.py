"""Putting questions to a door, in somebody's name, and keeping what came of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from idaudit.checks.probes.fuzz.described import Question
from idaudit.checks.probes.sweep import Hit, Sweep
from idaudit.fixtures.canaries import Cohort
from idaudit.fixtures.targets.door import Badge, Door
from idaudit.fixtures.targets.target import Actor, Exchange, Role
from idaudit.fixtures.targets.wire import NO_CERTIFICATES, Wire

ERROR = 400
"""The first status that declines."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who asks, and what they show."""

    actor: Actor
    badge: Badge
    own: int | None = None  # the applicant whose file theirs is
    also: frozenset[Role] = frozenset()  # in whose stead they ask, besides their own role

    @property
    def roles(self) -> frozenset[Role]:
        """Every role that the system takes them for."""
        return self.also | {self.actor.role}

    def __str__(self) -> str:
        """Name them as a story does."""
        return str(self.actor)


@dataclass(frozen=True, slots=True)
class Seen:
    """One question, who asked it, and the answer."""

    label: str
    voice: Voice
    question: Question
    exchange: Exchange

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.exchange.status

    @property
    def allowed(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300  # noqa: PLR2004  HTTP's

    @property
    def declined(self) -> bool:
        """Whether it was not done, or failed."""
        return self.status >= ERROR


class Asker:
    """Whoever puts questions to one door."""

    def __init__(self, wire: Wire) -> None:
        """Ask over *wire*."""
        self._wire = wire

    def ask(self, label: str, voice: Voice, question: Question) -> Seen:
        """Ask as *voice*."""
        headers = {**question.headers, **voice.badge}
        exchange = self._wire.call(
            question.method,
            question.path,
            body=question.body,
            headers=headers,
            hide=tuple(voice.badge.values()),
        )
        return Seen(label, voice, question, exchange)

    def get(self, path: str, voice: Voice, headers: Mapping[str, str] | None = None) -> Seen:
        """Ask for *path*, which nobody described."""
        return self.ask(f"GET {path}", voice, Question("GET", path, headers or {}))


@contextmanager
def asking(door: Door) -> Iterator[Asker]:
    """Lend somebody who asks at *door*."""
    wire = Wire(door.url, trust=door.trust or NO_CERTIFICATES)
    try:
        yield Asker(wire)
    finally:
        wire.close()


class Reader:
    """Sees of whom an answer tells, in whatever form; the same text is read once."""

    def __init__(self, sweep: Sweep) -> None:
        """Look for whom *sweep* knows."""
        self._read = cache(lambda text: tuple(_subjects(sweep, text)))

    def body(self, seen: Seen) -> tuple[Hit, ...]:
        """Return whom the body of an answer tells of."""
        return self.text(seen.exchange.body)

    def head(self, seen: Seen) -> tuple[Hit, ...]:
        """Return whom its headers tell of."""
        said = (f"{name}: {value}" for name, value in sorted(seen.exchange.headers.items()))
        return self.text("\n".join(line for line in said if not line.startswith("date:")).encode())

    def asked(self, seen: Seen) -> tuple[Hit, ...]:
        """Return whom the question itself told of."""
        return self.text(seen.question.path.encode() + b"\n" + (seen.question.body or b""))

    def text(self, text: bytes) -> tuple[Hit, ...]:
        """Return whom *text* tells of."""
        return self._read(text) if text else ()


def _subjects(sweep: Sweep, text: bytes) -> Iterator[Hit]:
    return (hit for hit in sweep.bytes(text, "answer") if hit.cohort is Cohort.SUBJECT)
