"""Reading the twenty-eight legal instruments and the one right answer to each."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from idaudit.threatmodel.basis import Source
from idaudit.threatmodel.source_reader import citations_or_none
from idaudit.threatmodel.system import LegalInstrument
from idaudit.threatmodel.toml_reader import Table, read_toml

OUTCOMES = ("release", "refuse", "counsel", "preserve", "alarm", "none-held")
"""What can rightly become of a demand."""

_REQUIRED = ("number", "title", "signer", "outcomes", "right", "trap")
_OPTIONAL = ("warrant_only", "built_as", "sources", "caution")


def read_instruments(
    folder: Traversable, sources: Mapping[str, Source]
) -> dict[str, LegalInstrument]:
    """Read ``instruments.toml``, numbered from one without a gap."""
    tables = read_toml(folder, "instruments.toml").tables()
    for place, table in enumerate(tables.values(), 1):
        table.only(_REQUIRED, _OPTIONAL)
        if (number := table.count("number")) != place:
            raise table.wrong("number", str(number), str(place), "; number them in order")
    return {id_: _instrument(id_, table, sources) for id_, table in tables.items()}


def _instrument(id_: str, table: Table, sources: Mapping[str, Source]) -> LegalInstrument:
    outcomes = table.several("outcomes", OUTCOMES)
    narrowed = "warrant_only" in table.entries
    return LegalInstrument(
        id=id_,
        number=table.count("number"),
        title=table.text("title"),
        signer=table.text("signer"),
        outcomes=outcomes,
        warrant_only=table.word("warrant_only", OUTCOMES) if narrowed else outcomes[0],
        right=table.text("right"),
        trap=table.text("trap"),
        built_as=table.texts("built_as") if "built_as" in table.entries else (),
        sources=citations_or_none(table, sources),
        caution=table.text_or("caution"),
    )
