"""The data that ships: all that was promised is there, sourced, and hangs together."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Area, Citation, Guarantee, Obligation, Programme, Subject
from idaudit.threatmodel.source_reader import LONGEST_QUOTE

MODEL = load()

FORTY = {
    Area.COLLECTION: (
        "no-status-asked", "minimal-collection", "document-kind-forgotten", "own-gender",
        "equal-access", "protected-address",
    ),
    Area.RETENTION: (
        "no-scan-kept", "no-temporary-copy", "retention-term", "kill-switch", "bounded-hold",
        "every-channel", "nothing-derived", "no-resurrection", "provable-deletion",
        "synthetic-only",
    ),
    Area.ACCESS: ("photo-apart", "face-match-local", "encrypted", "least-access", "no-bulk-list"),
    Area.CARD: ("card-face-only", "nothing-hidden", "no-stigma", "no-use-trail"),
    Area.DISCLOSURE: (
        "closed-list", "court-only", "named-scope", "two-person-release", "no-redisclosure",
        "no-bypass", "subject-notice", "no-confirmation", "own-consent",
    ),
    Area.ACCOUNTABILITY: (
        "complete-ledger", "true-report", "prompt-breach-notice", "holds-under-surge",
        "private-booking", "own-record-rights",
    ),
}  # fmt: skip

CODES = (
    *(f"C{n}" for n in range(1, 7)), *(f"R{n}" for n in range(1, 11)),
    *(f"S{n}" for n in range(1, 6)), *(f"K{n}" for n in range(1, 5)),
    *(f"D{n}" for n in range(1, 10)), "A1", "A2", "A3", "V1", "V2", "V3",
)  # fmt: skip

CHECKED = {
    "no-scan-kept", "no-temporary-copy", "nothing-derived", "document-kind-forgotten",
    "no-status-asked", "own-gender", "retention-term", "kill-switch", "bounded-hold",
    "court-only", "named-scope", "two-person-release", "complete-ledger", "true-report",
    "own-record-rights",
}  # fmt: skip

each_guarantee = pytest.mark.parametrize("guarantee", MODEL.guarantees.values(), ids=lambda g: g.id)
each_programme = pytest.mark.parametrize("programme", MODEL.programmes.values(), ids=lambda p: p.id)


def citations() -> Iterator[Citation]:
    """Yield every citation of the model."""
    for guarantee in MODEL.guarantees.values():
        yield from guarantee.sources
    for programme in MODEL.programmes.values():
        yield from programme.sources
        yield from (clause.source for clause in programme.clauses.values() if clause.source)
    for limit in MODEL.limits:
        yield from limit.sources
    for instrument in MODEL.attack.instruments.values():
        yield from instrument.sources
    for boundary in MODEL.attack.authority_boundaries.values():
        yield from boundary.sources


def test_there_are_forty_guarantees_in_their_areas_and_order() -> None:
    """Ids are public: a promise that moves, goes or is renamed breaks somebody's contract."""
    listed = {
        area: tuple(g.id for g in MODEL.guarantees.values() if g.area is area) for area in Area
    }

    assert listed == FORTY
    assert len(MODEL.guarantees) == 40


def test_the_codes_are_those_of_the_research_notes() -> None:
    """The short code leads from a promise back to the notes behind it."""
    assert tuple(g.code for g in MODEL.guarantees.values()) == CODES


def test_what_has_no_check_yet_says_so() -> None:
    """Fifteen promises are judged in this version; the other twenty-five say why they are not."""
    assert {g.id for g in MODEL.guarantees.values() if not g.no_check_yet} == CHECKED


@each_guarantee
def test_a_statement_is_one_sentence(guarantee: Guarantee) -> None:
    """A promise that takes two sentences is two promises."""
    for sentence in (guarantee.statement, guarantee.plain):
        assert re.fullmatch(r"[A-Z][^.!?]*\.", sentence), sentence


@each_guarantee
def test_a_promise_is_in_the_present_tense(guarantee: Guarantee) -> None:
    """What a system will, should or must do cannot be tested; what it does can."""
    assert not re.search(r"\b(will|shall|should|must)\b", guarantee.statement)


