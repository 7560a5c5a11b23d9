"""Where a diagram puts the trust boundaries, read strictly."""

from collections.abc import Mapping

from idaudit.threatmodel.system import TrustBoundary
from idaudit.threatmodel.toml_reader import Table

Columns = tuple[tuple[TrustBoundary, ...], ...]


def read_columns(table: Table, known: Mapping[str, TrustBoundary]) -> Columns:
    """Return the boundaries column by column; each lane is a column of its own."""
    if "columns" not in table.entries:
        return tuple((boundary,) for boundary in table.find_all("lanes", known))
    columns = tuple(_column(table, column, known) for column in table.items("columns"))
    seen: set[str] = set()
    for boundary in (each for column in columns for each in column):
        if boundary.id in seen:
            raise table.wrong(
                "columns", f"{boundary.id!r} twice", "each boundary once", "; take one out"
            )
        seen.add(boundary.id)
    return columns


def _column(
    table: Table, column: object, known: Mapping[str, TrustBoundary]
) -> tuple[TrustBoundary, ...]:
    inner = Table(table.file, table.path, {"columns": column})
    return inner.find_all("columns", known)
