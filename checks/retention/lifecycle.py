"""The lifecycle machine, about ends: kill switch, holds, papers, and what stays gone."""

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK
from idaudit.checks.probes.lifecycle.enrolling import (
    apply,
    approve,
    correct,
    deny,
    end,
    enrol,
    live_on,
    withdraw,
)
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.further_guards import PaperGuard
from idaudit.checks.probes.lifecycle.guards import HoldGuard, KillGuard, ReturnGuard
from idaudit.checks.probes.lifecycle.holding import hold, hold_again, lift
from idaudit.checks.probes.lifecycle.judging import judge
from idaudit.checks.probes.lifecycle.killing import order, sign
from idaudit.checks.probes.lifecycle.showing import issue
from idaudit.checks.probes.lifecycle.term_guard import TermGuard
from idaudit.checks.probes.lifecycle.waiting import (
    apply_again,
    ask_for_records,
    let_fall_due,
    let_lapse,
)
from idaudit.fixtures.targets.target import Operation

LIVING = (*ENROLMENT, Operation.READ_RECORD)


@check(
    guarantee="kill-switch",
    counters=("kill-switch-breaks-off", "request-stops-destruction"),
    needs=(*LIVING, *AT_THE_DESK, Operation.ORDER_KILL, Operation.SIGN_KILL),
    tier=Tier.FULL,
)
def whatever_happened_before_a_kill_leaves_nothing(case: Case) -> None:
    """However people enrolled, were held and asked for, a signed order leaves what is held."""
    rules = (enrol, apply, approve, ask_for_records, hold, lift, order, sign, power_cut)
    judge(case, rules, KillGuard(), lives=30, steps=12)


@check(
    guarantee="bounded-hold",
    counters=("hold-never-ends", "held-records-destroyed"),
    needs=(*LIVING, *AT_THE_DESK, Operation.PLACE_HOLD),
    tier=Tier.FULL,
)
def a_hold_binds_and_ends_whatever_else_happens(case: Case) -> None:
    """Whatever happens between, what a court holds exists, and what it held goes with the hold."""
    rules = (enrol, hold, hold_again, lift, end, correct, power_cut, backup, restore)
    judge(case, rules, HoldGuard(), lives=20, steps=20)


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back", "key-copy-survives"),
    needs=(*LIVING, *AT_THE_DESK),
    tier=Tier.FULL,
)
def nothing_that_was_gone_comes_back_in_any_order(case: Case) -> None:
    """A record seen to be gone, and a name seen corrected, stay so whatever is done next."""
    rules = (enrol, live_on, correct, end, power_cut, backup, restore)
    judge(case, rules, ReturnGuard(), lives=60, steps=10, people=1)


@check(
    guarantee="no-scan-kept",
    counters=("paper-outlives-decision",),
    needs=(*ENROLMENT, Operation.VIEW_DOCUMENT),
    tier=Tier.FULL,
    sees=True,
)
def no_paper_outlives_its_case_in_any_order(case: Case) -> None:
    """However a case ends, and whatever happened meanwhile, its papers are gone with it."""
    rules = (apply, approve, deny, withdraw, hold, lift, power_cut, backup, restore)
    judge(case, rules, PaperGuard(), lives=30, steps=12)


@check(
    guarantee="no-scan-kept",
    counters=("unfinished-file-kept",),
    needs=(*LIVING, Operation.VIEW_DOCUMENT),
    tier=Tier.FULL,
    sees=True,
)
def no_paper_of_an_appeal_outlives_it_in_any_order(case: Case) -> None:
    """Who was turned down and is heard again shows the papers twice; neither time are they kept."""
    rules = (apply, deny, withdraw, apply_again, power_cut, backup, restore)
    judge(case, rules, PaperGuard(), lives=12, steps=8, people=1)


@check(
    guarantee="retention-term",
    counters=("expired-card-kept-for-ever",),
    needs=(*LIVING, *AT_THE_DESK, Operation.ISSUE_CARD, Operation.ADVANCE_CLOCK),
    tier=Tier.FULL,
    sees=True,
)
def a_term_ends_whatever_happened_meanwhile(case: Case) -> None:
    """Held and let go, turned down and heard, asked for and corrected: in the end it is gone."""
    living = (apply, enrol, deny, approve, apply_again, issue, correct, hold, lift)
    rules = (*living, ask_for_records, let_lapse, let_fall_due, power_cut, backup, restore)
    judge(case, rules, TermGuard(), lives=30, steps=12)
