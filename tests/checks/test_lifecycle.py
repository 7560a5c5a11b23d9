"""The lifecycle machine: its stories are the shortest, and its scripts show them again."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from idaudit.checks.case import Case
from idaudit.checks.probes.lifecycle.enrolling import correct, end, enrol, live_on
from idaudit.checks.probes.lifecycle.failing import backup, power_cut, restore
from idaudit.checks.probes.lifecycle.guard import Guard
from idaudit.checks.probes.lifecycle.guards import HoldGuard, OwnRecordGuard, ReturnGuard
from idaudit.checks.probes.lifecycle.holding import hold, hold_again, lift
from idaudit.checks.probes.lifecycle.machine import Stage, Tally, explore
from idaudit.checks.probes.lifecycle.script import script_of
from idaudit.checks.probes.lifecycle.shortest import shortest
from idaudit.checks.probes.lifecycle.world import Step, Violation, World
from idaudit.checks.redaction import redacted
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.nursery import Nursery
from idaudit.fixtures.targets.reference import ReferenceTarget
from idaudit.fixtures.targets.replaying import secrets_of
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive
from idaudit.threatmodel.loader import load

sys.path.insert(0, str(Path(__file__).parent))
from stages import PROGRAMME, SEED, OpenStage, stage_at

RULES = (enrol, live_on, correct, end, hold, hold_again, lift, power_cut, backup, restore)
THAWED = (
    Step("enrol", 0),
    Step("backup", ""),
    Step("hold", 0),
    Step("end", 0),
    Step("restore", 0),
    Step("lift", 0),
)
"""The shortest story that shows the city that thaws what a restore reinstated."""
TOLD = {
    "thaws-restored-records": (THAWED, HoldGuard),
    "keeps-the-key-of-the-old-card": (
        (
            Step("enrol", 0),
            Step("backup", ""),
            Step("live-on", 0),
            Step("end", 0),
            Step("restore", 0),
        ),
        ReturnGuard,
    ),
    "corrects-renewed-records-in-memory": (
        (Step("enrol", 0), Step("live-on", 0), Step("correct", 0), Step("power-cut", "")),
        OwnRecordGuard,
    ),
}
"""The stories of docs/lifecycle.md."""


@pytest.fixture
def stage(defective_nursery: Nursery) -> OpenStage:
    """Return how to have a stage with these rules at a city, which may have a defect."""
    return partial(stage_at, defective_nursery, RULES)


def test_no_step_can_be_left_out_of_a_shortest_story() -> None:
    """Whatever idle steps surround it, what is needed remains, in its order."""
    needed = [Step("hold", 0), Step("end", 0), Step("lift", 0)]
    idle = [Step("power-cut", ""), Step("correct", 0), Step("backup", "")]
    padded = [step for each in needed for step in (*idle, each, *idle)]

    def fails(trace: Sequence[Step]) -> bool:
        rest = iter(trace)
        return all(each in rest for each in needed)

    assert list(shortest(padded, fails)) == needed


def test_two_steps_that_undo_each_other_are_left_out_together() -> None:
    """A second hold and its lifting, say: without one of them it is another story."""
    steps = [Step(name, 0) for name in ("enrol", "hold-again", "lift", "end")]

    def fails(trace: Sequence[Step]) -> bool:
        names = [step.rule for step in trace]
        balanced = ("hold-again" in names) == ("lift" in names)
        return balanced and {"enrol", "end"} <= set(names)

    assert shortest(steps, fails) == (Step("enrol", 0), Step("end", 0))


def test_a_story_about_somebody_else_becomes_one_about_the_first_person() -> None:
    """Nor does it matter which backup it is, unless it does."""
    trace = (Step("enrol", 1), Step("backup", ""), Step("end", 1), Step("restore", 1))

    assert shortest(trace, lambda each: len(each) == len(trace)) == (
        Step("enrol", 0),
        Step("backup", ""),
        Step("end", 0),
        Step("restore", 0),
    )


def test_a_rule_is_left_out_where_the_target_cannot_be_asked() -> None:
    """A target that offers nothing can be had for no rule."""
    assert not any(each.can_be_had(Target()) for each in RULES)


def test_a_target_that_cannot_be_had_anew_shows_nothing() -> None:
    """Every life needs a city of its own; a machine that met its own earlier lives would lie."""
    programme, mint = load().programmes[PROGRAMME], Mint(SEED)
    lasting = Narrated(Target())
    case = Case(lasting, programme, mint, Applicants(mint), Sight(lasting, mint))

    with (
        pytest.raises(Inconclusive, match="nobody has used"),
        Stage(case, [], RULES, Guard()).world(),
    ):
        pass


@pytest.mark.parametrize("defect", TOLD)
def test_the_stories_of_the_page_are_what_is_told(stage: OpenStage, defect: str) -> None:
    """At the defective city they end as the page says, word for word; at an honest one not."""
    trace, guard = TOLD[defect]
    with stage(defect, guard()) as bad, bad.world() as world:
        seen = bad.replay(trace, world)
        assert seen is not None
        page = Path("docs/lifecycle.md").read_text(encoding="utf-8")
        assert [each for each in (*world.told.story, seen.sentence) if each not in page] == []
    with stage(None, guard()) as good, good.world() as world:
        assert good.replay(trace, world) is None
        assert not world.declined


def test_the_machine_finds_what_no_straight_line_does(
    stage: OpenStage,
) -> None:
    """Drawn at random, some life shows it, and the same seed draws the same lives."""
    with stage("loses-the-hold-with-the-name", HoldGuard()) as bad:
        tally = explore(bad, 1, lives=20, steps=20)

    assert tally.failed is not None
    assert tally.failed.reason == "held-destroyed"
    assert tally.steps == sum(tally.fired.values())


def test_a_script_shows_it_again_without_the_suite(stage: OpenStage, tmp_path: Path) -> None:
    """With httpx alone, people it makes up itself, and the keys of the city it is pointed at."""
    with stage("thaws-restored-records", HoldGuard()) as bad, bad.world() as world:
        seen = bad.replay(THAWED, world)
        assert seen is not None
        script = script_of(world, seen.reason, seen.sentence)
        # A city's name also stands in the name of a court.
        people = [replace(each, city="Nowhere", postcode="00000") for each in world.cast]
        assert redacted(script, people, bad.case.mint) == script
        (tmp_path / "replay.py").write_text(script, encoding="utf-8")
        with bad.case.target.inner.unused() as another:
            assert _run(tmp_path, another) == 1
    with stage(None, HoldGuard()) as good, good.case.target.inner.unused() as honest:
        assert _run(tmp_path, honest) == 0


def _run(folder: Path, city: Target) -> int:
    """Run the script at *city*; return how it ended."""
    assert isinstance(city, ReferenceTarget)
    keys = folder / "secrets.json"
    keys.write_text(json.dumps(secrets_of(city.config)), encoding="utf-8")
    command = [sys.executable, "-I", str(folder / "replay.py"), city.url, str(keys)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    return done.returncode


@pytest.mark.parametrize("lawful", ["ends-nothing-under-a-hold", "corrects-nothing-under-a-hold"])
def test_a_lawful_city_is_not_accused(stage: OpenStage, lawful: str) -> None:
    """What such a city declines is counted, and nothing is held against it."""
    with stage(lawful, HoldGuard()) as odd, odd.world() as world:
        for each in (Step("enrol", 0), Step("hold", 0), Step("correct", 0), Step("end", 0)):
            odd.replay([each], world)
        assert odd.replay([Step("lift", 0)], world) is None
        assert sum(world.declined.values()) == 1


def test_a_run_that_saw_nothing_says_what_it_played() -> None:
    """Steps are the sum of what was played; nothing was, to begin with."""
    assert Tally().steps == 0
    assert isinstance(Violation("reason", "Sentence."), Exception)
    assert World.__doc__
