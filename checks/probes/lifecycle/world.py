"""
One unused target, the model beside it, and everything that was done so far.

What a rule does is told; what a guard looks at is not: two narrators share the
target, and only one of their stories is printed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from idaudit.checks.case import CLERK, Case, File
from idaudit.checks.disclosure.desk import Released
from idaudit.checks.finding import Place
from idaudit.checks.probes.lifecycle.life import Fate, Life
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Target

Choice = int | str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: a rule, and to whom or which way."""

    rule: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation as it went: what a script has to do again."""

    operation: Operation
    arguments: dict[str, Any]
    outcome: Outcome


@dataclass(slots=True)
class Brought:
    """One paper at the disclosure desk, as the model has it."""

    disclosure: str
    slot: int
    by_a_court: bool
    agreed: bool = False  # by everybody whose agreement it takes
    fetched: bool = False
    released: Released = ()  # what the model's own fetching was handed


@dataclass(slots=True)
class Rulebook:
    """The settings, as the model has them."""

    holds: dict[str, object] = field(default_factory=dict)
    proposed: dict[str, tuple[str, object]] = field(default_factory=dict)
    """By name, a proposal that nobody has agreed to, and the value it proposes."""
    coming: list[tuple[datetime, str, object]] = field(default_factory=list)
    """What was agreed to and does not hold yet: from when, which setting, which value."""


class Violation(Exception):
    """A guard saw a promise broken."""

    def __init__(self, reason: str, sentence: str, place: Place | None = None) -> None:
        """Keep the parts apart, as a finding has them."""
        super().__init__(f"{reason}: {sentence}")
        self.reason, self.sentence, self.place = reason, sentence, place


class Declined(Exception):
    """The target refused a step, or failed at it; the model stays as it was."""


class Noted(Narrated):
    """A narrator who also keeps every operation for a script."""

    def __init__(self, inner: Target) -> None:
        """Begin with nothing done."""
        super().__init__(inner)
        self.deeds: list[Deed] = []

    def perform(self, operation: Operation, arguments: dict[str, Any]) -> Outcome:
        """Do it, tell it, and keep it."""
        outcome = super().perform(operation, arguments)
        self.deeds.append(Deed(operation, arguments, outcome))
        return outcome


class Aside(Case):
    """A case that asks for the date only after something was done that may have changed it."""

    _known: date | None = None

    @property
    def today(self) -> date:
        """The date by the target's own clock."""
        self._known = self._known or super().today
        return self._known

    def forget_the_date(self) -> None:
        """Ask again: the clock was moved, or the system came back."""
        self._known = None


class World:
    """The target and the model, step by step."""

    def __init__(self, target: Target, case: Case, cast: Sequence[Applicant]) -> None:
        """Nobody of *cast* has applied; *case* says by which programme all is judged."""
        sight = case.sight.on(target)
        self.told, self._untold = Noted(target), Noted(target)
        self.aside = Aside(self._untold, case.programme, case.mint, case.people, sight)
        self.aside.met = list(cast)
        self.cast = cast
        self.lives: dict[int, Life] = {}
        self.backups: list[str] = []
        self.drawing = True
        """Whether steps are being drawn: what is possible and idle is left out then."""
        self.order = ""
        self.asked: set[str] = set()
        """Who was asked to sign the order that waits, and who of them was let."""
        self.signed: set[str] = set()
        self.brought: list[Brought] = []
        self.rulebook = Rulebook()
        self.trace: list[Step] = []
        self.declined: Counter[str] = Counter()
        self.trials, self.controls = 0, 0

    # -- acting --------------------------------------------------------------------

    def act(self, operation: Operation, by: Actor, *arguments: Any, **more: Any) -> Outcome:  # noqa: ANN401  passed through unread
        """
        Do *operation* as *by*.

        Raises:
            Declined: it was not allowed.

        """
        return self._allowed(getattr(self.told, operation)(*arguments, by=by, **more))

    def control(self, operation: Operation, *arguments: Any) -> Outcome:  # noqa: ANN401  passed through unread
        """
        Do to the target what only its auditor may.

        Raises:
            Declined: it did not do so.

        """
        self.aside.forget_the_date()
        return self._allowed(getattr(self.told, operation)(*arguments))

    def _allowed(self, outcome: Outcome) -> Outcome:
        if not outcome.allowed:
            raise Declined(outcome.reason)
        return outcome

    def apply(self, slot: int) -> Life:
        """Let the person of *slot* apply at the counter and show their papers."""
        person = self.cast[slot]
        opened = self.act(Operation.OPEN_APPLICATION, CLERK, person).fields
        file = File(person, str(opened["application"]), str(opened["record"]))
        self.lives[slot] = Life(slot, file)
        for paper in person.documents:
            self.act(Operation.SUBMIT_DOCUMENT, CLERK, file.application, paper)
        return self.lives[slot]

    # -- asking the model ------------------------------------------------------------

    def slots(self, *fates: Fate) -> list[int]:
        """Return who has one of *fates*."""
        return sorted(slot for slot, life in self.lives.items() if life.fate in fates)

    @property
    def latest(self) -> str:
        """The rule that was played last."""
        return self.trace[-1].rule if self.trace else ""

    def times(self, rule: str) -> int:
        """How often *rule* has been played."""
        return sum(step.rule == rule for step in self.trace)

    # -- judging ---------------------------------------------------------------------

    def expect(
        self, condition: object, reason: str, sentence: str, place: Place | None = None
    ) -> None:
        """
        Count one trial.

        Raises:
            Violation: *condition* does not hold.

        """
        self.trials += 1
        if not condition:
            raise Violation(reason, sentence, place)

    def begin_to_look(self) -> None:
        """Forget what earlier looks asked: a script needs the one that saw it."""
        self._untold.deeds.clear()

    @property
    def looked(self) -> list[Deed]:
        """What the latest look asked."""
        return self._untold.deeds
