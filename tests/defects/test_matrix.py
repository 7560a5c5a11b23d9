"""
The suite's proof of itself, asked of every defect and every innocent city, or a share of them.

A check that cannot tell a bad city from a good one proves nothing; a suite that
faults an honest or merely unusual city accuses the innocent.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from idaudit.checks.catalogue import Tier, every_check
from idaudit.checks.doctor import Examination
from idaudit.command.cities import City, cities
from idaudit.command.matrix import Caught, caught, checks_of, examination, flagged
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, Defect, every_defect
from idaudit.reports.record import CheckRecord
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import shipped_proof
from idaudit.threatmodel.verdict import Outcome

SEED = 11
ALL = "IDAUDIT_EVERY_CITY" in os.environ
"""
Whether every city is asked, as in CI, or one defective and one odd one for each promise.

All of them take half an hour; whoever changes a check or a defect asks those it concerns.
"""
EVERY = cities()
BAD = [each for each in EVERY if each.defect and not each.defect.lawful]
ODD = [each for each in EVERY if each.defect and each.defect.lawful]
HONEST = [each for each in EVERY if not each.defect]
PROOF = shipped_proof()


def _some(
    cities: list[City], promises: Callable[[Defect], Sequence[str]]
) -> dict[City, Sequence[str]]:
    """Return as few of *cities* as have all their *promises* among them, each promise once."""
    chosen, met = {}, set[str]()
    for city in cities:
        own = set(promises(city.defect)) if city.defect else set[str]()
        if own - met:
            chosen[city] = sorted(own - met)
            met |= own
    return chosen


ASKED_BAD = BAD if ALL else list(_some(BAD, lambda defect: [defect.breaks]))
FEW_ODD = _some(ODD, lambda defect: defect.near)
ONE_EACH = {city: city.defect.near[:1] for city in ODD if city.defect}
ASKED_ODD = ONE_EACH | FEW_ODD if ALL else FEW_ODD


@pytest.mark.parametrize("city", ASKED_BAD, ids=lambda city: city.id)
def test_each_defect_is_caught_by_its_own_check(city: City) -> None:
    """The check that was written for it fails, and gives the right reason."""
    assert city.defect is not None

    own = [city.defect.caught_by]
    said = checks_of(city, SEED, [city.defect.breaks], own, known=_offered(city.programme))
    found = caught(city.defect, said)

    assert found.caught, found
    assert _as_written_down(found)


@cache
def _offered(programme: str) -> Examination:
    """
    Return what the honest city offers and shows, and its defective sisters with it.

    ``make proof`` examines each of them on its own, which takes as long as their checks.
    """
    return examination(programme, SEED)


def _as_written_down(found: Caught) -> bool:
    """Whether the proof that ships says the same; if not, ``make proof`` writes it anew."""
    said = PROOF.caught[found.id]
    agreed = (said.caught, said.guarantee, said.reason) == (True, found.guarantee, found.reason)
    return agreed and set(found.by) <= set(said.by)


@pytest.mark.parametrize("city", ASKED_ODD, ids=lambda city: city.id)
def test_no_lawful_oddity_is_flagged(city: City) -> None:
    """
    No check accuses a city that is merely unusual.

    Here each promise is put to one city that might seem to break it, and in CI each city is
    asked about one such promise; ``make innocent`` puts every promise to every city.
    """
    assert city.defect is not None

    said = checks_of(city, SEED, ASKED_ODD[city], known=_offered(city.programme))
    found = flagged(city.id, said)

    assert not found.flagged, [each for each in said if each.outcome is Outcome.FAIL]
    assert said


@dataclass(frozen=True)
class Hand:
    """Some promises of an honest city, and how thoroughly each is asked about."""

    city: City
    asked: tuple[str, ...]
    tier: Tier

    def __str__(self) -> str:
        """Tell one from another."""
        return f"{self.city.programme}-{self.asked[0]}"

    @property
    def checks(self) -> set[str]:
        """The checks that judge these."""
        return {
            name
            for name, each in every_check().items()
            if each.guarantee in self.asked and self.tier in (each.tier, Tier.FULL)
        }


def _hands() -> Iterator[Hand]:
    """
    Yield what the honest cities are asked.

    Some of it is asked as at a gate; in CI the house's city is asked everything in full, a
    few promises at a time.
    """
    for city in HONEST:
        if ALL and city.programme == HOUSE_PROGRAMME:
            asked = _judged(city.programme)
            for start in range(0, len(asked), _AT_A_TIME):
                yield Hand(city, tuple(asked[start : start + _AT_A_TIME]), Tier.FULL)
        else:
            yield Hand(city, tuple(_its_own(city.programme)[::_ONE_IN]), Tier.GATE)


_ONE_IN, _AT_A_TIME = 3, 4


def _its_own(programme: str) -> list[str]:
    """Return promises to ask about: those of the house, or of what another city is here for."""
    own = {bad.breaks for bad in every_defect().values() if bad.programme == programme}
    judged = _judged(programme)
    return judged if programme == HOUSE_PROGRAMME else [each for each in judged if each in own]


def _judged(programme: str) -> list[str]:
    clauses = load().programmes[programme].clauses
    judged = {each.guarantee for each in every_check().values()}
    return sorted(name for name in judged if clauses[name].applies)


@pytest.mark.parametrize("hand", list(_hands()), ids=str)
def test_the_honest_city_passes_every_check(hand: Hand) -> None:
    """Nothing accuses it, and no check ends unable to judge it."""
    city, full = hand.city, hand.tier is Tier.FULL
    known = _offered(city.programme) if full else None
    said = checks_of(city, SEED if full else SEED + 1, hand.asked, tier=hand.tier, known=known)

    assert {each.id: each.reason for each in said if each.outcome is not Outcome.PASS} == {}
    assert _controls_missing(said) == []
    assert hand.checks.intersection(PROOF.honest[city.id].passed) == {each.id for each in said}


def _controls_missing(said: tuple[CheckRecord, ...]) -> list[str]:
    sighted = {name for name, each in every_check().items() if each.sees}
    return [each.id for each in said if each.id in sighted and not each.positive_controls]


def test_every_defect_names_a_check_and_a_promise_that_exist() -> None:
    """A defect whose check is gone would be a defect nobody catches."""
    checks, model = every_check(), load()

    for each in every_defect().values():
        if each.lawful:
            continue
        assert each.breaks in model.guarantees, each.id
        assert checks[each.caught_by].guarantee == each.breaks, each.id
        assert model.programmes[each.programme].clauses[each.breaks].applies, each.id
        assert each.summary, each.id


def test_every_promise_that_is_judged_has_a_bad_city_and_an_odd_one_asked_here() -> None:
    """Whichever share is asked, no promise is left out of it."""
    judged = {each.guarantee for each in every_check().values()}

    assert {city.defect.breaks for city in ASKED_BAD if city.defect} == judged
    assert sorted(name for asked in FEW_ODD.values() for name in asked) == sorted(judged)
    assert set(FEW_ODD) <= set(ASKED_ODD)


def test_every_check_is_seen_failing_on_some_defect() -> None:
    """A check that no defect makes fail is a check that may not be able to."""
    proven = {each.caught_by for each in every_defect().values()}

    assert sorted(set(every_check()) - proven) == []


def test_the_proof_that_ships_is_of_these_cities_and_no_others() -> None:
    """A line for each; a city that came or went calls for ``make proof``."""
    assert set(PROOF.caught) == {city.id for city in BAD}
    assert set(PROOF.honest) == {city.id for city in HONEST}


def test_expected_counts_are_written_down() -> None:
    """Losing a check, a defect or a lawful city has to be done on purpose, here."""
    lawful = [each for each in every_defect().values() if each.lawful]

    assert len(every_check()) == 321
    assert len(every_defect()) - len(lawful) == 592
    assert len(lawful) == 93
