"""
A nursery of cities that each break one promise in a channel, or about an address.

``config["faithless"]`` names the class below that takes the place of its base.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from idaudit.fixtures.city.cardoffice import CardOffice
from idaudit.fixtures.city.channel_tables import VanBatch
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.desk import Desk
from idaudit.fixtures.city.instruments import InstrumentForm
from idaudit.fixtures.city.kiosks import Kiosks
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.protection import AddressProtection
from idaudit.fixtures.city.registry import Registry
from idaudit.fixtures.city.renewals import Renewals
from idaudit.fixtures.city.tables import Record
from idaudit.fixtures.city.van_forms import BatchForm
from idaudit.fixtures.city.vans import Vans


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


class PrintsTheRealAddress(CardOffice):
    """The card has to be true, so it shows where somebody lives."""

    def face(self, content: dict[str, Any], expires: date) -> dict[str, Any]:
        """Look for the best address there is."""
        real = content.get("protected_street", content["street"])
        return super().face({**content, "street": real}, expires)


class ShowsTheFlag(Registry):
    """Whoever opens a record sees that there is something to be careful about."""

    def shown(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Mark the address."""
        shown = super().shown(content)
        mark = " (protected)" if "protected_street" in content else ""
        return {**shown, "street": shown["street"] + mark}


class ReleasesWhereTheyLive(Desk):
    """A court that orders the street means the real one."""

    def shown(self, record: Record, instrument: InstrumentForm) -> dict[str, Any]:
        """Give it."""
        content = self._city.registry.content(record)
        shown = super().shown(record, instrument)
        if "street" in shown:
            shown["street"] = content.get("protected_street", shown["street"])
        return shown


class KeepsBothOnRecord(AddressProtection):
    """The care-of address is added to the line, which then says both."""

    def hidden(
        self, content: dict[str, Any], real: dict[str, Any], care_of: dict[str, Any]
    ) -> dict[str, Any]:
        """Write one after the other."""
        hidden = super().hidden(content, real, care_of)
        return {**hidden, "street": f"{care_of['street']}, for {real['street']}"}


class KeepsDrafts(Kiosks):
    """Whoever walks away may come back, so what they began is kept."""

    def forget(self, applications: list[str]) -> None:
        """Keep it."""
        del applications


class NeverTimesOut(Kiosks):
    """Some people take their time."""

    def time_allowed(self) -> timedelta:
        """Give them all of it."""
        return timedelta(days=36500)


class TakesBatchesTwice(Vans):
    """The line on the road is bad, so a batch may come again."""

    def is_new(self, form: BatchForm) -> bool:
        """Take it."""
        if self._city.store.session.get(VanBatch, (form.van, form.number)) is not None:
            form.number += 1000
        return True


class TakesAnybodysWord(Vans):
    """Nobody but a van would bring a van's batch, so nobody asks."""

    def must_be_signed(self, van: str, content: bytes, signature: str) -> None:
        """Ask nobody."""
        del van, content, signature


def build(config: Mapping[str, Any]) -> City:
    """Build the city whose one fault *config* names."""
    fault: type = globals()[config["faithless"]]
    return City(config, replace={fault.__bases__[0]: fault})


if __name__ == "__main__":
    nursery(build)
