"""Two at once: an approval against an edit, and one approval against another."""

from collections.abc import Callable
from functools import partial

from idaudit.checks.case import COMMISSIONER, COUNSEL, COUNSEL_2, Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    must_bring,
    must_release,
    told_of,
    warrant_for,
)
from idaudit.checks.probes.races.history import Answered, Recorder, Runner, race
from idaudit.checks.probes.races.models import Asked, TwoPeople
from idaudit.checks.probes.races.round import AT_ONCE, LATER, SOON, Round
from idaudit.fixtures.targets.target import Actor, Operation, Outcome

NARROW, WIDE = ("street",), ("street", "email")
EDITED_AFTER = (SOON, LATER, AT_ONCE)
FIRST_TO_AGREE = ((), (COUNSEL_2,))
TWICE = 2


@check(
    guarantee="two-person-release",
    counters=("approval-moved-elsewhere", "one-official-signs-twice"),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.AMEND_DISCLOSURE),
    tier=Tier.FULL,
)
def an_approval_and_an_edit_at_once_come_one_after_the_other(case: Case) -> None:
    """Whatever arrives at the desk at once, two people agreed to what is released as it stands."""
    must_release(case, case.enrol())
    for first in FIRST_TO_AGREE:
        for after in EDITED_AFTER:
            _Request(case, first).meets_an_edit(after)
    for _ in range(TWICE):
        _Request(case, ()).is_approved_twice_by_one()
    must_release(case, case.enrol())


class _Request:
    """A request that one lawyer brought, to which *first* have agreed."""

    def __init__(self, case: Case, first: tuple[Actor, ...]) -> None:
        """Bring it, and let them agree."""
        self.turn, self.person = Round(case), case.enrol().applicant
        self.name = must_bring(case, warrant_for(case, self.person, fields=NARROW))
        for each in first:
            self.agrees(each)()

    def agrees(self, by: Actor) -> Callable[[], Outcome]:
        """Return how *by* approves."""
        return self.turn.does(by, Operation.APPROVE_DISCLOSURE, self.name)

    def meets_an_edit(self, after: float) -> None:
        """Widen it while the commissioner approves."""
        wider = warrant_for(self.turn.case, self.person, fields=WIDE)
        edit = self.turn.does(COUNSEL, Operation.AMEND_DISCLOSURE, self.name, wider, meant="wide")
        race(Runner(self.agrees(COMMISSIONER)), Runner(edit, after))
        self.expect_agreed_to()

    def is_approved_twice_by_one(self) -> None:
        """Let one and the same person approve twice, at one moment."""
        race(*(Runner(self.agrees(COMMISSIONER)) for _ in range(TWICE)))
        self.expect_agreed_to()

    def expect_agreed_to(self) -> None:
        """Collect, and expect that two people had agreed to just that."""
        turn = self.turn
        turn.does(COUNSEL, Operation.COLLECT_DISCLOSURE, self.name, said=self._how_wide)()
        told = "In no order of these had two people agreed to what was released."
        model = TwoPeople(turn.case.terms.release_approvals)
        turn.expect_lawful(model, Asked("narrow"), partial(_reason, turn.log), told)

    def _how_wide(self, collected: Outcome) -> object:
        told = told_of(collected.fields["released"], self.person)
        if not told & set(WIDE):
            return None
        return "wide" if "email" in told else "narrow"


def _reason(log: Recorder) -> str:
    """Say what was wrong: too few people in all, or enough of them for another text."""
    yes = [each for each in log.entries if each.answered is Answered.YES]
    agreed = {each.by for each in yes if each.act == Operation.APPROVE_DISCLOSURE}
    return "approval-reused" if len(agreed) > 1 else "too-few-agreed"
