"""Who lives at the addresses that are asked for, and everybody who asks."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from idaudit.checks.access.naming import distinct, names_of
from idaudit.checks.access.reach import HOUSE, PARTNER, State
from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, COMMISSIONER, PUBLIC, Case, File
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.probes.fuzz.asking import Asker, Seen, Voice
from idaudit.checks.probes.fuzz.described import Described
from idaudit.checks.retention.orders import hold
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Operation, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

HOLDING = (*ENROLMENT, Operation.PLACE_HOLD, Operation.DELETE_RECORD, Operation.DESCRIBE)
SETTLING = (
    *ENROLMENT,
    Operation.ISSUE_CARD,
    Operation.READ_RECORD,
    Operation.DELETE_RECORD,
    Operation.DESCRIBE,
)
"""What it takes to have files in every state, and a description of what can be asked."""


@dataclass(frozen=True, slots=True)
class Residents:
    """Files in every state, and somebody with a file of their own who is a stranger to all."""

    files: Mapping[State, File]
    stranger: File

    @property
    def everybody(self) -> list[File]:
        """All of them, the stranger too."""
        return [*self.files.values(), self.stranger]

    def state_of(self, applicant: int | None) -> State | None:
        """Return how far the file of *applicant* has come; None for the stranger."""
        known = {file.applicant.index: state for state, file in self.files.items()}
        return known.get(applicant or 0)


def settled(case: Case) -> Residents:
    """Let people apply, be enrolled and leave."""
    with case.target.summed_up("Some apply, are enrolled, and end their records."):
        files = {
            State.DECIDING: case.apply(),
            State.DECIDED: case.enrol(),
            State.ENDED: case.enrol(),
        }
        if case.target.offers(Operation.ISSUE_CARD):
            case.must(case.target.issue_card(files[State.DECIDED].application, CLERK))
        ended = files[State.ENDED]
        case.must(case.target.read_record(ended.record, ended.owner))  # what it saw, it may keep
        case.must(case.target.delete_record(ended.record, ended.owner))
        stranger = opened(case)
    return Residents(files, stranger)


def held(case: Case) -> Residents:
    """Let somebody end their record while a court holds it."""
    file = case.enrol()
    hold(case, file)
    ended = case.must(case.target.delete_record(file.record, file.owner))
    if not ended.fields.get("deferred"):
        raise Inconclusive("a record was ended under a hold at once, so that none is held")
    return Residents({State.HELD: file}, opened(case))


def voices(residents: Residents, door: Door) -> list[Voice]:
    """
    Return everybody who asks: each owner of a file, the house and the outside.

    The public asks after each of the owners, as whoever comes next to a machine does.
    """
    found = []
    for file in residents.everybody:
        with suppress(NotOffered):  # not everywhere have applicants a way in of their own
            found.append(owner(file, door))
        found.append(Voice(PUBLIC, {}))
    for actor in (*HOUSE, COMMISSIONER, PARTNER):
        with suppress(NotOffered):  # not every system employs everybody
            found.append(Voice(actor, door.badge(actor), also=door.stands_for(actor)))
    return found


def owner(file: File, door: Door) -> Voice:
    """Return whose file it is, with what opens it."""
    return Voice(file.owner, door.badge(file.owner, file.record), file.applicant.index)


def outsiders(everybody: list[Voice], residents: Residents) -> list[Voice]:
    """Return those who have no business with any of the files, nor ask for whoever has."""
    strangers = (residents.stranger.owner, PUBLIC, PARTNER)
    out = {Role.APPLICANT, Role.PUBLIC, Role.PARTNER}
    known = [voice for voice in everybody if voice.actor in strangers and voice.roles <= out]
    return list({voice.actor: voice for voice in known if not _asks_for_owners(voice)}.values())


def _asks_for_owners(voice: Voice) -> bool:
    return Role.APPLICANT in voice.also


def reaches(voice: Voice, applicant: int, *may: Role) -> bool:
    """Whether *voice* may reach the file of *applicant*: their own, or in the stead of *may*."""
    return voice.own == applicant or _asks_for_owners(voice) or bool(voice.roles & {*may})


def asked_of_all(
    asker: Asker, operation: Described, everybody: list[Voice], files: list[File]
) -> Iterator[Seen]:
    """Let everybody ask *operation*, about each of *files* where its path names one."""
    named = [names for file in files for names in names_of(operation, file)] or [{}]
    for names in distinct(named):
        for question in operation.questions(names):
            for voice in everybody:
                yield asker.ask(operation.label, voice, question)
