"""Rules about settings: one is proposed, agreed to, and holds once its day has come."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from idaudit.checks.case import COMMISSIONER, COUNSEL
from idaudit.checks.probes.lifecycle.rule import rule
from idaudit.checks.probes.lifecycle.world import Choice, World
from idaudit.fixtures.targets.target import Operation

VALUES: Mapping[str, tuple[object, ...]] = {
    "release_approvals": (2, 3),
    "disclosure_profile": ("statute", "warrant-only"),
}
"""The rules of release, and how lax and how strict each may be."""
A_DAY = timedelta(days=1)


def changeable(world: World) -> list[Choice]:
    """Return the settings whose other value nobody has proposed yet."""
    busy = {*world.rulebook.proposed, *(name for _, name, _ in world.rulebook.coming)}
    return [name for name in VALUES if name in world.rulebook.holds and name not in busy]


def agreeable(world: World) -> list[Choice]:
    """Return the settings for which a change was proposed."""
    return sorted(world.rulebook.proposed)


def is_coming(world: World) -> list[Choice]:
    """Return the one way to wait, where a change is on its way."""
    return [""] if world.rulebook.coming else []


@rule(Operation.CHANGE_SETTING, choices=changeable)
def propose(world: World, name: Choice) -> None:
    """The commissioner proposes another value, stricter or laxer than it is."""
    lax, strict = VALUES[str(name)]
    value = lax if world.rulebook.holds[str(name)] == strict else strict
    proposed = world.act(Operation.CHANGE_SETTING, COMMISSIONER, str(name), value)
    world.rulebook.proposed[str(name)] = str(proposed.fields["proposal"]), value


@rule(Operation.APPROVE_SETTING, Operation.CHANGE_SETTING, choices=agreeable)
def second(world: World, name: Choice) -> None:
    """Counsel agrees; the change holds from the day that the system names."""
    proposal, value = world.rulebook.proposed[str(name)]
    agreed = world.act(Operation.APPROVE_SETTING, COUNSEL, proposal)
    del world.rulebook.proposed[str(name)]
    effective = datetime.fromisoformat(str(agreed.fields["effective"]))
    world.rulebook.coming.append((effective, str(name), value))


@rule(
    Operation.ADVANCE_CLOCK, Operation.APPROVE_SETTING, Operation.CHANGE_SETTING, choices=is_coming
)
def wait_for_rule(world: World, _: Choice) -> None:
    """The day after the next change has begun to hold."""
    effective = min(each[0] for each in world.rulebook.coming)
    with world.told.summed_up("Time passes until the change of a setting holds."):
        ahead = effective + A_DAY - world.aside.target.now()
        world.control(Operation.ADVANCE_CLOCK, max(ahead, A_DAY))
    now = world.aside.target.now()
    held = [each for each in world.rulebook.coming if each[0] <= now]
    world.rulebook.coming = [each for each in world.rulebook.coming if each[0] > now]
    world.rulebook.holds |= {name: value for _, name, value in held}
