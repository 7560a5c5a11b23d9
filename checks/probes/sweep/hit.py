"""What a sweep says it found, and what it declined to look into."""

from dataclasses import dataclass
from enum import StrEnum

from idaudit.fixtures.canaries import Cohort, Field


class Grade(StrEnum):
    """How much one hit proves, the strongest first."""

    TOKEN = "token"  # noqa: S105  a grade: a tag and a body that passes its check
    TAG = "tag"  # a tag alone: certain in kind, its owner unreadable
    DIGEST = "digest"  # at least 60 bits of the digest of a planted number or file
    VALUE = "value"  # a short value between word boundaries; wants a second witness
    LIKENESS = "likeness"  # a picture that looks like a planted paper, or carries the mark of one


@dataclass(frozen=True, slots=True)
class Hit:
    """
    One canary found in one place; nothing in it repeats the value.

    ``offset`` counts bytes from the start of the location; for what lay inside
    a container it is where the outermost container begins. ``form`` reads from
    the outside in: ``("gzip", "base64")`` is base64 text inside a gzip stream.
    """

    surface: str
    location: str
    offset: int
    form: tuple[str, ...]
    canary: str | None  # "a7.surname"
    applicant: int | None
    field: Field | None
    cohort: Cohort
    grade: Grade
    weak: bool = False  # digits alone, which count only beside another trace of the same person


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Something that was not looked into, so that silence is never called clean.

    A check that finds nothing where anything was refused has shown nothing.
    """

    surface: str
    location: str
    offset: int
    form: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a hostile archive may cost; the work is linear in the bytes on the surface."""

    depth: int = 6  # containers within containers
    budget: int = 256 << 20  # bytes one location may yield, all containers together ...
    per_byte: int = 64  # ... and so many more for each of its own bytes
    total: int = 8 << 30  # bytes all locations together may yield, and per_byte as above
    seconds: float = 60  # of computing on the containers of one location ...
    megabyte: float = 0.5  # ... and so many more for each of its million bytes
    streams: int = 256  # containers open at one time in one layer
    pictures: int = 8  # of which the end is not yet in view, at one time in one layer
    picture_bytes: int = 16 << 20
    pixels: int = 25_000_000
    deep: bool = False  # look for headerless deflate at every byte, not only where values begin
