"""Renewal: a new card, nothing asked again, and no old clock started anew."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
YEARLY = {"card_years": 1}
KEEPS = {"card_years": 1, "papers_days": 500, "purge_every": "quarter"}


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_channels.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def renew(town: "Town", file: dict[str, Any], who: str = "") -> httpx.Response:
    """Renew a card."""
    return town.ask(who or file["owner_key"], "POST", f"/records/{file['record']}/renewal")


def enrol_with_paper(town: "Town") -> dict[str, Any]:
    """Enrol somebody whose paper is kept for a term."""
    file = town.apply()
    town.show(file, b"a paper kept for a term")
    town.decide(file)
    town.must("clerk1", "POST", f"/applications/{file['application']}/card")
    return file


def paper(town: "Town", file: dict[str, Any]) -> int:
    """Look at the paper of a file; return the status of the answer."""
    path = f"/applications/{file['application']}/documents/0"
    return town.ask("reviewer1", "GET", path).status_code


def test_a_card_is_renewed_shortly_before_it_expires(open_town: Callable[..., "Town"]) -> None:
    """Not a day early; the new one begins where the old one ends, with the same face."""
    town = open_town(**YEARLY)
    file = town.enrol()
    town.advance(304 * DAY)
    early = renew(town, file)
    town.advance(DAY)
    renewed = renew(town, file)

    assert early.json()["code"] == "too-early"
    assert renewed.status_code == 201
    assert renewed.json()["face"] == file["card"]["face"] | {"expires": "2019-03-01"}
    assert renewed.json()["number"] != file["card"]["number"]
    assert renew(town, file).json()["code"] == "too-early"


def test_a_renewed_record_lives_as_long_as_the_new_card(open_town: Callable[..., "Town"]) -> None:
    """And then it goes, thirty days after, by itself."""
    town = open_town(**YEARLY)
    file, other = town.enrol(), town.enrol()
    town.advance(380 * DAY)
    renew(town, file)
    town.advance(20 * DAY)
    first = (town.read(file).status_code, town.read(other).status_code)
    town.advance(340 * DAY)
    before = town.read(file).status_code
    town.advance(30 * DAY)

    assert first == (200, 404)
    assert (before, town.read(file).status_code) == (200, 404)


def test_a_renewal_starts_no_papers_clock_anew(open_town: Callable[..., "Town"]) -> None:
    """A paper goes on the day it was always to go."""
    town = open_town(**KEEPS)
    file = enrol_with_paper(town)
    town.advance(340 * DAY)
    assert renew(town, file).status_code == 201
    town.advance(159 * DAY)
    before = paper(town, file)
    town.advance(2 * DAY)

    assert (before, paper(town, file)) == (200, 404)
    assert town.read(file).status_code == 200


def test_a_renewed_record_survives_a_crash(open_town: Callable[..., "Town"]) -> None:
    """It is sealed anew, and the new key is as safe as the old one was."""
    town = open_town(**YEARLY)
    file = town.enrol()
    town.advance(340 * DAY)
    renew(town, file)
    town.reopen()

    assert town.read(file).json()["record"]["surname"] == file["form"]["surname"]


def test_a_renewal_asks_nothing(open_town: Callable[..., "Town"]) -> None:
    """No form, no paper, no second look by staff; one line in the ledger."""
    town = open_town(**YEARLY)
    file = town.enrol()
    town.advance(340 * DAY)
    lines = len(town.acts())
    renew(town, file)

    assert town.acts()[lines + 1 :] == [("applicant", "renew", "allowed")]


def test_only_a_cardholder_renews(open_town: Callable[..., "Town"]) -> None:
    """Not staff, not a stranger, not whoever has no card yet, nor a record closed for a court."""
    town = open_town(**YEARLY)
    file, other = town.enrol(), town.enrol()
    undecided = town.apply()
    town.advance(59 * DAY)
    answers = [renew(town, file, who) for who in ("clerk1", other["owner_key"], "nobody's key")]
    assert {answer.status_code for answer in answers} == {404}
    assert renew(town, undecided).json()["code"] == "no-card-yet"
    town.advance(285 * DAY)
    town.hold(file)
    assert renew(town, file).status_code == 201
    town.delete(file)
    assert renew(town, file).json()["code"] == "sealed"


def test_a_held_record_that_is_renewed_stays_held(open_town: Callable[..., "Town"]) -> None:
    """The new key is the court's as well, so that the kill switch spares the record."""
    town = open_town(**YEARLY)
    file = town.enrol()
    town.advance(340 * DAY)
    town.hold(file)
    renew(town, file)
    town.kill()
    town.reopen()

    assert town.release(file) == [
        {"surname": file["form"]["surname"], "street": file["form"]["street"]}
    ]


def keeps_the_papers_day(town: "Town") -> bool:
    """Whether a paper is gone on its day although the card was renewed."""
    file = enrol_with_paper(town)
    town.advance(340 * DAY)
    renew(town, file)
    town.advance(161 * DAY)
    return paper(town, file) == 404


def waits_for_the_time(town: "Town") -> bool:
    """Whether nobody can keep a record alive from its first day."""
    return renew(town, town.enrol()).status_code == 409


@pytest.mark.parametrize(
    ("fault", "promise"),
    [("RestartsTheClock", keeps_the_papers_day), ("RenewsAtAnyTime", waits_for_the_time)],
)
def test_a_city_that_breaks_the_promise_is_noticed(
    open_town: Callable[..., "Town"],
    faithless: "Nursery",
    fault: str,
    promise: Callable[["Town"], bool],
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(open_town(**KEEPS))
    assert not promise(open_town({"faithless": fault}, faithless, **KEEPS))
