"""The lifecycle machine, about cards that are shown."""

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.probes.holdings import prove_sight
from idaudit.checks.probes.lifecycle.desk_guards import TrailGuard
from idaudit.checks.probes.lifecycle.enrolling import correct, enrol, live_on
from idaudit.checks.probes.lifecycle.failing import power_cut
from idaudit.checks.probes.lifecycle.judging import judge
from idaudit.checks.probes.lifecycle.showing import issue, show
from idaudit.fixtures.targets.target import Operation


@check(
    guarantee="no-use-trail",
    counters=("city-learns-of-visits",),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.ISSUE_CARD, Operation.VERIFY_CARD),
    tier=Tier.FULL,
    sees=True,
)
def a_card_that_is_shown_is_written_down_in_no_order(case: Case) -> None:
    """New, renewed or corrected, before a power cut or after: no showing leaves the number."""
    prove_sight(case.sight)
    rules = (enrol, issue, live_on, correct, show, power_cut)
    judge(case, rules, TrailGuard(), lives=12, steps=8, people=1)
