"""``docs/one-applicant.md`` tells what the city does: it is written by walking through it."""

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from idaudit.checks.case import CLERK, COMMISSIONER, COUNSEL, COUNSEL_2, PUBLIC, REVIEWER
from idaudit.checks.services import PARTNER, book
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicant, Applicants, Document
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.instruments import judges_warrant, preservation_order
from idaudit.fixtures.papers.photographs import photograph_of
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Exchange, Outcome, Role
from idaudit.threatmodel.loader import load

PAGE = Path(__file__).parents[2] / "docs" / "one-applicant.md"
SEED = 2015
WHOLE_RECORD = ("given_name", "surname", "born", "street", "email", "phone")
HEAD = """\
# One applicant's walk through the city

<!-- written by tests/docs/test_one_applicant.py; `make docs` writes it anew -->

This is the reference city under `idnyc-2017`, on SQLite. Each step says who asked for what, which
calls that took, and what came to rest where. After each step every place was swept for the
applicant's name, birth date, address, telephone, e-mail and papers, in every form the sweep knows;
a control planted beside them was found each time. Numbers are rows, lines and files; ids and values
are left out.

"""


@dataclass
class Walk:
    """One applicant, one city, and what has been written down so far."""

    city: ReferenceTarget
    told: Narrated
    sight: Sight
    person: Applicant
    lines: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)  # as it was when the step began
    calls: int = 0
    routes: tuple[tuple[re.Pattern[str], str], ...] = ()

    def begin(self) -> None:
        """Learn the city's routes, and what rests in it while it is empty."""
        paths = self.told.describe().fields["openapi"]["paths"]
        self.routes = tuple(
            (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), path)
            for path in sorted(paths, key=lambda path: ("{" in path, path))
        )
        self.begin_again()

    @property
    def owner(self) -> Actor:
        """The applicant, acting on their own record."""
        return Actor(Role.APPLICANT, self.person.index)

    def begin_again(self) -> None:
        """Take what rests now as what was there before the next step."""
        self.city.settle()
        self.before, self.calls = resting(self.city), len(self.city.exchanges())

    def step(self, title: str, *acts: Callable[[], Outcome]) -> list[Outcome]:
        """Do *acts*, each of which has to be allowed, and write down what came of them."""
        self.begin_again()
        first = len(self.told.story)
        done = [act() for act in acts]
        assert all(outcome.allowed for outcome in done), (title, done)
        calls = [self._call(each) for each in self.city.exchanges()[self.calls :]]
        self.city.settle()
        after = resting(self.city)
        found = self.sight.look([self.person], settled=False)
        self.lines += [f"## {title}", "", " ".join(self.told.story[first:]), ""]
        self.lines += [f"- `{call}`" for call in dict.fromkeys(calls)]
        self.lines += ["", f"**At rest:** {changes(self.before, after)}.", ""]
        places = sorted({hit.surface for hit in found})
        self.lines += [f"**In the clear:** {', '.join(places) or 'nothing, anywhere'}.", ""]
        assert not found, (title, found)
        return done

    def _call(self, exchange: Exchange) -> str:
        path = exchange.path.partition("?")[0]
        route = next((known for found, known in self.routes if found.fullmatch(path)), path)
        return f"{exchange.method} {route} -> {exchange.status}"


def resting(city: ReferenceTarget) -> Counter[str]:
    """Count the rows, files and lines in every place where the city keeps anything."""
    return Counter(dict(_counted(city.data)))


