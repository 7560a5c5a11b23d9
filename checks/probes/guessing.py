"""
Whether ids can be counted through: whoever holds one can get at the next by trying.

Two ids given out one after the other are near each other if a million tries
from the one reach the other, once what both have in common is left out. That is
so of counters in any notation, padded or dated, and of marks of the time such as
a version 1 UUID; it is not so of a mark of the time that ends in enough chance,
such as a version 7 UUID. Ids can also be the digests of a count.

Of sixteen ids drawn from 2**32 at random, four or more neighbours are near each
other in less than one case in a million; from 2**40, in less than one in 10**15.
"""

import base64
import binascii
import hashlib
import re
import string
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise

REACH = 1 << 20
"""So many requests are an afternoon's work for one machine."""

LEAST = 4
"""Pairs of neighbours: fewer are left to chance, and to ids that start anew each second."""

_COUNTED = 4096
_BEGINNING = 16  # hexadecimal digits of a digest: enough to know it by
_ALPHABETS = (
    string.digits,
    string.digits + "abcdef",
    string.digits + string.ascii_lowercase,
    string.digits + string.ascii_uppercase + string.ascii_lowercase + "-_",
)
_PLAIN = re.compile(r"[ -~]{1,200}")


def followed(ids: Sequence[str]) -> str:
    """Say how *ids*, in the order they were given out, lead to each other; "" if they do not."""
    for name, reading in _READINGS.items():
        read = [reading(each) for each in ids]
        near = sum(distance(one, other) <= REACH for one, other in pairwise(read))
        if all(read) and near >= min(LEAST, len(ids) - 1):
            return name
    counted = sum(_bare(each)[:_BEGINNING] in _digests() for each in ids)
    return "as digests of a count" if counted >= min(LEAST, len(ids) - 1) else ""


def neighbours(number: str, within: int) -> Iterator[str]:
    """Return the numbers next to *number* in the order of counting, written as it is."""
    digits = "".join(letter for letter in number if letter.isdigit())
    steps = (*range(1, within + 1), *range(-1, -within - 1, -1))
    for counted in (int(digits or "0") + step for step in steps):
        if digits and 0 <= counted < 10 ** len(digits):
            left = iter(f"{counted:0{len(digits)}}")
            yield "".join(next(left) if letter.isdigit() else letter for letter in number)


def distance(one: str, other: str) -> int:
    """Return how many tries lie between two ids, in the smallest alphabet that has both."""
    start = _common(one, other)
    one, other = one[start:], other[start:]
    end = _common(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return abs(_number(one, one + other) - _number(other, one + other))


def _common(one: str, other: str) -> int:
    """Return how many letters two texts have in common from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _number(text: str, like: str) -> int:
    folded = like if like.lower() != like and like.upper() != like else like.lower()
    text = text if folded == like else text.lower()
    for alphabet in _ALPHABETS:
        if set(folded) <= set(alphabet):
            break
    else:
        alphabet = "".join(sorted(set(folded)))
    number = 0
    for letter in text:
        number = number * len(alphabet) + alphabet.index(letter)
    return number


def _as_written(text: str) -> str:
    return text


def _from_base64(text: str) -> str:
    """Return what *text* says in base64, if that is words."""
    try:
        padded = text.translate(_STANDARD) + "=" * (-len(text) % 4)
        said = base64.b64decode(padded, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return said if _PLAIN.fullmatch(said) else ""


_STANDARD = str.maketrans("-_", "+/")
_READINGS: dict[str, Callable[[str], str]] = {
    "as they are written": _as_written,
    "as base64 of words": _from_base64,
}


def _bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter in string.hexdigits)


@cache
def _digests() -> frozenset[str]:
    """Return how the digests of the first numbers begin."""
    return frozenset(each[:_BEGINNING] for each in _every_digest())


def _every_digest() -> Iterator[str]:
    for number in range(_COUNTED):
        for algorithm in ("md5", "sha1", "sha256"):
            yield hashlib.new(algorithm, str(number).encode(), usedforsecurity=False).hexdigest()
