"""The doctor doubts what cannot be the operation asked for, and nothing a system may do."""

from collections.abc import Mapping
from typing import Any

import pytest

from idaudit.checks.plausible import Plausible, attempted
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Actor, Answer, Exchange, Operation, Outcome, Target
from idaudit.threatmodel.errors import TargetUnreachable


class Register(Target):
    """One record, that may be there, gone, or out of reach."""

    def __init__(self, person: Applicant) -> None:
        """The record of *person* is there."""
        self.person = person
        self.there = True
        self.up = True

    def read_record(self, record: str, by: Actor) -> Outcome:  # noqa: ARG002  one record
        """Show it, where it is there."""
        if not self.up:
            raise TargetUnreachable("nobody answers")
        if not self.there:
            return Outcome(Answer.REFUSED, "gone")
        return shown(self.person)


def shown(person: Applicant) -> Outcome:
    """Return what reading the record of *person* answers."""
    return Outcome(Answer.ALLOWED, fields={"record": dict(person.record())})


@pytest.fixture
def register() -> Register:
    """Lend a register with one person in it."""
    return Register(Applicants(Mint(2)).next())


def doubting(register: Register) -> Plausible:
    """Return the doubts of a doctor who has read the record once."""
    plausible = Plausible(register, lambda: register.person, {"record": "1"})
    assert not plausible.doubt(Operation.READ_RECORD, shown(register.person))
    return plausible


@pytest.mark.parametrize(
    ("operation", "fields", "told"),
    [
        (Operation.OPEN_APPLICATION, {"application": "1"}, "answers without 'record'"),
        (Operation.BACKUP, {"backup": ""}, "answers without 'backup'"),
        (Operation.SEARCH, {"found": "yes"}, "answers with 'found' that is no true or false"),
        (Operation.READ_NOTICES, {"notices": {}}, "answers with 'notices' that is no list"),
        (Operation.VIEW_PHOTO, {"data": "text"}, "answers with 'data' that is no bytes"),
        (Operation.READ_RECORD, {"record": "1"}, "a record that is no mapping"),
        (Operation.READ_RECORD, {"record": {"a": 1}}, "in which nothing is the applicant's"),
    ],
)
def test_an_answer_without_what_it_promises_is_doubted(
    register: Register, operation: Operation, fields: Mapping[str, Any], told: str
) -> None:
    """Another operation's answer has another shape."""
    plausible = Plausible(register, lambda: register.person, {"record": "1"})
    why = plausible.doubt(operation, Outcome(Answer.ALLOWED, fields=fields))

    assert told in why
    assert why.endswith("has it exchanged with another operation")


def test_reading_that_cannot_be_repeated_is_doubted(register: Register) -> None:
    """What was called reading was an end."""
    plausible = Plausible(register, lambda: register.person, {"record": "1"})
    register.there = False

    assert "was answered once" in plausible.doubt(Operation.READ_RECORD, shown(register.person))


def test_an_end_that_shows_the_record_and_ends_nothing_is_doubted(register: Register) -> None:
    """It was a reading; one that echoes what it ends, and ends it, is an end."""
    plausible = doubting(register)
    body = str(register.person.record()).encode()
    echo = Exchange("DELETE", "/1", 200, {}, b"", {}, body)
    answered = Outcome(Answer.ALLOWED, exchanges=(echo,))

    assert "is answered as reading is" in plausible.doubt(Operation.DELETE_RECORD, answered)
    register.there = False
    assert not plausible.doubt(Operation.DELETE_RECORD, answered)


def test_a_record_that_outlives_its_end_is_left_to_the_checks(register: Register) -> None:
    """A system that says "done" and keeps all of it is broken, and not badly driven."""
    assert not doubting(register).doubt(Operation.DELETE_RECORD, Outcome(Answer.ALLOWED))


def test_a_correction_that_ends_the_record_is_doubted(register: Register) -> None:
    """Whether it corrected anything is for checks."""
    plausible = doubting(register)

    assert not plausible.doubt(Operation.CORRECT_RECORD, Outcome(Answer.ALLOWED))
    register.there = False
    assert "cannot be read any more" in plausible.doubt(
        Operation.CORRECT_RECORD, Outcome(Answer.ALLOWED)
    )


def test_a_restart_after_which_nobody_answers_is_doubted(register: Register) -> None:
    """It was a crash."""
    plausible = doubting(register)

    assert not plausible.doubt(Operation.RESTART, Outcome(Answer.ALLOWED))
    register.up = False
    assert "does not answer" in plausible.doubt(Operation.RESTART, Outcome(Answer.ALLOWED))
    assert attempted(
        lambda: plausible.doubt(Operation.CORRECT_RECORD, Outcome(Answer.ALLOWED))
    ) == ("nobody answers")
