"""A day on which everybody books: each place goes once, and nobody learns of anybody else."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town

FRIDAY = "2017-03-03"
DAY = 86_400
PLACES = 3
AFTERNOON = 3  # hours that everybody wants
CROWD = 30  # for nine places
BUSY = {"centres": {"centre-1": PLACES}, "relay": "127.0.0.1:1"}


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


@dataclass(frozen=True)
class Visitor:
    """Somebody who wants any hour of the afternoon, and to be reminded of it."""

    contact: str
    bearer: str | None = None

    async def book(
        self, http: httpx.AsyncClient, wanted: list[dict[str, Any]]
    ) -> tuple[str | None, list[httpx.Response]]:
        """Try one hour after the other; return the code, if any, and every answer."""
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        answers = []
        for hour in wanted:
            said = hour | {"contact": self.contact}
            answers.append(await http.post("/appointments", json=said, headers=headers))
            if answers[-1].status_code == 201:
                return answers[-1].json()["code"], answers
        return None, answers


def crowd(town: "Town") -> list[Visitor]:
    """Return the public, a few cardholders with their own addresses, and some of the staff."""
    file = town.enrol()
    known = [Visitor(file["form"]["email"]), Visitor(file["form"]["email"], file["owner_key"])]
    staff = [Visitor(f"z{who}@vexillary.example.org", town.bearer(who)) for who in ("clerk1",)]
    strangers = CROWD - len(known) - len(staff)
    public = [Visitor(f"zyzzyva{n:02}@vexillary.example.org") for n in range(strangers)]
    return [*public[::2], *known, *staff, *public[1::2]]


def afternoon(town: "Town") -> list[dict[str, Any]]:
    """Return the last hours of Friday."""
    hours = town.must(None, "GET", f"/appointments/hours/{FRIDAY}")["hours"]
    return hours[-AFTERNOON:]


def burst(
    town: "Town", visitors: list[Visitor], wanted: list[dict[str, Any]]
) -> tuple[list[str], list[httpx.Response]]:
    """Let everybody book at once; return the codes and every answer that was none."""

    async def rush() -> list[tuple[str | None, list[httpx.Response]]]:
        limits = httpx.Limits(max_connections=len(visitors))
        base = town.http.base_url
        async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as http:
            turns = [wanted[n % AFTERNOON :] + wanted[: n % AFTERNOON] for n in range(CROWD)]
            both = zip(visitors, turns, strict=True)
            return await asyncio.gather(*(one.book(http, turn) for one, turn in both))

    came = asyncio.run(rush())
    refused = [each for _, answers in came for each in answers if each.status_code != 201]
    return [code for code, _ in came if code], refused


def expected(town: "Town") -> list[int]:
    """Return how many the staff expect in each hour of the afternoon."""
    hours = town.must("clerk1", "GET", f"/appointments/calendar/{FRIDAY}")["hours"]
    return [hour["expected"] for hour in hours[-AFTERNOON:]]


def each_place_goes_once(town: "Town") -> bool:
    """Whether as many are let in on the day as there were places: no more, and no fewer."""
    codes, _ = burst(town, crowd(town), afternoon(town))
    full = expected(town) == [PLACES] * AFTERNOON
    town.advance(2 * DAY)
    path, let_in = "/appointments/check-ins", Counter[int]()
    for code in codes * 2:
        let_in[town.ask("clerk1", "POST", path, {"code": code}).status_code] += 1
    places = PLACES * AFTERNOON
    return full and let_in == {200: places, 404: places} and len(set(codes)) == len(codes)


def whoever_asks_is_told_the_same(town: "Town") -> bool:
    """Whether every answer about an hour that is gone is the same, but for the time of day."""
    visitors, wanted = crowd(town), afternoon(town)
    _, refused = burst(town, visitors, wanted)
    # Luck may give a cardholder a place in the rush; on a second try there is none for anybody.
    codes, again = burst(town, visitors, wanted)
    refused += again
    told = {
        (each.status_code, each.content, tuple(sorted((dict(each.headers) | {"date": ""}).items())))
        for each in refused
    }
    enough = (2 * CROWD - PLACES * AFTERNOON) * AFTERNOON
    return not codes and len(refused) >= enough and len(told) == 1


def nobody_is_remembered(town: "Town") -> bool:
    """Whether no address is on any disk, during the rush or once the day is over."""
    visitors = crowd(town)
    codes, _ = burst(town, visitors, afternoon(town))
    town.settle()
    during = town.at_rest()
    town.must("clerk1", "POST", "/appointments/cancellations", {"code": codes[0]})
    town.advance(3 * DAY)
    town.settle()
    left = town.rows("SELECT (SELECT count(*) FROM bookings) + (SELECT count(*) FROM booked_hours)")
    lying = during + town.at_rest()
    return left == [(0,)] and not any(one.contact.encode() in lying for one in visitors)


PROMISES = {
    "OverbooksHours": each_place_goes_once,
    "KnowsItsCardholders": whoever_asks_is_told_the_same,
    "RemembersWhoCame": nobody_is_remembered,
}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_a_rush_changes_nothing_of_what_was_promised(
    promise: "Callable[[Town], bool]", open_town: "Callable[..., Town]"
) -> None:
    """Thirty at once for nine places, cardholders and staff among them."""
    assert promise(open_town(BUSY))


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_calendar_that_fails_in_a_rush_is_noticed(
    fault: str,
    promise: "Callable[[Town], bool]",
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town(BUSY | {"faithless": fault}, faithless))
