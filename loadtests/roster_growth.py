"""
What a roster's size does to what one person asks: ``python -m idaudit.loadtests.roster_growth``.

Over rosters of each size, seeded as for the kill switch, the same people do the same:
read, correct, have a card verified, be searched for, leave; and at last the kill
switch is fired over copies. The sizes take turns, so that what else the machine does
falls on all alike. What is told is every single time, and of each errand whether it
grows with the roster; of a search also whether it takes longer for somebody who is on it.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Outcome, Role
from idaudit.loadtests.exponents import (
    FEWEST,
    exponent,
    middle,
    oracle_sentence,
    per_tenfold,
    sentence,
)
from idaudit.loadtests.kill_growth import SIZES, Mould, fire, must, rests, wait
from idaudit.reports.growth import GROWTH_SCHEMA, growth_page
from idaudit.threatmodel.loader import load

TURNS = 10  # one reviewer may look for twenty people a day
KILLS = 5
HIT, MISS = "search, on the roster", "search, not on it"
_CLERK, _PARTNER = Actor(Role.CLERK), Actor(Role.PARTNER)
_REVIEWERS = (Actor(Role.REVIEWER), Actor(Role.REVIEWER, 2))
Times = dict[str, dict[int, list[float]]]
"""By errand and by size, one time for each turn."""


def main() -> None:
    """Measure every size on every database, and print a table or write JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--databases", nargs="+", default=("sqlite", "postgres"))
    asked.add_argument("--turns", type=int, default=TURNS)
    asked.add_argument("--kills", type=int, default=KILLS)
    asked.add_argument("--minutes", type=float, default=60, help="no turn begins later")
    asked.add_argument("--json", type=Path)
    asked.add_argument("--html", type=Path, help="a page with every time drawn")
    words = asked.parse_args()
    told = []
    for name in words.databases:
        until = time.monotonic() + 60 * words.minutes
        told.append(account(name, measured(name, words.sizes, words.turns, words.kills, until)))
        print("\n".join(table(told[-1])))  # noqa: T201  what this command is for
        said = {"schema": GROWTH_SCHEMA, "databases": told}
        if words.json:
            words.json.write_text(json.dumps(said, indent=1))
        if words.html:
            words.html.write_text(growth_page(said), encoding="utf-8")


def measured(
    database: str, sizes: Sequence[int], turns: int, kills: int, until: float = float("inf")
) -> Times:
    """Return every time; no turn begins after *until* once there are enough."""
    terms = load().programmes["idnyc-2017"].terms
    times: Times = {}
    with ReferenceCities(terms, 2, database=database) as cities, ExitStack() as stack:
        moulds = {
            size: Mould.of(stack.enter_context(cities.unused()), size) for size in sorted(sizes)
        }
        _say(f"{database}: {len(moulds)} rosters are seeded")
        with ExitStack() as day:
            mornings = [_morning(day, mould, turns, times) for mould in moulds.values()]
            for turn in _turns(turns, until):
                for each in mornings:
                    each.one_more(turn)
        for turn in _turns(kills, until):
            for size, mould in moulds.items():
                fired = fire(mould, removing=False)
                _note(times, "kill switch, until the key is gone", size, fired.unreadable)
                _note(times, "kill switch, until it is answered", size, fired.answered)
            _say(f"{database}: kill switch, turn {turn + 1}")
    return times


def _turns(most: int, until: float) -> Iterator[int]:
    """Count turns, until there are enough or the time is over."""
    return (turn for turn in range(most) if turn < FEWEST or time.monotonic() < until)


def _morning(stack: ExitStack, mould: Mould, turns: int, times: Times) -> "Morning":
    city = stack.enter_context(closing(mould.city.copy()))
    wait(partial(rests, city), every=0)
    return Morning(city, mould.size, turns, times)


