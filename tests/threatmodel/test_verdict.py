"""The order of verdicts, and what a suggestion suggests."""

from itertools import permutations

import pytest

from idaudit.threatmodel.errors import did_you_mean
from idaudit.threatmodel.verdict import Outcome, Verdict, worst_outcome, worst_verdict


def test_one_broken_promise_outweighs_any_company() -> None:
    """A violation is never averaged away, wherever it stands in the list."""
    for order in permutations([Verdict.KEPT, Verdict.BROKEN, Verdict.NOT_SHOWN]):
        assert worst_verdict(order) is Verdict.BROKEN


@pytest.mark.parametrize("better", [v for v in Verdict if v is not Verdict.BROKEN])
def test_a_blind_spot_never_hides_behind_success(better: Verdict) -> None:
    """What was not shown outweighs all but a broken promise."""
    assert worst_verdict([better, Verdict.NOT_SHOWN]) is Verdict.NOT_SHOWN


def test_nothing_judged_is_nothing_shown() -> None:
    """No verdicts at all are no reason to call a promise kept."""
    assert worst_verdict([]) is Verdict.NOT_SHOWN
    assert worst_outcome([]) is Outcome.INCONCLUSIVE


def test_a_failed_check_outweighs_a_crashed_one() -> None:
    """An error elsewhere does not excuse a violation that was seen."""
    assert worst_outcome([Outcome.PASS, Outcome.ERROR, Outcome.FAIL]) is Outcome.FAIL
    assert worst_outcome([Outcome.PASS, Outcome.ERROR]) is Outcome.ERROR


def test_a_suggestion_needs_a_likeness() -> None:
    """A guess that is far off is worse than none."""
    assert did_you_mean("kill-swich", ["kill-switch", "own-gender"]).endswith("'kill-switch'?")
    assert did_you_mean("xyz", ["kill-switch", "own-gender"]) == ""
