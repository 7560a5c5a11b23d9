"""The doctor tells of places where data can rest and that the target had not named."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from idaudit.checks.doctor import Examination, examine
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.lookout import Lookout
from idaudit.fixtures.targets.nursery import Nursery
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.loader import load

TERMS = load().programmes["idnyc-2017"].terms


class StrayCities(ReferenceCities):
    """Lends cities with notebooks."""

    stray: Path

    def config(self, data: Path) -> dict[str, Any]:
        """Say where the notebooks are."""
        return {**super().config(data), "stray": str(self.stray)}


@pytest.fixture
def stray_nursery() -> Iterator[Nursery]:
    """Lend a nursery of cities with notebooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
        nursery = Nursery("stray_city")
        yield nursery
        nursery.close()


def examined(target: Target) -> Examination:
    """Return what the doctor finds."""
    mint = Mint(5)
    return examine(target, mint, Applicants(mint))


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_the_honest_city_puts_nothing_anywhere_else(database: str) -> None:
    """From its first request to its restart it uses the places it names, and no other."""
    with ReferenceCities(TERMS, 5, database=database) as cities, cities.unused() as city:
        found = examined(city)

    assert found.undeclared == ()
    assert found.unlooked == ""
    assert found.blind() == frozenset()


def test_a_place_that_was_not_named_is_seen(stray_nursery: Nursery, tmp_path: Path) -> None:
    """A file kept open elsewhere, one without a name, and one in its own folder: each is told."""
    with StrayCities(TERMS, 5, nursery=stray_nursery) as cities:
        cities.stray = tmp_path
        with cities.unused() as city:
            found = examined(city)

    notes = [each.note for each in found.undeclared]
    for told in (
        f"{tmp_path}/notebook is written to by 'python",
        f"{tmp_path}/removed was deleted and is still in use by 'python",
        "/beside lies in a folder of the target's own",
    ):
        assert any(told in note for note in notes), told
    assert {(each.kind, each.declared, each.probed) for each in found.undeclared} == {
        ("file", False, False)
    }
    assert len(notes) == 3
    assert all(each.bytes for each in found.undeclared)
    assert found.blind() == frozenset()


def test_a_target_that_does_not_tell_its_processes_is_not_called_covered() -> None:
    """That nothing else was seen means nothing where nobody could look."""
    lookout = Lookout(tuple, Target().whereabouts)
    lookout.look()

    assert lookout.found() == ()
    assert "does not tell its processes" in lookout.blind
