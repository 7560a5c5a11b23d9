"""One round of a race: who acts, who looks on, and what has to explain it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from idaudit.checks.case import Case, File
from idaudit.checks.finding import Broken
from idaudit.checks.probes.races.history import Answered, Recorder
from idaudit.checks.probes.races.order import Step, explains
from idaudit.checks.probes.races.telling import tell
from idaudit.checks.probes.rush import crowded
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Target

State = TypeVar("State", bound=Hashable)

AT_ONCE, SOON, LATER, MUCH_LATER = 0.0, 0.02, 0.08, 0.3
"""Seconds after the start: whoever comes a little later finds the other one under way."""


def on(case: Case, fresh: Narrated) -> Case:
    """Return a case like *case* on a target of its own, with the same story."""
    sight = case.sight.on(fresh)
    return Case(fresh, case.programme, case.mint, case.people, sight)


@dataclass(slots=True)
class Round:
    """What is asked of one target at once, and written down."""

    case: Case
    log: Recorder = field(default_factory=Recorder)

    @property
    def target(self) -> Target:
        """What several threads may act through."""
        return crowded(self.case.target)

    def does(
        self,
        by: Actor,
        operation: Operation,
        *arguments: object,
        said: Callable[[Outcome], object] | None = None,
        meant: object = None,
        **more: object,
    ) -> Callable[[], Outcome]:
        """Return how *by* does *operation*, to be written down."""
        ask = partial(getattr(self.target, operation), *arguments, by=by, **more)
        return partial(self.log.ask, by, operation, ask, said, meant=meant)

    def reads(self, file: File) -> Callable[[], Outcome]:
        """Return how the owner of *file* reads."""
        return self.does(file.owner, Operation.READ_RECORD, file.record)

    def was_done(self, act: str) -> bool:
        """Whether *act* was answered with yes."""
        return any(each.act == act and each.answered is Answered.YES for each in self.log.entries)

    def insist(self, act: str, ask: Callable[[], Outcome]) -> None:
        """Ask again, now that all is calm, for what was not done yet: some systems say "later"."""
        if not self.was_done(act):
            ask()

    def expect_lawful(
        self, step: Step[State], begin: State, reason: str | Callable[[], str], sentence: str
    ) -> None:
        """
        Expect that some order explains everything, and tell it all if none does.

        Raises:
            Broken: none does.

        """
        self.case.trials += 1
        if explains(step, begin, self.log.entries):
            return
        tell(self.case, self.log.entries)
        raise Broken(reason if isinstance(reason, str) else reason(), sentence)
