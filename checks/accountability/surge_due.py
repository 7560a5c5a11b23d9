"""While a crowd presses, what is due is destroyed, and the switch fires as it always does."""

from datetime import timedelta
from functools import partial

from idaudit.checks.case import COMMISSIONER, PAPERS, Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.rush import Ask, bustle, crowded, patiently
from idaudit.checks.retention.endings import must_be_shown, served
from idaudit.checks.retention.switch import KILLING, SIGNERS, taken_in, wait
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.threatmodel.errors import Inconclusive

HOLDERS, LEAVERS = 4, 4
SPELLS = 3
"""How often something falls due while the crowd presses."""


@check(
    guarantee="holds-under-surge",
    counters=("purge-starved-by-crowd",),
    needs=(
        *ENROLMENT,
        Operation.READ_RECORD,
        Operation.VIEW_DOCUMENT,
        Operation.ADVANCE_CLOCK,
    ),
    tier=Tier.FULL,
    sees=True,
)
def a_crowd_does_not_starve_what_is_due(case: Case) -> None:
    """Papers whose application closes while a crowd presses are gone, and shown to nobody."""
    target = crowded(case.target)
    unattended = timedelta(days=case.terms.pending_days, hours=case.terms.grace_hours)
    asks = _asks(case, target)
    for _ in range(SPELLS):
        file = case.apply()
        must_be_shown(case, file)
        with bustle(asks) as crowd:
            crowd.wait_for(len(asks))
            case.target.tell("A crowd reads its records, and the application's time runs out.")
            moved = patiently(partial(target.advance_clock, unattended))
            crowd.wait_for(len(asks))
        if not moved.allowed:
            raise Inconclusive("the clock could not be moved while a crowd pressed")
        told = "What nobody decided was to go while a crowd pressed, and its paper is still shown."
        case.expect(not served(case, file), "purge-starved", told)
    told = "What nobody decided was to go while a crowd pressed, and it lies in {surface}."
    case.expect_no_residue("purge-starved", told, fields=PAPERS)


@check(
    guarantee="holds-under-surge",
    counters=("purge-starved-by-crowd",),
    needs=(*KILLING, Operation.DELETE_RECORD),
    tier=Tier.FULL,
    sees=True,
)
def a_crowd_does_not_hold_up_destruction(case: Case) -> None:
    """Ended by its owner or by the kill switch while a crowd presses, a record is gone in time."""
    target = crowded(case.target)
    covered, files = taken_in(case, LEAVERS + 1)
    leavers, others = files[:LEAVERS], files[LEAVERS:]
    switched = case.programme.clauses["kill-switch"].applies
    asks = _asks(case, target)
    with bustle(asks) as crowd:
        crowd.wait_for(HOLDERS)
        case.target.tell("While a crowd reads its records, some end theirs.")
        ended = [patiently(partial(target.delete_record, e.record, e.owner)) for e in leavers]
        still = [patiently(partial(target.read_record, e.record, e.owner)) for e in leavers]
        if switched:
            case.target.tell("The kill switch is ordered, and signed by all who have to.")
            _fire(target)
        crowd.wait_for(HOLDERS)
    if not all(each.allowed for each in ended):
        raise Inconclusive("not everybody could end their record while a crowd pressed")
    wait(case)
    told = "It was ended in a crowd, and its owner still reads it."
    case.expect(not any(each.allowed for each in still), "end-held-up", told)
    gone = {file.applicant.index for file in leavers}
    left = [hit for hit in case.residue() if hit.applicant in gone]
    where = Place.of(left[0]) if left else None
    told = f"It was ended in a crowd, and {left[0].surface if left else ''} still holds it."
    case.expect(not left, "end-held-up", told, where)
    for file in others if switched else ():
        covered.expect_gone(file, "kill-held-up")


def _fire(target: Target) -> None:
    """
    Order the kill switch and have it signed until it fires.

    Raises:
        Inconclusive: too few of those who might sign are let.

    """
    ordered = patiently(partial(target.order_kill, COMMISSIONER))
    for signer in SIGNERS if ordered.allowed else ():
        signed = patiently(partial(target.sign_kill, str(ordered.fields["order"]), signer))
        if signed.fields.get("executed"):
            return
    raise Inconclusive("the kill switch did not say that it fired while a crowd pressed")


def _asks(case: Case, target: Target) -> list[Ask]:
    """Enrol those who will press, and return what each of them asks."""
    with case.target.summed_up("Some people have been enrolled."):
        files = [case.enrol() for _ in range(HOLDERS)]
    return [partial(target.read_record, file.record, file.owner) for file in files]
