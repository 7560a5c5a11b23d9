"""Partners learn whether a card is good, and nobody learns where it was shown."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

YEAR = 366 * 86_400
FOREIGN = "4000000000000002"


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


def verify(town: "Town", who: str = "partner1", **shown: object) -> httpx.Response:
    """Ask whether a card is good."""
    return town.ask(who, "POST", "/verifications", shown)


def remembered(town: "Town") -> tuple[list[tuple[str, str, str]], str]:
    """Return what a city remembers of what it was asked: its ledger and its log."""
    # The act of reading the ledger is in the log as well, each time alike.
    acts = [act for act in town.acts() if act[1] != "read_ledger"]
    lines = (town.data / "log" / "city.log").read_text().splitlines()
    return acts, "\n".join(line for line in lines if "/ledger" not in line)


def a_use_leaves_no_trace(town: "Town") -> bool:
    """Whether everything that rests is the same after a card was shown as before."""
    number = town.enrol()["card"]["number"]
    verify(town, number=FOREIGN)
    town.settle()
    before, rows = remembered(town), town.at_rest().count(b"partner")
    answers = [verify(town, number=number).json(), verify(town, number=FOREIGN).json()]
    town.settle()
    same = remembered(town)[1].count("verifications") == before[1].count("verifications")
    kept = number.encode() not in town.at_rest() and town.at_rest().count(b"partner") == rows
    silent = not any("verif" in act for _, act, _ in remembered(town)[0])
    return same and kept and silent and answers == [{"valid": True}, {"valid": False}]


def partners_cannot_compare(town: "Town") -> bool:
    """Whether two partners know a card by two names, each of them always by the same."""
    number = town.enrol()["card"]["number"]
    asked = ("partner1", "partner2", "partner1")
    names = [verify(town, who, number=number, token=True).json()["token"] for who in asked]
    return names[0] == names[2] != names[1]


def guessing_ends(town: "Town") -> bool:
    """Whether a partner that guesses is stopped, and another is not, until the hour is over."""
    number = town.enrol()["card"]["number"]
    for guess in range(100):
        verify(town, number=f"{guess:016}")
    stopped = verify(town, number=number).status_code == 429
    other = verify(town, "partner2", number=number).json() == {"valid": True}
    town.advance(3600)
    return stopped and other and verify(town, number=number).json() == {"valid": True}


PROMISES = {
    "LogsEveryUse": a_use_leaves_no_trace,
    "ListsNumbers": a_use_leaves_no_trace,
    "OneNameForAll": partners_cannot_compare,
    "LetsThemGuess": guessing_ends,
}


@pytest.mark.parametrize("promise", dict.fromkeys(PROMISES.values()))
def test_showing_a_card_keeps_its_promise(promise: Callable[["Town"], bool], town: "Town") -> None:
    """Yes or no, to partners, and no more of it."""
    assert promise(town)


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_city_that_breaks_it_is_noticed(
    fault: str,
    promise: Callable[["Town"], bool],
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town({"faithless": fault}, faithless))


def ended(town: "Town") -> list[dict[str, Any]]:
    """Return cards that are good no more, each for another reason."""
    expired = town.enrol()
    town.advance(5 * YEAR)
    lost, gone, held = town.enrol(), town.enrol(), town.enrol()
    town.must(lost["owner_key"], "POST", f"/records/{lost['record']}/card-revocation")
    town.delete(gone)
    town.hold(held)
    town.delete(held)
    return [expired, lost, gone, held]


def test_no_answer_says_why_a_card_is_not_good(town: "Town") -> None:
    """Expired, lost, ended, held, unknown or forged: the answer is the same, byte for byte."""
    cards = [file["card"] for file in ended(town)]
    good = town.enrol()["card"]
    payload, _, signature = good["barcode"].partition(".")
    forged = f"{payload[:-6]}AAAAAA.{signature}"
    asked = [{"number": card["number"]} for card in cards] + [{"number": FOREIGN}]
    asked += [{"barcode": card["barcode"]} for card in cards] + [{"barcode": forged}]
    answers = {(a.status_code, a.content) for a in (verify(town, **shown) for shown in asked)}

    assert answers == {(200, b'{"valid":false}')}
    assert verify(town, barcode=good["barcode"]).content == b'{"valid":true}'
    spaced = " ".join(good["number"][i : i + 4] for i in range(0, 16, 4))
    assert verify(town, number=spaced).json() == {"valid": True}


def test_an_ended_card_has_no_name_either(town: "Town") -> None:
    """A token for what is not good would tell cards apart."""
    assert verify(town, number=FOREIGN, token=True).json() == {"valid": False}


@pytest.mark.parametrize(
    "shown", [{}, {"number": "1", "barcode": "a.b"}, {"barcode": "a b"}, {"number": "1", "at": "x"}]
)
def test_a_question_names_one_card_and_nothing_else(town: "Town", shown: dict[str, Any]) -> None:
    """Neither a place nor a purpose is asked for or taken."""
    assert verify(town, **shown).status_code == 422


def test_only_partners_are_answered(town: "Town") -> None:
    """Staff have records to look at and need no cards; the public has neither."""
    number = town.enrol()["card"]["number"]

    assert verify(town, "clerk1", number=number).status_code == 403
    assert town.ask(None, "POST", "/verifications", {"number": number}).status_code == 401
    for path in ("/ledger", "/kill-certificate"):
        assert town.ask("partner1", "GET", path).status_code == 403


def test_the_kill_switch_ends_every_card_for_those_who_never_ask(town: "Town") -> None:
    """Another key is published, and no signature of before fits it."""
    card = town.enrol()["card"]
    key = town.must(None, "GET", "/card-key")
    town.kill()

    assert town.must(None, "GET", "/card-key")["key"] != key["key"]
    assert verify(town, barcode=card["barcode"]).json() == {"valid": False}
    assert verify(town, number=card["number"]).json() == {"valid": False}


def test_a_barcode_is_read_the_same_after_a_restart(town: "Town") -> None:
    """The key to sign with is derived, and nowhere on the disk."""
    card = town.enrol()["card"]
    key = town.must(None, "GET", "/card-key")
    town.reopen()

    assert town.must(None, "GET", "/card-key") == key
    assert verify(town, barcode=card["barcode"]).json() == {"valid": True}
    assert json.dumps(card["number"]).encode() not in town.at_rest()
