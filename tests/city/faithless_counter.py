"""
A nursery of cities whose counter breaks one promise, to see that a test would notice.

``config["faithless"]`` names the class below that takes the place of its base.
"""

import itertools
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from idaudit.fixtures.city.accesslog import AccessLog
from idaudit.fixtures.city.appointments import Appointments, Booking
from idaudit.fixtures.city.badges import Actor
from idaudit.fixtures.city.barcode import Barcodes
from idaudit.fixtures.city.cardoffice import CardOffice
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.custody import RECORDS
from idaudit.fixtures.city.faces import Faces
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.photographs import Photographs, PhotoStore
from idaudit.fixtures.city.printer import Printer
from idaudit.fixtures.city.refusals import ALREADY_ISSUED, NO_APPOINTMENT, Refused
from idaudit.fixtures.city.register import CardRegister
from idaudit.fixtures.city.tables import Fact, Record
from idaudit.fixtures.city.verification import Verification

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Scope

    from idaudit.fixtures.city.counter_forms import BookingForm

_NUMBERS = itertools.count(1)


class _InOrder(PhotoStore):
    def name(self) -> str:
        return f"{next(_NUMBERS):022}"

    def draw(self, names: list[str]) -> str:
        return min(names)


class FilesInOrder(Photographs):
    """Photographs get the next number, and lie in that order."""

    def open_store(self) -> PhotoStore:
        """Open a store that counts."""
        return _InOrder(self._city)


class KeepsTheFile(Photographs):
    """A photograph is kept as the camera wrote it, to lose no quality."""

    def made_fit(self, picture: bytes, media_type: str) -> bytes:
        """Change nothing."""
        del media_type
        return picture


class LeavesThePicture(Photographs):
    """The record goes, and its photograph is cleared away some other day."""

    def forget(self, content: Mapping[str, Any]) -> None:
        """Leave it."""


class NotesItsMatches(Faces):
    """Whoever looked like somebody is remembered for it."""

    def compare(self, own: str) -> bool:
        """Write down what came of it."""
        found = super().compare(own)
        self._city.store.session.merge(Fact(name=f"match {own}", value=str(found)))
        return found


class KeepsTemplates(Faces):
    """A template outlives the card, against those who come again."""

    def forget(self, content: Mapping[str, Any]) -> None:
        """Keep it."""


class SeesDoubles(Faces):
    """Everybody looks alike to this engine."""

    def is_near(self, one: int, other: int) -> bool:
        """Find a match in anything."""
        del one, other
        return True


class CountsItsCards(CardOffice):
    """Numbers follow one another."""

    def number(self) -> str:
        """Take the next."""
        return f"{next(_NUMBERS):016}"


class SaysWhereItWasIssued(Barcodes):
    """The barcode names the centre, for the statistics."""

    def carried(self, number: str, face: Mapping[str, Any]) -> dict[str, Any]:
        """Add the centre."""
        return {**super().carried(number, face), "centre": "centre-1"}


class LeavesTheSpool(Printer):
    """A print file stays, should the printer jam."""

    def wipe(self, path: Path) -> None:
        """Leave it."""


class SpoolsPlainly(Printer):
    """The printer is fed plain files, and the power fails in the middle of one."""

    def spool(self, path: Path, content: bytes) -> None:
        """Write what is to be printed, and die."""
        path.write_bytes(content)
        os.kill(os.getpid(), signal.SIGKILL)


class DiesAtThePrinter(Printer):
    """No fault at all, but for the power, which fails while a card is being printed."""

    def feed(self, path: Path) -> bytes:
        """Die."""
        os.kill(os.getpid(), signal.SIGKILL)
        return super().feed(path)


class ListsNumbers(CardRegister):
    """The register holds numbers as they are printed."""

    def key_for(self, number: str) -> str:
        """Hide nothing."""
        self._city.keys.file(number, RECORDS, self.content(number))
        return number


class RevokesNothing(CardRegister):
    """A card that was ended is never listed."""

    def must_be_listed(self, expires: str) -> bool:
        """Leave it off the list."""
        del expires
        return False


class LogsEveryUse(AccessLog):
    """Every use of a card is a line in the log."""

    def concerns(self, scope: "Scope") -> bool:
        """Log everything."""
        del scope
        return True


class OneNameForAll(Verification):
    """All partners know a card by one name."""

    def token(self, number: str, actor: Actor) -> str:
        """Forget who asks."""
        return super().token(number, Actor(actor.role, person="all"))


class LetsThemGuess(Verification):
    """Nobody counts what is asked in vain."""

    def note_miss(self, actor: Actor) -> None:
        """Count nothing."""


class RemembersWhoCame(Appointments):
    """A booking stays after the visit, for the statistics."""

    def forget(self, row: Booking) -> None:
        """Keep it."""


class TellsWhatItKnows(Appointments):
    """Cancelling what is not there is an error."""

    def cancel(self, code: str) -> None:
        """Say so."""
        if self.row(code) is None:
            raise Refused(NO_APPOINTMENT)
        super().cancel(code)


class OverbooksHours(Appointments):
    """There is always room for one more."""

    def take_place(self, centre: str, starts: "datetime") -> None:
        """Count nothing."""


class KnowsItsCardholders(Appointments):
    """Who has a card needs no hour, and is told so where there is none left."""

    def book(self, form: "BookingForm") -> str:
        """Look for the address in the roster before turning anybody away."""
        try:
            return super().book(form)
        except Refused:
            registry = self._city.registry
            for row in self._city.store.session.scalars(select(Record)):
                if registry.content(row)["email"] == form.contact:
                    raise Refused(ALREADY_ISSUED) from None
            raise


def build(config: Mapping[str, Any]) -> City:
    """Build a city with the one fault that *config* names."""
    fault = globals()[config["faithless"]]
    return City(config, replace={fault.__mro__[1]: fault})


if __name__ == "__main__":
    nursery(build)
