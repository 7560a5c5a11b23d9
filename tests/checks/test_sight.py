"""Where a check looks for what was kept: where data rests, and nowhere else."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.sight import Sight, sweep_with_control
from idaudit.checks.watch import Watch
from idaudit.command import linking
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.memory import MemorySurface
from idaudit.fixtures.surfaces.outgoing import OutgoingSurface
from idaudit.fixtures.surfaces.responses import ResponsesSurface
from idaudit.fixtures.surfaces.surface import PASSING, Surface, SurfaceKind
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive
from idaudit.threatmodel.loader import load

TERMS = load().programmes["idnyc-2017"].terms


def test_what_passes_is_no_place_to_rest() -> None:
    """A call the city makes, an answer it gives and the memory of its process keep nothing."""
    with ReferenceCities(TERMS, 5, memory=True) as cities, cities.unused() as city:
        outgoing = OutgoingSurface("calls", lambda: city.whereabouts().pids)

        class Calling(Target):
            """The city, which declares its calls too."""

            def surfaces(self) -> Sequence[Surface]:
                return (*city.surfaces(), outgoing)

        declared = {each.kind for each in Calling().surfaces()}
        resting = {each.kind for each in Sight(Calling(), Mint(5)).resting()}

    assert declared - resting == {
        SurfaceKind.RESPONSES,
        SurfaceKind.OUTGOING,
        SurfaceKind.MEMORY,
    }
    assert linking.PASSING is PASSING
    assert ResponsesSurface("answers", tuple).kind in PASSING


class _KeepsNoPictures(FolderSurface):
    """A place that takes words and cuts off what is long, as many a column does."""

    def plant(self, control: bytes) -> None:
        """Keep the first few words."""
        super().plant(control[:100])


def test_who_could_not_see_a_picture_there_has_seen_no_piece_of_a_paper(tmp_path: Path) -> None:
    """A word that is found proves nothing of pictures: they are found in another way."""
    whole, cut = FolderSurface("whole", tmp_path), _KeepsNoPictures("cut", tmp_path)

    assert sweep_with_control(whole, Sweep(Mint(5)), Mint(5), disposable=True) == []
    with pytest.raises(Inconclusive, match="did not find its own picture on 'cut'"):
        sweep_with_control(cut, Sweep(Mint(5)), Mint(5), disposable=True)


def test_memory_moves_while_a_city_is_driven_and_a_little_of_it_tells() -> None:
    """The pulse reads one page in sixteen, and still sees one application; the control is found."""
    with ReferenceCities(TERMS, 5, memory=True) as cities, cities.unused() as city:
        (memory,) = (each for each in city.surfaces() if isinstance(each, MemorySurface))
        watch = Watch(city)
        city.now()
        watch.look()
        taken = sum(len(part.data) for part in memory.sample())

        assert watch.saw_move(memory)
        assert 0 < taken < memory.size() // 4
