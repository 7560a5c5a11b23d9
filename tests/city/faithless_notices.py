"""
A nursery of cities that each break one promise about telling people.

``config["faithless"]`` names the class below that takes the place of its base.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idaudit.fixtures.city.badges import Actor
from idaudit.fixtures.city.breaches import Breaches
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.instruments import InstrumentForm
from idaudit.fixtures.city.notice_forms import BreachForm
from idaudit.fixtures.city.notice_tables import Breach, Notice
from idaudit.fixtures.city.notices import Notices
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.person import Person
from idaudit.fixtures.city.visits import Visits


class TellsOnlyOfReleases(Notices):
    """A paper that was refused did no harm, so nobody is told."""

    def tell_of_refusal(self, paper: InstrumentForm, actor: Actor) -> None:
        """Tell nobody."""
        del paper, actor


class IgnoresGags(Notices):
    """A notice is out before anybody has read the order of silence."""

    def is_silenced(self, row: Notice, person: Person) -> bool:
        """Hear nothing."""
        del row, person
        return False


class SilencesEveryone(Notices):
    """A word from an agency is an order."""

    def orders_silence(self, paper: InstrumentForm) -> bool:
        """Take any paper for one."""
        return paper.expires is not None

    def is_silenced(self, row: Notice, person: Person) -> bool:
        """Keep everything quiet, to be on the safe side."""
        del row, person
        return True


class StartsAtTheReport(Breaches):
    """The clock starts when the breach has been confirmed and entered."""

    def clock_starts(self, form: BreachForm) -> datetime:
        """Count from now."""
        del form
        return self._city.clock.now()


class ReportsNoDelay(Breaches):
    """A notice is late when somebody complains."""

    def is_overdue(self, row: Breach) -> bool:
        """Wait for that."""
        del row
        return False


class NotesNoLooks(Visits):
    """Reading is not an event."""

    def concerns(self, actor: Actor) -> bool:
        """Note nothing."""
        del actor
        return False


def build(config: Mapping[str, Any]) -> City:
    """Build the city whose one fault *config* names."""
    fault: type = globals()[config["faithless"]]
    return City(config, replace={fault.__bases__[0]: fault})


if __name__ == "__main__":
    nursery(build)
