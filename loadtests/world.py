"""
What the visitors of one generator share: the system, the clock, and what they saw.

Each answer is looked at as it comes: whose canaries stand in it, whether it was
given to whom it should have been. What is wrong is a sighting, with its reason.
"""

import random
import re
import time
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from idaudit.checks.probes.rush import told_to_wait
from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Cohort, Mint
from idaudit.fixtures.targets.city_api import CityApi
from idaudit.fixtures.targets.city_session import CitySession
from idaudit.fixtures.targets.declared.system import open_declared
from idaudit.fixtures.targets.from_file import load_target
from idaudit.fixtures.targets.staff import Staff
from idaudit.fixtures.targets.target import (
    Actor,
    Answer,
    Operation,
    Outcome,
    Role,
    Target,
)
from idaudit.loadtests.briefwire import BriefWire
from idaudit.loadtests.mix import KILL, TIME
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.scans import Models
from idaudit.loadtests.tape import Sighting, Step, Tape
from idaudit.threatmodel.errors import NotOffered, SetupError, TargetUnreachable, UnexpectedAnswer

CLERK, REVIEWER = Actor(Role.CLERK), Actor(Role.REVIEWER)
OWED_A_LINE = frozenset(
    {
        Operation.OPEN_APPLICATION,
        Operation.SUBMIT_DOCUMENT,
        Operation.VIEW_DOCUMENT,
        Operation.DECIDE,
        Operation.ISSUE_CARD,
        Operation.READ_RECORD,
        Operation.CORRECT_RECORD,
        Operation.DELETE_RECORD,
    }
)
"""What has a line in every ledger, once it was allowed."""
_OUTSIDE = frozenset({Role.APPLICANT, Role.PUBLIC})
_LACKING = Outcome(Answer.ERROR, "the target does not offer this")
_HEAD = 64 * 1024  # of a scan: it names its owner in its first page


