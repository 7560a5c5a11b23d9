"""Who lives at the addresses that are asked for, and everybody who asks."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from idaudit.checks.access.reach import HOUSE, PARTNER, State
from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, COMMISSIONER, PUBLIC, Case, File
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.probes.fuzz.asking import Asker, Seen, Voice
from idaudit.checks.probes.fuzz.described import Described
from idaudit.checks.retention.orders import hold
from idaudit.fixtures.targets.door import Door
from idaudit.fixtures.targets.target import Operation
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

_CALLED: Mapping[str, tuple[str, ...]] = {
    "application": ("applica", "case", "enrol"),
    "record": ("record", "person", "resident", "holder", "card", "profile", "identit"),
}


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
    if not ended.fields["deferred"]:
        raise Inconclusive("a record was ended under a hold at once, so that none is held")
    return Residents({State.HELD: file}, opened(case))


def voices(residents: Residents, door: Door) -> list[Voice]:
    """
    Return everybody who asks: each owner of a file, the house and the outside.

    The public asks after each of the owners, as whoever comes next to a machine does.
    """
    found = []
    for file in residents.everybody:
        found += [owner(file, door), Voice(PUBLIC, {})]
    for actor in (*HOUSE, COMMISSIONER, PARTNER):
        with suppress(NotOffered):  # not every system employs everybody
            found.append(Voice(actor, door.badge(actor)))
    return found


def owner(file: File, door: Door) -> Voice:
    """Return whose file it is, with what opens it."""
    return Voice(file.owner, door.badge(file.owner, file.record), file.applicant.index)


def outsiders(everybody: list[Voice], residents: Residents) -> list[Voice]:
    """Return those who have no business with any of the files."""
    strangers = (residents.stranger.owner, PUBLIC, PARTNER)
    return list({voice.actor: voice for voice in everybody if voice.actor in strangers}.values())


def names_of(operation: Described, file: File) -> Iterator[Mapping[str, str]]:
    """Return every way in which the path of *operation* can name *file*; none if it cannot."""
    kinds = {part: _kind(operation, part) for part in operation.parts}
    if "application" in kinds.values() or "record" in kinds.values():
        yield _filled(kinds, file, file.record)
    elif "" in kinds.values():
        yield _filled(kinds, file, file.record)
        yield _filled(kinds, file, file.application)


def _filled(kinds: Mapping[str, str | None], file: File, unknown: str) -> Mapping[str, str]:
    ids = {"application": file.application, "record": file.record, "": unknown}
    return {part: ids[kind] for part, kind in kinds.items() if kind is not None}


def _kind(operation: Described, part: str) -> str | None:
    """Return what *part* names, by its own name or by the word before it; "" if that is open."""
    before = operation.path.partition(f"/{{{part}}}")[0].rpartition("/")[2]
    for word in (part.lower(), before.lower()):
        for kind, called in _CALLED.items():
            if any(each in word for each in called):
                return kind
    others = {each.lower() for each in operation.parts} - {part.lower()}
    generic = part.lower() in {"id", "uuid", "key", "number", "ref"} and not others
    return "" if generic else None


def about(operation: Described) -> bool:
    """Whether the path of *operation* names somebody's file."""
    kinds = [_kind(operation, part) for part in operation.parts]
    return any(kind is not None for kind in kinds)


def asked_of_all(
    asker: Asker, operation: Described, everybody: list[Voice], files: list[File]
) -> Iterator[Seen]:
    """Let everybody ask *operation*, about each of *files* where its path names one."""
    named = [names for file in files for names in names_of(operation, file)] or [{}]
    for names in named:
        question = operation.question(names)
        for voice in everybody:
            yield asker.ask(operation.label, voice, question)
