"""Reading the programmes: what one city promised, by which terms and which source."""

from collections.abc import Mapping
from dataclasses import fields
from importlib.resources.abc import Traversable

from idaudit.threatmodel.model import (
    Clause,
    Guarantee,
    Obligation,
    Programme,
    Source,
    Terms,
)
from idaudit.threatmodel.source_reader import read_citation, read_citations
from idaudit.threatmodel.toml_reader import NONE, Table, read_toml, stems

FOLDER = "programmes"

TERMS = tuple(term.name for term in fields(Terms))


def read_programmes(
    folder: Traversable, guarantees: Mapping[str, Guarantee], sources: Mapping[str, Source]
) -> dict[str, Programme]:
    """Read every programme; its id is its file's name."""
    return {id_: _programme(folder, id_, guarantees, sources) for id_ in stems(folder, FOLDER)}


def _programme(
    folder: Traversable,
    id_: str,
    guarantees: Mapping[str, Guarantee],
    sources: Mapping[str, Source],
) -> Programme:
    file = read_toml(folder, FOLDER, f"{id_}.toml")
    file.kebab(id_)
    file.only(("title", "summary", "sources", "time_zone", "terms", "clauses"))
    terms = _by_term(file.table("terms"))
    return Programme(
        id=id_,
        title=file.text("title"),
        summary=file.text("summary"),
        terms=_terms(terms),
        term_sources={name: term.text("source") for name, term in terms.items()},
        clauses=_clauses(file.table("clauses"), guarantees, sources),
        sources=read_citations(file, "sources", sources),
        time_zone=file.time_zone("time_zone"),
    )


def _by_term(terms: Table) -> dict[str, Table]:
    """Return a table per term, each with a value and, in words, where it comes from."""
    terms.only(TERMS)
    tables = {name: terms.table(name) for name in TERMS}
    for table in tables.values():
        table.only(("value", "source"))
    return tables


def _terms(by_name: Mapping[str, Table]) -> Terms:
    return Terms(
        papers_days=by_name["papers_days"].count("value"),
        purge_every=by_name["purge_every"].word("value", ("decision", "quarter")),
        pending_days=by_name["pending_days"].count("value"),
        card_years=by_name["card_years"].count("value"),
        record_days_after_expiry=by_name["record_days_after_expiry"].count("value"),
        grace_hours=by_name["grace_hours"].count("value"),
        kill_fires_on=by_name["kill_fires_on"].day_or_none("value"),
        kill_scope=by_name["kill_scope"].word("value", ("papers", "records")),
        kill_signatures=by_name["kill_signatures"].count("value"),
        kill_within_hours=by_name["kill_within_hours"].count("value"),
        hold_review_days=by_name["hold_review_days"].count("value"),
        disclosure_profile=by_name["disclosure_profile"].word("value", ("statute", "warrant-only")),
        release_approvals=by_name["release_approvals"].count("value"),
        release_window_hours=by_name["release_window_hours"].count("value"),
        notice_days=by_name["notice_days"].count_or_none("value"),
    )


def _clauses(
    clauses: Table, guarantees: Mapping[str, Guarantee], sources: Mapping[str, Source]
) -> dict[str, Clause]:
    """Read one clause per guarantee, in the order of the model; silence is not an answer."""
    clauses.only(guarantees)
    return {
        id_: _clause(clauses.table(id_), guarantee, sources)
        for id_, guarantee in guarantees.items()
    }


def _clause(table: Table, guarantee: Guarantee, sources: Mapping[str, Source]) -> Clause:
    table.only(("applies", "why", "obligation", "source"))
    bound = table.word("obligation", (*Obligation, NONE))
    unsourced = table.entries["source"] == NONE
    return Clause(
        guarantee=guarantee,
        applies=table.flag("applies"),
        why=table.text("why"),
        source=None if unsourced else read_citation(table.table("source"), sources),
        obligation=None if bound == NONE else Obligation(bound),
    )
