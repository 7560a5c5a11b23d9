"""Two at once: an end against a hold, and ends against a restore."""

from datetime import timedelta
from functools import partial

from idaudit.checks.case import COUNSEL, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, must_release, proves_there
from idaudit.checks.probes.races.history import Runner, race
from idaudit.checks.probes.races.models import (
    COURT_LOOKS,
    ENDS,
    OWNER_LOOKS,
    Held,
    end_and_return,
    hold_and_end,
)
from idaudit.checks.probes.races.round import AT_ONCE, LATER, MUCH_LATER, SOON, Round
from idaudit.checks.retention.orders import court_order
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

STARTS = ((AT_ONCE, AT_ONCE), (AT_ONCE, SOON), (AT_ONCE, LATER), (SOON, AT_ONCE))
"""When the one act begins, and when the other."""

HOLDS = (*STARTS, *STARTS, (AT_ONCE, MUCH_LATER))
"""Twice over, and once for a machine so busy that an end takes long to come in."""

AT_ITS_HEELS = 2
"""How often an end is asked for the moment a hold has been answered."""

CONTROLS = "the controls"
A_DAY = timedelta(days=1)


@check(
    guarantee="bounded-hold",
    counters=("held-records-destroyed",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        Operation.READ_RECORD,
        Operation.DELETE_RECORD,
        Operation.PLACE_HOLD,
    ),
    tier=Tier.FULL,
)
def a_hold_and_an_end_at_once_come_one_after_the_other(case: Case) -> None:
    """Where a hold and the end of what it holds are asked for at once, one of them came first."""
    must_release(case, case.enrol())
    met = 0
    for number, (ends, holds) in enumerate(HOLDS):
        meeting = _Meeting(case, number)
        runners = Runner(meeting.end, ends), Runner(meeting.hold, holds)
        met += meeting.judged(*runners)
    for number in range(AT_ITS_HEELS):
        meeting = _Meeting(case, len(HOLDS) + number)
        met += meeting.judged(Runner(meeting.hold_then_end))
    if not met:
        raise Inconclusive("no hold and no end were both let through, so neither met the other")


class _Meeting:
    """One person's end, and a hold on them."""

    def __init__(self, case: Case, number: int) -> None:
        """Enrol somebody new."""
        self.turn, self.file = Round(case), case.enrol()
        case.must(case.target.read_record(self.file.record, self.file.owner))
        order = court_order(case, self.file.applicant, serial=number + 1)
        record = self.file.record
        self.hold = self.turn.does(COUNSEL, Operation.PLACE_HOLD, order)
        self.end = self.turn.does(
            self.file.owner, Operation.DELETE_RECORD, record, said=_waits_for_a_court
        )

    def hold_then_end(self) -> None:
        """Ask for the end the moment the hold is entered."""
        self.hold()
        self.end()

    def judged(self, *runners: Runner) -> bool:
        """Let them run while the owner reads, look, and judge; return whether both were let."""
        turn, file = self.turn, self.file
        race(*runners, meanwhile=[turn.reads(file)])
        turn.insist(Operation.PLACE_HOLD, self.hold)
        turn.insist(Operation.DELETE_RECORD, self.end)
        turn.log.seen(COUNSEL, COURT_LOOKS, proves_there(turn.case, file))
        told = "In no order of these could what is left have been left so by a hold that binds."
        turn.expect_lawful(hold_and_end, Held(), self._reason, told)
        return turn.was_done(Operation.PLACE_HOLD) and turn.was_done(Operation.DELETE_RECORD)

    def _reason(self) -> str:
        """Say what was wrong, once something is: destroyed under a hold, or kept without one."""
        return "kept-without-a-hold" if self.turn.log.entries[-1].said else "held-destroyed"


def _waits_for_a_court(ended: Outcome) -> object:
    return ended.fields.get("deferred")


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        Operation.READ_RECORD,
        Operation.DELETE_RECORD,
        Operation.BACKUP,
        Operation.RESTORE,
        Operation.ADVANCE_CLOCK,
    ),
    tier=Tier.FULL,
)
def what_ends_during_a_restore_does_not_come_back_with_it(case: Case) -> None:
    """What its owner or its term ends while a backup is being restored stays ended."""
    must_release(case, case.enrol())
    met = sum(_ended_while_restored(case, *starts) for starts in STARTS)
    if not met:
        raise Inconclusive("no restore and no end were both let through, so neither met the other")


def _ended_while_restored(case: Case, restores: float, ends: float) -> bool:
    by_owner, by_term = case.enrol(), case.apply()
    for file in (by_owner, by_term):
        case.must(case.target.read_record(file.record, file.owner))
    backup = str(case.must(case.target.backup()).fields["backup"])
    turn = Round(case)
    end = turn.does(by_owner.owner, Operation.DELETE_RECORD, by_owner.record)
    restore, wait = partial(turn.target.restore, backup), _until_closed(case)
    restore = partial(turn.log.ask, CONTROLS, Operation.RESTORE, restore)
    pass_by = partial(turn.log.ask, CONTROLS, ENDS, partial(turn.target.advance_clock, wait))
    race(
        Runner(restore, restores),
        Runner(end, ends),
        Runner(pass_by, ends),
        meanwhile=[turn.reads(by_owner), turn.reads(by_term)],
    )
    for act, again in (
        (Operation.DELETE_RECORD, end),
        (Operation.RESTORE, restore),
        (ENDS, pass_by),
    ):
        turn.insist(act, again)
    _expect_gone_for_good(turn, by_owner, (Operation.RESTORE, Operation.DELETE_RECORD))
    _expect_gone_for_good(turn, by_term, (Operation.RESTORE, ENDS))
    return turn.was_done(Operation.DELETE_RECORD) and turn.was_done(Operation.RESTORE)


def _until_closed(case: Case) -> timedelta:
    """Return after how long an application that nobody decides has to be gone."""
    terms = case.terms
    return timedelta(days=terms.pending_days, hours=terms.grace_hours) + A_DAY


def _expect_gone_for_good(turn: Round, file: File, acts: tuple[str, ...]) -> None:
    """Look whether the record that one of *acts* ended is back, for its owner or for a court."""
    case, others = turn.case, {Operation.RESTORE, Operation.DELETE_RECORD, ENDS} - set(acts)
    about = Round(case, turn.log.about(file.owner, CONTROLS))
    about.log.entries = [each for each in about.log.entries if each.act not in others]
    there = case.answered(case.target.read_record(file.record, file.owner)).allowed
    about.log.seen(file.owner, OWNER_LOOKS, there)
    about.log.seen(COUNSEL, COURT_LOOKS, proves_there(case, file))
    told = "It had been ended while the backup was being restored, and it is back."
    about.expect_lawful(end_and_return, True, "ended-record-back", told)  # noqa: FBT003  a state
