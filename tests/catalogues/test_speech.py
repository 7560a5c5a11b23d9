"""Every sentence a check can say, Spanish can say too; the list of them is read off the source."""

import ast
import re
import sys
from html import unescape
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import gathering
import uttered

from idaudit.reports.languages.sentences import SENTENCES
from idaudit.reports.languages.speech import speech
from idaudit.reports.languages.tongue import ENGLISH, tongue

MODULE = '''
"""A module, which says nothing."""
TOLD = {"here": "lies beside the record", "there": "x"}
def a_check(case, place):
    """Nor does this."""
    case.expect(no(place), "left-behind", f"A scan of {case.id!r} is in {case.id!r}, {len(it)}.")
    case.expect_no_residue("kept", "The case is over, and {surface} has it.")
    raise Inconclusive("nothing at all " "was looked at" if place else "UPDATE a SET b = 1")
'''
HOLE = re.compile(r"\{(\w+)\}")
HEARD = Path(__file__).with_name("heard.txt")


def test_what_checks_say_is_what_the_catalogues_know() -> None:
    """A check that gains a sentence needs it said: ``make catalogues``, and a translation."""
    assert list(speech()) == uttered.uttered()


def test_speech_is_told_from_all_else_that_stands_in_a_program() -> None:
    """A sentence, a part of one and a pattern to be filled are speech; a docstring is none."""
    found = [text for text in uttered._texts(ast.parse(MODULE)) if uttered._is_speech(text)]  # noqa: SLF001  what reads the source

    assert found == [
        "lies beside the record",
        "A scan of {id} is in {id}, {len}.",
        "The case is over, and {surface} has it.",
        "nothing at all was looked at",
    ]


def test_no_sentence_of_a_check_is_taken_for_something_else() -> None:
    """Whatever ends like a sentence is known, or is said to be asked of a system."""
    sentences = {
        text
        for path in uttered.spoken_modules()
        for text in uttered._texts(ast.parse(path.read_text(encoding="utf-8")))  # noqa: SLF001  what reads the source
        if re.match(r"[A-Z{]", text) and re.search(r"[a-z}] .*[a-z}]\.$", text)
    }

    assert sentences - set(speech()) - uttered.ASKED == set()
    assert len(sentences) > 400


@pytest.mark.parametrize("path", list(gathering.translations()), ids=lambda path: path.stem)
def test_each_sentence_is_said_whole_in_every_language(path: Path) -> None:
    """Whatever a check fills in, a name or a number, its sentence is recognised by its words."""
    spoken, english = tongue(path.stem), []
    for text in SENTENCES["speech"]:
        holes = {hole: "7" if hole == "number" else f"<{hole}>" for hole in HOLE.findall(text)}
        told = spoken.story(text.format(**holes))
        kept = all(each in unescape(told) for each in holes.values())
        if "lang=" in told or not kept:
            english.append(text)

    assert english == []


@pytest.mark.parametrize("path", list(gathering.translations()), ids=lambda path: path.stem)
def test_all_that_was_ever_heard_is_said_in_every_language(path: Path) -> None:
    """Audits of every kind of defective city told these; none of it stays English."""
    heard = HEARD.read_text(encoding="utf-8").splitlines()
    told = [tongue(path.stem).story(each) for each in heard]

    assert [each for each in told if "lang=" in each] == []
    assert ENGLISH.story(heard[0]) == heard[0]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "An application was decided; Clerk 1 asks GET /a/{id}, and is served a paper of it.",
            (
                "Se resolvió una solicitud; Empleado 1 pide GET /a/{id}, y recibe un documento de "
                "ella."
            ),
        ),
        (
            "A number of what the mayor owes is not accepted.",
            '<span lang="en">A number of what the mayor owes is not accepted.</span>',
        ),
        (
            "Clerk 1 reads an address that was hidden. A later line bears an earlier time.",
            "Empleado 1 lee una dirección protegida. Una línea posterior lleva una hora anterior.",
        ),
    ],
)
def test_a_name_is_kept_and_foreign_prose_is_not_half_translated(told: str, expected: str) -> None:
    """An address stays as the system has it; with words nobody knows all of it stays English."""
    assert tongue("es").story(told) == expected
