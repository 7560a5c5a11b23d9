"""The ledger as somebody sees it who owns the machine: rows in a file."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idaudit.checks.case import Case
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.threatmodel.errors import Inconclusive

Lines = Sequence[Mapping[str, Any]]
_RULES = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"


@dataclass(frozen=True, slots=True)
class Book:
    """The table that holds the ledger's lines, found by the hashes in it."""

    path: Path
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

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Let the table take no further line, as long as this lasts."""
        name = _quoted("idaudit_closed")
        refuse = "BEGIN SELECT RAISE(ABORT, 'closed by the audit'); END"
        self._run(f"CREATE TRIGGER {name} BEFORE INSERT ON {_quoted(self.table)} {refuse}")
        try:
            yield
        finally:
            self._run(f"DROP TRIGGER {name}")

    def _where(self) -> str:
        return f"WHERE {_quoted(self.hashes)} = ?"

    def _execute(self, statement: str, *values: str) -> None:
        """Change the table, whatever rules the database has been given to forbid it."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for (name,) in connection.execute(_RULES, (self.table,)).fetchall():
                connection.execute(f"DROP TRIGGER {_quoted(name)}")
            changed = connection.execute(statement, values).rowcount
        if changed != 1:
            raise Inconclusive(f"{self.path.name}: {changed} lines of the ledger changed, not one")

    def _run(self, statement: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement)


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
        if isinstance(surface, SqliteSurface):
            for table, rows in surface.tables().items():
                found = _column(rows, lines, "hash"), _column(rows, lines, "outcome")
                if found[0] and found[1]:
                    return Book(surface.path, table, found[0], found[1])
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
