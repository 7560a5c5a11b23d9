"""Cardholders are told who asked for them, when a court allows it; nobody else is."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
GAG = {"kind": "nondisclosure-order", "expires": "2017-03-20", "fields": []}


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_notices.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def ask(town: "Town", file: dict[str, Any], who: str = "") -> httpx.Response:
    """Read the notices of a record."""
    return town.ask(who or file["owner_key"], "GET", f"/records/{file['record']}/notices")


def told(town: "Town", file: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return what the owner of a record is told, as (kind, outcome)."""
    return [(one["kind"], one["outcome"]) for one in ask(town, file).json()["notices"]]


def gag(town: "Town", file: dict[str, Any], **changes: object) -> httpx.Response:
    """Enter an order of silence about the warrant of :meth:`Town.release`."""
    return town.ask("counsel1", "POST", "/gags", town.instrument(file, **(GAG | changes)))


def test_a_cardholder_is_told_who_asked_for_what(town: "Town") -> None:
    """At once, by whom, under which paper, and what left."""
    file, other = town.enrol(), town.enrol()
    town.release(file)
    notices = ask(town, file).json()["notices"]

    assert told(town, file) == [("request", "taken-up"), ("release", "released")]
    assert notices[1] | {"at": None} == {
        "at": None,
        "kind": "release",
        "requester": "United States Attorney",
        "court": town.instrument()["instrument"]["court"],
        "basis": "judicial-warrant",
        "outcome": "released",
        "fields": ["surname", "street"],
    }
    assert told(town, other) == []


def test_a_refused_request_is_told_as_well(town: "Town") -> None:
    """Whoever asked without a right to should be known to those they asked for."""
    file = town.enrol()
    paper = town.instrument(file, office="immigration-officer", court="")
    town.ask("counsel1", "POST", "/disclosures", paper)
    town.ask("clerk1", "POST", "/disclosures", paper)

    assert told(town, file) == [("request", "refused")]


def test_what_the_owner_allowed_is_told_when_it_happens(town: "Town") -> None:
    """A consent is used once more than one thinks."""
    file = town.enrol()
    said = {"recipient": "Example Bank", "purpose": "an account", "fields": ["surname"]}
    path = f"/records/{file['record']}/consents"
    consent = town.must(file["owner_key"], "POST", path, said)["consent"]
    paper = {"consent": consent, "recipient": "Example Bank", "purpose": "an account"}
    request = town.must("counsel1", "POST", "/consent-releases", paper)["disclosure"]
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    town.must("counsel1", "GET", f"/disclosures/{request}/release")

    assert told(town, file) == [("release", "released")]


def test_a_courts_order_of_silence_is_kept_and_ends_by_itself(town: "Town") -> None:
    """Until its last day for whom it names; others named in the same warrant hear at once."""
    file, other = town.enrol(), town.enrol()
    placed = gag(town, file)
    town.release(file, other)
    silent = told(town, file)
    town.reopen()
    town.advance(19 * DAY + 12 * 3600)
    last_evening = told(town, file)
    town.advance(3600)

    assert placed.json() == {"until": "2017-03-21T04:00:00Z"}
    assert (silent, last_evening) == ([], [])
    assert told(town, other) == [("request", "taken-up"), ("release", "released")]
    assert told(town, file) == [("request", "taken-up"), ("release", "released")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"office": "immigration-officer", "court": ""}, "not-a-court-order"),
        ({"signed": False}, "unsigned"),
        ({"kind": "judicial-warrant"}, "not-a-gag"),
        ({"expires": None}, "not-a-gag"),
        ({"expires": "2027-03-20"}, "not-a-gag"),
        ({"expires": "2017-02-28"}, "expired"),
        ({"number": " "}, "not-a-gag"),
        ({"subjects": []}, "names-nobody"),
    ],
)
def test_only_a_court_orders_silence_and_not_for_ever(
    town: "Town", changes: dict[str, Any], code: str
) -> None:
    """A gag claimed on ordinary paper, and one without an end, are none."""
    file = town.enrol()

    assert gag(town, file, **changes).json()["code"] == code
    town.release(file)
    assert len(told(town, file)) == 2


def test_an_order_is_about_one_paper(town: "Town") -> None:
    """Silence about one warrant is none about the next."""
    file = town.enrol()
    gag(town, file, number="SW-2")
    town.release(file)

    assert len(told(town, file)) == 2


def test_nobody_else_reads_a_notice(town: "Town") -> None:
    """Not staff, not another cardholder, not somebody of nearly that name, nor off the disk."""
    file, other = town.enrol(), town.enrol()
    town.release(file, requester="Example Requester")
    answers = [ask(town, file, who) for who in ("clerk1", "counsel1", other["owner_key"])]
    town.settle()

    assert {answer.status_code for answer in answers} == {404}
    assert b"Example Requester" not in town.at_rest()


def test_a_request_for_somebody_unknown_is_told_if_they_enrol(town: "Town") -> None:
    """The desk looks nobody up, so it writes to whom the paper names and not to whom it finds."""
    form = town.form()
    town.must("counsel1", "POST", "/disclosures", town.instrument({"form": form}))
    file = town.enrol(**{k: form[k] for k in ("given_name", "surname", "born")})

    assert told(town, file) == [("request", "taken-up")]


def test_who_only_claims_a_name_is_told_nothing_and_takes_nothing(town: "Town") -> None:
    """Anybody can apply over the web as anybody; until a reviewer agrees that proves nothing."""
    form = town.form()
    town.must("counsel1", "POST", "/disclosures", town.instrument({"form": form}))
    named = {k: form[k] for k in ("given_name", "surname", "born")}
    claimed = town.apply(None, channel="web", **named)
    told_before = told(town, claimed)
    path = f"/applications/{claimed['application']}/withdrawal"
    town.must(claimed["owner_key"], "POST", path)

    assert told_before == []
    assert told(town, town.enrol(**named)) == [("request", "taken-up")]


def test_two_of_one_name_lose_nothing_by_each_other(town: "Town") -> None:
    """The end of one record takes no notice from the other."""
    file = town.enrol()
    same = town.enrol(**{k: file["form"][k] for k in ("given_name", "surname", "born")})
    town.release(file)
    town.delete(file)

    assert len(told(town, same)) == 2


def test_a_notice_ends(town: "Town") -> None:
    """After two years nobody need know any more."""
    file = town.enrol()
    town.release(file)
    town.advance(731 * DAY)
    last = told(town, file)
    town.advance(DAY)

    assert (len(last), told(town, file)) == (2, [])


def tells_of_refusals(town: "Town") -> bool:
    """Whether somebody asked for in vain hears of it."""
    file = town.enrol()
    town.ask("counsel1", "POST", "/disclosures", town.instrument(file, signed=False))
    return told(town, file) == [("request", "refused")]


def obeys_courts(town: "Town") -> bool:
    """Whether a court's order of silence is kept."""
    file = town.enrol()
    gag(town, file)
    town.release(file)
    return told(town, file) == []


def obeys_nobody_else(town: "Town") -> bool:
    """Whether an agency's wish for silence changes nothing."""
    file = town.enrol()
    gag(town, file, office="immigration-officer", court="")
    town.release(file)
    return len(told(town, file)) == 2


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("TellsOnlyOfReleases", tells_of_refusals),
        ("IgnoresGags", obeys_courts),
        ("SilencesEveryone", obeys_nobody_else),
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
