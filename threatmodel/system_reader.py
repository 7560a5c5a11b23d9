"""Reading the system: data, elements, flows, and the two kinds of boundary."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from idaudit.threatmodel.basis import Source, Subject
from idaudit.threatmodel.instrument_reader import read_instruments
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.source_reader import citations_or_none
from idaudit.threatmodel.system import (
    AuthorityBoundary,
    DataKind,
    Element,
    ElementKind,
    Flow,
    LegalInstrument,
    Power,
    TrustBoundary,
)
from idaudit.threatmodel.toml_reader import NONE, Table, read_toml

BOUNDARIES = "boundaries.toml"
ELEMENTS = "elements.toml"


def read_system(folder: Traversable, sources: Mapping[str, Source]) -> AttackModel:
    """Read the system that is attacked, and nothing yet of who attacks it."""
    trust, data = _every_trust(folder), _every_kind(folder)
    elements = _every_element(folder, trust, data)
    instruments = read_instruments(folder, sources)
    return AttackModel(
        data=data,
        trust_boundaries=trust,
        elements=elements,
        flows=_every_flow(folder, elements, data),
        instruments=instruments,
        authority_boundaries=_every_authority(folder, elements, instruments, sources),
    )


def _every_trust(folder: Traversable) -> dict[str, TrustBoundary]:
    return {id_: _trust(id_, table) for id_, table in _part(folder, BOUNDARIES, "trust").items()}


def _part(folder: Traversable, name: str, part: str) -> dict[str, Table]:
    file = read_toml(folder, name)
    file.only(("trust", "authority") if name == BOUNDARIES else ("data", "elements"))
    return file.table(part).tables()


def _trust(id_: str, table: Table) -> TrustBoundary:
    table.only(("name", "what"))
    return TrustBoundary(id_, table.text("name"), table.text("what"))


def _every_kind(folder: Traversable) -> dict[str, DataKind]:
    return {id_: _kind(id_, table) for id_, table in _part(folder, ELEMENTS, "data").items()}


def _kind(id_: str, table: Table) -> DataKind:
    table.only(("name", "subject"))
    word = table.word("subject", (*Subject, NONE))
    return DataKind(id_, table.text("name"), None if word == NONE else Subject(word))


def _every_element(
    folder: Traversable, trust: Mapping[str, TrustBoundary], data: Mapping[str, DataKind]
) -> dict[str, Element]:
    tables = _part(folder, ELEMENTS, "elements")
    return {id_: _element(id_, table, trust, data) for id_, table in tables.items()}


def _element(
    id_: str, table: Table, trust: Mapping[str, TrustBoundary], data: Mapping[str, DataKind]
) -> Element:
    table.only(("name", "kind", "what", "boundary"), ("holds", "surfaces"))
    kind = table.member("kind", ElementKind)
    holds = _holds(table.table("holds"), data) if "holds" in table.entries else {}
    if holds and kind not in (ElementKind.STORE, ElementKind.ARTEFACT):
        raise table.wrong("holds", "a place to rest", "it in a store", "; nothing rests elsewhere")
    return Element(
        id=id_,
        name=table.text("name"),
        kind=kind,
        what=table.text("what"),
        boundary=table.find("boundary", trust),
        holds=holds,
        surfaces=table.texts_or_none("surfaces"),
    )


def _holds(table: Table, data: Mapping[str, DataKind]) -> dict[str, str]:
    return {table.resolve(kind, kind, data): table.text(kind) for kind in table.entries}


def _every_flow(
    folder: Traversable, elements: Mapping[str, Element], data: Mapping[str, DataKind]
) -> dict[str, Flow]:
    tables = read_toml(folder, "flows.toml").tables()
    return {id_: _flow(id_, table, elements, data) for id_, table in tables.items()}


def _flow(
    id_: str, table: Table, elements: Mapping[str, Element], data: Mapping[str, DataKind]
) -> Flow:
    table.only(("source", "target", "data", "what"), ("operations",))
    return Flow(
        id=id_,
        source=table.find("source", elements),
        target=table.find("target", elements),
        data=table.find_all("data", data),
        what=table.text("what"),
        operations=table.texts_or_none("operations"),
    )


def _every_authority(
    folder: Traversable,
    elements: Mapping[str, Element],
    instruments: Mapping[str, LegalInstrument],
    sources: Mapping[str, Source],
) -> dict[str, AuthorityBoundary]:
    tables = _part(folder, BOUNDARIES, "authority")
    return {
        id_: _authority(id_, table, elements, instruments, sources) for id_, table in tables.items()
    }


def _authority(
    id_: str,
    table: Table,
    elements: Mapping[str, Element],
    instruments: Mapping[str, LegalInstrument],
    sources: Mapping[str, Source],
) -> AuthorityBoundary:
    table.only(("holder", "over", "power", "what", "limit"), ("instruments", "sources"))
    return AuthorityBoundary(
        id=id_,
        holder=table.find("holder", elements),
        over=table.find_all("over", elements),
        power=table.member("power", Power),
        what=table.text("what"),
        limit=table.text("limit"),
        instruments=table.find_all("instruments", instruments),
        sources=citations_or_none(table, sources),
    )
