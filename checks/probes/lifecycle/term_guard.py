"""The guard of terms: what has come to its end is gone, whatever happened meanwhile."""

from idaudit.checks.finding import Place
from idaudit.checks.probes.lifecycle.guard import Guard, expect_gone, gone, who
from idaudit.checks.probes.lifecycle.guards import COURTS
from idaudit.checks.probes.lifecycle.world import World
from idaudit.fixtures.targets.target import Operation

_WHY = "Its term has ended"


class TermGuard(Guard):
    """A record whose term has ended is read by nobody, and lies nowhere in the clear."""

    needs = COURTS | {Operation.ADVANCE_CLOCK}

    def look(self, world: World) -> None:
        """Ask the owners."""
        for life in gone(world):
            expect_gone(world, life, "outlives-its-term", _WHY, court=False)

    def look_closely(self, world: World) -> None:
        """Ask a court as well, and sweep every place where data rests."""
        for life in gone(world):
            expect_gone(world, life, "outlives-its-term", _WHY, court=True)
            hits = world.aside.residue(life.file.applicant) if life.was_read else []
            place = Place.of(hits[0]) if hits else None
            told = f"{_WHY}, and values of {who(life)} lie in {{surface}}."
            surface = hits[0].surface if hits else ""
            world.expect(not hits, "term-ended-at-rest", told.format(surface=surface), place)
