"""
Everybody who comes, as Locust's users: each class is one journey, from its first request on.

A visitor is made when somebody arrives and gone when they leave. Staff act within the
journeys they are part of: a clerk takes in, a reviewer looks and decides.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

import gevent
from locust import User

from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.instruments import LOOK_ALIKES
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.loadtests.shapes import Journey
from idaudit.loadtests.world import CLERK, REVIEWER, World, lacking

PUBLIC, PARTNER, COUNSEL = Actor(Role.PUBLIC), Actor(Role.PARTNER), Actor(Role.COUNSEL)
_DENIED_PERCENT, _FORGED_PERCENT, _CORRECTS_PERCENT = 2, 30, 25
_TRIES, _AHEAD = 3, 5
_IN_LINE_SECONDS = 2.0  # until a reviewer gets to it: papers wait on the table meanwhile
_PATIENCE_SECONDS = (0.004, 0.05, 0.2)  # some give up in the midst, some before the answer


class _GaveUp(BaseException):
    """A visitor's patience has an end; nothing in between may take it for an answer."""


class Visitor(User):
    """Somebody who comes once."""

    abstract = True
    world: ClassVar[World]

    def visit(self, due: float) -> None:
        """Do what one came for, meant to begin at *due*."""
        raise NotImplementedError

    def first(self, operation: Operation, by: Actor, due: float, *said: object) -> Outcome:
        """Take the first step, which was meant for *due* whatever else went on."""
        return self.world.step(operation, by, due, *said, first=True)

    def then(self, operation: Operation, by: Actor, *said: object, **more: bool) -> Outcome:
        """Take the next step, as soon as the one before is done."""
        return self.world.step(operation, by, self.world.now(), *said, **more)


class Booker(Visitor):
    """Looks for a day that has hours and books one; whoever comes too late tries the next."""

    def visit(self, due: float) -> None:
        """Book one of the first hours that are left."""
        today, hours = self.world.today(), list[Mapping[str, object]]()
        for ahead in range(_AHEAD):
            day = (today + timedelta(days=1 + ahead)).date()
            listed = self.world.step(Operation.LIST_HOURS, PUBLIC, due, day, first=not ahead)
            hours, due = list(listed.fields.get("hours", ())), self.world.now()
            if hours or not listed.allowed:
                break
        for hour in hours[:_TRIES]:
            centre, starts = str(hour["centre"]), datetime.fromisoformat(str(hour["starts"]))
            if self.then(Operation.BOOK_APPOINTMENT, PUBLIC, centre, starts).allowed:
                self.world.tape.places[f"{centre} {starts.isoformat()}"] += 1
                return


class WebApplicant(Visitor):
    """Applies over the web and shows two scans; staff decide, and the card is issued."""

    channel: ClassVar[str] = "web"

    def visit(self, due: float) -> None:
        """Go through with it."""
        world = self.world
        person = world.people.next()
        me = Actor(Role.APPLICANT, person.index)
        by = me if self.channel == "web" else CLERK
        opened = world.step(
            Operation.OPEN_APPLICATION, by, due, person, first=True, channel=self.channel
        )
        if not opened.allowed:
            return
        application, record = str(opened.fields["application"]), opened.fields["record"]
        before = self.then(Operation.READ_RECORD, me, record)
        shown = [self._shows(application, person, number, by) for number in (0, 1)]
        decided = self._decided(application, person) if all(shown) else None
        if decided:
            self.then(Operation.ISSUE_CARD, CLERK, application)
        seen = self.then(Operation.READ_RECORD, me, record)
        world.only_own(seen, {person.index}, "looks at a new record")
        if before.allowed and self._has_to_last(decided):
            world.kept_what_was_taken(seen)

    def _has_to_last(self, decided: bool | None) -> bool:  # noqa: FBT001  what was decided
        """Whether nothing may end it in this day: it was approved, or waits without a time."""
        waits = decided is None and not self.world.ends_by_itself
        return (bool(decided) or waits) and not self.world.ends_at_once

    def _shows(self, application: str, person: Applicant, number: int, by: Actor) -> bool:
        """Show one scan; some connections are lost in the midst, and then it is shown again."""
        world = self.world
        scan = world.models.scan(person, number)
        if world.dice.randrange(100) < world.orders.cut_off_percent:
            patience = world.dice.choice(_PATIENCE_SECONDS)
            with suppress(_GaveUp), gevent.Timeout(patience, _GaveUp()):
                world.quietly(Operation.SUBMIT_DOCUMENT, by, application, scan)
            world.tape.cut_off.append(person.index)
        return self.then(Operation.SUBMIT_DOCUMENT, by, application, scan).allowed

    def _decided(self, application: str, person: Applicant) -> bool | None:
        """Have a reviewer look and decide; return whether it was approved, None if undecided."""
        world = self.world
        gevent.sleep(world.dice.uniform(0, _IN_LINE_SECONDS))
        seen = self.then(Operation.VIEW_DOCUMENT, REVIEWER, application, 0)
        world.only_own(seen, {person.index}, "has a paper looked at")
        approve = world.dice.randrange(100) >= _DENIED_PERCENT
        decided = self.then(Operation.DECIDE, REVIEWER, application, approve=approve)
        if decided.allowed:
            again = self.then(Operation.VIEW_DOCUMENT, REVIEWER, application, 0)
            told = "A paper is shown after its application was decided."
            if not lacking(again):
                world.must(not world.named_in(again), "scan-served", told)
        # Whoever was not answered may have been denied all the same.
        return approve if decided.allowed or not (decided.refused or approve) else None


