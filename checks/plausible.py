"""
Whether an operation did what its name says, as far as one try can tell.

An adapter that has two operations exchanged would make verdicts about something
nobody asked. What is looked for here is only what no system can do that was
asked rightly: to answer without what it promises, to show a stranger for an
applicant, to change by being read. What a system should *not* do is for checks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.declared.gives import GIVES
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role, Target
from idaudit.threatmodel.errors import Inconclusive, SuiteError, TargetUnreachable

_TELLING = ("given_name", "surname", "street", "email", "phone")
_TRUTHS = ("valid", "found", "executed", "fired", "intact", "possible_duplicate")
_LISTS = (
    "entries",
    "notices",
    "hours",
    "released",
    "accounts",
    "breaches",
    "consents",
    "statistics",
    "proposals",
)
_MAPPINGS = ("openapi", "settings", "face")
_SHAPES: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(_TRUTHS, (bool, "true or false")),
    **dict.fromkeys(_LISTS, (Sequence, "a list")),
    **dict.fromkeys(_MAPPINGS, (Mapping, "a mapping")),
    "data": (bytes, "bytes"),
}
_MEND = "look whether the adapter has it exchanged with another operation"


class Plausible:
    """Doubts about what the operations of one target did to one applicant."""

    def __init__(
        self, target: Target, person: Callable[[], Applicant], ids: Mapping[str, str]
    ) -> None:
        """*person* is whoever the doctor is with, and *ids* what it was given about them."""
        self._target = target
        self._person = person
        self._ids = ids
        self._readable = False

    def doubt(self, operation: Operation, outcome: Outcome) -> str:
        """Return why an allowed *outcome* cannot be what *operation* says, "" where it can."""
        why = _misshapen(operation, outcome.fields)
        if not why and operation in self._looks:
            why = self._looks[operation](self, outcome)
        return f"{why}; {_MEND}" if why else ""

    def _read(self, outcome: Outcome) -> str:
        """A record is shown that is the applicant's, and is still there for the next reader."""
        if not isinstance(outcome.fields["record"], Mapping):
            return "answers with a record that is no mapping"
        if not self._shows(outcome.fields["record"]):
            return "shows a record in which nothing is the applicant's"
        again = self._read_again()
        if again is None or not again.allowed:
            return "was answered once and not a second time: reading must change nothing"
        self._readable = True
        return ""

    def _corrected(self, _: Outcome) -> str:
        if not self._readable:
            return ""
        again = self._read_again()
        gone = again is None or not again.allowed
        return "leaves a record that cannot be read any more" if gone else ""

    def _deleted(self, outcome: Outcome) -> str:
        """An end may echo the record; a request that only ever shows it is no end."""
        if not self._shows(outcome.fields) and not self._shows(_bodies(outcome)):
            return ""
        again = self._read_again() if self._readable else None
        if again is not None and not again.allowed:
            return ""
        return (
            "is answered as reading is, with the record itself, and ends nothing that can be seen"
        )

    def _restarted(self, _: Outcome) -> str:
        try:
            self._read_again()
        except TargetUnreachable as error:
            return f"leaves a system that does not answer ({error})"
        return ""

    def _read_again(self) -> Outcome | None:
        """Read the applicant's record once more, where that can be asked."""
        owner = Actor(Role.APPLICANT, self._person().index)
        if not self._target.offers(Operation.READ_RECORD) or "record" not in self._ids:
            return None
        try:
            return self._target.read_record(self._ids["record"], owner)
        except TargetUnreachable:
            raise
        except Inconclusive:
            return None

    def _shows(self, given: object) -> bool:
        """Whether anything in *given* is a value of the applicant's own."""
        person, text = self._person(), str(given).casefold()
        return any(str(getattr(person, name)).casefold() in text for name in _TELLING)

    _looks: Mapping[Operation, Callable[["Plausible", Outcome], str]] = {
        Operation.READ_RECORD: _read,
        Operation.CORRECT_RECORD: _corrected,
        Operation.DELETE_RECORD: _deleted,
        Operation.RESTART: _restarted,
    }


def _misshapen(operation: Operation, fields: Mapping[str, Any]) -> str:
    """Return which field is not there, or cannot be what it is called."""
    for name in GIVES.get(operation, ()):
        if fields.get(name) in (None, ""):
            return f"answers without {name!r}"
    for name, value in fields.items():
        kind, told = _SHAPES.get(name, (object, ""))
        if name in GIVES.get(operation, ()) and not isinstance(value, kind):
            return f"answers with {name!r} that is no {told.removeprefix('a ')}"
    return ""


def _bodies(outcome: Outcome) -> str:
    return " ".join(each.body.decode("utf-8", "replace") for each in outcome.exchanges)


def attempted(doubt: Callable[[], str]) -> str:
    """Return what *doubt* says; where looking itself fails, why it cannot be told."""
    try:
        return doubt()
    except SuiteError as error:
        return str(error)
