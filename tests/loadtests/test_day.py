"""A day is played at a real city: what is wrong under load is seen, and a lost worker is told."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Cohort, Mint
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.loadtests.account import account
from idaudit.loadtests.ceiling import nothing
from idaudit.loadtests.conductor import Conductor, Day
from idaudit.loadtests.crew import Crew
from idaudit.loadtests.findings import found, verdict
from idaudit.loadtests.limits import Limits
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.scans import Models
from idaudit.loadtests.tape import ANSWERED
from idaudit.loadtests.witnesses import places_of_an_hour
from idaudit.reports.load import load_page
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Verdict

PROGRAMME = load().programmes["idnyc-2017"]
SMALL = (200_000,)
PATIENT = Limits(0, 3600, 3600, 3600, 1e9, 0, 5, 1)
"""No speed is asserted on a machine that others use as well."""


def played(
    defect: str | None, orders: Orders, on_crew: Callable[[Crew], None] = lambda _: None
) -> Day:
    """Play one day at a city of our own."""
    said: list[str] = []
    cities = ReferenceCities(PROGRAMME.terms, orders.seed, defect=defect)
    with cities, cities.unused() as city:
        return Conductor(city, PROGRAMME, orders, said.append, on_crew=on_crew).play()


def test_a_city_that_mixes_people_up_in_a_crowd_is_caught_under_load() -> None:
    """A shared answer shows as another's data, and the account and the page tell it."""
    orders = Orders("all-at-once", 1.0, 4.0, 3, 1, holders=4, scans=SMALL)
    day = played("shares-an-answer-when-busy", orders)
    told = account(day, PATIENT)

    assert verdict(day, PATIENT)[0] is Verdict.BROKEN
    assert "anothers-data" in {each.reason for each in found(day)}
    assert told["exit_code"] == 1
    assert "anothers-data" in load_page(told)
    assert set(day.struck) == {"power cut", "slow database", "full disk"}
    assert day.tape.started == len(orders.arrivals())


def test_a_worker_that_is_killed_is_told_and_the_day_is_no_proof() -> None:
    """Two generators share an honest city's day; one is killed, and the other's share stands."""
    orders = Orders("all-at-once", 0.5, 4.0, 4, 2, holders=3, scans=SMALL, drain_seconds=3)
    day = played(None, orders, on_crew=lambda crew: crew.workers[1].kill())

    assert found(day) == []
    assert day.lost == [1]
    assert verdict(day, PATIENT)[0] is Verdict.NOT_SHOWN
    assert "1 of 2 generators were lost" in verdict(day, PATIENT)[1]
    assert 0 < day.tape.started < len(orders.arrivals())
    assert any(step.answer in ANSWERED for step in day.tape.steps)
    assert day.watch.controls >= 7


def test_nothing_of_locust_comes_into_this_process() -> None:
    """Only the generators' own processes wait in another way."""
    script = (
        "import sys, idaudit.command.load, idaudit.loadtests.conductor, idaudit.loadtests.account;"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('gevent', 'locust')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_server_that_does_nothing_answers() -> None:
    """The ceiling is measured against something that answers at all, and again."""
    with nothing() as url:
        answers = [urllib.request.urlopen(url, timeout=10).status for _ in range(2)]  # noqa: S310  our own loopback

    assert answers == [200, 200]


@pytest.mark.parametrize("number", [0, 1])
def test_a_scan_names_its_owner_in_every_place(number: int) -> None:
    """Every canary of the model is written over; the size is the model's, and two differ."""
    mint, models = Mint(5), Models(Mint(5), sizes=(300_000,))
    one, other = Applicants(mint, first=900).next(), Applicants(mint, first=901).next()
    data = models.scan(one, number).data
    first, last = (tag.encode() for tag in mint.tags(Cohort.SUBJECT))
    tokens = [data[at : at + 32] for at in range(len(data)) if data.startswith(first, at)]
    owners = {canary.applicant for t in tokens if (canary := mint.read(t.decode()))}

    assert owners == {900}
    assert len(tokens) > 300
    assert all(token.endswith(last) for token in tokens)
    assert len(data) == 300_000
    assert models.scan(other, number).data != data


def test_the_places_of_an_hour_are_counted_in_a_city_of_their_own() -> None:
    """As many as the city has are given one by one, and then no more."""
    with ReferenceCities(PROGRAMME.terms, 8) as cities, cities.unused() as city:
        assert places_of_an_hour(city) == 20
