"""Consent: the cardholder's own, to one recipient, for named fields, and no longer than that."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
BANK = "Example Bank"
NONE = "no-consent"


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_city.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def give(town: "Town", file: dict[str, Any], who: str = "", **changes: object) -> httpx.Response:
    """Consent to one field's being told."""
    said = {"recipient": BANK, "purpose": "an account", "fields": ["surname"]} | changes
    path = f"/records/{file['record']}/consents"
    return town.ask(who or file["owner_key"], "POST", path, said)


def ask(
    town: "Town",
    consent: str,
    recipient: str = BANK,
    who: str = "counsel1",
    purpose: str = "an account",
) -> httpx.Response:
    """Bring a consent to the desk."""
    body = {"consent": consent, "recipient": recipient, "purpose": purpose}
    return town.ask(who, "POST", "/consent-releases", body)


def collect(town: "Town", request: str) -> httpx.Response:
    """Have a request approved, and collect."""
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    return town.ask("counsel1", "GET", f"/disclosures/{request}/release")


def release(town: "Town", consent: str, recipient: str = BANK) -> list[dict[str, Any]] | str:
    """Return what a consent releases, or why nothing."""
    asked = ask(town, consent, recipient)
    if asked.status_code == 201:
        asked = collect(town, asked.json()["disclosure"])
    told = asked.json()
    return told["code"] if "code" in told else told["released"]


def test_a_consent_releases_what_it_names_to_whom_it_names_once(town: "Town") -> None:
    """Those fields, that recipient, after two humans; and then it is used up."""
    file = town.enrol()
    consent = give(town, file).json()["consent"]

    assert release(town, consent, "Example Insurance") == NONE
    assert release(town, consent, "EXAMPLE  bank") == [{"surname": file["form"]["surname"]}]
    assert release(town, consent) == NONE


def test_a_consent_counts_for_what_it_was_given_for(town: "Town") -> None:
    """Another purpose needs another consent, however it is spelled."""
    file = town.enrol()
    consent = give(town, file).json()["consent"]

    assert ask(town, consent, purpose="a debt").json()["code"] == NONE
    assert ask(town, consent, purpose="").status_code == 422
    assert ask(town, consent, purpose="An  ACCOUNT").status_code == 201


def test_a_consent_until_a_day_counts_until_that_day(town: "Town") -> None:
    """Twice within its time, in the evening of its last day, and not the morning after."""
    file = town.enrol()
    consent = give(town, file, until="2017-03-05").json()["consent"]
    first = release(town, consent)
    town.advance(4 * DAY + 13 * 3600)
    last = release(town, consent)
    town.advance(3600)

    assert first == last == [{"surname": file["form"]["surname"]}]
    assert release(town, consent) == NONE


def test_a_consent_taken_back_counts_no_more(town: "Town") -> None:
    """Not even for what two humans have approved already."""
    file = town.enrol()
    consent = give(town, file, until="2017-12-31").json()["consent"]
    request = ask(town, consent).json()["disclosure"]
    path = f"/records/{file['record']}/consents"
    town.must(file["owner_key"], "DELETE", f"{path}/{consent}")

    assert collect(town, request).json()["code"] == NONE
    assert release(town, consent) == NONE
    assert town.must(file["owner_key"], "GET", path) == {"consents": []}
    assert town.ask(file["owner_key"], "DELETE", f"{path}/{consent}").status_code == 404


def test_a_consent_ends_with_the_record(town: "Town") -> None:
    """Deleted, or held for a court and closed to everybody else."""
    deleted, held = town.enrol(), town.enrol()
    consents = [give(town, file).json()["consent"] for file in (deleted, held)]
    request = ask(town, consents[0]).json()["disclosure"]
    hold = town.hold(held)
    for file in (deleted, held):
        town.delete(file)

    assert collect(town, request).json()["code"] == NONE
    assert [release(town, consent) for consent in consents] == [NONE, NONE]
    town.lift(hold)


def test_a_consent_dies_with_the_kill_switch_and_survives_a_crash(town: "Town") -> None:
    """It is a part of the roster, and no part of it is lost or left over."""
    file = town.enrol()
    consents = [give(town, file).json()["consent"] for _ in range(2)]
    town.reopen()
    before = release(town, consents[0])
    town.kill()
    town.reopen()

    assert before == [{"surname": file["form"]["surname"]}]
    assert release(town, consents[1]) == NONE


