"""A specification says all of what it was given, once, in its place, and nothing else."""

import csv
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from idaudit.command.contract import adapter_contract
from idaudit.command.linking import links
from idaudit.reports import words
from idaudit.reports.spec import wording
from idaudit.reports.spec.build import build
from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.formats import FORMATS
from idaudit.reports.spec.terms import TERMS
from idaudit.threatmodel.basis import Obligation
from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.links import Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Terms

PROGRAMMES = tuple(load().programmes)
PROSE = ("md", "html")  # the formats somebody reads from top to bottom
ROOMY = tuple(shape for shape in FORMATS if shape != "oscal-catalog")  # about one programme


@cache
def _spec(program: str) -> Spec:
    model = load()
    return build(model, model.programmes[program], links(), adapter_contract())


@cache
def _text(program: str, shape: str) -> str:
    return FORMATS[shape](_spec(program))


def _plain(text: str) -> str:
    """Undo what a format does to words: escapes, markup, line breaks."""
    unescaped = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", html.unescape(re.sub(r"<[^>]+>", "", text)))
    return re.sub(r"\s+", " ", unescaped)


def _without_checks(*names: str) -> Links:
    """Return the links less some checks and the defects they catch."""
    all_ = links()
    return Links(
        {id_: each for id_, each in all_.checks.items() if id_ not in names},
        {id_: each for id_, each in all_.defects.items() if each.caught_by not in names},
    )


@pytest.mark.parametrize("shape", FORMATS)
@pytest.mark.parametrize("program", PROGRAMMES)
def test_every_programme_can_be_written_in_every_format(program: str, shape: str) -> None:
    """A tender can be made of any programme that ships."""
    text = _text(program, shape)

    assert text.endswith("\n")
    assert not re.search(r"(?<!“)\bNone\b(?! is broken)", text)
    assert not re.search(r"<built-in|<idaudit|object at 0x|\bUndefined\b", text)


@pytest.mark.parametrize("program", PROGRAMMES)
def test_a_promise_the_programme_makes_stands_in_each_format_exactly_once(program: str) -> None:
    """Twice would be two duties, and none a gap nobody sees."""
    spec = _spec(program)
    page, paper = _text(program, "html"), _plain(_text(program, "md"))
    rows = list(csv.DictReader(io.StringIO(_text(program, "csv"))))
    profile = json.loads(_text(program, "oscal-profile"))["profile"]
    (chosen,) = profile["imports"][0]["include-controls"]
    made = [each.guarantee for each in spec.requirements]

    assert made == [c.guarantee for c in spec.programme.clauses.values() if c.applies]
    assert chosen["with-ids"] == [each.id for each in made]
    assert [row["id"] for row in rows if row["applies"] == "yes"] == [each.id for each in made]
    for guarantee in made:
        assert page.count(f'<article class="promise" id="{guarantee.id}"') == 1
        assert _plain(page).count(f"Required: {guarantee.statement}") == 1
        assert paper.count(f"Required:** {guarantee.statement}") == 1


@pytest.mark.parametrize("program", PROGRAMMES)
def test_a_promise_the_programme_does_not_make_stands_in_its_own_section_only(program: str) -> None:
    """A promise listed as made that is not would be paid for and never owed."""
    spec = _spec(program)
    page = _text(program, "html")
    before, section = page.split('<h2 id="exempt">')
    section, after = section.split('<h2 id="acceptance">')
    rows = list(csv.DictReader(io.StringIO(_text(program, "csv"))))

    assert bool(spec.exempt) is (program != "with-notice")  # which makes every promise
    for clause in spec.exempt:
        told = html.escape(clause.guarantee.statement, quote=False).replace("'", "&#39;")
        assert section.count(told) == 1
        assert _plain(clause.why) in _plain(section)
        assert told not in before + after
        assert clause.guarantee.id not in _text(program, "oscal-profile")
        assert [r["applies"] for r in rows if r["id"] == clause.guarantee.id] == ["no"]


def _given(program: str) -> Iterator[str]:
    """Yield all that goes into a document, from where it comes and not from the document."""
    model, contract = load(), adapter_contract()
    programme = model.programmes[program]
    made = [clause for clause in programme.clauses.values() if clause.applies]
    yield from (programme.summary, *map(words.sentence, wording.answers().values()))
    for limit in model.limits:
        yield from (limit.statement, limit.instead)
    for check in links().checks.values():
        if programme.clauses[check.guarantee].applies:
            yield check.statement
    for clause in made:
        guarantee = clause.guarantee
        yield from (guarantee.because, clause.why, guarantee.no_check_yet, *guarantee.violations)
        for one in (*guarantee.sources, *((clause.source,) if clause.source else ())):
            yield from (one.quote, one.place, one.source.title, one.source.cite, one.source.caution)
        for standard, ids in guarantee.standards.items():
            yield from (model.sources[standard].title, model.sources[standard].date, ", ".join(ids))
    for offer in (*contract.everything(), *contract.surfaces, *contract.roles):
        yield from (offer.id, offer.meaning, offer.detail)
    yield from map(words.sentence, programme.term_sources.values())


