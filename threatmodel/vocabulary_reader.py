"""Reading the published vocabularies of threats, each in one edition."""

import re
from collections.abc import Mapping
from importlib.resources.abc import Traversable

from idaudit.threatmodel.attacks import Term, Vocabulary
from idaudit.threatmodel.basis import Source
from idaudit.threatmodel.toml_reader import NONE, Table, read_toml

FOLDER = "vocabularies"
SHIPPED = ("linddun", "stride", "panoptic", "extension")

_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.\d+)*")


def read_vocabularies(folder: Traversable, sources: Mapping[str, Source]) -> dict[str, Vocabulary]:
    """Read the four vocabularies that a threat may draw on."""
    return {id_: _vocabulary(folder, id_, sources) for id_ in SHIPPED}


def _vocabulary(folder: Traversable, id_: str, sources: Mapping[str, Source]) -> Vocabulary:
    file = read_toml(folder, FOLDER, f"{id_}.toml")
    file.only(("title", "edition", "source", "categories"), ("caution", "nodes"))
    categories = _categories(file.table("categories"))
    unsourced = file.entries["source"] == NONE
    return Vocabulary(
        id=id_,
        title=file.text("title"),
        edition=file.text("edition"),
        source=None if unsourced else file.find("source", sources),
        categories=categories,
        nodes=_nodes(file.table("nodes"), categories) if "nodes" in file.entries else {},
        caution=file.text_or("caution"),
    )


def _categories(tables: Table) -> dict[str, Term]:
    return {id_: _category(tables, id_) for id_ in tables.entries}


def _category(tables: Table, id_: str) -> Term:
    _only_id(tables, id_)
    table = tables.table(id_)
    table.only(("name", "gloss"), ("old_name",))
    return Term(id_, table.text("name"), table.text("gloss"), table.text_or("old_name"))


def _nodes(glosses: Table, categories: Mapping[str, Term]) -> dict[str, Term]:
    """Read the finer words; the part before the first dot is the category."""
    for id_ in glosses.entries:
        _only_id(glosses, id_)
        glosses.resolve(id_, id_.partition(".")[0], categories)
    return {id_: Term(id_, "", glosses.text(id_)) for id_ in glosses.entries}


def _only_id(table: Table, id_: str) -> None:
    if not _ID.fullmatch(id_):
        raise table.wrong(id_, repr(id_), "an id such as 'DD.3.4' or 'PA12'", "; copy it exactly")
