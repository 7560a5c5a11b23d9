"""From how many people on a breach is told to those who keep credit files."""

from collections.abc import Mapping
from typing import Any

import pytest

from idaudit.checks.case import AUDITOR, CLERK, COMMISSIONER, Case
from idaudit.checks.catalogue import check
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

THRESHOLD = 5_000
CITY_LAW = "ll151-2021"
"""Admin. Code §10-502(f) says five thousand or more; the state's law on firms, more than that."""


@check(
    guarantee="prompt-breach-notice",
    counters=("breach-clock-started-late",),
    needs=(Operation.REPORT_BREACH, Operation.READ_BREACHES, Operation.SEND_BREACH_NOTICE),
)
@pytest.mark.parametrize("people", [THRESHOLD, THRESHOLD + 1])
def a_breach_of_thousands_is_told_to_the_bureaus(case: Case, people: int) -> None:
    """
    From the number on that the law names, the breach is listed as one to tell the bureaus of.

    It leaked at a firm outside, which counted whom it has lost. What a programme's
    law leaves open is not asked; nobody is blamed for telling them of fewer.
    """
    reported = case.must(case.target.report_breach(CLERK, elsewhere=people)).fields
    if int(reported["affected"]) != people:
        raise Inconclusive("the system takes down no breach whose people were counted elsewhere")
    before = _listed(case, reported)
    case.must(case.target.send_breach_notice(str(reported["breach"]), COMMISSIONER))
    after = _listed(case, reported)
    owed = people > THRESHOLD or _by_the_city_s_law(case)
    if not owed:
        case.bound(f"Of {people} people this programme's law need not tell the bureaus.")
    sentence = f"{people} people are affected, and the list has no word of telling the bureaus."
    for listed in (before, after):
        case.expect(listed["tell_bureaus"] or not owed, "bureaus-not-told", sentence)


def _by_the_city_s_law(case: Case) -> bool:
    """Whether the programme answers for breaches under the city's own law, as it now stands."""
    source = case.programme.clauses["prompt-breach-notice"].source
    return source is not None and source.source.id == CITY_LAW


def _listed(case: Case, reported: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Return how the list has the breach that was *reported*.

    Raises:
        Inconclusive: the list does not say whether bureaus are told.

    """
    listed = case.must(case.target.read_breaches(AUDITOR)).fields["breaches"]
    known = [
        each for each in listed if each.get("breach", reported["breach"]) == reported["breach"]
    ]
    if len(known) != 1 or "tell_bureaus" not in known[0]:
        raise Inconclusive("the list of breaches does not say whether bureaus are to be told")
    return dict(known[0])
