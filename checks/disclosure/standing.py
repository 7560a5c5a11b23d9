"""People who stand to the programme in every way there is, alike in all else."""

import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from idaudit.checks.case import COUNSEL, Case, File
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.collection.hiding import hide
from idaudit.checks.collection.traces import answer_features
from idaudit.checks.probes.twins import Features, tells
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import preservation_order
from idaudit.fixtures.targets.target import Operation, Outcome

EACH = 7
"""People of a standing: as few as tell a mark that shows in seventeen places at once from luck."""

TO_STAND = (
    *ENROLMENT,
    Operation.DELETE_RECORD,
    Operation.PLACE_HOLD,
    Operation.PROTECT_ADDRESS,
)
"""What it takes to have people of every standing."""


ALPHA = 0.05
"""An answer that tells does so in twenty ways at once; see :func:`expect_untold` for luck."""


class Standing(StrEnum):
    """How somebody stands to the programme."""

    NEVER = "never heard of"
    APPLYING = "being decided"
    ENROLLED = "a cardholder"
    PROTECTED = "a cardholder whose address is protected"
    ENDED = "no cardholder any more"
    HELD = "held for a court, having ended their record or asked for that"


Ask = Callable[[Applicant], Sequence[Outcome]]
"""Asks about one person, in one way."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some people of each standing, whose names are of one length."""

    people: Mapping[Standing, Sequence[Applicant]]
    files: Mapping[Standing, Sequence[File]]

    @classmethod
    def gathered(cls, case: Case, *standings: Standing) -> "Crowd":
        """Let people of these *standings* be, and of none."""
        first = case.applicant(gender=None, size=4_000)
        people = {each: [_another(case, first) for _ in range(EACH)] for each in standings}
        people[Standing.NEVER] = [_another(case, first) for _ in range(EACH)]
        files = {
            standing: [_BROUGHT[standing](case, person) for person in those]
            for standing, those in people.items()
            if standing in _BROUGHT
        }
        return cls(people, files)

    def told(self, ask: Ask, chance: random.Random) -> Mapping[Standing, frozenset[str]]:
        """
        Return which features of the answers to *ask* tell each standing from none.

        Everybody is asked about once, the standings in turn and in an order drawn by lot.
        """
        seen: dict[Standing, list[Features]] = {standing: [] for standing in self.people}
        for number in range(EACH):
            for standing in chance.sample(list(self.people), len(self.people)):
                seen[standing].append(_features(ask(self.people[standing][number])))
        return {
            standing: frozenset(tell.feature for tell in tells(those, seen[Standing.NEVER], ALPHA))
            for standing, those in seen.items()
            if standing is not Standing.NEVER
        }


Question = Callable[[Case, Crowd, random.Random], Ask]
"""Prepares a way to ask about the people of a crowd."""


def expect_untold(case: Case, crowd: Crowd, question: Question, reason: str, sentence: str) -> None:
    """
    Expect that no answer to *question* tells any standing; *sentence* names it and ``{where}``.

    What seems to tell is asked of other people again before anybody is accused.
    """
    chance = random.Random(case.mint.key(reason))  # noqa: S311  an order, no secret
    for standing, seems in crowd.told(question(case, crowd, chance), chance).items():
        told = seems
        if seems:
            others = Crowd.gathered(case, standing)
            told = seems & others.told(question(case, others, chance), chance)[standing]
        where = min(told, default="")
        case.expect(not told, reason, sentence.format(standing=standing, where=where))


def _features(outcomes: Sequence[Outcome]) -> Features:
    """Describe answers as twins are compared by, and every value in a list as well."""
    found = dict(answer_features(outcomes))
    for number, outcome in enumerate(outcomes, start=1):
        found |= _leaves(f"value {number}", dict(outcome.fields))
    return found


def _leaves(name: str, value: object) -> dict[str, Hashable]:
    """Return the values within *value*, each by where it stands."""
    match value:
        case Mapping():
            inner = [_leaves(f"{name}.{key}", each) for key, each in value.items()]
        case list() | tuple():
            inner = [_leaves(f"{name}.{place}", each) for place, each in enumerate(value)]
        case str() | int() | float() | None:
            return {name: value}
        case _:
            return {}
    return {key: leaf for each in inner for key, leaf in each.items()}


def _another(case: Case, like: Applicant) -> Applicant:
    return case.meet(case.people.twin(like, apart=True))


def _protected(case: Case, person: Applicant) -> File:
    file = case.enrol(person)
    hide(case, file)
    return file


def _ended(case: Case, person: Applicant) -> File:
    file = case.enrol(person)
    case.must(case.target.delete_record(file.record, file.owner))
    return file


def _held(case: Case, person: Applicant) -> File:
    file = case.enrol(person)
    order = preservation_order(person.named(), fields=("street",), today=case.today)
    case.must(case.target.place_hold(order, COUNSEL))
    case.answered(case.target.delete_record(file.record, file.owner))  # it may have to wait
    return file


_BROUGHT: Mapping[Standing, Callable[[Case, Applicant], File]] = {
    Standing.APPLYING: Case.apply,
    Standing.ENROLLED: Case.enrol,
    Standing.PROTECTED: _protected,
    Standing.ENDED: _ended,
    Standing.HELD: _held,
}