def lacking(outcome: Outcome) -> bool:
    """Whether nothing was asked, because the target does not offer it."""
    return outcome is _LACKING


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a card."""

    applicant: Applicant
    record: str
    number: str  # of the card; "" where none was given

    @property
    def owner(self) -> Actor:
        """The person, acting on their own file."""
        return Actor(Role.APPLICANT, self.applicant.index)


@dataclass
class World:
    """One generator's world."""

    orders: Orders
    worker: int
    target: Target
    tape: Tape = field(default_factory=Tape)
    holders: list[Holder] = field(default_factory=list)
    began: float = 0.0

    def __post_init__(self) -> None:
        """Make up who will come."""
        mint = Mint(self.orders.seed)
        first = self.orders.first_applicant(self.worker)
        self._told = self.target.now()
        self.people = Applicants(mint, self._told.date(), first)
        self.models = Models(mint, self.orders.scans)
        self.dice = random.Random(f"visitors {self.orders.seed} {self.worker}")  # noqa: S311
        tags = mint.tags(Cohort.SUBJECT)
        self._tokens = re.compile(f"{tags[0]}[A-Z]{{16}}{tags[1]}", re.IGNORECASE)
        self._mint = mint

    @classmethod
    def at(cls, orders: Orders, worker: int) -> "World":
        """Go to the system that the *orders* name."""
        if orders.spec.endswith(".toml"):
            return cls(orders, worker, open_declared(Path(orders.spec), BriefWire))
        if orders.spec:
            return cls(orders, worker, load_target(orders.spec))
        session = CitySession(BriefWire(orders.url), Staff(orders.seed), orders.control_key)
        return cls(orders, worker, CityApi(session))

    def now(self) -> float:
        """Return how long ago the day began."""
        return time.perf_counter() - self.began

    def today(self) -> datetime:
        """Return the system's own time; what it said last, where it does not answer."""
        with suppress(TargetUnreachable, UnexpectedAnswer):
            self._told = self.target.now()
        return self._told

    # -- asking ---------------------------------------------------------------------

    def step(
        self,
        operation: Operation,
        by: Actor,
        due: float,
        *said: object,
        first: bool = False,
        **more: object,
    ) -> Outcome:
        """Do *operation* as *by*, meant for *due*, and note how it went."""
        sent = self.now()
        outcome = self.quietly(operation, by, *said, **more)
        if lacking(outcome):
            return outcome
        name = f"{by.role.value}: {operation.value}"
        self.tape.steps.append(Step(name, due, sent, self.now(), outcome.answer.value, first))
        return outcome

    def quietly(self, operation: Operation, by: Actor, *said: object, **more: object) -> Outcome:
        """Do *operation* as *by*; only what it owes the ledger is noted."""
        try:
            outcome: Outcome = getattr(self.target, operation)(*said, by=by, **more)
        except (TargetUnreachable, UnexpectedAnswer) as error:
            return Outcome(Answer.ERROR, type(error).__name__)
        except NotOffered as error:
            self.tape.lacked[f"{by.role.value}: {operation.value}"] = str(error)
            return _LACKING
        if outcome.allowed and operation in OWED_A_LINE:
            who = "" if by.role in _OUTSIDE else str(by)
            self.tape.acts[f"{who}|{operation.value}|{outcome.answer.value}"] += 1
        return outcome

    # -- looking --------------------------------------------------------------------

    def must(self, kept: object, reason: str, sentence: str) -> None:
        """Count one look; note what was wrong."""
        self.tape.trials[reason] += 1
        if not kept:
            self.tape.sightings.append(Sighting(reason, sentence, self.now()))

    def only_own(self, outcome: Outcome, own: Collection[int], what: str) -> None:
        """Expect nobody else's canaries in an answer."""
        if lacking(outcome):
            return
        others = self.named_in(outcome) - set(own)
        self.must(
            not others, "anothers-data", f"Somebody {what} and is answered with another's data."
        )

    def named_in(self, outcome: Outcome) -> set[int]:
        """Return whose canaries stand in an answer; of a scan its first page is looked at."""
        texts = [each.body[:_HEAD].decode("latin-1") for each in outcome.exchanges]
        if isinstance(data := outcome.fields.get("data"), bytes):
            texts.append(data[:_HEAD].decode("latin-1"))
        elif not texts:
            texts.append(repr(dict(outcome.fields)))
        found = (self._mint.read(token) for text in texts for token in self._tokens.findall(text))
        return {canary.applicant for canary in found if canary}

    def kept_what_was_taken(self, outcome: Outcome) -> None:
        """Expect somebody whose application was taken, and shown to them once, to be there."""
        if lacking(outcome) or told_to_wait(outcome):
            return
        told = "An application was taken and acknowledged, and then it was gone."
        self.must(outcome.allowed, "application-lost", told)

    @property
    def ends_by_itself(self) -> bool:
        """Whether whatever waits may run out of time in this day: the auditor moves the clock."""
        return all(map(self.target.offers, TIME))

    @property
    def ends_at_once(self) -> bool:
        """Whether everything may end in this day: the kill switch is ordered."""
        return self.orders.day.kills and all(map(self.target.offers, KILL))

    # -- before the day begins --------------------------------------------------------

    def enrol_holders(self) -> None:
        """
        Enrol those who have a card already.

        Raises:
            SetupError: nobody can be enrolled, so there is nothing to load.

        """
        for _ in range(self.orders.holders):
            person = self.people.next()
            self.models.scan(person, 0)  # the models are drawn now, and not at the first visitor
            fields = self._enrolled(person)
            if fields is None:
                raise SetupError("load: nobody could be enrolled before the day began")
            self.holders.append(Holder(person, str(fields["record"]), str(fields["number"])))

    def _enrolled(self, person: Applicant) -> Mapping[str, Any] | None:
        opened = self.quietly(Operation.OPEN_APPLICATION, CLERK, person)
        if not opened.allowed:
            return None
        application = opened.fields["application"]
        for paper in person.documents:
            self.quietly(Operation.SUBMIT_DOCUMENT, CLERK, application, paper)
        decided = self.quietly(Operation.DECIDE, REVIEWER, application, approve=True)
        if not (decided.allowed or lacking(decided)):
            return None
        card = self.quietly(Operation.ISSUE_CARD, CLERK, application)
        return {**opened.fields, "number": card.fields.get("number", "")}

    def close(self) -> None:
        """Let go of the connections."""
        with closing(self.target):
            pass
