"""Cutting picture files out of whatever surrounds them."""

from collections.abc import Callable
from dataclasses import dataclass

from idaudit.checks.probes.sweep.engine import Needle

MORE = -1
"""The end has not come into view."""

NONE = 0
"""What stands there is no such file."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One picture format: how it begins, and how to find where it ends."""

    name: str
    start: bytes
    magic: bytes  # a pattern
    length: int  # of what the pattern matches
    end: Callable[[bytes, int], int]
    """Return where the file that begins at an offset ends, or MORE, or NONE."""
    exact: bool = False  # whether its pixels come out as they were put in


def jpeg_end(data: bytes, start: int) -> int:
    """Walk the segments, so that a thumbnail inside one does not end the picture."""
    at = start + 2
    while at + 4 <= len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if data[at] != _MARKER or marker in _LONE or length < 2:  # noqa: PLR2004  counts itself
            return NONE
        at += 1 if marker == _MARKER else 2 + length  # markers may be padded
        if marker == _SCAN:
            end = data.find(b"\xff\xd9", at)
            return MORE if end < 0 else end + 2
    return MORE


def png_end(data: bytes, start: int) -> int:
    """Walk the chunks up to the last."""
    at = start + 8
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if length >= 1 << 31 or not kind.isalpha():
            return NONE
        at += 12 + length
        if kind == b"IEND":
            return at if at <= len(data) else MORE
    return MORE


def webp_end(data: bytes, start: int) -> int:
    """Read the length of the whole from its head; it is even, however long the last chunk is."""
    if start + 12 > len(data):
        return MORE
    length = int.from_bytes(data[start + 4 : start + 8], "little")
    end = start + 8 + length + length % 2
    if length < 12:  # noqa: PLR2004  no room for the head of a chunk
        return NONE
    return end if end <= len(data) else MORE


_MARKER = 0xFF
_SCAN = 0xDA
_LONE = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})  # markers that no header holds

SHAPES = (
    Shape("jpeg", b"\xff\xd8\xff", b"\\xff\\xd8\\xff[\\xc0-\\xfe]", 4, jpeg_end),
    Shape("png", b"\x89PNG", b"\\x89PNG\\r\\n\\x1a\\n", 8, png_end, exact=True),
    Shape("webp", b"RIFF", b"RIFF.{4}WEBP", 12, webp_end),
)


def shape_needles() -> tuple[Needle[Shape], ...]:
    """Return the patterns that announce a picture."""
    return tuple(Needle(each.magic, each.length, each) for each in SHAPES)
