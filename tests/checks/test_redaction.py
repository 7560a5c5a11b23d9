"""No applicant's value gets into what is written down."""

from datetime import date

import pytest

from idaudit.checks.redaction import redacted
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Cohort, Field, Mint

MINT = Mint(21)
PERSON = Applicants(MINT, date(2017, 2, 1)).next()
SPOKEN = {name: value for name, value in PERSON.record().items() if value and len(value) >= 5}


@pytest.mark.parametrize("name", sorted(SPOKEN))
def test_a_value_a_target_echoes_becomes_its_id(name: str) -> None:
    """Whatever the case in which it comes back."""
    value = SPOKEN[name]

    told = redacted(f"no such person: {value.upper()}!", [PERSON], MINT)

    assert told.startswith("no such person: [a1.")
    assert value.lower() not in told.lower()


def test_a_papers_number_becomes_its_id() -> None:
    """Numbers are too short for a canary and are replaced all the same."""
    number = PERSON.documents[0].number

    assert redacted(f"number {number} on file", [PERSON], MINT) == (
        "number [a1.document_number] on file"
    )


@pytest.mark.parametrize("cohort", list(Cohort))
def test_a_canary_of_somebody_unknown_becomes_its_id(cohort: Cohort) -> None:
    """The tags are known even where the person is not."""
    canary = MINT.canary(77, Field.SURNAME, cohort=cohort)

    assert redacted(f"<{canary.text.lower()}>", [], MINT) == "<[a77.surname]>"


def test_a_torn_canary_is_taken_out_too() -> None:
    """Half a value is a value."""
    text = MINT.canary(77, Field.SURNAME).text

    assert redacted(text[:20], [], MINT) == "[part of a canary]"
    assert redacted(text[-20:], [], MINT) == "[part of a canary]"


def test_what_is_nobodys_stays() -> None:
    """A message without a value is left as it is."""
    told = "POST /applications answered 503; expected 201 or a refusal"

    assert redacted(told, [PERSON], MINT) == told
