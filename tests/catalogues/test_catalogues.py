"""Every language says everything that English says, and says it of the same things."""

import re
import sys
from collections import Counter
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import gathering
from babel.messages.catalog import Catalog
from markupsafe import escape

from idaudit.fixtures.targets.cast import Cast
from idaudit.fixtures.targets.sentences import SENTENCES
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.reports import words
from idaudit.reports.languages.sayings import OPTIONAL
from idaudit.reports.languages.sentences import REASONS
from idaudit.reports.languages.tongue import ENGLISH, SOURCE, languages, tongue
from idaudit.threatmodel.errors import UsageError

HOLE = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+>")


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Everything there is to say."""
    return gathering.template()


@pytest.fixture(scope="module", params=list(gathering.translations()), ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Lend the file of each language."""
    found: Path = request.param
    return found


def _forms(message: object) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (str(message),)


def test_nothing_is_left_untranslated(path: Path, template: Catalog) -> None:
    """A new sentence needs its translation; ``python -m tests.catalogues`` puts it in the file."""
    catalogue = gathering.read(path)
    known = {(message.context, message.id) for message in catalogue}
    asked = [message for message in template if message.context not in OPTIONAL]

    assert [m.id for m in asked if (m.context, m.id) not in known] == []
    assert gathering.missing(catalogue) == []


def test_nothing_is_translated_that_nobody_says(path: Path, template: Catalog) -> None:
    """A sentence of a page that was changed leaves no translation of its old wording behind."""
    said = {message.id for message in template if not message.context}

    ours = [message.id for message in gathering.read(path) if not message.context]
    assert [text for text in ours if text not in said] == []


def test_every_hole_of_a_sentence_is_in_its_translation(path: Path) -> None:
    """A number or a name that English gives is given in every language, as often."""
    for message in gathering.read(path):
        asked = [Counter(HOLE.findall(form)) for form in _forms(message.id)]
        for form in _forms(message.string):
            assert not message.id or not form or Counter(HOLE.findall(form)) in asked, form


def test_what_ships_is_what_the_file_says(path: Path) -> None:
    """The compiled catalogue is of this file: edit one, and the other must be made anew."""
    assert gathering.shipped(path.stem) == gathering.compiled(gathering.read(path))


def test_a_missing_sentence_is_noticed(template: Catalog) -> None:
    """An empty translation and a doubtful one both count as none."""
    catalogue = Catalog(locale="es")
    catalogue.add("Found in", "Encontrado en", flags=["fuzzy"])
    catalogue.add("Evidence", "")
    catalogue.add("at", "en")

    assert gathering.missing(catalogue) == ["Found in", "Evidence"]
    assert len(gathering.missing(template)) > 400


def test_every_compiled_language_has_its_file() -> None:
    """A language that can be asked for can also be read and mended."""
    assert set(languages()[1:]) == {path.stem for path in gathering.translations()}
    assert languages()[0] == SOURCE


def test_an_unknown_language_is_named_with_the_known_ones() -> None:
    """A mistyped --lang is the caller's error."""
    with pytest.raises(UsageError, match="expected one of en, es"):
        tongue("xx")


@pytest.mark.parametrize("text", REASONS)
def test_a_sentence_put_together_before_is_said_in_spanish(text: str) -> None:
    """Its own words are translated, and what stood in its holes is kept, marked as English."""
    filled = re.sub(r"\{(\w+)\}", lambda hole: f"<{hole[1]} & co>", text)

    told = tongue("es").retold("reason", filled)

    plain = unescape(re.sub(r"</?span[^>]*>", "", told))
    assert plain != filled
    assert not told.startswith('<span lang="en">' + text[:20])
    for hole in re.findall(r"\{(\w+)\}", text):
        assert f"<{hole} & co>" in plain


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "Clerk 1 opens an application for applicant 12 at the counter.",
            "Empleado 1 abre una solicitud para Solicitante 12 en la ventanilla.",
        ),
        (
            "Applicant 1 shows clerk 2 a foreign passport, and is refused, twice.",
            "Solicitante 1 muestra a Empleado 2 un pasaporte extranjero, y se le niega, dos veces.",
        ),
        ("The clock moves on by 91 days and 2 hours.", "El reloj avanza 91 días y 2 horas."),
    ],
)
def test_a_story_is_told_in_spanish(told: str, expected: str) -> None:
    """Who, what, to whom and how it ended: each part by a pattern of its own."""
    assert tongue("es").story(told) == expected
    assert ENGLISH.story(told) == told


