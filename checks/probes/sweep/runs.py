"""Finding long runs of base64 or hex letters at the speed of memory."""

import re
from collections.abc import Iterator
from itertools import pairwise

from idaudit.checks.probes.sweep.engine import First
from idaudit.checks.probes.sweep.radix import BASE64_LETTERS

LEAST = 768
"""A run of so many letters is long."""

VALUE = 32
"""A value of so many letters and nothing else is a run as well."""

LETTERS = BASE64_LETTERS + b"\r\n\\"
HEX_LETTERS = b"0123456789abcdefABCDEF\r\n"
LETTERS_85 = bytes(range(0x21, 0x76)) + b"z\r\n"
_LETTERS = b"A-Za-z0-9+/_\\-\\r\\n\\\\"
_LONG = First(b"[%b]{%d}" % (_LETTERS, LEAST))
_OTHER = First(b"[^%b]" % _LETTERS)
_BREAK = re.compile(rb"\r?\n|\\r\\n|\\n")


def long_runs(data: bytes) -> Iterator[int]:
    """Yield where each run of at least ``LEAST`` letters begins: words may stand before them."""
    view, start = memoryview(data), 0
    while (end := _LONG.end(view[start:])) >= 0:
        yield _begin(data, start + end - LEAST)
        after = _OTHER.end(view[start + end :])
        if after < 0:
            return
        start += end + after


def all_letters(head: bytes) -> bool:
    """Whether *head* is long enough to be a value in letters, and is nothing else."""
    return len(head) >= VALUE and not head.strip(LETTERS)


def all_85(head: bytes) -> bool:
    """Whether *head* is long enough to be a value in ascii85, and is nothing else."""
    return len(head) >= VALUE and not head.strip(LETTERS_85)


def is_hex(head: bytes) -> bool:
    """Whether nothing but hex digits and line breaks is in *head*."""
    return not head.strip(HEX_LETTERS)


def _begin(data: bytes, at: int) -> int:
    """
    Return where the run at *at* begins.

    Words on the lines above ("base64", "BEGIN CERTIFICATE-----") are letters
    too and would spoil the alignment: a line shorter than the next is no
    line of the run.
    """
    head = data[at : at + 256]
    lines = [0, *(found.end() for found in _BREAK.finditer(head)), len(head)]
    lengths = [end - start for start, end in pairwise(lines)]
    skipped = 0
    while skipped + 1 < len(lengths) and lengths[skipped] < lengths[skipped + 1]:
        skipped += 1
    return at + lines[skipped]
