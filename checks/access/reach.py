"""
Who may reach a file, in which state of it: what the checks of roles expect, as data.

The table is generous. It grants a role whatever some lawful programme could let it
do for a task under way, so that only what no task can explain is held against a
system; one that lets fewer people do less is never wrong. The commissioner is not
in it: the orders of 2014 left the whole database to a few high officials.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COUNSEL,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.canaries import Cohort
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import NotOffered

PARTNER = Actor(Role.PARTNER)
HOUSE = (CLERK, REVIEWER, COUNSEL, AUDITOR, ADMINISTRATOR)
OUTSIDE = (PARTNER, PUBLIC)


class State(StrEnum):
    """How far a file has come."""

    DECIDING = "being decided"
    DECIDED = "decided, and its card handed out"
    HELD = "ended, and held for a court"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Task:
    """Which roles may have something to do with a file by one operation, and why."""

    roles: Mapping[State, frozenset[Role]]
    because: str


_AT_WORK = frozenset({Role.CLERK, Role.REVIEWER})
_REVIEWER = frozenset({Role.REVIEWER})
_OPEN = {State.DECIDING: _AT_WORK}

TASKS: Mapping[Operation, Task] = {
    Operation.READ_RECORD: Task(
        _OPEN, "Whoever takes an application in or decides it reads it until it is decided."
    ),
    Operation.VIEW_DOCUMENT: Task(
        {**_OPEN, State.DECIDED: _REVIEWER, State.ENDED: _REVIEWER},
        "Papers are shown to be judged; where they are kept for a term, whoever judged them may.",
    ),
    Operation.CORRECT_RECORD: Task(
        _OPEN, "A slip of the pen is put right at the counter, while the applicant stands there."
    ),
    Operation.DELETE_RECORD: Task(
        _OPEN, "Until it is decided an application may be taken back through whoever has it."
    ),
    Operation.WITHDRAW: Task(_OPEN, "The same, under the name an application gives it."),
    Operation.DECIDE: Task(
        {State.DECIDING: _REVIEWER},
        "Whoever took an application in does not decide it, nor does anybody but a reviewer.",
    ),
    Operation.ISSUE_CARD: Task(
        {State.DECIDING: _AT_WORK, State.DECIDED: _AT_WORK},
        "A card says whose it is: it is handed out by who enrols, and by nobody else.",
    ),
    Operation.READ_NOTICES: Task({}, "Who asked for a record is its owner's to know."),
    Operation.READ_PROTECTED_ADDRESS: Task(
        _OPEN, "A hidden address is hidden from everybody who does not take it down."
    ),
    Operation.COLLECT_DISCLOSURE: Task(
        {State.DECIDED: frozenset({Role.COUNSEL})},
        "What a court obtains is handed out at the desk.",
    ),
    Operation.SEARCH: Task(
        {state: frozenset({*_AT_WORK, Role.COUNSEL}) for state in State},
        "Who is on the roster is asked by whoever works on a case, and for that case.",
    ),
}
"""Who may have a task, besides the owner and the commissioner; nobody else does."""


def strangers(operation: Operation, state: State, *also: Actor) -> Iterator[Actor]:
    """Return everybody, and *also* others, who has no business to do this to such a file."""
    may = TASKS[operation].roles.get(state, frozenset())
    return (actor for actor in (*HOUSE, *OUTSIDE, *also) if actor.role not in may)


def against(operation: Operation, sentence: str) -> str:
    """Return *sentence*, which says who did it, with why it is held against a system."""
    return f"{sentence} {TASKS[operation].because}"


def tried(case: Case, operation: Operation, actor: Actor, *arguments: object) -> Outcome | None:
    """Let *actor* try *operation*; None where the system employs nobody of that description."""
    try:
        return case.answered(getattr(case.target, operation)(*arguments, by=actor))
    except NotOffered:
        return None


class Eye:
    """Sees whether an answer says anything of somebody, in whatever form."""

    def __init__(self, case: Case, files: Iterable[File]) -> None:
        """Know the people of *files*."""
        self._sweep = sweep_for(case.mint, [file.applicant for file in files])

    def told(self, outcome: Outcome | None, to: Actor) -> bool:
        """Whether *outcome* tells *to* a value of anybody but themselves."""
        if outcome is None:
            return False
        own = to.number if to.role is Role.APPLICANT else None
        return any(
            hit.cohort is Cohort.SUBJECT and (hit.applicant is None or hit.applicant != own)
            for body in bodies(outcome)
            for hit in self._sweep.bytes(body, "answer")
        )


def bodies(outcome: Outcome) -> list[bytes]:
    """Return everything an answer says."""
    said = [bytes(value) for value in outcome.fields.values() if isinstance(value, bytes)]
    text = {name: each for name, each in outcome.fields.items() if not isinstance(each, bytes)}
    said.append(json.dumps(text, default=str, ensure_ascii=False).encode())
    said += [exchange.body for exchange in outcome.exchanges]
    return [body for body in dict.fromkeys(said) if len(body) > len(b"{}")]
