"""
How programs write a value too short for a token: as it stands, normalised, digested.

A plain number by itself is weak evidence (digits turn up by chance), so it
must stand between word boundaries, and digits alone want a second witness. A
digest is strong, and common: systems that keep no document like to keep its
hash "to recognise it again". CRC-32 is no digest here: four bytes turn up by
chance in every gigabyte, and prove nothing.
"""

import hashlib
from dataclasses import dataclass

from idaudit.checks.probes.sweep.hit import Grade
from idaudit.fixtures.canaries import TOKEN_LETTERS, Field, KnownValue
from idaudit.threatmodel.errors import UsageError

SHORTEST = 6
"""A value of fewer letters and digits is found by chance, and so is not searched for."""

ALGORITHMS = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
    *("sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"),
)
DIGEST_BYTES = 8
"""So much of each digest is looked for: a truncated one is a digest all the same."""

_NATIONAL = 10  # digits of a number in the North American plan, without the leading 1
_HASHES = {name: getattr(hashlib, name) for name in ALGORITHMS}


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


def weak(value: KnownValue) -> bool:
    """Whether *value* is of digits alone."""
    return not any(map(str.isalpha, value.text))


def digest(algorithm: str, data: bytes) -> bytes:
    """Return the whole digest of *data*."""
    found: bytes = _HASHES[algorithm](data, usedforsecurity=False).digest()
    return found
