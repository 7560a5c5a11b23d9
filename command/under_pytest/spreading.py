"""
Dealing the checks of an audit to the workers of pytest-xdist.

The checks of one module stay together, because what one of them found out may
serve the others; all checks of a system that cannot be had anew stay together,
because two at a time would be each other's noise. Every other test is dealt as
the session was told to deal it.
"""

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # ships no types
from xdist.scheduler import (  # type: ignore[import-untyped]  # ships no types
    LoadFileScheduling,
    LoadGroupScheduling,
    LoadScopeScheduling,
)

from idaudit.command.plan import Plan
from idaudit.command.under_pytest.nodes import ROOT
from idaudit.threatmodel.errors import UsageError

_AS_ASKED: dict[str, type[LoadScopeScheduling]] = {
    "loadscope": LoadScopeScheduling,
    "loadfile": LoadFileScheduling,
}


def dealer(config: pytest.Config, log: Producer, plan: Plan, *, anew: bool) -> LoadScopeScheduling:
    """
    Return what deals the tests of this session.

    Raises:
        UsageError: every worker would ask every check.

    """
    dist = config.getoption("dist")
    if dist == "each":
        raise UsageError("--dist each asks each check once for every worker; take --dist load")
    parent = _AS_ASKED.get(dist, LoadGroupScheduling)

    class Dealer(parent):  # type: ignore[misc, valid-type]  # which one is known only now
        """Keeps together what belongs together, and leaves the rest to its parent."""

        def _split_scope(self, nodeid: str) -> str:
            scope: str = _scope(nodeid, plan, anew=anew) or super()._split_scope(nodeid)
            return scope

    return Dealer(config, log)


def _scope(nodeid: str, plan: Plan, *, anew: bool) -> str:
    """Return the name of the hand a check is dealt in, "" for what is no check of ours."""
    root, _, rest = nodeid.partition("::")
    if root != ROOT:
        return ""
    name = rest.rpartition("::")[2].partition("@")[0]
    return plan.checks[name].module if anew else ROOT
