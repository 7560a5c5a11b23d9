"""The machine's rules about cards, papers, settings, appeals and terms show what they are for."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from idaudit.checks.probes.lifecycle.desk_guards import (
    CourtGuard,
    OnceGuard,
    RulebookGuard,
    TrailGuard,
)
from idaudit.checks.probes.lifecycle.disclosing import (
    agree_to,
    bring_look_alike,
    bring_warrant,
    fetch,
)
from idaudit.checks.probes.lifecycle.enrolling import apply, deny, enrol, live_on, move
from idaudit.checks.probes.lifecycle.failing import power_cut
from idaudit.checks.probes.lifecycle.further_guards import PaperGuard
from idaudit.checks.probes.lifecycle.guard import Guard
from idaudit.checks.probes.lifecycle.guards import KillGuard
from idaudit.checks.probes.lifecycle.holding import hold, lift
from idaudit.checks.probes.lifecycle.killing import order, sign
from idaudit.checks.probes.lifecycle.life import Fate
from idaudit.checks.probes.lifecycle.ruling import propose, second, wait_for_rule
from idaudit.checks.probes.lifecycle.script import script_of
from idaudit.checks.probes.lifecycle.showing import issue, show
from idaudit.checks.probes.lifecycle.term_guard import TermGuard
from idaudit.checks.probes.lifecycle.waiting import (
    apply_again,
    ask_for_records,
    let_fall_due,
    let_lapse,
)
from idaudit.checks.probes.lifecycle.world import Step
from idaudit.checks.redaction import redacted
from idaudit.fixtures.targets.nursery import Nursery

sys.path.insert(0, str(Path(__file__).parent))
from stages import OpenStage, stage_at

RULES = (
    *(enrol, apply, deny, apply_again, live_on, move, issue, show, hold, lift, power_cut),
    *(bring_warrant, bring_look_alike, agree_to, fetch, propose, second, wait_for_rule),
    *(ask_for_records, let_lapse, let_fall_due, order, sign),
)
PROFILE = "disclosure_profile"
OPENED = (Step("enrol", 0), Step("bring-warrant", 0), Step("agree-to", 0), Step("fetch", 0))
SHOWN: dict[str, tuple[type[Guard], str, tuple[Step, ...]]] = {
    "passes-corrections-on": (OnceGuard, "fetched-again", (*OPENED, Step("move", 0))),
    "follows-where-a-court-has-been": (CourtGuard, "released-on-look-alike", OPENED),
    "starts-on-the-factory-settings": (
        RulebookGuard,
        "other-rule-holds",
        (
            Step("enrol", 0),
            Step("propose", PROFILE),
            Step("second", PROFILE),
            Step("wait-for-rule", ""),
            Step("power-cut", ""),
        ),
    ),
    "watches-renewed-cards": (
        TrailGuard,
        "number-logged",
        (Step("enrol", 0), Step("live-on", 0), Step("show", 0)),
    ),
    "keeps-the-papers-of-an-appeal": (
        PaperGuard,
        "paper-kept",
        (Step("apply", 0), Step("deny", 0), Step("apply-again", 0)),
    ),
    "leaves-no-term-after-a-hold": (
        TermGuard,
        "outlives-its-term",
        (
            Step("enrol", 0),
            Step("issue", 0),
            Step("hold", 0),
            Step("lift", 0),
            Step("let-fall-due", ""),
        ),
    ),
    "spares-who-is-asked-for": (
        KillGuard,
        "readable-after-kill",
        (
            Step("enrol", 0),
            Step("ask-for-records", 0),
            Step("order", ""),
            Step("sign", "counsel 1"),
        ),
    ),
}
"""By defect: who sees it, for which reason, and after which steps."""


@pytest.fixture
def stage(defective_nursery: Nursery) -> OpenStage:
    """Return how to have a stage with these rules at a city, which may have a defect."""
    return partial(stage_at, defective_nursery, RULES)


@pytest.mark.parametrize("defect", SHOWN)
def test_a_few_steps_show_what_no_straight_line_does(stage: OpenStage, defect: str) -> None:
    """At the defective city, for its reason; at the honest one the same steps all go well."""
    guard, reason, trace = SHOWN[defect]
    with stage(defect, guard()) as bad, bad.world() as world:
        seen = bad.replay(trace, world)
        assert seen is not None
        assert seen.reason == reason
        assert len(world.trace) == len(trace)
        script = script_of(world, seen.reason, seen.sentence)
        # A city's name also stands in the name of a court.
        people = [replace(each, city="Nowhere", postcode="00000") for each in world.cast]
        assert redacted(script, people, bad.case.mint) == script
        compile(script, "replay.py", "exec")
    with stage(None, guard()) as good, good.world() as world:
        assert good.replay(trace, world) is None
        assert world.trials
        assert not world.declined


@pytest.mark.parametrize("defect", SHOWN)
def test_no_step_of_those_can_be_left_out(stage: OpenStage, defect: str) -> None:
    """Without its last step but one, say, the defective city keeps its word as well."""
    guard, _, trace = SHOWN[defect]
    shorter = trace[:-2] + trace[-1:]
    with stage(defect, guard()) as bad, bad.world() as world:
        assert bad.replay(shorter, world) is None


def test_an_agencys_paper_that_is_turned_away_changes_nothing_in_the_model(
    stage: OpenStage,
) -> None:
    """The honest desk declines it, and there is nothing to agree to."""
    trace = (Step("enrol", 0), Step("bring-look-alike", 0))
    with stage(None, CourtGuard()) as good, good.world() as world:
        assert good.replay(trace, world) is None
        assert not world.brought
        assert world.declined["bring-look-alike"] == 1


def test_what_nobody_decides_is_expected_to_go(stage: OpenStage) -> None:
    """After the time to decide the model has the record gone, and so has the honest city."""
    trace = (Step("apply", 0), Step("let-lapse", ""))
    with stage(None, TermGuard()) as good, good.world() as world:
        before = world.aside.today
        assert good.replay(trace, world) is None
        assert world.lives[0].fate is Fate.GONE
        assert world.lives[0].was_gone
        assert (world.aside.today - before).days > world.aside.terms.pending_days
        assert world.aside.today == world.aside.target.now().date()
