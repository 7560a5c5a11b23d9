"""
One day of load: the city is made ready, the crowd let in, faults strike, and all is looked at.

What must hold is looked at three times: in every answer, by the visitors; in every
place where data rests, while they come; and in the end, ledger and all, once they
are gone and every unfinished application has run out of time.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from idaudit.checks.probes.rush import patiently
from idaudit.checks.sight import Sight
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.reference import ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Operation, Role, Target
from idaudit.loadtests.ceiling import Ceiling, measured
from idaudit.loadtests.crew import Crew, crew
from idaudit.loadtests.faults import FAULTS, Fault, back, strike
from idaudit.loadtests.kill_growth import rests, seeded, wait
from idaudit.loadtests.mix import KILL, TIME, left_out, nobody_for
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.tape import Tape
from idaudit.loadtests.watch import Watch, paced
from idaudit.loadtests.witnesses import Witnesses, offers_all, places_of_an_hour
from idaudit.threatmodel.errors import Inconclusive, NotOffered
from idaudit.threatmodel.model import Programme

_RUNS_OUT, _KILLS, _LOOK_EVERY = (0.25, 0.62), 0.65, 3
_APPLY = (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.DECIDE)
_NOWHERE = "no place at rest is declared, so papers may lie anywhere"
_BEFORE_EXPIRY = timedelta(days=20)
Say = Callable[[str], None]


@dataclass(slots=True)
class Day:
    """Everything that was seen of one day."""

    orders: Orders
    tape: Tape
    watch: Watch
    witnesses: Witnesses
    ceiling: Ceiling
    struck: dict[str, float] = field(default_factory=dict)  # faults, and when
    lost: list[int] = field(default_factory=list)  # workers that went in the midst
    places: int | None = None  # of one hour
    written: dict[str, int] | None = None  # lines of the ledger; None where it cannot be read
    unseen: list[str] = field(default_factory=list)  # what could not be looked at, and why
    left_out: list[str] = field(default_factory=list)  # what the target does not offer
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in the course of the day."""

    at: float
    act: Callable[[float], None]
    in_line: bool = False  # whether it has to wait its turn in the crowd


