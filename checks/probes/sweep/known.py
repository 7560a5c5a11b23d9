"""
Values too short for a token, as they stand and as digests.

A plain number by itself is weak evidence (nine random digits turn up by
chance), so it must stand between word boundaries and its hit is graded as
wanting a second witness. A digest is strong, and common: systems that keep no
document like to keep its hash "to recognise it again".
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from idaudit.checks.probes.sweep.codecs import Codec
from idaudit.checks.probes.sweep.engine import Needle, needle
from idaudit.checks.probes.sweep.forms import BASE64, HEX, UTF16, VERBATIM
from idaudit.checks.probes.sweep.hit import Grade
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.fixtures.canaries import Field, KnownValue
from idaudit.threatmodel.errors import UsageError

SHORTEST = 6
"""A value of fewer letters and digits is found by chance, and so is not searched for."""

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_DIGEST_BYTES = 8  # of each digest: a truncated one is a digest all the same
_NATIONAL = 10  # digits of a number in the North American plan, without the leading 1


@dataclass(frozen=True, slots=True)
class Trace:
    """What finding one pattern says."""

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


def known_needles(
    known: Iterable[KnownValue], pictures: Iterable[Picture]
) -> tuple[Needle[Trace], ...]:
    """Return the patterns for all values and all files; the first owner of a value keeps it."""
    found: dict[bytes, Needle[Trace]] = {}
    for value in known:
        for each in _of_value(value):
            found.setdefault(each.expression, each)
    for picture in pictures:
        for form, core, caseless in _digests(picture.data):
            trace = Trace(picture.applicant, Field.DOCUMENT_BYTES, form, Grade.DIGEST)
            each = needle(core, trace, caseless=caseless)
            found.setdefault(each.expression, each)
    return tuple(found.values())


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
    return tuple(dict.fromkeys(written))


def formats(value: KnownValue) -> tuple[str, ...]:
    """Return the ways people write *value* besides."""
    digits = "".join(filter(str.isdigit, value.text))
    if value.field is not Field.PHONE or len(digits) < _NATIONAL:
        return ()
    area, office, line = digits[-10:-7], digits[-7:-4], digits[-4:]
    marked = tuple(mark.join((area, office, line)) for mark in "-. ")
    return (*marked, f"({area}) {office}-{line}", f"({area}){office}-{line}")


def _of_value(value: KnownValue) -> Iterator[Needle[Trace]]:
    """Yield the patterns for one value."""
    whose = (value.applicant, value.field)
    weak = not any(map(str.isalpha, value.text))
    for text in formats(value):
        yield needle(text.encode(), Trace(*whose, ("verbatim",), Grade.VALUE, 1, weak))
    for text in spellings(value):
        for codec, step in _FORMS:
            trace = Trace(*whose, (codec.name,), Grade.VALUE, step, weak)
            for core in codec.cores(text.encode()):
                yield needle(core.literal, trace, caseless=codec.folds or step > 0)
        for form, head, caseless in _digests(text.encode()):
            yield needle(head, Trace(*whose, form, Grade.DIGEST), caseless=caseless)


_FORMS: tuple[tuple[Codec, int], ...] = ((VERBATIM, 1), (UTF16, 2), (HEX, 0), (BASE64, 0))


def _digests(data: bytes) -> Iterator[tuple[tuple[str, ...], bytes, bool]]:
    """Yield form, first bytes and case-blindness of each digest of *data* in each spelling."""
    for algorithm in ALGORITHMS:
        digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
        head = digest[:_DIGEST_BYTES]
        yield (algorithm, "raw"), head, False
        yield (algorithm, "hex"), head.hex().encode(), True
        letters = base64.b64encode(digest)[: _DIGEST_BYTES * 8 // 6]
        yield (algorithm, "base64"), letters, False
        yield (algorithm, "base64"), letters.translate(bytes.maketrans(b"+/", b"-_")), False