class Morning:
    """A few people at one city's counters, one after another, by the clock."""

    def __init__(self, city: ReferenceTarget, size: int, turns: int, took: Times) -> None:
        """Enrol them; what each errand *took* is noted by the *size* of the roster."""
        self._city, self._size, self._took = city, size, took
        self._people = Applicants(Mint(2), city.now().date())
        self._here = [self._enrolled() for _ in range(turns * len(_REVIEWERS))]
        self._quickest: dict[str, float] = {}

    def one_more(self, turn: int) -> None:
        """Let a few come, each by another reviewer; of each errand the quickest is noted."""
        self._quickest = {}
        for number, reviewer in enumerate(_REVIEWERS):
            self._comes(turn * len(_REVIEWERS) + number, reviewer)
        for name, took in self._quickest.items():
            _note(self._took, name, self._size, took)

    def _comes(self, place: int, reviewer: Actor) -> None:
        """Let one of them do everything, and in the end leave."""
        person, record, number = self._here[place]
        me = Actor(Role.APPLICANT, person.index)
        self._timed("read one's own record", lambda: self._city.read_record(record, me))
        self._timed("verify a good card", lambda: self._card(number))
        self._timed("verify a made-up card", lambda: self._card(f"{place:09}"))
        asked = [(HIT, person), (MISS, self._people.next())]
        for name, whom in asked if place % 2 else reversed(asked):
            self._search(name, whom, reviewer)
        self._timed(
            "correct a record", lambda: self._city.correct_record(record, {"gender": "X"}, me)
        )
        self._timed("end a record", lambda: self._city.delete_record(record, me))

    def _search(self, name: str, person: Applicant, reviewer: Actor) -> None:
        """Look for somebody, each in a case of their own: three are the most in one."""
        case = self._opened(self._people.next())
        named = person.named()
        self._timed(name, lambda: self._city.search(named, case, reviewer))

    def _card(self, number: str) -> Outcome:
        return self._city.verify_card(_PARTNER, number=number)

    def _timed(self, name: str, act: Callable[[], Outcome]) -> None:
        began = time.perf_counter()
        outcome = act()
        took = time.perf_counter() - began
        self._quickest[name] = min(took, self._quickest.get(name, took))
        must(outcome.allowed, f"{name}: {outcome.reason}")

    def _enrolled(self) -> tuple[Applicant, str, str]:
        person = self._people.next()
        opened = self._city.open_application(person, _CLERK)
        application = str(opened.fields["application"])
        for paper in person.documents:
            self._city.submit_document(application, paper, _CLERK)
        self._city.decide(application, _REVIEWERS[0], approve=True)
        card = self._city.issue_card(application, _CLERK)
        must(card.allowed, "nobody could be enrolled")
        return person, str(opened.fields["record"]), str(card.fields["number"])

    def _opened(self, person: Applicant) -> str:
        opened = self._city.open_application(person, _CLERK)
        must(opened.allowed, "no case could be opened")
        return str(opened.fields["application"])


def account(database: str, times: Times) -> dict[str, Any]:
    """Tell every time, and in a sentence what each comes to."""
    sizes = sorted(next(iter(times.values())))
    largest = sizes[-1] / sizes[0]
    return {
        "database": database,
        "sizes": sizes,
        "errands": [
            {
                "name": name,
                "seconds": [by_size[size] for size in sizes],
                "said": sentence(exponent(by_size), largest),
            }
            for name, by_size in times.items()
        ],
        "oracle": _oracle(times, sizes),
    }


def _oracle(times: Times, sizes: Sequence[int]) -> list[str]:
    """Say what the time of a search tells at each size, and whether it tells more on a larger."""
    apart = {
        size: [hit - miss for hit, miss in zip(times[HIT][size], times[MISS][size], strict=True)]
        for size in sizes
    }
    grown = per_tenfold(apart)
    word = "no growth shown" if grown.spans_nothing else "it changes with the roster"
    bounds = f"{1e3 * grown.low:+.1f} to {1e3 * grown.high:+.1f}"
    return [
        *(oracle_sentence(size, middle(each)) for size, each in apart.items()),
        f"for each tenfold roster: {word}, {1e3 * grown.value:+.1f} ms ({bounds})",
    ]


def table(told: dict[str, Any]) -> list[str]:
    """Write one database's middle times as a table, each with its sentence."""
    head = " | ".join(f"{size:,}" for size in told["sizes"])
    lines = [
        f"| {told['database']} | {head} | with a larger roster |",
        f"|---|{'---:|' * len(told['sizes'])}---|",
    ]
    for each in told["errands"]:
        middles = [f"{1e3 * statistics.median(took):.1f} ms" for took in each["seconds"]]
        lines.append(f"| {each['name']} | {' | '.join(middles)} | {each['said']} |")
    lines.append("")
    lines += [f"- {each}" for each in told["oracle"]]
    return lines


def _note(times: Times, name: str, size: int, took: float) -> None:
    times.setdefault(name, {}).setdefault(size, []).append(took)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  progress


if __name__ == "__main__":
    main()
