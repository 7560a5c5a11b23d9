"""
A few people of the auditor's own among the crowd, by whom to see what must not starve.

Some have an application whose time runs out while the crowd presses; some have a
card when the kill switch is ordered.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from idaudit.checks.probes.rush import patiently
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Cohort, Mint
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role, Target
from idaudit.loadtests.tape import Sighting
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.model import Terms

CLERK, REVIEWER, PUBLIC = Actor(Role.CLERK), Actor(Role.REVIEWER), Actor(Role.PUBLIC)
SIGNERS = (Actor(Role.COUNSEL), Actor(Role.COMMISSIONER), Actor(Role.COUNSEL, 2))
FIRST = 100  # of the auditor's own people; a generator's begin later
_EACH, _SCAN = 2, 300_000
_MOST_PLACES, _AHEAD = 60, 3


@dataclass(frozen=True, slots=True)
class Witness:
    """One of them."""

    applicant: Applicant
    application: str
    record: str

    @property
    def owner(self) -> Actor:
        """The person, acting on their own file."""
        return Actor(Role.APPLICANT, self.applicant.index)


@dataclass(slots=True)
class Witnesses:
    """All of them."""

    target: Target
    mint: Mint
    terms: Terms
    waiting: list[Witness] = field(default_factory=list)
    enrolled: list[Witness] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    trials: int = 0
    killed: bool = False
    _people: Applicants = field(init=False)

    def come(self) -> None:
        """Apply, some of them for good, before anybody else does."""
        self._people = Applicants(self.mint, self.target.now().date(), FIRST)
        self._wait_again()
        for _ in range(_EACH):
            holder = self._applies(self._people.next())
            decided = patiently(
                partial(self.target.decide, holder.application, REVIEWER, approve=True)
            )
            _must(decided, "be approved")
            self.enrolled.append(holder)

    def _wait_again(self) -> None:
        """Let a few more apply whom nobody will decide on."""
        self.waiting = [self._applies(self._people.next(size=_SCAN)) for _ in range(_EACH)]

    def let_time_run_out(self, at: float) -> None:
        """Move the clock past the time of those who wait, and see that their papers are gone."""
        term = timedelta(days=self.terms.pending_days, hours=self.terms.grace_hours)
        moved = patiently(partial(self.target.advance_clock, term))
        if not moved.allowed:
            return
        for each in self.waiting:
            self.trials += 1
            view = partial(self.target.view_document, each.application, 0, REVIEWER)
            if self._shows(patiently(view)):
                told = "An application's time ran out in the crowd, and its paper is still shown."
                self.sightings.append(Sighting("purge-starved", told, at))
        with suppress(SetupError):  # in the crowd not everybody gets through
            self._wait_again()

    def kill(self, at: float) -> None:
        """Order the kill switch and have it signed, and see that nobody reads a record then."""
        ordered = patiently(partial(self.target.order_kill, SIGNERS[1]))
        for signer in SIGNERS if ordered.allowed else ():
            order = str(ordered.fields["order"])
            signed = patiently(partial(self.target.sign_kill, order, signer))
            if signed.fields.get("executed"):
                self.killed = True
                break
        for each in self.enrolled if self.killed else ():
            self.trials += 1
            if patiently(partial(self.target.read_record, each.record, each.owner)).allowed:
                told = "The kill switch was signed in the crowd, and a record is still read."
                self.sightings.append(Sighting("kill-held-up", told, at))

    def _applies(self, person: Applicant) -> Witness:
        opened = patiently(partial(self.target.open_application, person, CLERK))
        _must(opened, "apply")
        application = str(opened.fields["application"])
        for paper in person.documents:
            sent = partial(self.target.submit_document, application, paper, CLERK)
            _must(patiently(sent), "show a paper")
        return Witness(person, application, str(opened.fields["record"]))

    def _shows(self, seen: Outcome) -> bool:
        first = self.mint.tags(Cohort.SUBJECT)[0].encode()
        bodies = [each.body for each in seen.exchanges]
        return seen.allowed and any(first in body for body in bodies)


def places_of_an_hour(target: Target) -> int | None:
    """Return how many come one by one until an hour is full; None where no hour fills."""
    for ahead in range(_AHEAD, _AHEAD + 7):
        day: date = (target.now() + timedelta(days=ahead)).date()
        listed = target.list_hours(day, PUBLIC)
        for hour in list(listed.fields.get("hours", ()))[:1]:
            starts = datetime.fromisoformat(str(hour["starts"]))
            for given in range(_MOST_PLACES):
                if not target.book_appointment(str(hour["centre"]), starts, PUBLIC).allowed:
                    return given
            return None
    return None


def offers_all(target: Target, *operations: Operation) -> bool:
    """Whether a target can be asked all of these."""
    return all(target.offers(each) for each in operations)


def _must(outcome: Outcome, what: str) -> None:
    if not outcome.allowed:
        raise SetupError(f"load: nobody can {what} before the crowd comes ({outcome.reason})")
