"""
What is looked at after a step, and once more at the end of a life.

A guard judges one guarantee, and only what it has seen otherwise before: the
absence of a record that nobody ever read proves nothing.
"""

from idaudit.checks.disclosure.desk import proves_there
from idaudit.checks.probes.lifecycle.life import Fate, Life
from idaudit.checks.probes.lifecycle.world import Step, World
from idaudit.fixtures.targets.target import Operation, Outcome


class Guard:
    """Expects nothing; a guard of a guarantee overrides what it looks at."""

    needs: frozenset[Operation] = frozenset()
    """What it looks with."""

    def begin(self, world: World) -> None:
        """Look at *world* before anything happens."""

    def look(self, world: World) -> None:
        """Look quickly, through the front door."""

    def look_closely(self, world: World) -> None:
        """Look at everything, at the end of a life."""
        self.look(world)

    def after(self, world: World, step: Step) -> None:
        """Begin to look, as *step* was the latest."""
        del step
        world.begin_to_look()
        self.look(world)


def reads(world: World, life: Life) -> Outcome:
    """Let the owner read."""
    file = life.file
    return world.aside.answered(world.aside.target.read_record(file.record, file.owner))


def court_gets(world: World, life: Life) -> bool:
    """Whether a judge's warrant opens the record, by any name the person ever had."""
    file = life.file
    asked = (type(file)(person, file.application, file.record) for person in life.names)
    return any(proves_there(world.aside, each) for each in asked)


def who(life: Life) -> str:
    """Name the person of *life* in a sentence."""
    return f"applicant {life.file.applicant.index}"


def expect_gone(world: World, life: Life, reason: str, why: str, *, court: bool) -> None:
    """Expect that neither the owner nor, where asked, a *court* gets the record of *life*."""
    if not life.was_read:
        return
    told = f"{why}, and the record of {who(life)} can still be read."
    world.expect(not reads(world, life).allowed, reason, told)
    if court:
        told = f"{why}, and a court's paper still opens the record of {who(life)}."
        world.expect(not court_gets(world, life), reason, told)
    life.was_gone = True


def expect_kept(world: World, life: Life) -> None:
    """Expect that a court still gets what its order had preserved."""
    told = f"What a court had ordered to be preserved of {who(life)} is destroyed."
    world.expect(court_gets(world, life), "held-destroyed", told)


def gone(world: World) -> list[Life]:
    """Return everybody whose record has to be gone."""
    return [life for life in world.lives.values() if life.fate is Fate.GONE]


def kept(world: World) -> list[Life]:
    """Return everybody whose record is kept for a court alone."""
    return [life for life in world.lives.values() if life.fate is Fate.HELD]


def there(world: World) -> list[Life]:
    """Return everybody who has to be able to read their record."""
    return [life for life in world.lives.values() if life.fate is Fate.THERE]
