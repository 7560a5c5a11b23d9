"""
What a roster's size does to what one person asks: ``python -m idaudit.loadtests.roster_growth``.

Over rosters of each size, seeded as for the kill switch, the same people do the same:
read, correct, have a card verified, be searched for, leave. The sizes take turns, so
that what else the machine does falls on all alike. What is told is each time's middle,
its ratio to the smallest roster, and whether a search takes longer for somebody who is
on the roster than for somebody who is not.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Outcome, Role
from idaudit.loadtests.kill_growth import SIZES, Mould, must, rests, wait
from idaudit.threatmodel.loader import load

GROWTH_SCHEMA = "idaudit/growth/v1"
PEOPLE = 9  # one reviewer may look for twenty people a day
_CLERK, _REVIEWER, _PARTNER = Actor(Role.CLERK), Actor(Role.REVIEWER), Actor(Role.PARTNER)
Times = dict[str, list[float]]


def main() -> None:
    """Measure every size on every database, and print a table or write JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--databases", nargs="+", default=("sqlite", "postgres"))
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--json", type=Path)
    words = asked.parse_args()
    grown = {name: measured(name, words.sizes, words.people) for name in words.databases}
    for database, by_size in grown.items():
        for line in table(database, by_size):
            print(line)  # noqa: T201  what this command is for
    if words.json:
        told = {"schema": GROWTH_SCHEMA, "people": words.people, "databases": grown}
        words.json.write_text(json.dumps(told, indent=1))


def measured(database: str, sizes: Sequence[int], people: int) -> dict[int, dict[str, float]]:
    """Return the middle of each time, by the size of the roster."""
    terms = load().programmes["idnyc-2017"].terms
    with ReferenceCities(terms, 2, database=database) as cities, ExitStack() as stack:
        days = []
        for size in sizes:
            mould = Mould.of(stack.enter_context(cities.unused()), size)
            city = stack.enter_context(closing(mould.city.copy()))
            wait(partial(rests, city), every=0)
            days.append(Morning(city, people))
        for turn in range(people):
            for day in days:
                day.one_more(turn)
        return {
            size: {name: statistics.median(took) for name, took in day.took.items()}
            for size, day in zip(sizes, days, strict=True)
        }


class Morning:
    """A few people at one city's counters, one after another, by the clock."""

    def __init__(self, city: ReferenceTarget, people: int) -> None:
        """Enrol them, and one whose case is open all the while."""
        self.took: Times = {}
        self._city = city
        self._people = Applicants(Mint(2), city.now().date())
        self._here = [self._enrolled() for _ in range(people)]
        self._case = self._opened(self._people.next())

    def one_more(self, turn: int) -> None:
        """Let the next one come and do everything, and in the end leave."""
        person, record, number = self._here[turn]
        me = Actor(Role.APPLICANT, person.index)
        self._timed("read one's own record", lambda: self._city.read_record(record, me))
        self._timed("verify a good card", lambda: self._card(number))
        self._timed("verify a made-up card", lambda: self._card(f"{turn:09}"))
        self._search("search, on the roster", person)
        self._search("search, not on it", self._people.next())
        self._timed(
            "correct a record", lambda: self._city.correct_record(record, {"gender": "X"}, me)
        )
        self._timed("end a record", lambda: self._city.delete_record(record, me))

    def _search(self, name: str, person: Applicant) -> None:
        """Look for somebody, each in a case of their own: three are the most in one."""
        case = self._opened(self._people.next())
        named = person.named()
        self._timed(name, lambda: self._city.search(named, case, _REVIEWER))

    def _card(self, number: str) -> Outcome:
        return self._city.verify_card(_PARTNER, number=number)

    def _timed(self, name: str, act: Callable[[], Outcome]) -> None:
        began = time.perf_counter()
        outcome = act()
        self.took.setdefault(name, []).append(time.perf_counter() - began)
        must(outcome.allowed, f"{name}: {outcome.reason}")

    def _enrolled(self) -> tuple[Applicant, str, str]:
        person = self._people.next()
        opened = self._city.open_application(person, _CLERK)
        application = str(opened.fields["application"])
        for paper in person.documents:
            self._city.submit_document(application, paper, _CLERK)
        self._city.decide(application, _REVIEWER, approve=True)
        card = self._city.issue_card(application, _CLERK)
        must(card.allowed, "nobody could be enrolled")
        return person, str(opened.fields["record"]), str(card.fields["number"])

    def _opened(self, person: Applicant) -> str:
        opened = self._city.open_application(person, _CLERK)
        must(opened.allowed, "no case could be opened")
        return str(opened.fields["application"])


def table(database: str, by_size: dict[int, dict[str, float]]) -> list[str]:
    """Write one database's times as a table, each beside its ratio to the smallest roster."""
    sizes = sorted(by_size)
    head = " | ".join(f"{size:,}" for size in sizes)
    lines = [f"| {database} | {head} |", f"|---|{'---:|' * len(sizes)}"]
    for name, smallest in by_size[sizes[0]].items():
        cells = [
            f"{1000 * by_size[size][name]:.1f} ms ({by_size[size][name] / smallest:.2f})"
            for size in sizes
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