@each_guarantee
def test_the_plain_words_are_plain(guarantee: Guarantee) -> None:
    """A cardholder reads this line, so it holds none of our own words."""
    jargon = r"\b(canary|hash|ledger|token|schema|residue|roster|cache|metadata|instrument)\b"

    assert not re.search(jargon, guarantee.plain.lower()), guarantee.plain
    assert len(guarantee.plain.split()) <= 25


@each_guarantee
def test_every_promise_can_be_broken_and_mapped(guarantee: Guarantee) -> None:
    """A promise nobody can imagine breaking cannot be checked."""
    assert len(guarantee.violations) >= 4
    assert len(set(guarantee.violations)) == len(guarantee.violations)
    assert guarantee.subjects
    assert "nist-sp-800-53r5" in guarantee.standards


@each_guarantee
def test_an_obligation_rests_on_a_source_of_its_kind(guarantee: Guarantee) -> None:
    """Law is backed by a law, a pledge by who said it, a standard by itself."""
    kinds = {citation.source.kind for citation in guarantee.sources}
    wanted = {
        Obligation.LAW: {"law", "code", "case"},
        Obligation.PLEDGE: {"statement", "press"},
        Obligation.STANDARD: {"standard"},
    }[guarantee.obligation]

    assert wanted & kinds


def test_nothing_from_memory_stands_among_what_was_read() -> None:
    """A fact the notes mark unverified stays marked wherever it is repeated."""
    from_memory = {"gdpr-2016-679", "iso-iec-27701-2019"}

    for guarantee in MODEL.guarantees.values():
        assert not from_memory & set(guarantee.standards), guarantee.id
    for id_ in from_memory:
        assert "unverified" in MODEL.sources[id_].caution


def test_every_source_is_cited_somewhere() -> None:
    """A source that nothing rests on is decoration."""
    used = {citation.source.id for citation in citations()}
    for guarantee in MODEL.guarantees.values():
        used |= set(guarantee.standards) | set(guarantee.unverified_standards)
    used |= {v.source.id for v in MODEL.attack.vocabularies.values() if v.source}

    assert used == set(MODEL.sources)


def test_every_citation_points_at_a_source_of_the_model() -> None:
    """A citation holds the very source the list holds, and never a copy that could differ."""
    for citation in citations():
        assert MODEL.sources[citation.source.id] is citation.source
        assert len(citation.quote.split()) <= LONGEST_QUOTE


def test_the_withdrawn_article_carries_its_warning() -> None:
    """Whoever cites an article its publisher withdrew learns that it was."""
    caution = MODEL.sources["nbc-2017"].caution

    assert "Withdrawn" in caution
    assert "City & State of 29 October 2017" in caution


def test_nothing_rests_on_the_withdrawn_article_alone_as_law() -> None:
    """Where a statute says the same, the statute is cited."""
    for guarantee in MODEL.guarantees.values():
        if guarantee.obligation is Obligation.LAW:
            assert {c.source.id for c in guarantee.sources} != {"nbc-2017"}, guarantee.id


def test_a_bill_is_not_taken_for_a_law() -> None:
    """What was proposed and never enacted obliges nobody."""
    assert MODEL.sources["int-1706-2019"].kind == "bill"
    assert MODEL.guarantees["nothing-hidden"].obligation is Obligation.STANDARD


def test_the_three_headlines_each_have_promises_behind_them() -> None:
    """Documents, what is derived from them, and the roster are judged apart."""
    for subject in Subject:
        judged = [id_ for id_ in CHECKED if subject in MODEL.guarantees[id_].subjects]
        assert judged, subject


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


def test_seven_programmes_ship() -> None:
    """Their ids are what procurements and pipelines name."""
    assert list(MODEL.programmes) == [
        "chicago-2017", "chicago-2024", "idnyc-2015", "idnyc-2017", "philadelphia", "statute",
        "warrant-only",
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


def test_fourteen_limits_are_owned_to() -> None:
    """A report that does not say what it cannot show says too much."""
    assert len({limit.id for limit in MODEL.limits}) == 14
    for limit in MODEL.limits:
        assert limit.statement.startswith("That "), limit.id
        assert limit.instead.startswith("Ask "), limit.id
