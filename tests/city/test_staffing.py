"""Leavers are out at once, what they had begun is void, and whoever is forced yields nothing."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_city.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def remove(town: "Town", login: str, who: str = "administrator1") -> httpx.Response:
    """Let somebody go."""
    return town.ask(who, "DELETE", f"/staff/{login}")


def sign_in(town: "Town", login: str, key: str = "key of ") -> httpx.Response:
    """Sign in."""
    return town.ask(None, "POST", "/sessions", {"login": login, "key": key + login})


def approve(town: "Town", request: str, who: str) -> httpx.Response:
    """Approve a disclosure."""
    return town.ask(who, "POST", f"/disclosures/{request}/approvals", {})


def request_of(town: "Town") -> str:
    """Have a warrant taken up."""
    paper = town.instrument(town.enrol())
    return str(town.must("counsel1", "POST", "/disclosures", paper)["disclosure"])


def collect(town: "Town", request: str) -> httpx.Response:
    """Collect a disclosure."""
    return town.ask("counsel1", "GET", f"/disclosures/{request}/release")


def test_a_leaver_is_out_at_once_and_for_good(town: "Town") -> None:
    """The session they have open, the next one, and after a restart as well."""
    file = town.apply()
    before = town.ask("clerk2", "GET", f"/records/{file['record']}")
    gone = remove(town, "clerk2")
    after = town.ask("clerk2", "GET", f"/records/{file['record']}")
    town.reopen()
    later = town.ask("clerk2", "GET", f"/records/{file['record']}")

    assert (before.status_code, gone.status_code) == (200, 200)
    assert [answer.json()["code"] for answer in (after, later)] == ["not-signed-in"] * 2
    assert sign_in(town, "clerk2").json()["code"] == "wrong-key"
    assert town.ask("clerk1", "GET", f"/records/{file['record']}").status_code == 200


def test_a_leaver_is_a_human_and_not_a_login(town: "Town") -> None:
    """Whoever leaves as commissioner is no longer counsel either."""
    town.bearer("boss-as-counsel")
    remove(town, "commissioner1")

    assert town.ask("boss-as-counsel", "POST", "/holds", {}).status_code in (401, 422)
    assert sign_in(town, "boss-as-counsel").status_code == 401


def test_what_a_leaver_approved_is_not_approved(town: "Town") -> None:
    """Not even where the approvals were complete; what was collected stays collected."""
    requests = [request_of(town) for _ in range(2)]
    for request in requests:
        for who in ("counsel2", "commissioner1"):
            approve(town, request, who)
    assert collect(town, requests[0]).status_code == 200
    remove(town, "counsel2")

    assert collect(town, requests[1]).json()["code"] == "not-approved-yet"
    assert approve(town, requests[1], "commissioner2").status_code == 200
    assert collect(town, requests[1]).status_code == 200


def test_what_a_leaver_signed_or_proposed_is_void(town: "Town") -> None:
    """A kill order needs another signature, a change of a setting another proposal."""
    order = town.must("commissioner1", "POST", "/kill-orders")["order"]
    change = {"name": "papers_days", "value": 30}
    proposal = town.must("commissioner1", "POST", "/settings/proposals", change)["proposal"]
    remove(town, "commissioner1")
    signed = town.must("counsel1", "POST", f"/kill-orders/{order}/signatures")
    approved = town.ask("counsel1", "POST", f"/settings/proposals/{proposal}/approvals")

    assert signed == {"executed": False}
    assert approved.json()["code"] == "already-approved"
    assert town.must(None, "GET", "/settings")["proposals"][0]["state"] == "void"


def test_nobody_removes_themselves_and_clerks_remove_nobody(town: "Town") -> None:
    """A second human sees to it, and there is nobody by a name unknown here."""
    assert remove(town, "commissioner1", "commissioner1").json()["code"] == "same-person"
    assert remove(town, "commissioner1", "boss-as-counsel").json()["code"] == "wrong-role"
    assert remove(town, "clerk2", "clerk1").json()["code"] == "wrong-role"
    assert remove(town, "nobody").json()["code"] == "not-found"


# -- standing in --------------------------------------------------------------------------


def lend(town: "Town", to: str, until: str = "2017-03-10") -> httpx.Response:
    """Let somebody approve in the commissioner's place."""
    return town.ask("commissioner1", "POST", "/delegations", {"to": to, "until": until})


def test_counsel_may_stand_in_for_some_days(town: "Town") -> None:
    """Until the day named, and as one human like any other."""
    assert lend(town, "counsel2").status_code == 201
    requests = [request_of(town) for _ in range(2)]
    approve(town, requests[0], "counsel2")
    approve(town, requests[0], "boss-as-counsel")
    town.advance(10 * DAY)
    approve(town, requests[1], "counsel2")
    approve(town, requests[1], "boss-as-counsel")

    assert collect(town, requests[0]).json()["code"] in ("window-closed", "expired")
    assert collect(town, requests[1]).json()["code"] == "not-approved-yet"


