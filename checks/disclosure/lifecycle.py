"""The lifecycle machine, about consent."""

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK
from idaudit.checks.probes.lifecycle.allowing import consent, take_back
from idaudit.checks.probes.lifecycle.enrolling import correct, end, enrol
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.further_guards import ConsentGuard
from idaudit.checks.probes.lifecycle.judging import judge
from idaudit.fixtures.targets.target import Operation


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
