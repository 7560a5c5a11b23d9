"""Reading sources, the citations that point at them, and the limits of testing."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from idaudit.threatmodel.model import Citation, Limit, Source
from idaudit.threatmodel.toml_reader import Table, read_toml

KINDS = ("law", "bill", "code", "case", "standard", "statement", "press", "article")
"""What a source can be; a bill is not law, however apt its words."""

LONGEST_QUOTE = 20  # words; more would be copying, not citing


def read_sources(folder: Traversable) -> dict[str, Source]:
    """Read ``sources.toml``: each law, case, standard and article once."""
    return {
        id_: _source(id_, table)
        for id_, table in read_toml(folder, "sources.toml").tables().items()
    }


def _source(id_: str, table: Table) -> Source:
    table.only(("title", "kind", "date", "cite"), ("caution",))
    return Source(
        id=id_,
        title=table.text("title"),
        kind=table.word("kind", KINDS),
        date=table.text("date"),
        cite=table.text("cite"),
        caution=table.text_or("caution"),
    )


def read_citations(table: Table, key: str, sources: Mapping[str, Source]) -> tuple[Citation, ...]:
    """Read the list of citations under *key*; a list that is there is not empty."""
    found = table.items(key)
    if not found:
        raise table.wrong(key, "an empty list", "at least one citation", "; cite what it rests on")
    return tuple(
        read_citation(_inline(table, f"{key}[{number}]", entry), sources)
        for number, entry in enumerate(found, 1)
    )


def citations_or_none(table: Table, sources: Mapping[str, Source]) -> tuple[Citation, ...]:
    """Read the citations under "sources", where a table may go without any."""
    return read_citations(table, "sources", sources) if "sources" in table.entries else ()


def _inline(table: Table, key: str, entry: Any) -> Table:  # noqa: ANN401  TOML is untyped
    """Return *entry*, an inline table in a list, as a table with a place of its own."""
    return Table(table.file, table.path, {key: entry}).table(key)


def read_citation(table: Table, sources: Mapping[str, Source]) -> Citation:
    """Read one citation and find its source."""
    table.only(("id",), ("place", "quote"))
    source = table.find("id", sources)
    quote = table.text_or("quote")
    if (words := len(quote.split())) > LONGEST_QUOTE:
        raise table.wrong(
            "quote", f"{words} words", f"{LONGEST_QUOTE} at most", "; quote less of it"
        )
    return Citation(source=source, place=table.text_or("place"), quote=quote)


def read_limits(folder: Traversable, sources: Mapping[str, Source]) -> tuple[Limit, ...]:
    """Read ``limits.toml``: what no automated test can show."""
    tables = read_toml(folder, "limits.toml").tables()
    return tuple(_limit(id_, table, sources) for id_, table in tables.items())


def _limit(id_: str, table: Table, sources: Mapping[str, Source]) -> Limit:
    table.only(("statement", "instead"), ("sources",))
    return Limit(
        id=id_,
        statement=table.text("statement"),
        instead=table.text("instead"),
        sources=citations_or_none(table, sources),
    )