@dataclass(slots=True)
class Conductor:
    """Leads through one day."""

    target: Target
    programme: Programme
    orders: Orders
    say: Say
    with_faults: bool = True
    cardholders: int = 0
    elsewhere: bool = False  # whether the generators' workers are on other machines
    on_crew: Callable[[Crew], None] = lambda _: None
    """Told of the generators once the day has begun; whoever tests may end one of them."""

    def play(self) -> Day:
        """Play the day; return what was seen of it."""
        self._make_ready()
        without = tuple(nobody_for(self.target, self.orders.day))
        self.orders = replace(self.orders, without=without)
        mint = Mint(self.orders.seed)
        clauses = self.programme.clauses
        may_wait, kept = (
            not clauses[each].applies for each in ("no-temporary-copy", "no-scan-kept")
        )
        self.say(f"measuring the generators' own ceiling ({self.orders.workers})")
        ceiling = measured(self.orders.workers)
        places = self._places()
        with crew(self.orders, elsewhere=self.elsewhere) as generators:
            self.say("the generators enrol their cardholders")
            generators.hear("ready")
            self._years_later()
            witnesses = Witnesses(self.target, mint, self.programme.terms)
            if self._seen_by_witnesses(*TIME) or self._seen_by_witnesses(*KILL):
                witnesses.come()
            watch = Watch(self.target, mint, may_wait, kept)
            day = Day(self.orders, Tape(), watch, witnesses, ceiling, places=places)
            generators.begin()
            self.on_crew(generators)
            self._lead_through(day, generators)
            day.tape = generators.told()
            day.lost = generators.lost(day.tape)
        day.left_out = [*left_out(self.target, self.orders.day), *_lacked(day.tape)]
        self.say("the crowd is gone; looking at what it left")
        self._look_back(day)
        return day

    # -- before ---------------------------------------------------------------------------

    def _make_ready(self) -> None:
        """Seed the roster, and keep the port: whoever crashes comes back where it was."""
        if not isinstance(self.target, ReferenceTarget):
            return
        port = int(self.target.url.rpartition(":")[2])
        self.target.config = {**self.target.config, "port": port}
        if self.cardholders:
            self.say(f"seeding {self.cardholders:,} cardholders")
            self.target.crash()
            seeded(self.target, self.cardholders)
            self.target.restart()
            wait(partial(rests, self.target), every=0)
        self.orders = replace(
            self.orders, url=self.target.url, control_key=str(self.target.config["control_key"])
        )

    def _places(self) -> int | None:
        """Return how many places an hour of such a city has, counted in one nobody uses."""
        if not offers_all(self.target, Operation.LIST_HOURS, Operation.BOOK_APPOINTMENT):
            return None
        with self.target.unused() as fresh:
            return None if fresh is self.target else places_of_an_hour(fresh)

    def _years_later(self) -> None:
        """Let the years pass until the cards are about to expire, where the day is such a one."""
        if self.orders.day.years_later and self.target.offers(Operation.ADVANCE_CLOCK):
            years = timedelta(days=365.25 * self.programme.terms.card_years)
            patiently(partial(self.target.advance_clock, years - _BEFORE_EXPIRY))

    # -- the day itself ---------------------------------------------------------------------

    def _lead_through(self, day: Day, generators: Crew) -> None:
        """Weigh, look, and let happen what is to happen, until the generators are done."""
        began, due = time.monotonic(), self._events(day)
        # Whoever stands in line in the crowd, or sweeps a full place, holds up nobody else.
        with ThreadPoolExecutor(1) as line, ThreadPoolExecutor(1) as eyes:
            done: list[Future[None]] = []
            while generators.busy():
                at = time.monotonic() - began
                while due and due[0].at <= at:
                    event = due.pop(0)
                    if event.in_line:
                        done.append(line.submit(event.act, at))
                    else:
                        event.act(at)
                day.watch.weigh(at)
                if all(each.done() for each in done[-1:]) and self._is_time(len(day.watch.weights)):
                    done.append(eyes.submit(day.watch.look, at))
                paced(began + (due[0].at if due else at + 1))
            day.seconds = time.monotonic() - began
        day.unseen += [f"{error}" for each in done if (error := each.exception())]

    def _seen_by_witnesses(self, *operations: Operation) -> bool:
        """Whether the auditor's own people can apply and be decided on, and *operations* done."""
        return offers_all(self.target, *_APPLY, *operations)

    def _is_time(self, turn: int) -> bool:
        return turn % _LOOK_EVERY == 1

    def _events(self, day: Day) -> list[Event]:
        """Return what happens in the course of the day, the first first."""
        seconds = self.orders.seconds
        events = [
            Event(share * seconds, partial(self._strikes, day, name, fault))
            for name, (share, fault) in FAULTS.items()
            if self.with_faults
        ]
        if self._seen_by_witnesses(*TIME):
            out = day.witnesses.let_time_run_out
            events += [Event(share * seconds, out, in_line=True) for share in _RUNS_OUT]
        if self.orders.day.kills and self._seen_by_witnesses(*KILL):
            events.append(Event(_KILLS * seconds, day.witnesses.kill, in_line=True))
        return sorted(events, key=lambda each: each.at)

    def _strikes(self, day: Day, name: str, fault: Fault, at: float) -> None:
        self.say(f"{at:5.1f} s  {name}")
        if strike(fault, self.target):
            day.struck[name] = at

    # -- afterwards ---------------------------------------------------------------------------

    def _look_back(self, day: Day) -> None:
        """Let every unfinished application run out of time, then look at every place."""
        terms = self.programme.terms
        if self.target.offers(Operation.ADVANCE_CLOCK):
            term = timedelta(days=terms.pending_days, hours=terms.grace_hours)
            patiently(partial(self.target.advance_clock, term))
        back(self.target)
        if not Sight(self.target, day.watch.mint).resting():
            day.unseen.append(_NOWHERE)
        try:
            day.watch.look_back(day.seconds, frozenset(day.tape.cut_off))
        except Inconclusive as error:
            day.unseen.append(str(error))
        day.written = self._written()
        if not isinstance(self.target, ReferenceTarget):
            _leave_to_their_words(day)

    def _written(self) -> dict[str, int] | None:
        """Count the lines of the ledger by who did what and how it ended."""
        if not self.target.offers(Operation.READ_LEDGER):
            return None
        try:
            ledger = patiently(partial(self.target.read_ledger, Actor(Role.AUDITOR)))
        except NotOffered:
            return None
        if not ledger.allowed:
            return None
        counts: dict[str, int] = {}
        for line in ledger.fields["entries"]:
            for who in (str(line["actor"]), ""):
                name = f"{who}|{line['act']}|{line['outcome']}"
                counts[name] = counts.get(name, 0) + 1
        return counts


def _lacked(tape: Tape) -> list[str]:
    """Tell what visitors wanted to do and this target has no way for."""
    return [f"left out of visits, {what}: {why}" for what, why in sorted(tape.lacked.items())]


def _leave_to_their_words(day: Day) -> None:
    """Count no act whose name a ledger that is not ours never uses: its words are its own."""
    for act in [each for each in day.tape.acts if each not in (day.written or {each})]:
        del day.tape.acts[act]
        day.left_out.append(f"not counted in the ledger, which has no such line: {act}")
