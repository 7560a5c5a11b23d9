"""The lifecycle machine, about one's own record and the ledger."""

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.probes.lifecycle.enrolling import card, correct, end, enrol, renew
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.further_guards import LedgerGuard
from idaudit.checks.probes.lifecycle.guards import OwnRecordGuard
from idaudit.checks.probes.lifecycle.holding import hold, lift
from idaudit.checks.probes.lifecycle.judging import judge
from idaudit.checks.probes.lifecycle.killing import order, sign
from idaudit.checks.probes.lifecycle.looking import look_as_clerk, look_as_owner
from idaudit.fixtures.targets.target import Operation

LIVING = (*ENROLMENT, Operation.READ_RECORD)


@check(
    guarantee="own-record-rights",
    counters=("own-request-unanswered",),
    needs=LIVING,
    tier=Tier.FULL,
)
def an_owner_reads_what_they_put_right_in_any_order(case: Case) -> None:
    """Whatever else happens, a record says what its owner put right, and answers until its end."""
    rules = (enrol, card, renew, correct, end, hold, lift, power_cut)
    judge(case, rules, OwnRecordGuard(), lives=30, steps=10, people=1)


@check(
    guarantee="complete-ledger",
    counters=("line-lost-in-a-crash",),
    needs=(*LIVING, Operation.READ_LEDGER),
    tier=Tier.FULL,
)
def the_ledger_keeps_every_line_in_any_order(case: Case) -> None:
    """Looks, refusals and uses of power stay written down through crashes and restores."""
    rules = (
        enrol,
        look_as_clerk,
        look_as_owner,
        hold,
        lift,
        order,
        sign,
        power_cut,
        backup,
        restore,
    )
    judge(case, rules, LedgerGuard(), lives=16, steps=18)
