"""Twenty-eight papers, the right answer to each, and the suite's own specimens of them."""

import re
import tomllib
from importlib.resources import files

import pytest

from idaudit.threatmodel.instrument_reader import OUTCOMES
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import LegalInstrument

ATTACK = load().attack
SPECIMENS = tomllib.loads(
    files("idaudit.fixtures.papers").joinpath("instruments.toml").read_text(encoding="utf-8")
)

RIGHT = {
    1: "release", 2: "counsel", 3: "release", 4: "refuse", 5: "counsel", 6: "release",
    7: "refuse", 8: "release", 9: "refuse", 10: "refuse", 11: "refuse", 12: "refuse",
    13: "refuse", 14: "refuse", 15: "refuse", 16: "release", 17: "refuse", 18: "counsel",
    19: "alarm", 20: "release", 21: "release", 22: "preserve", 23: "counsel", 24: "none-held",
    25: "counsel", 26: "counsel", 27: "refuse", 28: "refuse",
}  # fmt: skip
"""Table (c) of the research notes, by its numbers."""

each_instrument = pytest.mark.parametrize(
    "instrument", ATTACK.instruments.values(), ids=lambda i: i.id
)


def test_the_right_answers_are_those_of_the_notes() -> None:
    """Twenty-eight numbers, each with its one right outcome."""
    assert {i.number: i.outcomes[0] for i in ATTACK.instruments.values()} == RIGHT
    assert len(RIGHT) == 28


@each_instrument
def test_a_paper_says_who_signs_what_is_right_and_where_the_trap_is(
    instrument: LegalInstrument,
) -> None:
    """A clerk reads one row and knows what to do and what not to fall for."""
    assert set(instrument.outcomes) <= set(OUTCOMES)
    for words in (instrument.title, instrument.signer, instrument.right, instrument.trap):
        assert re.match(r'["A-Z]', words), words


@each_instrument
def test_only_a_judges_warrant_survives_the_stricter_promise(instrument: LegalInstrument) -> None:
    """Where only a warrant releases, a subpoena and an order stop; consent does not."""
    refused = {"judicial-subpoena", "court-order", "enforcement-order"}
    same = instrument.warrant_only == instrument.outcomes[0]

    assert same is (instrument.id not in refused)
    assert same or instrument.warrant_only == "refuse"


def test_what_is_from_memory_says_so() -> None:
    """A fact the notes mark unverified stays marked wherever it is repeated."""
    marked = {i.number for i in ATTACK.instruments.values() if "unverified" in i.caution}

    assert marked == {5, 7, 9, 13, 23, 25, 26}


def test_every_specimen_of_the_suite_is_one_of_these_papers() -> None:
    """A synthetic paper that stands for none of the twenty-eight tests nothing we know."""
    built = [name for i in ATTACK.instruments.values() for name in i.built_as]

    assert sorted(built) == sorted(SPECIMENS)


@each_instrument
def test_a_specimen_has_an_outcome_that_the_table_allows(instrument: LegalInstrument) -> None:
    """What a check expects of a paper is what a lawyer reads in the table."""
    for name in instrument.built_as:
        assert SPECIMENS[name]["right"] in instrument.outcomes, name


def test_every_paper_is_held_out_by_somebody_with_or_without_power() -> None:
    """Who may compel, freeze, sign, direct or only ask is drawn as a line of its own."""
    powers = {boundary.power.value for boundary in ATTACK.authority_boundaries.values()}

    assert powers == {"compel", "freeze", "sign", "direct", "ask"}
    asking = ATTACK.authority_boundaries["agency-asks"]
    assert {"i-200", "i-205", "administrative-subpoena"} <= {i.id for i in asking.instruments}
    assert asking.power == "ask"