class CounterApplicant(WebApplicant):
    """Applies at the counter, where a clerk takes everything in."""

    channel = "counter"


class Owner(Visitor):
    """Looks at one's own record, and sometimes puts it right."""

    def visit(self, due: float) -> None:
        """Look."""
        holder = self.world.dice.choice(self.world.holders)
        seen = self.first(Operation.READ_RECORD, holder.owner, due, holder.record)
        self.world.only_own(seen, {holder.applicant.index}, "looks at one's own record")
        if self.world.dice.randrange(100) < _CORRECTS_PERCENT:
            put_right = self.then(
                Operation.CORRECT_RECORD, holder.owner, holder.record, {"gender": "X"}
            )
            self.world.only_own(put_right, {holder.applicant.index}, "puts a record right")


class Leaver(Visitor):
    """Ends one's record, and looks whether it is gone."""

    def visit(self, due: float) -> None:
        """Leave, unless hardly anybody is left."""
        world = self.world
        if len(world.holders) <= _TRIES:
            return
        gone = world.holders.pop()
        ended = self.first(Operation.DELETE_RECORD, gone.owner, due, gone.record)
        if ended.allowed and not ended.fields.get("deferred"):
            seen = self.then(Operation.READ_RECORD, gone.owner, gone.record)
            told = "Somebody ended their record, and is shown it all the same."
            if not lacking(seen):
                world.must(not seen.allowed, "end-held-up", told)


class Renewer(Visitor):
    """Renews a card that is about to expire."""

    def visit(self, due: float) -> None:
        """Renew."""
        holder = self.world.dice.choice(self.world.holders)
        renewed = self.first(Operation.RENEW, holder.owner, due, holder.record)
        self.world.only_own(renewed, {holder.applicant.index}, "renews a card")


class Partner(Visitor):
    """Has a card verified; some cards are none."""

    def visit(self, due: float) -> None:
        """Show a card, or a number made up."""
        world = self.world
        good = world.dice.choice(world.holders).number
        forged = world.dice.randrange(100) < _FORGED_PERCENT or not good
        number = f"{world.dice.randrange(10**9):09}" if forged else good
        asked = partial(world.step, Operation.VERIFY_CARD, PARTNER, due, first=True)
        answer = asked(number=number)
        vouched = forged and answer.allowed and answer.fields.get("valid")
        world.must(not vouched, "unknown-card-vouched", "A number that was made up is vouched for.")
        world.only_own(answer, (), "has a card verified")


class Agency(Visitor):
    """Brings a paper that no judge has signed to the disclosure desk."""

    def visit(self, due: float) -> None:
        """Ask for somebody."""
        world = self.world
        named = world.dice.choice(world.holders).applicant.named()
        paper = world.dice.choice(LOOK_ALIKES)(
            named, fields=("street",), today=world.today().date()
        )
        answer = self.first(Operation.REQUEST_DISCLOSURE, COUNSEL, due, paper)
        told = "The desk takes up a paper that no judge has signed."
        world.must(not answer.allowed, "taken-up-without-judge", told)
        world.only_own(answer, (), "brings a paper")


class Reporter(Visitor):
    """Reads the public report."""

    def visit(self, due: float) -> None:
        """Read this quarter's."""
        today = self.world.today()
        quarter = f"{today.year}-Q{(today.month + 2) // 3}"
        answer = self.first(Operation.PUBLIC_REPORT, PUBLIC, due, quarter)
        self.world.only_own(answer, (), "reads the public report")


class Scraper(Visitor):
    """Guesses at records, with another's key or none."""

    def visit(self, due: float) -> None:
        """Ask for somebody else's record."""
        world = self.world
        one, other = world.dice.sample(world.holders, 2)
        by = world.dice.choice((PUBLIC, one.owner))
        answer = self.first(Operation.READ_RECORD, by, due, other.record)
        told = "Somebody reads a record that is not theirs."
        world.must(not answer.allowed, "anothers-data", told)
        world.only_own(answer, (), "guesses at a record")


VISITORS: Mapping[Journey, type[Visitor]] = {
    Journey.BOOK: Booker,
    Journey.WEB: WebApplicant,
    Journey.COUNTER: CounterApplicant,
    Journey.READ: Owner,
    Journey.LEAVE: Leaver,
    Journey.RENEW: Renewer,
    Journey.VERIFY: Partner,
    Journey.DEMAND: Agency,
    Journey.REPORT: Reporter,
    Journey.SCRAPE: Scraper,
}
