"""No file leaves a run with an applicant's value in it, in whatever disguise."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import date

import pytest

from idaudit.checks.guard import NUMBERED, Guard, Leak
from idaudit.checks.redaction import redacted
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Cohort, Field, Mint

MINT = Mint(21)
GUARD = Guard(MINT)
PERSON = Applicants(MINT, date(2017, 2, 1)).next()
TOKEN = MINT.canary(77, Field.SURNAME).text

DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "small": str.lower,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of a sentence": lambda text: base64.b64encode(f"Hello {text}!".encode()).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "a web address": lambda text: "".join(f"%{ord(letter):02X}" for letter in text),
    "JSON escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "HTML escapes": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_value_in_disguise_takes_its_text_with_it(disguise: str) -> None:
    """A target that turns a name round before repeating it gets nothing into the evidence."""
    text = DISGUISES[disguise](TOKEN)

    told = GUARD.clean(f"no such person: {text}")

    assert text not in told
    assert TOKEN.lower() not in told.lower()
    assert "a77.surname" in told or "part of a canary" in told


def test_redaction_alone_lets_disguises_pass() -> None:
    """So the guard catches what nothing else does."""
    passed = [
        name for name, turn in DISGUISES.items() if turn(TOKEN) in redacted(turn(TOKEN), [], MINT)
    ]

    assert set(DISGUISES) - {"plain", "small"} <= set(passed)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_file_that_holds_a_value_is_never_put_in_place(disguise: str) -> None:
    """The error names the file, the owner and the form, and not the value."""
    text = DISGUISES[disguise](TOKEN)
    page = f"<html><p>{text}</p></html>".encode()

    with pytest.raises(Leak, match=r"report\.html: holds .* nothing was written") as error:
        GUARD.inspect({"audit.json": b"{}", "report.html": page})

    assert text not in str(error.value)
    assert error.value.exit_code == 70


@pytest.mark.parametrize("value", [PERSON.phone, PERSON.documents[0].number, PERSON.email])
def test_values_that_carry_no_tag_are_looked_for_too(value: str) -> None:
    """The telephone and the papers' numbers of the first applicants, one by one."""
    assert PERSON.index <= NUMBERED

    with pytest.raises(Leak, match=r"summary\.md"):
        GUARD.inspect({"summary.md": f"call {value}.".encode()})


@pytest.mark.parametrize("cohort", list(Cohort))
def test_no_cohort_is_let_through(cohort: Cohort) -> None:
    """A control that was planted is no less a stranger in a report."""
    token = MINT.canary(3, Field.STREET, cohort=cohort).text

    with pytest.raises(Leak):
        GUARD.inspect({"junit.xml": token.encode()})


def test_ids_and_plain_words_pass() -> None:
    """What reports are made of is let through as it is."""
    told = "The name [a1.surname] of applicant 1 stayed in registry at papers.data#4@118."
    files = {"audit.json": json.dumps({"told": told, "seed": 4_294_967_295}).encode()}

    assert GUARD.clean(told) == told
    GUARD.inspect(files)


def test_another_runs_values_are_nobodys_here() -> None:
    """A guard speaks for its own run: it can neither know nor miss others'."""
    assert GUARD.clean(Mint(22).canary(77, Field.SURNAME).text).isalpha()
