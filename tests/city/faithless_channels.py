"""
A nursery of cities that each break one promise in one of their channels.

``config["faithless"]`` names the class below that takes the place of its base.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.renewals import Renewals
from idaudit.fixtures.city.tables import Record


class RestartsTheClock(Renewals):
    """A renewed file is a new file, papers and all."""

    def extend(self, row: Record, expires: date) -> None:
        """Let the papers begin their term anew."""
        super().extend(row, expires)
        for paper in self._city.tray.resting(row.id):
            paper.due = row.due


class RenewsAtAnyTime(Renewals):
    """Whoever asks for a card gets one, and the record lives on and on."""

    def is_time(self, expires: date) -> bool:
        """See no hurry, and no delay."""
        del expires
        return True


def build(config: Mapping[str, Any]) -> City:
    """Build the city whose one fault *config* names."""
    fault: type = globals()[config["faithless"]]
    return City(config, replace={fault.__bases__[0]: fault})


if __name__ == "__main__":
    nursery(build)
