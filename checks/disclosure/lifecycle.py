"""The lifecycle machine, about consent, the disclosure desk and the rules it goes by."""

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK
from idaudit.checks.probes.lifecycle.allowing import consent, take_back
from idaudit.checks.probes.lifecycle.desk_guards import CourtGuard, OnceGuard, RulebookGuard
from idaudit.checks.probes.lifecycle.disclosing import (
    agree_to,
    bring_look_alike,
    bring_warrant,
    fetch,
)
from idaudit.checks.probes.lifecycle.enrolling import correct, end, enrol, move
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.further_guards import ConsentGuard
from idaudit.checks.probes.lifecycle.holding import hold, lift
from idaudit.checks.probes.lifecycle.judging import judge
from idaudit.checks.probes.lifecycle.ruling import propose, second, wait_for_rule
from idaudit.fixtures.targets.target import Operation

DESK = (*ENROLMENT, *AT_THE_DESK, Operation.READ_RECORD)
AROUND = (move, hold, lift, power_cut, backup, restore)
"""What happens to a record, and to the system, while papers about it are at the desk."""


@check(
    guarantee="own-consent",
    counters=("withdrawn-consent-used",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        Operation.READ_RECORD,
        Operation.GIVE_CONSENT,
        Operation.WITHDRAW_CONSENT,
        Operation.REQUEST_BY_CONSENT,
    ),
    tier=Tier.FULL,
)
def a_consent_taken_back_releases_nothing_in_any_order(case: Case) -> None:
    """A consent that was taken back, or whose giver's record has ended, never counts again."""
    rules = (enrol, consent, take_back, correct, end, power_cut, backup, restore)
    judge(case, rules, ConsentGuard(), lives=30, steps=10, people=1)


@check(
    guarantee="named-scope",
    counters=("release-fetched-again",),
    needs=DESK,
    tier=Tier.FULL,
)
def what_was_fetched_is_not_fetched_again_in_any_order(case: Case) -> None:
    """A court's paper opens a record once, and nothing that happens later opens it again."""
    rules = (enrol, bring_warrant, agree_to, fetch, *AROUND)
    judge(case, rules, OnceGuard(), lives=30, steps=14, people=1)


@check(
    guarantee="court-only",
    counters=("administrative-warrant-obeyed",),
    needs=DESK,
    tier=Tier.FULL,
)
def an_agencys_paper_opens_nothing_in_any_order(case: Case) -> None:
    """However often a court has opened a record, an agency's own paper does not."""
    rules = (enrol, bring_warrant, bring_look_alike, agree_to, fetch, *AROUND)
    judge(case, rules, CourtGuard(), lives=20, steps=12, people=1)


@check(
    guarantee="closed-list",
    counters=("approval-rules-rewritten",),
    needs=(
        *ENROLMENT,
        Operation.READ_RECORD,
        Operation.CHANGE_SETTING,
        Operation.APPROVE_SETTING,
        Operation.READ_SETTINGS,
        Operation.ADVANCE_CLOCK,
    ),
    tier=Tier.FULL,
)
def the_rules_of_release_stay_as_agreed_in_any_order(case: Case) -> None:
    """What two people agreed to holds from its day on, through power cuts and restores."""
    rules = (enrol, propose, second, wait_for_rule, power_cut, backup, restore)
    judge(case, rules, RulebookGuard(), lives=20, steps=10, people=1)
