"""How the checks of an audit are dealt to its processes."""

import pytest

from idaudit.checks.catalogue import every_check
from idaudit.command.crew import dealt

CHECKS = every_check()


@pytest.mark.parametrize("most", [1, 12, 24])
def test_every_check_is_dealt_once_and_beside_those_of_its_module(most: int) -> None:
    """What one of them learned the others need not ask again."""
    hands = dealt(list(CHECKS), most)
    holds = {CHECKS[name].module: set() for name in CHECKS}
    for number, hand in enumerate(hands):
        for name in hand:
            holds[CHECKS[name].module].add(number)

    assert sorted(name for hand in hands for name in hand) == sorted(CHECKS)
    assert all(len(each) == 1 for each in holds.values())
    assert max(map(len, hands)) - min(map(len, hands)) <= 2


def test_a_few_checks_make_a_few_hands() -> None:
    """No process is started for nothing."""
    assert dealt(["no_form_asks_for_status"], 12) == [("no_form_asks_for_status",)]
