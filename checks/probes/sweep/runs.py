"""Finding long runs of base64 or hex letters without looking at every byte."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep.radix import BASE64_LETTERS

STRIDE = 32
LEAST = 24
"""A run is long when so many samples in a row, STRIDE bytes apart, are letters."""

_ALL = BASE64_LETTERS + b"\r\n\\"
_IS_LETTER: NDArray[np.bool_] = np.isin(np.arange(256), np.frombuffer(_ALL, np.uint8))
_HEX_LETTERS = b"0123456789abcdefABCDEF\r\n"
_85 = bytes(range(0x21, 0x76)) + b"z\r\n"
_BREAK = re.compile(rb"\r?\n|\\r\\n|\\n")


def long_runs(data: bytes) -> Iterator[int]:
    """Yield where each run of at least ``STRIDE * (LEAST + 1)`` letters begins."""
    if len(data) < STRIDE * LEAST:
        return
    inside = _IS_LETTER[np.frombuffer(data, np.uint8)[::STRIDE]]
    edges = np.concatenate(([-1], np.flatnonzero(~inside), [len(inside)]))
    for at in np.flatnonzero(np.diff(edges) > LEAST):
        yield from _within(data, int(edges[at]) * STRIDE, int(edges[at + 1]) * STRIDE)


def _within(data: bytes, low: int, high: int) -> Iterator[int]:
    """Yield the runs around samples that are all letters: words may stand before them."""
    begin = max(0, low)
    letters = _IS_LETTER[np.frombuffer(data, np.uint8)[begin : high + STRIDE]]
    edges = np.concatenate(([-1], np.flatnonzero(~letters), [len(letters)]))
    for at in np.flatnonzero(np.diff(edges) > STRIDE * LEAST):
        yield _begin(data, begin + int(edges[at]) + 1)


def all_letters(head: bytes) -> bool:
    """Whether *head* is long enough to be a value in letters, and is nothing else."""
    return len(head) >= STRIDE and not head.strip(_ALL)


def all_85(head: bytes) -> bool:
    """Whether *head* is long enough to be a value in ascii85, and is nothing else."""
    return len(head) >= STRIDE and not head.strip(_85)


def is_hex(head: bytes) -> bool:
    """Whether nothing but hex digits and line breaks is in *head*."""
    return not head.strip(_HEX_LETTERS)


def _begin(data: bytes, at: int) -> int:
    """
    Return where the run at *at* begins.

    Words on the lines above ("base64", "BEGIN CERTIFICATE-----") are letters
    too and would spoil the alignment: a line shorter than the next is no
    line of the run.
    """
    head = data[at : at + 4 * STRIDE + 128]
    lines = [0, *(found.end() for found in _BREAK.finditer(head)), len(head)]
    lengths = [end - start for start, end in pairwise(lines)]
    skipped = 0
    while skipped + 1 < len(lengths) and lengths[skipped] < lengths[skipped + 1]:
        skipped += 1
    return at + lines[skipped]
