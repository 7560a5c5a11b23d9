"""Eight programmes: each speaks to every promise, and says what binds it and whence each number."""

import re
from datetime import date

import pytest

from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Obligation, Programme

MODEL = load()

each_programme = pytest.mark.parametrize("programme", MODEL.programmes.values(), ids=lambda p: p.id)


@each_programme
def test_a_programme_speaks_to_every_guarantee_in_order(programme: Programme) -> None:
    """Forty clauses, each tied to its guarantee; silence is not an answer."""
    assert list(programme.clauses) == list(MODEL.guarantees)
    for id_, clause in programme.clauses.items():
        assert clause.guarantee is MODEL.guarantees[id_]


@each_programme
def test_what_binds_a_programme_has_a_source(programme: Programme) -> None:
    """Only a house rule may stand without a source, and it says that it is one."""
    for id_, clause in programme.clauses.items():
        if clause.source is None:
            assert clause.obligation is None, id_
        if clause.applies and clause.obligation is None:
            assert "house rule" in clause.why, id_


@each_programme
def test_law_in_a_programme_is_law(programme: Programme) -> None:
    """A clause said to be law cites one, or a city's own code, and one that was in force."""
    year = programme.id[-4:] if programme.id[-4:].isdigit() else "2026"
    for id_, clause in programme.clauses.items():
        if clause.obligation is Obligation.LAW:
            assert clause.source is not None
            law = clause.source.source
            assert law.kind in {"law", "code"}, id_
            assert law.date[:4] <= year or law.date == "undated", f"{id_} rests on a law to come"


@each_programme
def test_a_citys_code_binds_that_city_only(programme: Programme) -> None:
    """Philadelphia's clause is a model for New York, and a law in Philadelphia alone."""
    home = {"philadelphia": "philadelphia-code", "chicago-2017": "chicago-code"}
    home["chicago-2024"] = home["chicago-2017"]
    for id_, clause in programme.clauses.items():
        if clause.obligation is Obligation.LAW:
            assert clause.source is not None
            law = clause.source.source
            assert law.kind == "law" or law.id == home[programme.id], id_
            assert (law.kind == "law") == (programme.id not in home), id_


@each_programme
def test_every_term_says_where_it_comes_from(programme: Programme) -> None:
    """A number of ours is called ours; any other names its law or its source."""
    ours = {name for name, words in programme.term_sources.items() if "house term" in words}

    assert ours >= {
        "pending_days", "record_days_after_expiry", "grace_hours", "kill_signatures",
        "kill_within_hours", "hold_review_days", "release_approvals", "release_window_hours",
    }  # fmt: skip
    for name in set(programme.term_sources) - ours:
        assert re.search(r"LL35|RCNY|Philadelphia|Chicago", programme.term_sources[name]), name


def test_papers_are_not_kept_in_2017() -> None:
    """From December 2016 no paper outlives its review, and the kill switch has no date."""
    terms = MODEL.programmes["idnyc-2017"].terms

    assert (terms.papers_days, terms.purge_every) == (0, "decision")
    assert (terms.kill_fires_on, terms.kill_scope) == (None, "records")
    assert terms.notice_days is None


def test_papers_are_kept_two_years_in_2015() -> None:
    """Until December 2016 papers were kept two years, purged quarterly, and dated to go."""
    terms = MODEL.programmes["idnyc-2015"].terms

    assert (terms.papers_days, terms.purge_every) == (730, "quarter")
    assert (terms.kill_fires_on, terms.kill_scope) == (date(2016, 12, 31), "papers")


@pytest.mark.parametrize("id_", ["idnyc-2015", "idnyc-2017"])
def test_house_terms_are_alike_in_both_programmes(id_: str) -> None:
    """What no source settles is settled once."""
    terms = MODEL.programmes[id_].terms

    assert (terms.pending_days, terms.card_years, terms.record_days_after_expiry) == (90, 5, 90)
    assert (terms.grace_hours, terms.kill_signatures, terms.kill_within_hours) == (24, 2, 1)
    assert (terms.hold_review_days, terms.disclosure_profile) == (90, "statute")
    assert (terms.release_approvals, terms.release_window_hours) == (2, 72)


def test_eight_programmes_ship() -> None:
    """Their ids are what procurements and pipelines name."""
    assert list(MODEL.programmes) == [
        "chicago-2017", "chicago-2024", "idnyc-2015", "idnyc-2017", "philadelphia", "statute",
        "warrant-only", "with-notice",
    ]  # fmt: skip


KEPT = {"no-scan-kept", "no-temporary-copy", "nothing-derived"}
UNKEPT_IN_CITIES = {"kill-switch", "face-match-local", "subject-notice", "true-report"}
NO_LAW = {
    "no-status-asked", "minimal-collection", "protected-address", "retention-term", "kill-switch",
    "nothing-derived", "provable-deletion", "synthetic-only", "photo-apart", "face-match-local",
    "encrypted", "least-access", "no-bulk-list", "card-face-only", "nothing-hidden", "no-stigma",
    "no-use-trail", "two-person-release", "subject-notice", "holds-under-surge",
    "private-booking", "own-record-rights",
}  # fmt: skip
APART = {
    "chicago-2017": {*UNKEPT_IN_CITIES, "every-channel"},
    "chicago-2024": {*UNKEPT_IN_CITIES, "every-channel", *KEPT},
    "idnyc-2015": {*KEPT, "subject-notice"},
    "idnyc-2017": {"subject-notice"},
    "philadelphia": UNKEPT_IN_CITIES,
    "statute": NO_LAW,
    "warrant-only": {"subject-notice"},
    "with-notice": set(),
}


@each_programme
def test_what_does_not_apply_is_known(programme: Programme) -> None:
    """A promise that quietly stops binding is a promise taken back."""
    apart = {id_ for id_, clause in programme.clauses.items() if not clause.applies}

    assert apart == APART[programme.id]
    for id_ in apart:
        assert "oes not apply" in programme.clauses[id_].why, id_


@each_programme
def test_only_two_programmes_keep_papers(programme: Programme) -> None:
    """Where papers are kept, the promises to keep none do not apply, and nowhere else."""
    keeps = programme.id in {"idnyc-2015", "chicago-2024"}

    assert bool(programme.terms.papers_days) is keeps
    assert programme.clauses["no-scan-kept"].applies is not keeps


def test_the_stricter_promise_is_not_called_the_law() -> None:
    """What goes beyond the statute says so, where the statute is cited."""
    stricter = MODEL.programmes["warrant-only"]

    assert stricter.terms.disclosure_profile == "warrant-only"
    assert "house term" in stricter.term_sources["disclosure_profile"]
    assert "house rule" in stricter.clauses["court-only"].why
    others = [p for p in MODEL.programmes.values() if p is not stricter]
    assert {p.terms.disclosure_profile for p in others} == {"statute"}


def test_the_stricter_promise_is_otherwise_idnyc() -> None:
    """A city that promises one thing more promises nothing less."""
    stricter, usual = (MODEL.programmes[id_].clauses for id_ in ("warrant-only", "idnyc-2017"))

    differ = {id_ for id_ in usual if stricter[id_] != usual[id_]}
    assert differ == {"closed-list", "court-only", "named-scope"}
