"""The kill switch fires while people enrol: whoever was in before it is gone after it."""

from collections.abc import Callable

from idaudit.checks.case import CLERK, COMMISSIONER, COUNSEL, COUNSEL_2, REVIEWER, Case, File
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.probes.races.history import Answered, Entry, Runner, race
from idaudit.checks.probes.races.models import COURT_LOOKS, FIRES, OWNER_LOOKS, end_and_return
from idaudit.checks.probes.races.round import AT_ONCE, LATER, SOON, Round, on
from idaudit.checks.retention.covered import Covered, covered_by_the_kill
from idaudit.checks.retention.switch import KILLING, wait
from idaudit.fixtures.targets.target import Actor, Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

FIRES_AFTER = (SOON, LATER, AT_ONCE)
"""How long after the start the last signature is given, in each round."""


@check(
    guarantee="kill-switch",
    counters=("kill-switch-breaks-off",),
    needs=(*KILLING, Operation.CORRECT_RECORD, Operation.SETTLE),
    tier=Tier.FULL,
)
def what_is_under_way_when_the_switch_fires_does_not_survive_it(case: Case) -> None:
    """A decision or a correction that the last signature overtakes brings nothing back."""
    _fires_meanwhile(case, FIRES_AFTER[0])
    if case.target.shared:
        return
    for after in FIRES_AFTER[1:]:
        with case.target.unused() as fresh:
            again = on(case, fresh)
            _fires_meanwhile(again, after)
            case.trials += again.trials


def _fires_meanwhile(case: Case, after: float) -> None:
    covered = covered_by_the_kill(case)
    deciding, correcting = case.apply(), case.enrol()
    order, last = _all_but_one_signature(case)
    turn = Round(case)
    fire = turn.does(last, Operation.SIGN_KILL, order, said=_whether_it_fired)
    race(
        *(Runner(each) for each in _under_way(turn, deciding, correcting)),
        Runner(fire, after),
        meanwhile=[turn.reads(correcting)],
    )
    turn.insist(Operation.SIGN_KILL, fire)
    _wait_for_it(turn)
    for file in (deciding, correcting):
        _expect_gone(turn, covered, file)


def _under_way(turn: Round, deciding: File, correcting: File) -> list[Callable[[], object]]:
    """Return a decision, a correction and a new application, to be overtaken."""
    owner, changes = correcting.owner, {"surname": "Example-Overtaken"}
    return [
        turn.does(REVIEWER, Operation.DECIDE, deciding.application, approve=True),
        turn.does(owner, Operation.CORRECT_RECORD, correcting.record, changes),
        turn.does(CLERK, Operation.OPEN_APPLICATION, turn.case.applicant()),
    ]


def _whether_it_fired(signed: Outcome) -> object:
    return signed.fields.get("executed")


def _all_but_one_signature(case: Case) -> tuple[str, Actor]:
    """
    Order the switch; return the order and who has to sign it now for it to fire.

    Raises:
        Inconclusive: it fired before, or fewer are let sign than it needs.

    """
    order = str(case.must(case.target.order_kill(COMMISSIONER)).fields["order"])
    signers, missing = [COUNSEL, COUNSEL_2], case.terms.kill_signatures - 1
    if not 1 <= missing <= len(signers):
        raise Inconclusive("no single signature is the last one under an order here")
    for signer in signers[: missing - 1]:
        if case.must(case.target.sign_kill(order, signer)).fields.get("executed"):
            raise Inconclusive("the switch fired before its last signature")
    return order, signers[missing - 1]


def _wait_for_it(turn: Round) -> None:
    """
    Let the time pass that the switch has, and write it down: it took effect before that was over.

    Raises:
        Inconclusive: the last signature fired nothing; another check says so.

    """
    signed = [each for each in turn.log.entries if each.act == Operation.SIGN_KILL]
    fired = [each for each in signed if each.answered is Answered.YES and each.said]
    if not fired:
        raise Inconclusive("the last signature under a kill order did not fire the switch")
    wait(turn.case)
    done = turn.log.moment()
    turn.log.note(Entry(fired[0].by, FIRES, fired[0].invoked, done, Answered.YES))


def _expect_gone(turn: Round, covered: Covered, file: File) -> None:
    """Look whether *file*, which was in before the switch fired, is there after it."""
    about = Round(turn.case, turn.log.about(file.owner, *_STAFF))
    about.log.entries = [each for each in about.log.entries if each.act in _TELLING]
    about.log.seen(file.owner, OWNER_LOOKS, covered.is_there(file))
    about.log.seen(COUNSEL, COURT_LOOKS, covered.exists(file))
    told = "It had been there before the last signature was given, and it is there after it."
    about.expect_lawful(end_and_return, True, "readable-after-kill", told)  # noqa: FBT003  a state


_STAFF = (REVIEWER, COUNSEL, COUNSEL_2, COMMISSIONER)
_TELLING = {Operation.DECIDE, Operation.CORRECT_RECORD, Operation.READ_RECORD, FIRES}
