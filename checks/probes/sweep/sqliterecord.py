"""One row as SQLite writes it: what kind and size each column is, then the columns."""

from dataclasses import dataclass
from typing import Self

_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of the kinds before text and blobs
FIRST_SIZED = 12
"""The first kind that has a size: that of an empty blob; odd ones are texts."""
_MOST_COLUMNS = 2000
_LONGEST = 1 << 30


@dataclass(frozen=True, slots=True)
class Record:
    """Where a row's columns lie, whether or not all of it is in view."""

    columns: tuple[tuple[int, int], ...]  # where each begins, and its size
    end: int

    @classmethod
    def read(cls, data: bytes, at: int) -> Self | None:
        """Return what the head at *at* tells, None if that is none."""
        size, place = varint(data, at)
        head = at + size
        if not place < head <= len(data):
            return None
        end = head
        columns: list[tuple[int, int]] = []
        while place < head and len(columns) < _MOST_COLUMNS:
            kind, place = varint(data, place)
            if 10 <= kind < FIRST_SIZED:  # noqa: PLR2004  kinds there are not
                return None
            length = _SIZES[kind] if kind < FIRST_SIZED else (kind - FIRST_SIZED) // 2
            columns.append((end, length))
            end += length
        return cls(tuple(columns), end) if place == head and end - at < _LONGEST else None


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at *at*, of up to nine bytes, and where it ends."""
    value = 0
    for byte in data[at : at + 8]:
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004  the last byte of a number
            return value, at
    return value << 8 | (data[at] if at < len(data) else 0), at + 1
