"""The guards of ends: kill switch, holds, what stays gone, and one's own record."""

from idaudit.checks.disclosure.desk import AT_THE_DESK
from idaudit.checks.probes.lifecycle.guard import (
    Guard,
    expect_gone,
    expect_kept,
    gone,
    kept,
    reads,
    there,
    who,
)
from idaudit.checks.probes.lifecycle.killing import SIGNERS
from idaudit.checks.probes.lifecycle.life import Fate, Life
from idaudit.checks.probes.lifecycle.world import Step, World
from idaudit.checks.retention.covered import shows_a_paper
from idaudit.fixtures.targets.target import Operation

READING = frozenset({Operation.READ_RECORD})
COURTS = READING | frozenset(AT_THE_DESK)


class KillGuard(Guard):
    """An order that is signed leaves nothing; one that is not, everything."""

    needs = COURTS | {Operation.ORDER_KILL, Operation.SIGN_KILL}

    def look(self, world: World) -> None:
        """Look whether it has fired where it had to, and nowhere else."""
        enough = 1 + len(world.signed) >= world.aside.terms.kill_signatures
        waits = world.order and enough and world.asked >= set(SIGNERS)
        told = "Everybody who may sign has signed, and the switch has not fired."
        world.expect(not waits, "order-waits", told)
        for life in gone(world):
            expect_gone(world, life, "readable-after-kill", "The switch has fired", court=False)
        if world.aside.terms.kill_scope != "records":
            self._expect_no_papers(world)
        if not world.signed:
            self._expect_nobody_gone(world)

    def look_closely(self, world: World) -> None:
        """Ask a court for what is held, and for what must be gone."""
        self.look(world)
        for life in gone(world):
            expect_gone(world, life, "readable-after-kill", "The switch has fired", court=True)
        for life in kept(world):
            expect_kept(world, life)

    def _expect_no_papers(self, world: World) -> None:
        for life in world.lives.values():
            shown = shows_a_paper(world.aside, life.file)
            told = f"The switch has fired, and a paper of {who(life)} is still shown."
            killed = life.papers_killed and life.was_shown
            world.expect(not (shown and killed), "readable-after-kill", told)
            life.was_shown |= shown

    def _expect_nobody_gone(self, world: World) -> None:
        for life in there(world):
            told = f"Nobody has signed, and the record of {who(life)} is gone."
            world.expect(reads(world, life).allowed or not life.was_read, "fired-by-one", told)


class HoldGuard(Guard):
    """What is held stays for a court, and what was held goes with its last hold."""

    needs = COURTS | {Operation.PLACE_HOLD}

    def after(self, world: World, step: Step) -> None:
        """Ask a court at once about the record that was to be destroyed, but for the hold."""
        super().after(world, step)
        if step.rule == "end":
            for life in kept(world):
                if life.slot == step.choice:  # the others are asked after when all is over
                    expect_kept(world, life)

    def look(self, world: World) -> None:
        """Ask the owners; a court is asked at the end: what is destroyed stays so."""
        for life in gone(world):
            why = "No hold is left, and its end had been asked for"
            expect_gone(world, life, "backlog-kept", why, court=False)

    def look_closely(self, world: World) -> None:
        """Ask a court for what is held, and for what must be gone."""
        self.look(world)
        for life in kept(world):
            expect_kept(world, life)
        for life in gone(world):
            why = "No hold is left, and its end had been asked for"
            expect_gone(world, life, "backlog-kept", why, court=True)


class ReturnGuard(Guard):
    """What was seen to be gone never comes back, a corrected name among it."""

    needs = COURTS

    def look(self, world: World) -> None:
        """Look for records that are back, and for names."""
        for life in gone(world):
            self._expect_still_gone(world, life)
        for life in world.lives.values():
            if life.corrections and life.fate in {Fate.THERE, Fate.UNSURE}:
                self._expect_no_former_name(world, life)

    def _expect_still_gone(self, world: World, life: Life) -> None:
        if life.was_gone:
            why = "It had been gone"
            expect_gone(world, life, "ended-record-back", why, court=False)
        elif life.was_read:
            life.was_gone = not reads(world, life).allowed

    def _expect_no_former_name(self, world: World, life: Life) -> None:
        read = reads(world, life)
        said = str(read.fields["record"].get("surname")).casefold() if read.allowed else ""
        former = {each.surname.casefold() for each in life.names[:-1]}
        told = f"The record of {who(life)} says a name again that its owner had corrected."
        world.expect(said not in former, "old-value-back", told)

    def look_closely(self, world: World) -> None:
        """Ask a court for what was gone."""
        self.look(world)
        for life in gone(world):
            if life.was_gone:
                expect_gone(world, life, "ended-record-back", "It had been gone", court=True)


class OwnRecordGuard(Guard):
    """An owner reads their record while it is there, with what they put right in it."""

    needs = READING

    def look(self, world: World) -> None:
        """Let every owner read."""
        for life in there(world):
            self._expect_as_corrected(world, life)
        for life in gone(world):
            expect_gone(world, life, "answers-after-end", "Its owner has ended it", court=False)

    def _expect_as_corrected(self, world: World, life: Life) -> None:
        read = reads(world, life)
        told = f"{who(life).capitalize()} cannot read their own record any more."
        world.expect(read.allowed or not life.was_read, "own-record-lost", told)
        if read.allowed and life.corrections:
            said = str(read.fields["record"].get("surname")).casefold()
            told = f"The record of {who(life)} does not say the name that its owner put in."
            world.expect(said == life.person.surname.casefold(), "correction-lost", told)
