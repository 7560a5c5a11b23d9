"""Reading who does harm, who bears it, and what somebody has decided to live with."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib.resources.abc import Traversable

from idaudit.threatmodel.attacks import Acceptance, Adversary, Bearer
from idaudit.threatmodel.basis import Source
from idaudit.threatmodel.source_reader import citations_or_none
from idaudit.threatmodel.toml_reader import Table, read_toml

LONGEST_ACCEPTANCE = timedelta(days=366)
"""A decision to live with a threat is looked at again within a year."""


def read_adversaries(folder: Traversable) -> dict[str, Adversary]:
    """Read ``adversaries.toml``."""
    tables = read_toml(folder, "adversaries.toml").tables()
    return {id_: _adversary(id_, table) for id_, table in tables.items()}


def _adversary(id_: str, table: Table) -> Adversary:
    table.only(("name", "wants", "can", "malicious", "words", "draft"))
    return Adversary(
        id=id_,
        name=table.text("name"),
        wants=table.text("wants"),
        can=table.text("can"),
        malicious=table.flag("malicious"),
        words=table.texts("words"),
        draft=table.flag("draft"),
    )


def read_bearers(folder: Traversable) -> dict[str, Bearer]:
    """Read ``bearers.toml``."""
    tables = read_toml(folder, "bearers.toml").tables()
    return {id_: _bearer(id_, table) for id_, table in tables.items()}


def _bearer(id_: str, table: Table) -> Bearer:
    table.only(("name", "stake", "words"))
    return Bearer(id_, table.text("name"), table.text("stake"), table.texts("words"))


def read_acceptances(
    folder: Traversable,
    threats: Iterable[str],
    bearers: Mapping[str, Bearer],
    sources: Mapping[str, Source],
) -> tuple[Acceptance, ...]:
    """Read ``acceptances.toml``, which may hold nothing; each table is a threat's."""
    file, known = read_toml(folder, "acceptances.toml"), list(threats)
    return tuple(
        _acceptance(file.resolve(id_, id_, known), table, bearers, sources)
        for id_, table in file.tables().items()
    )


def _acceptance(
    threat: str, table: Table, bearers: Mapping[str, Bearer], sources: Mapping[str, Source]
) -> Acceptance:
    table.only(("reason", "owner", "harm_borne_by", "accepted_on", "review_by"), ("sources",))
    accepted = Acceptance(
        threat=threat,
        reason=table.text("reason"),
        owner=table.text("owner"),
        harm_borne_by=table.find_all("harm_borne_by", bearers),
        accepted_on=table.day("accepted_on"),
        review_by=table.day("review_by"),
        sources=citations_or_none(table, sources),
    )
    if not timedelta() < accepted.review_by - accepted.accepted_on <= LONGEST_ACCEPTANCE:
        found, latest = accepted.review_by, accepted.accepted_on + LONGEST_ACCEPTANCE
        expected = f"a day after {accepted.accepted_on} and no later than {latest}"
        raise table.wrong("review_by", str(found), expected, "; look at it again within a year")
    return accepted
