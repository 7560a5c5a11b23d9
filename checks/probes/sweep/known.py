"""
Values too short for a token, as they stand and as digests.

A plain number by itself is weak evidence (digits turn up by chance), so it
must stand between word boundaries, and digits alone want a second witness. A
digest is strong, and common: systems that keep no document like to keep its
hash "to recognise it again". CRC-32 is no digest here: four bytes turn up by
chance in every gigabyte, and prove nothing.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from idaudit.checks.probes.sweep.codecs import Codec
from idaudit.checks.probes.sweep.engine import Needle, Patterns, needle
from idaudit.checks.probes.sweep.forms import BASE64, HEX, UTF16, VERBATIM
from idaudit.checks.probes.sweep.hit import Grade
from idaudit.checks.probes.sweep.keyset import KeySet, cases
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.fixtures.canaries import TOKEN_LETTERS, Field, KnownValue
from idaudit.threatmodel.errors import UsageError

SHORTEST = 6
"""A value of fewer letters and digits is found by chance, and so is not searched for."""

ALGORITHMS = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
    *("sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"),
)
MANY = 100
"""From so many values on, a table of keys is faster to build and smaller than patterns."""

COMMON = ("md5", "sha1", "sha256", "sha512")
VERY_MANY = 10_000
"""From so many values on, digests by these algorithms alone are searched for."""

_DIGEST_BYTES = 8  # of each digest: a truncated one is a digest all the same
_NATIONAL = 10  # digits of a number in the North American plan, without the leading 1


@dataclass(frozen=True, slots=True)
class Trace:
    """What finding one written form of a value says."""

    applicant: int
    field: Field
    form: tuple[str, ...]
    grade: Grade
    step: int = 0  # bytes per letter where boundaries must be looked at, 0 where not
    weak: bool = False  # a short value of digits alone

    @property
    def id(self) -> str:
        """What reports may print."""
        return f"a{self.applicant}.{self.field}"

    def bounded(self, data: bytes, start: int, end: int) -> bool:
        """Whether what stands at *start* to *end* is a whole word."""
        if not self.step:
            return True
        before = data[start - self.step : start - self.step + 1] if start >= self.step else b""
        after = data[end + self.step - 1 : end + self.step]
        return not before.isalnum() and not after.isalnum()


@dataclass(frozen=True, slots=True)
class Written:
    """One value, written in one way."""

    literal: bytes
    trace: Trace
    caseless: bool


class Finder(Protocol):
    """Finds values in one buffer."""

    def find(self, data: bytes) -> list[tuple[int, int, Trace]]:
        """Return start, end and meaning of each occurrence."""
        ...


def finder(known: Iterable[KnownValue], pictures: Iterable[Picture]) -> Finder:
    """Return what finds all values and the digests of all files."""
    values: list[KnownValue | Picture] = [*known, *pictures]
    if len(values) < MANY:
        return Patterns(_needles(values)).scanner()
    algorithms = ALGORITHMS if len(values) < VERY_MANY else COMMON
    return KeySet([partial(_written, value, algorithms) for value in values])


def spellings(value: KnownValue) -> tuple[str, ...]:
    """Return the ways programs write *value*, the ones they would encode or digest first."""
    bare = "".join(filter(str.isalnum, value.text))
    if len(bare) < SHORTEST:
        raise UsageError(
            f"sweep: the known value {value.id} has {len(bare)} letters and digits; "
            f"fewer than {SHORTEST} are found by chance. Leave it out."
        )
    written = [value.text, bare, bare.lower()]
    if value.field is Field.PHONE and bare.isdigit():
        written += [bare[-_NATIONAL:], f"+1{bare[-_NATIONAL:]}"]
    elif carries_token(value):
        written = [value.text, value.text.lower(), value.text.upper()]
    return tuple(dict.fromkeys(written))


def carries_token(value: KnownValue) -> bool:
    """Whether *value* is long enough to be found by its token, and only its digests are new."""
    return len(value.text) >= TOKEN_LETTERS


def formats(value: KnownValue) -> tuple[str, ...]:
    """Return the ways people write *value* besides."""
    digits = "".join(filter(str.isdigit, value.text))
    if value.field is not Field.PHONE or len(digits) < _NATIONAL:
        return ()
    area, office, line = digits[-10:-7], digits[-7:-4], digits[-4:]
    marked = tuple(mark.join((area, office, line)) for mark in "-. ")
    return (*marked, f"({area}) {office}-{line}", f"({area}){office}-{line}")


def _needles(values: Iterable[KnownValue | Picture]) -> tuple[Needle[Trace], ...]:
    """Return the patterns for all *values*; the first owner of one keeps it."""
    found: dict[bytes, Needle[Trace]] = {}
    for value in values:
        for each in _written(value):
            # Spelling out both cases compiles ten times faster than a caseless pattern.
            for literal in cases(each):
                found.setdefault(literal, needle(literal, each.trace))
    return tuple(found.values())


def _written(
    value: KnownValue | Picture, algorithms: Iterable[str] = ALGORITHMS
) -> tuple[Written, ...]:
    """Return *value* in every form; of a picture, the digests of its file."""
    if isinstance(value, Picture):
        whose = (value.applicant, Field.DOCUMENT_BYTES)
        return tuple(_digests(value.data, *whose, algorithms))
    texts = spellings(value)
    plain = () if carries_token(value) else _plain(value, texts)
    whose = (value.applicant, value.field)
    return (*plain, *(each for t in texts for each in _digests(t.encode(), *whose, algorithms)))


def _plain(value: KnownValue, texts: Iterable[str]) -> Iterator[Written]:
    """Yield *value* as it stands, in the forms in which programs keep a short value."""
    whose = (value.applicant, value.field)
    weak = not any(map(str.isalpha, value.text))
    for text in formats(value):
        yield Written(text.encode(), Trace(*whose, ("verbatim",), Grade.VALUE, 1, weak), False)  # noqa: FBT003  a field
    for text in texts:
        for codec, step in _FORMS:
            trace = Trace(*whose, (codec.name,), Grade.VALUE, step, weak)
            for core in codec.cores(text.encode()):
                yield Written(core.literal, trace, codec.folds or step > 0)


_FORMS: tuple[tuple[Codec, int], ...] = ((VERBATIM, 1), (UTF16, 2), (HEX, 0), (BASE64, 0))
_URL = bytes.maketrans(b"+/", b"-_")


def _digests(
    data: bytes, applicant: int, field: Field, algorithms: Iterable[str]
) -> Iterator[Written]:
    """Yield the first bytes of each digest of *data* in each spelling."""
    for algorithm in algorithms:
        digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
        head, letters = digest[:_DIGEST_BYTES], base64.b64encode(digest)[: _DIGEST_BYTES * 8 // 6]
        spelt = {"raw": head, "hex": head.hex().encode(), "base64": letters}
        for spelling, literal in spelt.items():
            trace = Trace(applicant, field, (algorithm, spelling), Grade.DIGEST)
            yield Written(literal, trace, spelling == "hex")
            if literal != literal.translate(_URL) and spelling == "base64":
                yield Written(literal.translate(_URL), trace, False)  # noqa: FBT003  a field