@pytest.mark.parametrize(
    "told",
    [
        "Clerk 1 opens an application for the mayor at the counter.",
        "Clerk x reads the ledger.",
        "The application is over, and its <scan> lies in scratch.",
        "Applicant 1 shows clerk 1 a driving licence of the Moon.",
    ],
)
def test_a_sentence_half_understood_is_left_as_it_was(told: str) -> None:
    """Evidence is translated whole or not at all; a part that is unknown leaves it English."""
    assert tongue("es").story(told) == f'<span lang="en">{escape(told)}</span>'


def test_what_the_narrator_says_is_what_the_patterns_know() -> None:
    """Told by the narrator itself, an enrolment has no sentence that Spanish lacks words for."""
    story = _enrolment()

    assert len(story) > 5
    assert [each for each in story if "lang=" in tongue("es").story(each)] == []


def _enrolment() -> list[str]:
    """Return the story of one application, from the counter to the card and the clock."""
    person, clerk, reviewer = (
        Actor(Role.APPLICANT, 1),
        Actor(Role.CLERK, 1),
        Actor(Role.REVIEWER, 1),
    )
    cast = Cast()
    cast._owners = {"a": 1, "r": 1}  # noqa: SLF001  as the city's answers would have taught it
    told = [
        (Operation.WITHDRAW, {"by": person, "application": "a"}),
        (Operation.DECIDE, {"by": reviewer, "application": "a", "approve": True}),
        (Operation.ISSUE_CARD, {"by": clerk, "application": "a"}),
        (Operation.READ_RECORD, {"by": clerk, "record": "r"}),
        (Operation.DELETE_RECORD, {"by": person, "record": "r"}),
        (Operation.RUN_RETENTION, {"by": clerk}),
        (Operation.ADVANCE_CLOCK, {"by": timedelta(days=3, hours=1)}),
        (Operation.CRASH, {}),
        (Operation.RESTORE, {}),
    ]
    return [f"{SENTENCES[operation](cast, arguments)}." for operation, arguments in told]


def test_a_reason_reads_as_a_sentence_in_every_language() -> None:
    """A capital, a full stop, and a check's name in words; what the check said stays English."""
    text = "no_scan_is_left could not judge: no place <b>"

    assert words.why(text) == "“no scan is left” could not judge: no place <b>."
    assert words.why("no check ran", tongue("es")) == "No se hizo ninguna comprobación."
    assert words.why(text, tongue("es")) == (
        '<span lang="en">“no scan is left”</span> no pudo juzgar: '
        '<span lang="en">no place &lt;b&gt;</span>.'
    )


def test_what_nobody_translated_is_marked_as_english() -> None:
    """A page read aloud in Spanish must not read English as if it were Spanish."""
    spanish = tongue("es")

    assert spanish.retold("reason", "a <b> said so") == '<span lang="en">a &lt;b&gt; said so</span>'
    assert spanish.prose("promise", "never seen") == '<span lang="en">never seen</span>'
    assert ENGLISH.prose("promise", "never <seen>") == "never &lt;seen&gt;"


def test_numbers_agree_with_what_they_count() -> None:
    """One is one and two are two, in both languages."""
    spanish = tongue("es")

    assert [spanish.count("{number} check", "{number} checks", n) for n in (1, 2)] == [
        "1 comprobación",
        "2 comprobaciones",
    ]
    assert ENGLISH.count("{number} check", "{number} checks", 1200) == "1,200 checks"
