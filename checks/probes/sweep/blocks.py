"""
How deflate begins, by the only things that it must begin with (RFC 1951).

A block with codes of its own opens with a table of code lengths, and those must
fill their code space exactly. One byte position in a thousand looks like it by
chance; the decoder then refutes all but the true ones. A block with the fixed
codes can copy nothing before it has written something, and a stored one says
its length twice. So most of what chance makes look like a stream is refused
many places at a time, which costs a tenth of asking the decoder.
"""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.fixedcodes import fixed_codes

PROBE = 512
LOOKED_AT = 17
LEAST = 48
"""A stream that gives less than so many bytes of its first PROBE is chance."""

_BLOCK = 1 << 17
_FULL = 128  # 2 ** 7: code lengths are at most seven bits
_BYTES = np.arange(256)
_ALL = 0xFF
_OWN_CODES, _MOST_CODES = 2, 29  # RFC 1951, 3.2.3 and 3.2.7
_FIRST: NDArray[np.bool_] = (_BYTES >> 1 & 3 == _OWN_CODES) & (_BYTES >> 3 <= _MOST_CODES)
_SECOND: NDArray[np.bool_] = _BYTES & 31 <= _MOST_CODES


def _shares() -> NDArray[np.uint16]:
    """Return, for five code lengths packed in fifteen bits, what of the code space they take."""
    packed = np.arange(1 << 15)
    total = np.zeros(1 << 15, np.uint16)
    for place in range(0, 15, 3):
        length = packed >> place & 7
        total += np.where(length > 0, _FULL >> length, 0).astype(np.uint16)
    return total


_SHARES = _shares()


def deflate_starts(data: bytes) -> Iterator[int]:
    """Yield where in *data* a deflate stream with codes of its own begins at a whole byte."""
    for start in range(0, len(data) - 11, _BLOCK):
        part = np.frombuffer(data, np.uint8, min(_BLOCK + 11, len(data) - start), start)
        for at in _candidates(part).tolist():
            if _decodes(data, start + at):
                yield start + at


def _candidates(part: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where a block with codes of its own can begin."""
    at = np.flatnonzero(_FIRST[part[:-11]] & _SECOND[part[1:-10]])
    found: NDArray[np.int64] = at[_fill(part, at)]
    return found


def own_codes(data: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return at which of those places a block with codes of its own can begin."""
    return _FIRST[data[at]] & _SECOND[data[at + 1]] & _fill(data, at)


def first_block(data: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """
    Return at which of those places deflate can begin, and give more than a few bytes.

    ``LOOKED_AT`` bytes of *data* must follow each.
    """
    kind = data[at] >> 1 & 3
    fits = np.zeros(len(at), np.bool_)
    stored, fixed, own = (np.flatnonzero(kind == each) for each in range(3))
    fits[stored] = _said_twice(data, at[stored])
    fits[fixed] = fixed_codes(data, at[fixed])
    fits[own] = own_codes(data, at[own])
    return fits


def _said_twice(data: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return where a length stands, and behind it all its bits the other way round (3.2.4)."""
    differ = (data[at + 1] ^ data[at + 3]) & (data[at + 2] ^ data[at + 4])
    found: NDArray[np.bool_] = differ == _ALL
    return found


def _fill(part: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return at which of those places the code lengths of the code lengths fill their space."""
    count = (part[at + 1] >> 5 | (part[at + 2] & 1) << 3).astype(np.uint64) + np.uint64(4)
    words = np.ndarray((len(part) - 9,), "<u8", part, 2, (1,))[at] >> np.uint64(1)
    words &= (np.uint64(1) << count * np.uint64(3)) - np.uint64(1)
    taken = np.zeros(len(at), np.uint16)
    for shift in (0, 15, 30, 45):
        taken += _SHARES[(words >> np.uint64(shift) & np.uint64(0x7FFF)).view(np.int64)]
    filled: NDArray[np.bool_] = taken == _FULL
    return filled


def _decodes(data: bytes, at: int) -> bool:
    try:
        return len(zlib.decompressobj(-15).decompress(data[at : at + PROBE], 4096)) >= LEAST
    except zlib.error:
        return False