@pytest.mark.parametrize("shape", PROSE)
@pytest.mark.parametrize("program", PROGRAMMES)
def test_nothing_that_was_given_is_left_out(program: str, shape: str) -> None:
    """Limits, checks, ways, terms, reasons, cautions, operations, sources: all are told."""
    text, expected = _plain(_text(program, shape)), [*_given(program)]

    assert [one for one in map(_plain, expected) if one not in text] == []


@pytest.mark.parametrize("program", PROGRAMMES)
def test_what_nobody_has_verified_is_marked_wherever_it_is_repeated(program: str) -> None:
    """An id from memory that looks like a checked one would be relied on."""
    spec, sheet = _spec(program), _text(program, "csv")
    page, catalogue = _plain(_text(program, "html")), _text(program, "oscal-catalog")
    for each in spec.requirements:
        for source, _, ids in wording.standards(each.guarantee, spec.sources):
            if ids:
                assert f"{source.title} ({source.date}): " in page
                assert f"unverified: {', '.join(ids)}" in page
                assert f"unverified: {', '.join(ids)}" in catalogue
                assert all(f"{id_} (unverified)" in sheet for id_ in ids)


def test_what_obliges_is_what_obliges_this_programme() -> None:
    """New York's law does not become Philadelphia's because one model holds both."""
    spec = _spec("philadelphia")
    force = {each.guarantee.id: wording.force(each.clause) for each in spec.requirements}
    law = spec.programme.clauses["closed-list"].guarantee.obligation

    assert law is Obligation.LAW
    assert force["closed-list"] == wording.HOUSE
    assert force["no-scan-kept"] == "law"
    assert force["own-gender"] == "pledge"


def test_a_promise_no_check_can_judge_says_so_and_what_to_accept_instead() -> None:
    """A gap that is not written down is a gap that is paid for."""
    spec = _spec("idnyc-2017")
    text = _plain(_text("idnyc-2017", "html"))

    assert len(spec.tested) + len(spec.untested) == len(spec.requirements)
    for each in spec.untested:
        assert each.guarantee.no_check_yet
        assert f"Not tested yet. {wording.unjudged(each.promise)}" in text
    for each in spec.tested:
        assert each.promise.defects, "a check that was never seen failing accepts anything"


def test_a_promise_asks_for_what_its_checks_need_and_for_no_more() -> None:
    """A vendor who offers what stands there can be tested, and nobody has to guess."""
    contract = adapter_contract()
    page = _text("idnyc-2015", "html")
    for each in _spec("idnyc-2015").tested:
        article = page.split(f'<article class="promise" id="{each.guarantee.id}"')[1]
        (offers,) = re.findall(
            r"The system offers</dt><dd><p>(.*?)</p>", article.split("</article>")[0]
        )
        checks = [c for c in links().checks.values() if c.guarantee == each.guarantee.id]
        needs = {need for check in checks for need in check.needs}
        sees = any(check.sees for check in checks)

        assert {o.id for o in contract.everything() if o.name in _listed(offers)} == needs
        assert ("Every place where data rests" in offers) is sees
        assert ("disposable copy" in offers) is (sees or any(c.destructive for c in checks))


def _listed(offers: str) -> set[str]:
    """Return what one line of offers names."""
    return set(re.split(r"[,.] ?", offers.lower().replace("controls: ", "")))


@pytest.mark.parametrize("shape", ROOMY)
def test_taking_a_clause_away_takes_its_promise_away(shape: str) -> None:
    """The document follows the programme and no list of its own."""
    model = load()
    programme = model.programmes["idnyc-2017"]
    clauses = {id_: each for id_, each in programme.clauses.items() if id_ != "own-gender"}
    less = build(model, replace(programme, clauses=clauses), links(), adapter_contract())
    there = "own-gender" if "oscal" in shape else model.guarantees["own-gender"].plain

    assert there in _text("idnyc-2017", shape)
    assert there not in FORMATS[shape](less)


@pytest.mark.parametrize("shape", ROOMY)
def test_a_promise_that_stops_applying_moves(shape: str) -> None:
    """From what is required to what is not, in every format alike."""
    model = load()
    programme = model.programmes["idnyc-2017"]
    clause = replace(programme.clauses["own-gender"], applies=False, why="Repealed in a test.")
    clauses = {**programme.clauses, "own-gender": clause}
    less = build(model, replace(programme, clauses=clauses), links(), adapter_contract())

    assert clause in less.exempt
    assert len(less.requirements) == len(_spec("idnyc-2017").requirements) - 1
    assert ("Repealed in a test." in FORMATS[shape](less)) is (shape != "oscal-profile")


