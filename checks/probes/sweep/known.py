"""
Values too short for a token, searched for as they stand and as digests.

A few are patterns; of many, a table tells which they may be. See ``crowd``.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Protocol

from idaudit.checks.probes.sweep.codecs import Codec
from idaudit.checks.probes.sweep.crowd import Crowd
from idaudit.checks.probes.sweep.engine import Needle, Patterns, needle
from idaudit.checks.probes.sweep.forms import BASE64, HEX, UTF16, VERBATIM
from idaudit.checks.probes.sweep.hit import Grade
from idaudit.checks.probes.sweep.pictures import Picture
from idaudit.checks.probes.sweep.written import (
    ALGORITHMS,
    DIGEST_BYTES,
    Trace,
    carries_token,
    digest,
    formats,
    spellings,
    weak,
)
from idaudit.fixtures.canaries import Field, KnownValue

__all__ = ["MANY", "Finder", "Trace", "finder"]

MANY = 100
"""From so many values on, tables of keys are faster to build and smaller than patterns."""


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
    """Return what finds all values and the digests of all files; each is asked for once."""
    values: Iterator[KnownValue | Picture] = chain(known, pictures)
    few = tuple(islice(values, MANY))
    if len(few) < MANY:
        return Few(*_patterns(few))
    return Crowd(chain(few, values))


class Few:
    """
    Finds what is known of a few people.

    Text is full of hex digits, and among other patterns those of digests in hex
    slow the engine down threefold on it. By themselves they do not; on what is no
    text one pass is faster. What is found is the same.
    """

    def __init__(
        self, every: Patterns[Trace], digests: Patterns[Trace], others: Patterns[Trace]
    ) -> None:
        """Take *every* pattern, and the same in two sets."""
        self._every = every.scanner()
        self._digests, self._others = digests.scanner(), others.scanner()

    def find(self, data: bytes) -> list[tuple[int, int, Trace]]:
        """Return start, end and meaning of each occurrence, in the order of their ends."""
        if not data[:_SAMPLE].isascii():
            return self._every.find(data)
        found = [*self._digests.find(data), *self._others.find(data)]
        return sorted(found, key=lambda each: each[1])


_SAMPLE = 4096


@lru_cache(maxsize=4)
def _patterns(values: tuple[KnownValue | Picture, ...]) -> tuple[Patterns[Trace], ...]:
    """
    Return the patterns for all *values*, those of digests in hex, and the others.

    A check looks for the same people many times.
    """
    every = _needles(values)
    digests = [each for each in every if each.label.form[1:] == ("hex",)]
    others = [each for each in every if each.label.form[1:] != ("hex",)]
    return tuple(map(Patterns, (every, digests, others)))


def _needles(values: Iterable[KnownValue | Picture]) -> tuple[Needle[Trace], ...]:
    """Return the patterns for all *values*; the first owner of one keeps it."""
    found: dict[bytes, Needle[Trace]] = {}
    for value in values:
        for each in _written(value):
            # Spelling out both cases compiles ten times faster than a caseless pattern.
            for literal in cases(each):
                found.setdefault(literal, needle(literal, each.trace))
    return tuple(found.values())


def _written(value: KnownValue | Picture) -> tuple[Written, ...]:
    """Return *value* in every form; of a picture, the digests of its file."""
    if isinstance(value, Picture):
        return tuple(_digests(value.data, value.applicant, Field.DOCUMENT_BYTES))
    texts = spellings(value)
    plain = () if carries_token(value) else _plain(value, texts)
    whose = (value.applicant, value.field)
    return (*plain, *(each for text in texts for each in _digests(text.encode(), *whose)))


def _plain(value: KnownValue, texts: Iterable[str]) -> Iterator[Written]:
    """Yield *value* as it stands, in the forms in which programs keep a short value."""
    whose = (value.applicant, value.field)
    short = weak(value)
    for text in formats(value):
        yield Written(text.encode(), Trace(*whose, ("verbatim",), Grade.VALUE, 1, short), False)  # noqa: FBT003  a field
    for text in texts:
        for codec, step in _FORMS:
            trace = Trace(*whose, (codec.name,), Grade.VALUE, step, short)
            for core in codec.cores(text.encode()):
                yield Written(core.literal, trace, codec.folds or step > 0)


_FORMS: tuple[tuple[Codec, int], ...] = ((VERBATIM, 1), (UTF16, 2), (HEX, 0), (BASE64, 0))
_URL = bytes.maketrans(b"+/", b"-_")


def _digests(data: bytes, applicant: int, field: Field) -> Iterator[Written]:
    """Yield the first bytes of each digest of *data* in each spelling."""
    for algorithm in ALGORITHMS:
        whole = digest(algorithm, data)
        head, letters = whole[:DIGEST_BYTES], base64.b64encode(whole)[: DIGEST_BYTES * 8 // 6]
        spelt = {"raw": head, "hex": head.hex().encode(), "base64": letters}
        for spelling, literal in spelt.items():
            trace = Trace(applicant, field, (algorithm, spelling), Grade.DIGEST)
            yield Written(literal, trace, spelling == "hex")
            if literal != literal.translate(_URL) and spelling == "base64":
                yield Written(literal.translate(_URL), trace, False)  # noqa: FBT003  a field


def cases(each: Written) -> tuple[bytes, ...]:
    """Return the spellings of a literal that are searched for."""
    if not each.caseless:
        return (each.literal,)
    return each.literal, each.literal.lower(), each.literal.upper()
