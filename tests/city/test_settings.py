"""Settings: two humans, in public, after a delay, and never past the kill switch's date."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
DELAY = 14 * DAY
KILLED = {"kill_fires_on": "2017-12-31"}


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_city.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def propose(town: "Town", name: str, value: object, who: str = "administrator1") -> httpx.Response:
    """Propose a change."""
    return town.ask(who, "POST", "/settings/proposals", {"name": name, "value": value})


def approve(town: "Town", proposal: str, who: str = "counsel1") -> httpx.Response:
    """Approve a change."""
    return town.ask(who, "POST", f"/settings/proposals/{proposal}/approvals")


def change(town: "Town", name: str, value: object) -> None:
    """Have a change approved by two humans."""
    assert approve(town, propose(town, name, value).json()["proposal"]).status_code == 200


def settings(town: "Town") -> dict[str, Any]:
    """Read the settings as anybody."""
    return town.must(None, "GET", "/settings")


def test_a_change_is_public_at_once_and_holds_after_the_delay(town: "Town") -> None:
    """Anybody reads it from the first day; it changes nothing before its own."""
    proposal = propose(town, "record_days_after_expiry", 400).json()["proposal"]
    proposed = settings(town)["proposals"]
    approve(town, proposal)
    town.advance(DELAY - 1)
    early = settings(town)
    town.advance(1)
    late = settings(town)

    assert [(one["name"], one["value"], one["state"]) for one in proposed] == [
        ("record_days_after_expiry", 400, "proposed")
    ]
    assert early["settings"]["record_days_after_expiry"] == 30
    assert early["proposals"][0]["effective"] == "2017-03-15T15:00:00Z"
    assert late["settings"]["record_days_after_expiry"] == 400
    assert ("city", "change_setting", "allowed") in town.acts()


def test_a_longer_term_is_for_those_who_enrol_under_it(town: "Town") -> None:
    """Whoever was promised thirty days is gone after thirty."""
    before = town.enrol()
    change(town, "record_days_after_expiry", 400)
    town.advance(DELAY)
    after = town.enrol()
    town.advance(5 * 366 * DAY + 40 * DAY)

    assert town.read(before).status_code == 404
    assert town.read(after).status_code == 200


def test_what_holds_still_holds_after_a_crash(town: "Town") -> None:
    """A restart does not bring back the old terms, nor lose what waits."""
    change(town, "disclosure_profile", "warrant-only")
    town.advance(DELAY)
    change(town, "release_approvals", 3)
    town.reopen()

    assert settings(town)["settings"]["disclosure_profile"] == "warrant-only"
    assert settings(town)["settings"]["release_approvals"] == 2
    town.advance(DELAY)
    assert settings(town)["settings"]["release_approvals"] == 3
    file = town.enrol()
    paper = town.instrument(file, kind="judicial-subpoena", office="justice")
    assert town.ask("counsel1", "POST", "/disclosures", paper).json()["code"] == "not-a-warrant"


def test_one_human_changes_nothing(town: "Town") -> None:
    """Whoever proposed does not approve, whichever login is used, and nobody approves twice."""
    proposal = propose(town, "papers_days", 30, "commissioner1").json()["proposal"]
    alone = [approve(town, proposal, who) for who in ("commissioner1", "boss-as-counsel")]
    second = approve(town, proposal, "commissioner2")
    third = approve(town, proposal, "counsel1")

    assert [answer.json()["code"] for answer in alone] == ["same-person", "same-person"]
    assert second.status_code == 200
    assert third.json()["code"] == "already-approved"


@pytest.mark.parametrize("who", [None, "clerk1", "reviewer1", "auditor1", "counsel1"])
def test_only_those_in_charge_propose(town: "Town", who: str | None) -> None:
    """Nobody else, however well meant."""
    assert propose(town, "papers_days", 30, who).status_code in (401, 403)
    assert settings(town)["proposals"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kill_fires_on", "2018-12-31"),
        ("kill_fires_on", None),
        ("papers_days", 400),
        ("record_days_after_expiry", 365),
        ("purge_paused_until", "2018-01-01"),
    ],
)
def test_nothing_puts_off_the_kill_switchs_date(
    open_town: Callable[..., "Town"], name: str, value: object
) -> None:
    """Not the date itself, nor a term or a pause that reaches past it."""
    town = open_town(**KILLED)
    town.advance(270 * DAY)

    assert propose(town, name, value).json()["code"] == "breaks-the-kill"
    town.enrol()
    town.advance(60 * DAY)
    assert town.must("auditor1", "GET", "/kill-certificate")["fired"] is True


def test_the_date_may_come_sooner(open_town: Callable[..., "Town"]) -> None:
    """Two humans may bring the kill forward, and it then fires by itself on the new day."""
    town = open_town(**KILLED)
    file = town.enrol()
    change(town, "kill_fires_on", "2017-06-01")
    town.advance(95 * DAY)

    assert town.read(file).status_code == 404
    assert town.must("auditor1", "GET", "/kill-certificate")["fired"] is True


def test_a_paused_purge_resumes_by_itself(town: "Town") -> None:
    """What fell due in the pause goes on the day the pause ends, and no pause is long."""
    change(town, "purge_paused_until", "2017-05-20")
    town.advance(DELAY)
    file = town.apply()
    assert settings(town)["settings"]["purge_paused_until"] == "2017-05-20"
    assert propose(town, "purge_paused_until", "2018-05-20").json()["code"] == "invalid"
    town.advance(62 * DAY)
    resting = town.read(file).status_code
    town.advance(10 * DAY)

    assert (resting, town.read(file).status_code) == (200, 404)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("release_approvals", 1, "invalid"),
        ("release_approvals", 5, "too-few-humans"),
        ("kill_signatures", True, "invalid"),
        ("papers_days", -1, "invalid"),
        ("papers_days", "30", "invalid"),
        ("disclosure_profile", "anything", "invalid"),
        ("kill_fires_on", "soon", "invalid"),
        ("secret", "0", "invalid"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    town: "Town", name: str, value: object, code: str
) -> None:
    """One signature, more signers than there are humans, and what is no setting at all."""
    assert propose(town, name, value).json()["code"] == code


def is_waited_for(town: "Town") -> bool:
    """Whether an approved change waits."""
    change(town, "papers_days", 30)
    town.advance(60)
    return settings(town)["settings"]["papers_days"] == 0


def takes_two_humans(town: "Town") -> bool:
    """Whether one human with two logins gets nowhere."""
    proposal = propose(town, "papers_days", 30, "commissioner1").json()["proposal"]
    return approve(town, proposal, "boss-as-counsel").status_code == 403


def is_published(town: "Town") -> bool:
    """Whether anybody can read of a change before it holds."""
    propose(town, "papers_days", 30)
    return len(settings(town)["proposals"]) == 1


def keeps_its_date(town: "Town") -> bool:
    """Whether the kill switch's date stands."""
    return propose(town, "kill_fires_on", None).status_code == 409


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("HoldsAtOnce", is_waited_for),
        ("CountsLogins", takes_two_humans),
        ("PublishesLate", is_published),
        ("MovesTheDate", keeps_its_date),
    ],
)
def test_a_city_that_breaks_the_promise_is_noticed(
    open_town: Callable[..., "Town"],
    faithless: "Nursery",
    fault: str,
    promise: Callable[["Town"], bool],
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(open_town(**KILLED))
    assert not promise(open_town({"faithless": fault}, faithless, **KILLED))
