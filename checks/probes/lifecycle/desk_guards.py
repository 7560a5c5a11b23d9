"""The guards of the disclosure desk, of its rules, and of what a shown card leaves."""

from collections.abc import Sequence

from idaudit.checks.case import PUBLIC
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    agree_and_collect,
    collect,
    proves_there,
    released_under,
    says_something,
)
from idaudit.checks.finding import Place
from idaudit.checks.probes.lifecycle.disclosing import agencys_paper
from idaudit.checks.probes.lifecycle.guard import Guard, who
from idaudit.checks.probes.lifecycle.life import Life
from idaudit.checks.probes.lifecycle.ruling import VALUES
from idaudit.checks.probes.lifecycle.world import Brought, World
from idaudit.fixtures.targets.target import Operation


class OnceGuard(Guard):
    """What was agreed to is handed out once, and nothing that was not agreed to."""

    needs = frozenset(AT_THE_DESK)

    def look(self, world: World) -> None:
        """Try to fetch what was fetched, and what nobody agreed to."""
        for brought in world.brought:
            person = who(world.lives[brought.slot])
            if brought.fetched:
                told = f"What was fetched of {person} can be fetched again."
                self._expect_nothing(world, brought, "fetched-again", told)
            elif not brought.agreed and world.lives[brought.slot].opened:
                told = f"Nobody has agreed to it, and the data of {person} is handed out."
                self._expect_nothing(world, brought, "too-few-agreed", told)

    def look_closely(self, world: World) -> None:
        """Let everybody agree once more to what was fetched."""
        self.look(world)
        for brought in world.brought:
            if brought.fetched:
                again = says_something(agree_and_collect(world.aside, brought.disclosure))
                told = f"What was fetched of {who(world.lives[brought.slot])} can be fetched again."
                world.expect(not again, "fetched-again", told)

    def _expect_nothing(self, world: World, brought: Brought, reason: str, told: str) -> None:
        said = says_something(collect(world.aside, brought.disclosure))
        world.expect(not said, reason, told)


class CourtGuard(Guard):
    """An agency's paper opens nothing, whatever a court's has opened before."""

    needs = frozenset(AT_THE_DESK)

    def look(self, world: World) -> None:
        """Look at what was handed out, and bring an agency's paper to whoever was opened."""
        for brought in world.brought:
            if not brought.by_a_court:
                self._expect_nothing(world, world.lives[brought.slot], brought.released)
        for slot in self._opened(world):
            released = released_under(world.aside, agencys_paper(world, slot))
            self._expect_nothing(world, world.lives[slot], released)

    def _opened(self, world: World) -> Sequence[int]:
        return [slot for slot, life in sorted(world.lives.items()) if life.opened]

    def _expect_nothing(self, world: World, life: Life, released: Sequence[object]) -> None:
        told = f"No judge has signed, and the data of {who(life)} is handed out."
        world.expect(not released, "released-on-look-alike", told)

    def look_closely(self, world: World) -> None:
        """See that a court's paper still opens what it did: a shut desk shows nothing."""
        self.look(world)
        for slot in self._opened(world):
            world.controls += proves_there(world.aside, world.lives[slot].file)


class RulebookGuard(Guard):
    """The rules of release are those that two people agreed to, from their day on."""

    needs = frozenset(
        {Operation.READ_SETTINGS, Operation.CHANGE_SETTING, Operation.APPROVE_SETTING}
    )

    def begin(self, world: World) -> None:
        """Read the rules as they are."""
        settings = self._settings(world)
        world.rulebook.holds = {name: settings[name] for name in VALUES if name in settings}

    def look(self, world: World) -> None:
        """Let the public read them."""
        settings = self._settings(world)
        for name, value in world.rulebook.holds.items():
            told = f"The setting {name.replace('_', ' ')} is not what it has to be by now."
            world.expect(settings.get(name) == value, "other-rule-holds", told)

    def _settings(self, world: World) -> dict[str, object]:
        read = world.aside.must(world.aside.target.read_settings(PUBLIC))
        return dict(read.fields["settings"])


class TrailGuard(Guard):
    """A card that was shown is nowhere written down for it."""

    needs = frozenset({Operation.VERIFY_CARD, Operation.ISSUE_CARD})

    def look(self, world: World) -> None:
        """Look for any card's number in what the latest showing left."""
        for life in world.lives.values():
            trail, life.trail = life.trail, None
            if trail is not None:
                bearing = [each for each in trail if life.number in each.text]
                place = Place(bearing[0].surface, bearing[0].place) if bearing else None
                told = f"The card of {who(life)} was shown, and its number is written down."
                world.expect(not bearing, "number-logged", told, place)