def _counted(data: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(data.rglob("*")):
        place = path.relative_to(data).as_posix()
        if path.suffix == ".sqlite":
            yield from ((f"{path.stem}.{table}", rows) for table, rows in _rows(path))
        elif path.suffix == ".log":
            yield f"{place} (lines)", len(path.read_text("utf-8").splitlines())
        elif path.is_file() and not path.name.endswith(("-wal", "-shm")):
            yield f"{place.rpartition('/')[0]}/ (files)", 1


def _rows(path: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        tables = reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in tables.fetchall():
            yield table, reader.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608  our own names


def changes(before: Counter[str], after: Counter[str]) -> str:
    """Say what there is more and less of."""
    moved = {name: after[name] - before[name] for name in sorted({*before, *after})}
    told = [f"`{name}` {number:+d}" for name, number in moved.items() if number]
    return ", ".join(told) or "nothing new"


def walked() -> str:
    """Walk one applicant through a new city and return the page."""
    terms = load().programmes["idnyc-2017"].terms
    mint = Mint(SEED)
    with ReferenceCities(terms, SEED) as cities, cities.unused() as city:
        told = Narrated(city)
        people = Applicants(mint, city.now().date())
        walk = Walk(city, told, Sight(city, mint), people.next())
        walk.begin()
        _tour(walk)
        return HEAD + "\n".join(walk.lines).rstrip() + "\n"


def _tour(walk: Walk) -> None:
    """Go from the first appointment to the last key."""
    application, record = _enrol(walk)
    _use(walk, application, record)
    _court(walk)
    _leave(walk, record)


def _enrol(walk: Walk) -> tuple[str, str]:
    person, city = walk.person, walk.told
    (booked,) = walk.step("Booking an hour", lambda: book(city))
    starts = min(datetime.fromisoformat(str(hour["starts"])) for hour in _hours(city))
    city.advance_clock(max(starts - city.now(), timedelta()))
    walk.step("Coming to the centre", lambda: city.check_in(booked.fields["code"], CLERK))
    (opened,) = walk.step("Applying at the counter", lambda: city.open_application(person, CLERK))
    application = opened.fields["application"]
    shown = [_showing(city, application, paper) for paper in person.documents]
    walk.step("Showing papers", *shown, lambda: city.view_document(application, 0, REVIEWER))
    photograph = photograph_of(person)
    walk.step(
        "Being photographed",
        lambda: city.submit_photo(application, photograph, CLERK),
        lambda: city.check_duplicate(application, REVIEWER),
    )
    walk.step("Being approved", lambda: city.decide(application, REVIEWER, approve=True))
    return application, opened.fields["record"]


def _hours(city: Narrated) -> list[Mapping[str, object]]:
    """Return the hours of the first day that still has any."""
    days = ((city.now() + timedelta(days=ahead)).date() for ahead in range(10))
    return next(hours for day in days if (hours := city.list_hours(day, PUBLIC).fields["hours"]))


def _showing(city: Narrated, application: str, paper: Document) -> Callable[[], Outcome]:
    return lambda: city.submit_document(application, paper, CLERK)


def _use(walk: Walk, application: str, record: str) -> None:
    city, owner = walk.told, walk.owner
    (card,) = walk.step("Getting the card", lambda: city.issue_card(application, CLERK))
    number = card.fields["number"]
    walk.step("Showing it at a bank", lambda: city.verify_card(PARTNER, number=number))
    walk.step("Reading one's own record", lambda: city.read_record(record, owner))


def _court(walk: Walk) -> None:
    person, city = walk.person, walk.told
    today = city.now().date()
    warrant = judges_warrant(person.named(), fields=("street",), today=today)
    (asked,) = walk.step("A judge's warrant", lambda: city.request_disclosure(warrant, COUNSEL))
    disclosure = asked.fields["disclosure"]
    walk.step(
        "Two people agree, and what it names goes out",
        lambda: city.approve_disclosure(disclosure, COUNSEL_2),
        lambda: city.approve_disclosure(disclosure, COMMISSIONER),
        lambda: city.collect_disclosure(disclosure, COUNSEL),
    )


def _leave(walk: Walk, record: str) -> None:
    person, city = walk.person, walk.told
    walk.step("Reading what was done", lambda: city.read_notices(record, walk.owner))
    order = preservation_order(person.named(), fields=WHOLE_RECORD, today=city.now().date())
    (held,) = walk.step("A court forbids destruction", lambda: city.place_hold(order, COUNSEL))
    walk.step(
        "Asking to be forgotten, under the hold", lambda: city.delete_record(record, walk.owner)
    )
    walk.step("The hold is lifted", lambda: city.lift_hold(held.fields["hold"], COUNSEL))


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page as the city gives it today."""
    return walked()


def test_the_page_is_what_happens(page: str) -> None:
    """
    Every call, every count, every place.

    ``IDAUDIT_WRITE_DOCS=1`` mends it instead of failing.
    """
    if os.environ.get("IDAUDIT_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page


def test_nothing_is_left_at_the_end(page: str) -> None:
    """What came to rest of the record went with it: the last step takes it back."""
    last = page.rpartition("## ")[2]

    assert "`city.records` -1" in last
    assert page.count("**In the clear:** nothing, anywhere.") == page.count("\n## ")
