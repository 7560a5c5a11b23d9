"""The doctor tells a place that is used from one that is not, at whatever moment it is used."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from idaudit.checks.doctor import examine
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target

PEOPLE = Applicants(Mint(7))


def test_a_place_that_fills_and_empties_again_is_no_blind_spot(
    lenders: Mapping[str, ReferenceCities],
) -> None:
    """Papers come and go within one visit, and the place they lay in was the right one."""
    with lenders["idnyc-2015"].unused() as city:
        found = examine(city, PEOPLE.mint, PEOPLE)

    assert found.blind() == frozenset()


def test_a_place_in_which_nothing_ever_happens_is_a_blind_spot(
    lenders: Mapping[str, ReferenceCities], tmp_path: Path
) -> None:
    """A folder that should move and does not is some other system's."""
    elsewhere = FolderSurface("elsewhere", tmp_path)

    class Misdeclared:
        """A city with one place too many."""

        def __init__(self, city: Target) -> None:
            self._city = city

        def __getattr__(self, name: str) -> object:
            if name == "surfaces":
                return lambda: (*self._city.surfaces(), elsewhere)
            return getattr(self._city, name)

    with lenders["idnyc-2017"].unused() as city:
        found = examine(cast("Target", Misdeclared(city)), PEOPLE.mint, PEOPLE)

    assert found.blind() == frozenset({"elsewhere"})