@pytest.mark.parametrize("shape", PROSE)
def test_taking_a_limit_away_takes_it_off_the_page(shape: str) -> None:
    """What no test shows is read from the model, too."""
    model = load()
    gone, *rest = model.limits
    programme = model.programmes["statute"]
    less = build(replace(model, limits=tuple(rest)), programme, links(), adapter_contract())

    assert gone.statement in _plain(_text("statute", shape))
    assert gone.statement not in _plain(FORMATS[shape](less))


@pytest.mark.parametrize("shape", [shape for shape in FORMATS if shape != "oscal-profile"])
def test_taking_a_check_away_takes_its_word_away(shape: str) -> None:
    """A promise is never said to be tested by a check that no longer exists."""
    model, name = load(), "a_gender_can_be_changed_and_left_off"
    statement = links().checks[name].statement
    programme = model.programmes["statute"]
    less = build(model, programme, _without_checks(name), adapter_contract())

    assert statement in _plain(_text("statute", shape))
    assert statement not in _plain(FORMATS[shape](less))


def test_a_promise_that_lost_every_check_is_not_said_to_be_tested() -> None:
    """The suite can go blind; the tender must not hide it."""
    model = load()
    own = [id_ for id_, each in links().checks.items() if each.guarantee == "own-gender"]
    programme = model.programmes["statute"]
    spec = build(model, programme, _without_checks(*own), adapter_contract())
    lost = next(each for each in spec.requirements if each.guarantee.id == "own-gender")

    assert not lost.promise.tested
    assert "This version has no check for it." in FORMATS["html"](spec)


def test_checks_that_nothing_shows_to_fail_are_called_that() -> None:
    """Without a faulty system behind it a check proves nothing, and the page says so."""
    model = load()
    spec = build(model, model.programmes["statute"], Links(links().checks, {}), adapter_contract())

    assert "nothing shows that they can fail" in FORMATS["md"](spec)
    assert "nothing shows that they can fail" not in _text("statute", "md")


def test_a_check_that_needs_what_the_contract_lacks_is_an_error() -> None:
    """Nobody could offer what the contract does not name."""
    model, contract = load(), adapter_contract()
    short = replace(contract, controls=contract.controls[1:])

    with pytest.raises(ModelError, match=r"needs the operation 'advance_clock'.*does not have"):
        build(model, model.programmes["statute"], links(), short)


def test_every_term_is_told_and_belongs_to_promises_that_exist() -> None:
    """A number nobody explains, or that belongs to nothing, binds nobody."""
    assert set(TERMS) == set(Terms.__dataclass_fields__)
    for term in TERMS.values():
        assert term.binds
        assert set(term.binds) <= set(load().guarantees)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("papers_days", 0, "Not at all; none is kept once the application is decided"),
        ("papers_days", 730, "For 730 days (2 years) from the application"),
        ("papers_days", 30, "For 30 days from the application"),
        ("purge_every", "quarter", "Once in every quarter of a year"),
        ("purge_every", "moonrise", "moonrise"),
        ("grace_hours", 1, "Within 1 hour"),
        ("kill_signatures", 1, "At least one person"),
        ("kill_signatures", 3, "At least 3 people"),
        ("notice_days", None, "No term is set"),
        ("kill_fires_on", None, "No day is set"),
    ],
)
def test_a_term_reads_as_a_clerk_would_say_it(name: str, value: object, told: str) -> None:
    """The number on the page is the number in the programme's file."""
    model = load()
    programme = model.programmes["statute"]
    terms = replace(programme.terms, **{name: value})  # type: ignore[arg-type]  any term, by name
    spec = build(model, replace(programme, terms=terms), links(), adapter_contract())

    assert {term.name: term.value for term in spec.terms}[name] == told


def test_the_kill_date_of_2015_is_on_the_page() -> None:
    """A date is told as a date."""
    assert "31 December 2016" in {term.value for term in _spec("idnyc-2015").terms}


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_every_format_says_the_same_in_another_process(seed: str) -> None:
    """No clock, no order of a set, no memory address: the same model, the same bytes."""
    program = (
        "import hashlib\n"
        "from idaudit.command.contract import adapter_contract\n"
        "from idaudit.command.linking import links\n"
        "from idaudit.reports.spec.build import build\n"
        "from idaudit.reports.spec.formats import FORMATS\n"
        "from idaudit.threatmodel.loader import load\n"
        "model = load()\n"
        "spec = build(model, model.programmes['idnyc-2015'], links(), adapter_contract())\n"
        "for shape, write in FORMATS.items():\n"
        "    print(shape, hashlib.sha256(write(spec).encode()).hexdigest())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        text=True,
    )
    here = [
        f"{shape} {hashlib.sha256(_text('idnyc-2015', shape).encode()).hexdigest()}"
        for shape in FORMATS
    ]
    assert ran.stdout.splitlines() == here
