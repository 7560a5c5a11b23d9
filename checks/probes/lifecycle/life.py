"""What the model knows of one person: whether their record must be readable, gone or held."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from idaudit.checks.case import File
from idaudit.checks.probes.holdings import Thing
from idaudit.fixtures.applicants import Applicant


class Fate(StrEnum):
    """What has to be true of a record."""

    OPEN = "open"  # applied for, and nobody has decided
    THERE = "there"  # its owner reads it
    HELD = "held"  # ended, and kept for a court alone
    GONE = "gone"  # nobody reads it any more
    UNSURE = "unsure"  # lawful systems differ, so nothing is expected


@dataclass(slots=True)
class Life:
    """One person's record, as the model has it."""

    slot: int
    file: File
    fate: Fate = Fate.OPEN
    former: File | None = None
    """An earlier application of the same person, which was turned down."""
    called: list[Applicant] = field(default_factory=list)
    """The person under every name they had, the present one last."""
    holds: list[str] = field(default_factory=list)
    """The holds in force, the oldest first."""
    consents: dict[str, bool] = field(default_factory=dict)
    """Every consent ever given, and whether it is in force."""
    was_read: bool = False  # seen while it was there, so that its absence means something
    was_gone: bool = False  # seen to be gone, so that its presence means a return
    was_shown: bool = False  # a paper was shown to a reviewer, so that "not shown" means something
    decided: bool = False  # the application is over, one way or the other
    papers_killed: bool = False  # the kill switch fired, and papers are what it covers
    has_card: bool = False
    number: str = ""  # on the card that is in force
    trail: list[Thing] | None = None  # what was left behind when the card was shown just now
    due: date | None = None  # when the record has to be gone; None while nobody can say
    asked_for: bool = False  # a request for records names this person
    opened: bool = False  # a court's paper opened the record, so that a refusal means something
    corrections: int = 0
    moved: bool = False  # to another address than they applied with

    @property
    def person(self) -> Applicant:
        """The person as they are called now."""
        return self.called[-1] if self.called else self.file.applicant

    @property
    def names(self) -> list[Applicant]:
        """Every name the person could be asked for by."""
        return self.called or [self.file.applicant]

    def correct(self, surname: str) -> None:
        """The person is called *surname* from now on."""
        self.called = [*self.names, replace(self.person, surname=surname)]
        self.corrections += 1

    def leave(self) -> None:
        """Nobody can say any more what has become of the record."""
        self.fate = Fate.UNSURE

    def end(self) -> None:
        """The record is to go: at once, or when no hold is left."""
        self.fate = Fate.HELD if self.holds else Fate.GONE
        self.consents = dict.fromkeys(self.consents, False)
