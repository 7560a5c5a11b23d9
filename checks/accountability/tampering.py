"""The ledger as somebody sees it who owns the machine: rows in a database."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from idaudit.checks.accountability.chaining import GUESS, PARTS, Seal, seal_of
from idaudit.checks.case import Case
from idaudit.fixtures.surfaces.surface import Forgeable
from idaudit.threatmodel.errors import Inconclusive

Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """The table that holds the ledger's lines, found by the hashes in it."""

    surface: Forgeable
    table: str
    columns: Mapping[str, str]
    """What a line says -> the column that says it, of whatever could be found."""

    def change(self, line: Mapping[str, Any], **said: object) -> None:
        """
        Let *line* say something else.

        Raises:
            Inconclusive: no column was found for it.

        """
        if unknown := sorted(said.keys() - self.columns.keys()):
            raise Inconclusive(f"no column of the ledger's table was found to say its {unknown[0]}")
        changes = ", ".join(f"{_quoted(self.columns[name])} = ?" for name in said)
        statement = f"UPDATE {_quoted(self.table)} SET {changes}"  # noqa: S608  quoted
        values = [str(value) for value in said.values()]
        self._execute(f"{statement} {self._where()}", *values, str(line["hash"]))

    def remove(self, line: Mapping[str, Any]) -> None:
        """Take *line* out."""
        self._execute(f"DELETE FROM {_quoted(self.table)} {self._where()}", line["hash"])  # noqa: S608  quoted

    def chain(self) -> tuple[Lines, Seal] | None:
        """Return every line as the table has it, oldest first, and what makes their hashes."""
        rows = self.surface.tables()[self.table]
        unfound = [name for name in PARTS if name not in self.columns]
        spare = [column for column in rows[0] if column not in self.columns.values()]
        for names in itertools.permutations(spare, len(unfound)):
            columns = {**self.columns, **dict(zip(unfound, names, strict=True))}
            said = [{name: row[column] for name, column in columns.items()} for row in rows]
            said.sort(key=lambda line: str(line["seq"]).zfill(20))
            if seal := seal_of(said):
                return said, seal
        return None

    def say_elsewhere(self, old: str, new: str) -> None:
        """Let every other table that says *old* say *new*: where the ledger ends, perhaps."""
        for table, rows in self.surface.tables().items():
            columns = {name for row in rows for name, value in row.items() if value == old}
            for column in columns if table != self.table else ():
                where = f"SET {_quoted(column)} = ? WHERE {_quoted(column)} = ?"
                self.surface.forge(table, f"UPDATE {_quoted(table)} {where}", new, old)

    def closed(self) -> AbstractContextManager[None]:
        """Let the table take no further line, as long as this lasts."""
        return self.surface.closed(self.table)

    def _where(self) -> str:
        return f"WHERE {_quoted(self.columns['hash'])} = ?"

    def _execute(self, statement: str, *values: str) -> None:
        """Change the table, whatever rules the database has been given to forbid it."""
        changed = self.surface.forge(self.table, statement, *values)
        if changed != 1:
            raise Inconclusive(f"{self.surface.id}: {changed} lines of the ledger changed, not one")


def edited(book: Book, lines: Lines) -> None:
    """Let a line in the middle say the contrary."""
    line = lines[len(lines) // 2]
    book.change(line, outcome=_contrary(line))


def dropped(book: Book, lines: Lines) -> None:
    """Take out a line in the middle."""
    book.remove(lines[len(lines) // 2])


def cut_short(book: Book, lines: Lines) -> None:
    """Take out the last line."""
    book.remove(lines[-1])


def swapped(book: Book, lines: Lines) -> None:
    """Let two lines in the middle change places."""
    one, other = lines[len(lines) // 2 :][:2]
    beyond = 2 * max(int(line["seq"]) for line in lines) + 1000
    for line, number in ((one, beyond), (other, one["seq"]), (one, other["seq"])):
        book.change(line, seq=number)


def chained_anew(book: Book, read: Lines) -> str | None:
    """
    Let a line in the middle say the contrary, and tie it and whatever follows together again.

    What stands elsewhere of the last line is made to agree, as far as it is no
    secret how.
    """
    found = book.chain()
    lines, seal = found or (read, GUESS)
    place = len(lines) // 2
    previous = str(lines[place]["previous"])
    for line in lines[place:]:
        outcome = _contrary(line) if line is lines[place] else line["outcome"]
        forged = {**line, "outcome": outcome, "previous": previous}
        previous = seal(forged)
        book.change(line, outcome=outcome, previous=forged["previous"], hash=previous)
    book.say_elsewhere(str(lines[-1]["hash"]), previous)
    return (
        None if found else "How its hashes are made was not found out: they were forged by guess."
    )


def _contrary(line: Mapping[str, Any]) -> str:
    return "refused" if line["outcome"] == "allowed" else "allowed"


TAMPERINGS: dict[str, Callable[[Book, Lines], str | None]] = {
    "edited": edited,
    "dropped": dropped,
    "cut-short": cut_short,
    "swapped": swapped,
    "chained-anew": chained_anew,
}
"""By name; what one returns says how it could do less than it was to."""


def book_of(case: Case, lines: Lines) -> Book:
    """
    Return the table that holds *lines*.

    Raises:
        Inconclusive: no declared database has such a table.

    """
    for surface in case.sight.resting():
        if isinstance(surface, Forgeable):
            for table, rows in surface.tables().items():
                columns = _columns(rows, lines)
                if {"hash", "outcome"} <= columns.keys():
                    return Book(surface, table, columns)
    raise Inconclusive("no declared database holds a table with the ledger's lines in it")


def _columns(rows: Sequence[Mapping[str, object]], lines: Lines) -> dict[str, str]:
    """Return which column says what; once a line follows, "previous" holds every hash as well."""
    found: dict[str, str] = {}
    for name in (*PARTS, "hash"):
        left = [{k: v for k, v in row.items() if k not in found.values()} for row in rows]
        if column := _column(left, lines, name):
            found[name] = column
    return found


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
