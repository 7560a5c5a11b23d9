"""Checks and promises hold together."""

import pytest

from idaudit.checks.catalogue import Tier, check, every_check
from idaudit.threatmodel.loader import load


def test_every_promise_has_a_check_or_a_reason_for_having_none() -> None:
    """Never both, never neither: a lost check must not go unnoticed."""
    judged = {each.guarantee for each in every_check().values()}
    excused = {each.id for each in load().guarantees.values() if each.no_check_yet}

    assert judged | excused == set(load().guarantees)
    assert judged & excused == set()


def test_a_tier_includes_those_before_it() -> None:
    """A full run also asks what a gate asks, and never the other way."""
    assert Tier.FULL.includes(Tier.GATE)
    assert not Tier.GATE.includes(Tier.FULL)


def test_a_check_without_a_docstring_is_refused() -> None:
    """A check that says nothing about itself cannot be reported."""

    def a_silent_check() -> None: ...

    with pytest.raises(ValueError, match="a_silent_check"):
        check(guarantee="no-scan-kept")(a_silent_check)


def test_one_name_is_one_check() -> None:
    """Two checks that share a name would hide one another."""
    name = next(iter(every_check()))

    def twin() -> None:
        """Nothing."""

    twin.__name__ = name
    with pytest.raises(ValueError, match=name):
        check(guarantee="no-scan-kept")(twin)
