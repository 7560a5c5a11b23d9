"""Reading the guarantees: one file per area, one table per promise."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from idaudit.threatmodel.errors import ModelError, did_you_mean
from idaudit.threatmodel.model import Area, Guarantee, Obligation, Source, Subject
from idaudit.threatmodel.source_reader import read_citations
from idaudit.threatmodel.toml_reader import Table, read_toml, stems

FOLDER = "guarantees"
UNVERIFIED = "unverified"  # the group of mappings that nobody has checked

_REQUIRED = (
    "code", "statement", "plain", "because", "obligation",
    "subjects", "sources", "violations", "standards",
)  # fmt: skip


def read_guarantees(folder: Traversable, sources: Mapping[str, Source]) -> dict[str, Guarantee]:
    """Read every area's file; an id or a code may be given once in all of them."""
    _only_areas(folder)
    guarantees: dict[str, Guarantee] = {}
    for area in Area:
        for id_, table in read_toml(folder, FOLDER, f"{area}.toml").tables().items():
            _first_of_its_name(id_, table, guarantees)
            guarantees[id_] = _guarantee(id_, area, table, sources)
    return guarantees


def _only_areas(folder: Traversable) -> None:
    areas = [str(area) for area in Area]
    for stem in stems(folder, FOLDER):
        if stem not in areas:
            raise ModelError(
                f"{FOLDER}/{stem}.toml: found an area {stem!r},"
                f" expected one of {', '.join(areas)}{did_you_mean(stem, areas)}"
            )


def _guarantee(id_: str, area: Area, table: Table, sources: Mapping[str, Source]) -> Guarantee:
    table.only(_REQUIRED, ("no_check_yet",))
    standards = table.table("standards")
    return Guarantee(
        id=id_,
        code=table.text("code"),
        area=area,
        subjects=_subjects(table),
        statement=table.text("statement"),
        plain=table.text("plain"),
        because=table.text("because"),
        obligation=table.member("obligation", Obligation),
        sources=read_citations(table, "sources", sources),
        violations=table.texts("violations"),
        standards=_mappings(standards, sources),
        no_check_yet=table.text_or("no_check_yet"),
        unverified_standards=_unverified(standards, sources),
    )


def _subjects(table: Table) -> frozenset[Subject]:
    known = [str(subject) for subject in Subject]
    return frozenset(
        Subject(table.resolve("subjects", word, known)) for word in table.texts("subjects")
    )


def _mappings(standards: Table, sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """Read clauses by the standard, edition and all, that they stand in."""
    known = [id_ for id_, source in sources.items() if source.kind == "standard"]
    named = [key for key in standards.entries if key != UNVERIFIED]
    return {standards.resolve(key, key, known): standards.texts(key) for key in named}


def _unverified(standards: Table, sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    if UNVERIFIED not in standards.entries:
        return {}
    return _mappings(standards.table(UNVERIFIED), sources)


def _first_of_its_name(id_: str, table: Table, earlier: Mapping[str, Guarantee]) -> None:
    if id_ in earlier:
        raise table.wrong(
            "",
            f"the id {id_!r} again",
            f"an id not yet in {FOLDER}/{earlier[id_].area}.toml",
            f"; did you mean {id_ + '-2'!r}, or one promise in one file?",
        )
    code = table.entries.get("code")
    for other in earlier.values():
        if other.code == code:
            raise table.wrong(
                "code",
                f"{code!r}, the code of {other.id!r}",
                "a code of its own",
                "; did you copy a table?",
            )
