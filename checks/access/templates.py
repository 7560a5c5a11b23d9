"""
Telling a template that lies open from chance: near for one face, far for another.

What is made of a face to compare it by must come out alike for two pictures of
one face. So a value that does, and does not for other faces, is a template,
whatever it is called. A sealed one is noise.
"""

import base64
import binascii
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from idaudit.checks.probes.holdings import Thing

NEAR, FAR = 0.15, 0.25
"""The shares of differing bits up to which two codes are near, and from which they are far."""

_SHORTEST, _LONGEST = 4, 4096
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_DIGITS = re.compile(r"\d{9,20}")

Codes = Mapping[str, Sequence[bytes]]


def codes(things: Iterable[Thing]) -> Codes:
    """Return every value that could be made of a face, by the column it stands in."""
    found: dict[str, list[bytes]] = {}
    for thing in things:
        for name, value in thing.cells:
            for code in _readings(value):
                where = f"{thing.surface}:{thing.place}.{name} of {len(code)} bytes"
                found.setdefault(where, []).append(code)
    return found


def alike(face: Codes, again: Codes, others: Sequence[Codes]) -> list[str]:
    """Return the columns in which two pictures of one face are near, and *others* are far."""
    return sorted(
        column
        for column, first in face.items()
        if any(
            apart(one, two) <= NEAR
            and all(apart(one, far) >= FAR for other in others for far in other.get(column, ()))
            for one in first
            for two in again.get(column, ())
        )
    )


def apart(one: bytes, other: bytes) -> float:
    """Return the share of bits in which two codes of one length differ."""
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    return differing.bit_count() / (8 * len(one))


def _readings(value: Hashable) -> Iterator[bytes]:
    """Yield what a value says in bytes: as it is, or written in hex, base64 or digits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >> 32:
        yield abs(value).to_bytes(8 if abs(value) < 1 << 64 else 16)
    if isinstance(value, bytes) and not value.isascii():
        if _SHORTEST <= len(value) <= _LONGEST:
            yield value
    elif isinstance(value, str | bytes):
        text = value if isinstance(value, str) else value.decode()
        if len(text) <= 2 * _LONGEST:
            yield from _written(text)


def _written(text: str) -> Iterator[bytes]:
    """Yield what the words of a text stand for."""
    for word in _TOKEN.findall(text):
        if _DIGITS.fullmatch(word):
            yield int(word).to_bytes(16 if int(word) >> 64 else 8)
        elif _HEX.fullmatch(word):
            yield bytes.fromhex(word)
        else:
            with suppress(ValueError, binascii.Error):
                padded = word.replace("-", "+").replace("_", "/") + "=" * (-len(word) % 4)
                yield base64.b64decode(padded, validate=True)
