"""
One round: everybody asks for everything that is described, and each answer is kept.

Several promises are judged by the same answers, so a round is made once in a run
and read by every check of it. It is evidence of a target nobody else had used.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from idaudit.checks.access.naming import about, surely_about, told_by
from idaudit.checks.access.reach import State
from idaudit.checks.access.residents import (
    Residents,
    asked_of_all,
    held,
    outsiders,
    reaches,
    settled,
    voices,
)
from idaudit.checks.case import Case, File
from idaudit.checks.knocking import may_be_asked
from idaudit.checks.probes.fuzz.asking import Asker, Reader, Seen, Voice, asking
from idaudit.checks.probes.fuzz.described import Described, described
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Actor
from idaudit.threatmodel.errors import Inconclusive


@dataclass(frozen=True, slots=True)
class Street:
    """A target's door, who lives behind it, who asks, and what can be asked."""

    door: Door
    residents: Residents
    voices: list[Voice]
    operations: tuple[Described, ...]
    reader: Reader

    @classmethod
    def of(
        cls, case: Case, each: int = 1, living: Callable[[Case], Residents] = settled
    ) -> "Street":
        """Settle people in the target of *case*, and read its description."""
        door = case.target.door()
        may_be_asked(case.target, door)
        api = case.must(case.target.describe()).fields["openapi"]
        residents = living(case)
        people = [file.applicant for file in residents.everybody]
        reader = Reader(sweep_for(case.mint, people))
        asked = door.asks()
        found = described(api, each)
        paths = {one.path for one in found}
        operations = tuple(replace(one, told=told_by(one, asked, paths)) for one in found)
        return cls(door, residents, voices(residents, door), operations, reader)

    def reading(self) -> list[Described]:
        """Return the operations that change nothing, those about a file first."""
        safe = [each for each in self.operations if each.safe]
        return sorted(safe, key=lambda each: not about(each))

    def outsiders(self) -> list[Voice]:
        """Return those who have no business here."""
        return outsiders(self.voices, self.residents)

    def of_each(self, actors: Collection[Actor]) -> list[Voice]:
        """Return the voice of each of *actors* that the system knows, once."""
        found = {voice.actor: voice for voice in self.voices if voice.actor in actors}
        return list(found.values())

    def known(self) -> list[Described]:
        """
        Return the operations that are known to be about a file.

        Raises:
            Inconclusive: none is, by the adapter's requests or by its own words.

        """
        sure = [each for each in self.operations if surely_about(each, self.door.asks())]
        if not sure:
            raise Inconclusive("which described path is about a file cannot be told")
        return sure

    def voice(self, applicant: int) -> Voice:
        """
        Return who owns the file of *applicant*.

        Raises:
            Inconclusive: applicants have no way in of their own.

        """
        for voice in self.voices:
            if voice.own == applicant:
                return voice
        raise Inconclusive("applicants have no way in of their own: what owners see is not shown")

    def owners(self, *files: File) -> list[Voice]:
        """Return the owners of *files*, as far as they have a way in of their own."""
        indices = {file.applicant.index for file in files}
        return [voice for voice in self.voices if voice.own in indices]


@dataclass(frozen=True, slots=True)
class Round:
    """All that was asked and answered, and who lives there."""

    residents: Residents
    reader: Reader
    seen: list[Seen]


def once(case: Case, kind: str, make: Callable[[Case], Round]) -> Round:
    """Return the round of this *kind* in this sitting, made by *make* the first time."""
    made = case.learned.get(kind)
    if isinstance(made, Round):
        for file in made.residents.everybody:
            case.meet(file.applicant)  # an earlier check's people: ours tells of them too
    else:
        made = case.learned[kind] = make(case)
    case.target.tell("Everybody asks for all that is described, and each answer is read.")
    return made


def reading_round(case: Case) -> Round:
    """Return what everybody is answered who asks for everything that changes nothing."""
    return once(case, "reading", _read_everything)


def _read_everything(case: Case) -> Round:
    street = Street.of(case)
    with asking(street.door) as asker:
        seen = list(readings(asker, street))
        must_see_again(asker, street, must_have_seen(street, seen))
    return Round(street.residents, street.reader, seen)


def held_round(case: Case) -> Round:
    """Return what everybody is answered who asks about a record that is held."""
    return once(case, "held", _read_what_is_held)


def _read_what_is_held(case: Case) -> Round:
    street = Street.of(case, living=held)
    about_files = [each for each in street.reading() if about(each)]
    files = list(street.residents.files.values())
    with asking(street.door) as asker:
        seen = [
            each
            for operation in about_files
            for each in asked_of_all(asker, operation, street.voices, files)
        ]
    return Round(street.residents, street.reader, seen)


def readings(asker: Asker, street: Street) -> Iterator[Seen]:
    """Let everybody ask for everything that changes nothing."""
    files = list(street.residents.files.values())
    for operation in street.reading():
        yield from asked_of_all(asker, operation, street.voices, files)


def must_have_seen(street: Street, seen: list[Seen]) -> Seen:
    """
    Return an answer that tells an owner, or somebody for them, of the owner: a file is recognised.

    Raises:
        Inconclusive: no answer told an owner of themselves.

    """
    for each in seen:
        if _tells_an_owner(street, each):
            return each
    raise Inconclusive("no described operation shows an owner their own record: nothing is read")


def must_see_again(asker: Asker, street: Street, shown: Seen) -> None:
    """
    Ask once more, after everything, what an owner was *shown*: a system may have gone meanwhile.

    Raises:
        Inconclusive: it is shown no more.

    """
    again = asker.ask(shown.label, shown.voice, shown.question)
    if not _tells_an_owner(street, again):
        raise Inconclusive(
            f"{shown.label} told an owner of themselves at first, and was answered {again.status} "
            "once everything had been asked: what was answered in between shows nothing"
        )


def _tells_an_owner(street: Street, seen: Seen) -> bool:
    enrolled = street.residents.files[State.DECIDED].applicant.index
    rightly = seen.allowed and reaches(seen.voice, enrolled)
    return rightly and any(hit.applicant == enrolled for hit in street.reader.body(seen))
