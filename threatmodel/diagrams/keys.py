"""The numbered key below a drawing, in three columns of much the same height."""

from collections.abc import Sequence
from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import LOOKS, mark
from idaudit.threatmodel.diagrams.page import INNER, MARGIN
from idaudit.threatmodel.diagrams.svg import INK, group, leading, lines
from idaudit.threatmodel.diagrams.tallies import Tally
from idaudit.threatmodel.diagrams.wires import badge
from idaudit.threatmodel.status import Status

_COLUMNS, _GAP, _INDENT, _SIZE = 3, 32, 30, 13
_COLUMN = (INNER - (_COLUMNS - 1) * _GAP) // _COLUMNS


@dataclass(frozen=True, slots=True)
class Row:
    """One line under an entry: a mark and words, of a flow where it stands for one."""

    status: Status | None
    words: str
    coloured: bool = True
    flow: str = ""
    css: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one number stands for."""

    number: int
    tally: Tally
    heading: str
    rows: tuple[Row, ...]
    bold: bool = False


def key(entries: Sequence[Entry], top: int) -> tuple[str, int]:
    """Return the key drawn from *top* down, and where it ends."""
    every = sum(map(_height, entries))
    drawn, x, y, lowest = [], MARGIN, top, top
    for entry in entries:
        if y - top >= -(-every // _COLUMNS) and x + 2 * _COLUMN < INNER + MARGIN:
            x, y = x + _COLUMN + _GAP, top
        drawn.append(_draw(entry, x, y))
        y += _height(entry)
        lowest = max(lowest, y)
    return "".join(drawn), lowest


def _heading(entry: Entry) -> tuple[str, ...]:
    return wrap(entry.heading, _SIZE, _COLUMN - _INDENT, bold=entry.bold)


def _words(row: Row) -> tuple[str, ...]:
    return wrap(row.words, _SIZE, _COLUMN - _INDENT - 22)


def _height(entry: Entry) -> int:
    count = len(_heading(entry)) + sum(len(_words(row)) for row in entry.rows)
    return count * leading(_SIZE) + 4 * len(entry.rows) + 12


def _draw(entry: Entry, x: int, y: int) -> str:
    heading, rows = _heading(entry), []
    below = y + len(heading) * leading(_SIZE) + 4
    for row in entry.rows:
        rows.append(_row(row, x + _INDENT, below))
        below += len(_words(row)) * leading(_SIZE) + 4
    return group(
        "entry",
        badge(entry.number, entry.tally, x + 11, y + 9),
        lines(x + _INDENT, y + 14, heading, size=_SIZE, bold=entry.bold),
        *rows,
    )


def _row(row: Row, x: int, y: int) -> str:
    fill = LOOKS[row.status].ink if row.coloured else INK
    words = lines(x + 22, y + 14, _words(row), size=_SIZE, fill=fill)
    return group(row.css or "standing", mark(row.status, x + 8, y + 9), words, flow=row.flow)
