"""The ledger as somebody sees it who owns the machine: rows in a database."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from idaudit.checks.case import Case
from idaudit.fixtures.surfaces.surface import Forgeable
from idaudit.threatmodel.errors import Inconclusive

Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """The table that holds the ledger's lines, found by the hashes in it."""

    surface: Forgeable
    table: str
    hashes: str  # the column
    outcomes: str  # likewise

    def change(self, line: Mapping[str, Any], outcome: str) -> None:
        """Let *line* say another outcome."""
        statement = f"UPDATE {_quoted(self.table)} SET {_quoted(self.outcomes)} = ?"  # noqa: S608  quoted
        self._execute(f"{statement} {self._where()}", outcome, line["hash"])

    def remove(self, line: Mapping[str, Any]) -> None:
        """Take *line* out."""
        self._execute(f"DELETE FROM {_quoted(self.table)} {self._where()}", line["hash"])  # noqa: S608  quoted

    def closed(self) -> AbstractContextManager[None]:
        """Let the table take no further line, as long as this lasts."""
        return self.surface.closed(self.table)

    def _where(self) -> str:
        return f"WHERE {_quoted(self.hashes)} = ?"

    def _execute(self, statement: str, *values: str) -> None:
        """Change the table, whatever rules the database has been given to forbid it."""
        changed = self.surface.forge(self.table, statement, *values)
        if changed != 1:
            raise Inconclusive(f"{self.surface.id}: {changed} lines of the ledger changed, not one")


def edited(book: Book, lines: Lines) -> None:
    """Let a line in the middle say the contrary."""
    line = lines[len(lines) // 2]
    book.change(line, "refused" if line["outcome"] == "allowed" else "allowed")


def dropped(book: Book, lines: Lines) -> None:
    """Take out a line in the middle."""
    book.remove(lines[len(lines) // 2])


def cut_short(book: Book, lines: Lines) -> None:
    """Take out the last line."""
    book.remove(lines[-1])


TAMPERINGS: dict[str, Callable[[Book, Lines], None]] = {
    "edited": edited,
    "dropped": dropped,
    "cut-short": cut_short,
}


def book_of(case: Case, lines: Lines) -> Book:
    """
    Return the table that holds *lines*.

    Raises:
        Inconclusive: no declared database has such a table.

    """
    for surface in case.sight.resting():
        if isinstance(surface, Forgeable):
            for table, rows in surface.tables().items():
                found = _column(rows, lines, "hash"), _column(rows, lines, "outcome")
                if found[0] and found[1]:
                    return Book(surface, table, found[0], found[1])
    raise Inconclusive("no declared database holds a table with the ledger's lines in it")


def _column(rows: Sequence[Mapping[str, object]], lines: Lines, what: str) -> str:
    """Return the column that says *what* the lines say of it, line by line; "" if none does."""
    if len(rows) < len(lines):
        return ""
    said = sorted(str(line[what]) for line in lines)
    for column in rows[0]:
        values = sorted(str(row[column]) for row in rows)
        if set(said) <= set(values) and len(set(values)) <= len(set(said)) + len(rows) - len(lines):
            return column
    return ""


def _quoted(name: str) -> str:
    """Return *name* as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
