"""Deflate with its fixed codes: the first symbols tell whether it can be that (RFC 1951, 3.2.6)."""

import numpy as np
from numpy.typing import NDArray

_SYMBOLS = 5
"""So many are looked at: with a copy behind them, no more bits than eight bytes hold."""
_LETTER, _COPY, _END, _NONE = range(4)
_LONGEST = 29  # the lengths of copies, numbered from 1; there are codes for two more
_FAR = 1 << 20


def fixed_codes(data: NDArray[np.uint8], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """
    Return where the first symbols copy nothing that is not there, and do not end all at once.

    A block of this kind must begin at each place, and eight bytes follow.
    """
    coming = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))[at] >> np.uint64(3)
    fits, going = np.zeros(len(at), np.bool_), np.ones(len(at), np.bool_)
    for written in range(_SYMBOLS):
        symbol = (coming & np.uint64(511)).view(np.int64)
        kind = _KIND[symbol]
        coming = coming >> _TAKEN[symbol]
        reaches = _LEAST_BACK[(coming & np.uint64(31)).view(np.int64)] <= written
        fits |= going & (kind == _COPY) & reaches
        fits |= going & (kind == _END) & (data[at] & 1 == 0)  # another block follows
        going &= kind == _LETTER
    return fits | going


def _symbol(code: int) -> tuple[int, int]:
    """Return what a symbol is that begins with nine bits of code, and how many bits it takes."""
    seven, eight = code >> 2, code >> 1
    if seven < 0b0011000:  # noqa: PLR2004  the table of 3.2.6
        return (_COPY, 7 + _extra(seven)) if seven else (_END, 7)
    if 0b11000000 <= eight < 0b11001000:  # noqa: PLR2004  the same
        length = 24 + eight - 0b11000000
        return (_COPY, 8 + _extra(length)) if length <= _LONGEST else (_NONE, 8)
    return _LETTER, 8 if eight < 0b11000000 else 9  # noqa: PLR2004  the same


def _extra(length: int) -> int:
    """Return how many more bits tell how long a copy is (3.2.5)."""
    return max(0, (length - 5) // 4) if length < _LONGEST else 0


def _least_back(code: int) -> int:
    """Return how far back a copy reaches at least, by its code (3.2.5)."""
    if code > _LONGEST:
        return _FAR
    return code + 1 if code < 4 else (2 + code % 2 << code // 2 - 1) + 1  # noqa: PLR2004  no bits more


def _reversed(bits: int, count: int) -> int:
    """Return a code as it is read: its highest bit comes first."""
    return int(f"{bits:0{count}b}"[::-1], 2)


_EVERY = [_symbol(_reversed(bits, 9)) for bits in range(512)]
_KIND = np.array([kind for kind, _ in _EVERY], np.uint8)
_TAKEN = np.array([taken for _, taken in _EVERY], np.uint64)
_LEAST_BACK = np.array([_least_back(_reversed(bits, 5)) for bits in range(32)])
