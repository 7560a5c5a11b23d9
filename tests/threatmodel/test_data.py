"""The data that ships: all that was promised is there, sourced, and hangs together."""

import re
from collections.abc import Iterator

import pytest

from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Area, Citation, Guarantee, Obligation, Subject
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

each_guarantee = pytest.mark.parametrize("guarantee", MODEL.guarantees.values(), ids=lambda g: g.id)


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


def test_every_promise_is_judged() -> None:
    """None of the forty makes an excuse in this version."""
    assert [g.id for g in MODEL.guarantees.values() if g.no_check_yet] == []


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
        judged = [
            g.id for g in MODEL.guarantees.values() if subject in g.subjects and not g.no_check_yet
        ]
        assert judged, subject


def test_fourteen_limits_are_owned_to() -> None:
    """A report that does not say what it cannot show says too much."""
    assert len({limit.id for limit in MODEL.limits}) == 14
    for limit in MODEL.limits:
        assert limit.statement.startswith("That "), limit.id
        assert limit.instead.startswith("Ask "), limit.id