def test_a_power_lent_by_a_leaver_is_void(town: "Town") -> None:
    """So is what was approved with it."""
    lend(town, "counsel2")
    town.bearer("boss-as-counsel")
    request = request_of(town)
    lent = approve(town, request, "counsel2").json()
    remove(town, "commissioner1")
    again = approve(town, request, "counsel2").json()
    other = approve(town, request, "boss-as-counsel")

    assert (lent, again) == ({"approvals": 1}, {"approvals": 1})
    assert other.status_code == 401
    assert collect(town, request).json()["code"] == "not-approved-yet"


@pytest.mark.parametrize(
    ("to", "until"),
    [
        ("boss-as-counsel", "2017-03-10"),
        ("clerk1", "2017-03-10"),
        ("nobody", "2017-03-10"),
        ("counsel1", "2017-02-28"),
        ("counsel1", "2018-03-10"),
    ],
)
def test_a_power_is_lent_to_another_of_counsel_and_not_for_long(
    town: "Town", to: str, until: str
) -> None:
    """Not to oneself under another login, not to a clerk, not backwards, not for ever."""
    assert lend(town, to, until).status_code in (403, 404, 422)


# -- sessions and duress ------------------------------------------------------------------


def test_signing_out_ends_every_session_of_a_login(town: "Town") -> None:
    """Also the one on a machine left behind; others stay signed in, also after a restart."""
    file = town.apply()
    tokens = [sign_in(town, "clerk1").json()["token"] for _ in range(2)]
    town.must(tokens[0], "DELETE", "/sessions")
    path = f"/records/{file['record']}"
    town.reopen()

    assert {town.ask(token, "GET", path).status_code for token in tokens} == {401}
    assert town.ask("clerk2", "GET", path).status_code == 200
    assert town.ask(sign_in(town, "clerk1").json()["token"], "GET", path).status_code == 200


def test_whoever_is_forced_yields_nothing_and_leaves_a_trace(town: "Town") -> None:
    """The key works like any other to look at; there is just nothing there."""
    file, form = town.apply(), town.form()
    usual, forced = sign_in(town, "clerk1"), sign_in(town, "clerk1", "forced key of ")
    token = forced.json()["token"]
    shown = town.ask(token, "GET", f"/records/{file['record']}")
    opened = town.ask(token, "POST", "/applications", form)

    assert (forced.status_code, len(forced.content)) == (201, len(usual.content))
    assert [answer.json()["code"] for answer in (shown, opened)] == ["not-found"] * 2
    assert file["form"]["surname"] not in shown.text
    assert town.acts()[-3:] == [
        ("clerk:clerk1", "sign_in_under_duress", "allowed"),
        ("clerk:clerk1", "read_record", "refused"),
        ("clerk:clerk1", "open_application", "refused"),
    ]


@pytest.mark.parametrize("who", ["reviewer1", "counsel1", "commissioner1", "auditor1"])
def test_nobody_can_be_forced_to_do_anything(town: "Town", who: str) -> None:
    """Not to look, not to release, not to destroy, not to read who was warned."""
    request = request_of(town)
    token = sign_in(town, who, "forced key of ").json()["token"]
    asked = [
        ("GET", "/ledger"),
        ("POST", "/kill-orders"),
        ("GET", f"/disclosures/{request}/release"),
        ("DELETE", "/staff/clerk1"),
        ("GET", "/settings"),
    ]

    assert {town.ask(token, *each).status_code for each in asked} == {404}


def cuts_leavers_off(town: "Town") -> bool:
    """Whether the session of a leaver is worth nothing."""
    file = town.apply()
    town.bearer("clerk2")
    remove(town, "clerk2")
    return town.ask("clerk2", "GET", f"/records/{file['record']}").status_code == 401


def voids_their_approvals(town: "Town") -> bool:
    """Whether nothing is released on the word of somebody who has left."""
    request = request_of(town)
    for who in ("counsel2", "commissioner1"):
        approve(town, request, who)
    remove(town, "counsel2")
    return collect(town, request).status_code == 409


def yields_nothing_under_duress(town: "Town") -> bool:
    """Whether whoever is forced sees no record."""
    file = town.apply()
    token = sign_in(town, "clerk1", "forced key of ").json()["token"]
    return town.ask(token, "GET", f"/records/{file['record']}").status_code == 404


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("LetsLeaversIn", cuts_leavers_off),
        ("KeepsLeaversApprovals", voids_their_approvals),
        ("ShowsEverythingUnderDuress", yields_nothing_under_duress),
    ],
)
def test_a_city_that_breaks_the_promise_is_noticed(
    open_town: Callable[..., "Town"],
    faithless: "Nursery",
    fault: str,
    promise: Callable[["Town"], bool],
) -> None:
    """Each promise is kept by the city, and seen to be broken by one that does not."""
    assert promise(open_town())
    assert not promise(open_town({"faithless": fault}, faithless))