@pytest.mark.parametrize("who", ["clerk1", "counsel1", "commissioner1", "a key of nobody"])
def test_nobody_consents_for_another(town: "Town", who: str) -> None:
    """Not staff, not a stranger, not another cardholder."""
    file, other = town.enrol(), town.enrol()

    assert give(town, file, who).status_code == 404
    assert give(town, file, other["owner_key"]).status_code == 404
    assert town.must(file["owner_key"], "GET", f"/records/{file['record']}/consents") == {
        "consents": []
    }


def test_a_child_does_not_consent_alone(town: "Town") -> None:
    """A parent or guardian signs as well, until the day of coming of age."""
    child = town.enrol(born="1999-03-02")

    assert give(town, child).json()["code"] == "guardian-needed"
    assert give(town, child, guardian="Example Guardian").status_code == 201
    town.advance(DAY)
    assert give(town, child).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": []},
        {"fields": ["document_number"]},
        {"fields": None},
        {"recipient": ""},
        {"purpose": " "},
        {"until": "2017-02-28"},
        {"until": "2020-01-01"},
        {"everything": True},
    ],
)
def test_a_consent_without_bounds_is_none(town: "Town", changes: dict[str, Any]) -> None:
    """No purpose, no recipient, no fields, no end, or an end that has passed."""
    assert give(town, town.enrol(), **changes).status_code == 422


@pytest.mark.parametrize("who", ["clerk1", "auditor1", "commissioner1", None])
def test_only_counsel_brings_a_consent(town: "Town", who: str | None) -> None:
    """And nothing leaves without two other humans."""
    consent = give(town, town.enrol()).json()["consent"]
    request = ask(town, consent).json()["disclosure"]

    assert ask(town, consent, who=who).status_code in (401, 403)
    early = town.ask("counsel1", "GET", f"/disclosures/{request}/release")
    assert early.json()["code"] == "not-approved-yet"


def test_an_owner_sees_what_they_have_allowed(town: "Town") -> None:
    """In their own words, and nobody else's."""
    file, other = town.enrol(), town.enrol()
    consent = give(town, file, until="2017-04-01").json()["consent"]
    give(town, other)
    path = f"/records/{file['record']}/consents"

    assert town.must(file["owner_key"], "GET", path)["consents"] == [
        {
            "consent": consent,
            "recipient": BANK,
            "purpose": "an account",
            "fields": ["surname"],
            "until": "2017-04-01",
        }
    ]
    assert town.ask(other["owner_key"], "GET", path).status_code == 404


def test_what_a_consent_says_lies_sealed(town: "Town") -> None:
    """Who banks where is nobody's to read off a disk."""
    give(town, town.enrol(), purpose="a purpose to look for")
    town.settle()

    assert b"a purpose to look for" not in town.at_rest()
    assert BANK.encode() not in town.at_rest()


def is_to_one_recipient(town: "Town") -> bool:
    """Whether another recipient gets nothing."""
    return release(town, give(town, town.enrol()).json()["consent"], "Example Insurance") == NONE


def is_of_named_fields(town: "Town") -> bool:
    """Whether nothing else leaves."""
    file = town.enrol()
    released = release(town, give(town, file).json()["consent"])
    return released == [{"surname": file["form"]["surname"]}]


def is_for_once(town: "Town") -> bool:
    """Whether a second release is refused."""
    consent = give(town, town.enrol()).json()["consent"]
    return [release(town, consent) == NONE for _ in range(2)] == [False, True]


def ends_with_the_record(town: "Town") -> bool:
    """Whether nothing that was allowed is kept once the record has ended."""
    file = town.enrol()
    give(town, file)
    deleted = town.delete(file).status_code
    town.settle()
    return deleted == 200 and town.rows("SELECT id FROM grants") == []


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("TakesAnyRecipient", is_to_one_recipient),
        ("SendsTheFile", is_of_named_fields),
        ("NeverUsesUp", is_for_once),
        ("KeepsConsents", ends_with_the_record),
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
