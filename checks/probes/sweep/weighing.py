"""What is left of the hits of one surface once they are held against each other."""

from collections import defaultdict
from collections.abc import Iterable

from idaudit.checks.probes.sweep.hit import Grade, Hit

_DEFLATED = frozenset({"gzip", "zlib", "zip", "deflate"})
_NEAR = 4096
_ROW = "#"


def seen_once(hits: Iterable[Hit]) -> list[Hit]:
    """
    Return *hits* without letters read off the bits of a stream that was opened as well.

    Short values are deflated by a fixed code, whose bits are recognised even
    where no header is left; where one is left, the stream has told it better.
    """
    hits = list(hits)
    opened = [
        (hit.form[:depth], hit.offset, hit.canary)
        for hit in hits
        for depth, name in enumerate(hit.form[:-1])
        if name in _DEFLATED
    ]
    return [hit for hit in hits if hit.form[-1] != "deflate" or not _told(hit, opened)]


def _told(hit: Hit, opened: Iterable[tuple[tuple[str, ...], int, str | None]]) -> bool:
    """Whether a stream that began a little before tells of the same canary."""
    return any(
        form == hit.form[:-1] and canary == (hit.canary or canary) and 0 <= hit.offset - at < _NEAR
        for form, at, canary in opened
    )


def witnessed(hits: Iterable[Hit]) -> tuple[list[Hit], list[Hit]]:
    """
    Return the *hits* that stand, and the short values that nothing bears out.

    Digits alone turn up by chance. They count where another trace of the same
    person lies in the same place: the same file, or the same row of a table.
    """
    hits = list(hits)
    traces: dict[tuple[str, int | None], set[tuple[object, ...]]] = defaultdict(set)
    for hit in hits:
        traces[_place(hit), hit.applicant].add((hit.field, hit.grade is Grade.VALUE))
    stand = [hit for hit in hits if not hit.weak or len(traces[_place(hit), hit.applicant]) > 1]
    alone = [hit for hit in hits if hit.weak and len(traces[_place(hit), hit.applicant]) == 1]
    return stand, alone


def _place(hit: Hit) -> str:
    """Return the file, or the table and row."""
    column, mark, row = hit.location.rpartition(_ROW)
    return f"{column.rpartition('.')[0]}{mark}{row}" if mark else hit.location
