"""The guards of papers, of consent, and of the ledger."""

import itertools

from idaudit.checks.accountability.diary import Diary, entries
from idaudit.checks.case import COUNSEL, PAPERS
from idaudit.checks.disclosure.desk import AT_THE_DESK, agree_and_collect, says_something
from idaudit.checks.finding import Place
from idaudit.checks.probes.lifecycle.allowing import RECIPIENT
from idaudit.checks.probes.lifecycle.guard import Guard, there, who
from idaudit.checks.probes.lifecycle.life import Life
from idaudit.checks.probes.lifecycle.world import World
from idaudit.checks.retention.covered import shows_a_paper
from idaudit.fixtures.targets.target import Operation


class PaperGuard(Guard):
    """Once an application is over, its papers are neither shown nor found, unless held."""

    needs = frozenset({Operation.VIEW_DOCUMENT})

    def look(self, world: World) -> None:
        """Let a reviewer look."""
        for life in world.lives.values():
            if not life.decided:
                life.was_shown |= shows_a_paper(world.aside, life.file)
        for life in self._over(world):
            told = f"The case is over, and a paper of {who(life)} is still shown."
            for file in filter(None, (life.file, life.former)):
                world.expect(not shows_a_paper(world.aside, file), "paper-shown", told)

    def look_closely(self, world: World) -> None:
        """Sweep every place where data rests."""
        self.look(world)
        for life in self._over(world):
            hits = world.aside.residue(life.file.applicant, PAPERS)
            told = f"The case is over, and a paper of {who(life)} lies in {{surface}}."
            surface, place = (hits[0].surface, Place.of(hits[0])) if hits else ("", None)
            world.expect(not hits, "paper-kept", told.format(surface=surface), place)

    def _over(self, world: World) -> list[Life]:
        return [
            life
            for life in world.lives.values()
            if life.decided and life.was_shown and not life.holds
        ]


class ConsentGuard(Guard):
    """A consent that was taken back, or whose giver's record has ended, releases nothing."""

    needs = frozenset({Operation.GIVE_CONSENT, Operation.REQUEST_BY_CONSENT, *AT_THE_DESK})

    def look(self, world: World) -> None:
        """Bring every consent that counts no more to the desk."""
        for life in world.lives.values():
            for consent, in_force in life.consents.items():
                if not in_force:
                    told = f"A consent that {who(life)} had taken back still releases their data."
                    world.expect(not self._releases(world, consent), "consent-back", told)

    def look_closely(self, world: World) -> None:
        """Show that a consent in force releases something, or nothing was shown."""
        self.look(world)
        in_force = [
            consent for life in there(world) for consent, good in life.consents.items() if good
        ]
        if in_force and self._releases(world, in_force[0]):
            world.controls += 1

    def _releases(self, world: World, consent: str) -> bool:
        asked = world.aside.target.request_by_consent(consent, RECIPIENT, COUNSEL)
        taken = world.aside.answered(asked)
        if not taken.allowed:
            return False
        return says_something(agree_and_collect(world.aside, str(taken.fields["disclosure"])))


class LedgerGuard(Guard):
    """Whatever is done is in the ledger for good."""

    needs = frozenset({Operation.READ_LEDGER})
    written = frozenset(
        {
            Operation.READ_RECORD,
            Operation.PLACE_HOLD,
            Operation.LIFT_HOLD,
            Operation.ORDER_KILL,
            Operation.SIGN_KILL,
            Operation.RUN_RETENTION,
            *AT_THE_DESK,
        }
    )

    def begin(self, world: World) -> None:
        """Note what the ledger says already."""
        self._diary, self._told = Diary(world.aside), 0

    def look(self, world: World) -> None:
        """Compare the ledger with what was done since the last look."""
        for deed in world.told.deeds[self._told :]:
            if deed.operation in self.written:
                self._diary.remember(deed.operation, deed.arguments["by"], deed.outcome)
        self._told = len(world.told.deeds)
        missing = self._diary.missing()
        _, act, outcome = missing[0] if missing else ("", "", "")
        told = f"No line of the ledger says: {act.replace('_', ' ')}, {outcome}."
        world.expect(not missing, "line-lost", told)

    def look_closely(self, world: World) -> None:
        """Follow the chain from its beginning."""
        self.look(world)
        lines = entries(world.aside)
        tied = all(
            after["previous"] == before["hash"] and after["seq"] == before["seq"] + 1
            for before, after in itertools.pairwise(lines)
        )
        world.expect(tied, "chain-broken", "A line of the ledger is tied to another one.")
