"""Quotations of the statute are the statute's own words, at the place named."""

import tomllib
from pathlib import Path

import pytest

from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Citation

STATUTE = tomllib.loads(Path(__file__).with_name("local-law-35.toml").read_text(encoding="utf-8"))


def quotations() -> list[Citation]:
    """Return every quotation of Local Law 35, in promises and in programmes."""
    model = load()
    cited = [citation for promise in model.guarantees.values() for citation in promise.sources]
    for programme in model.programmes.values():
        cited += [clause.source for clause in programme.clauses.values() if clause.source]
    return [c for c in cited if c.source.id == "ll35-2014" and c.quote]


@pytest.mark.parametrize("citation", quotations(), ids=lambda c: f"{c.place} {c.quote[:30]}")
def test_the_statute_says_so_where_it_is_said_to(citation: Citation) -> None:
    """A lawyer who looks a quotation up finds it in the paragraph named."""
    places = citation.place.split(", ")

    assert any(citation.quote in STATUTE[place] for place in places), places


def test_the_statute_is_quoted_often_enough_to_matter() -> None:
    """An empty list of quotations would pass for a correct one."""
    assert len(quotations()) > 30
