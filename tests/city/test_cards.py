"""A card says what is printed on it: in its number, its barcode, and on its way to the printer."""

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from conftest import Nursery, Town

FACE = {"given_name", "surname", "born", "street", "expires"}
DAY = 86_400


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


def decoded(text: str) -> bytes:
    """Read base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(town: "Town", barcode: str) -> bool:
    """Whether a barcode bears the city's signature, as anybody can tell."""
    payload, _, signature = barcode.partition(".")
    key = bytes.fromhex(town.must(None, "GET", "/card-key")["key"])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(decoded(signature), decoded(payload))
    except InvalidSignature:
        return False
    return True


def is_revoked(town: "Town", barcode: str) -> bool:
    """Whether a barcode is on today's list, as its reader finds out."""
    listed = town.must(None, "GET", "/revocations")
    tag = hashlib.sha256(barcode.partition(".")[2].encode()).digest()
    digest = hashlib.sha256(bytes.fromhex(listed["salt"]) + tag).hexdigest()[:16]
    return digest in listed["digests"]


# -- promises: true of this city, and false of one with the fault beside it ------------------


def the_barcode_holds_what_is_printed(town: "Town") -> bool:
    """Whether a barcode carries the number and the face, and is the city's."""
    card = town.enrol()["card"]
    carried = json.loads(decoded(card["barcode"].partition(".")[0]))
    printed = {"number": card["number"], **card["face"]}
    return carried == printed and set(card["face"]) == FACE and is_signed(town, card["barcode"])


def a_number_tells_nothing(town: "Town") -> bool:
    """Whether numbers have neither order nor a common beginning."""
    numbers = [town.enrol()["card"]["number"] for _ in range(12)]
    return numbers != sorted(numbers) and len({number[:4] for number in numbers}) > 6


def the_spool_is_empty(town: "Town") -> bool:
    """Whether nothing of a card is left where it was printed from."""
    town.enrol()
    return list((town.data / "spool").iterdir()) == []


def a_lost_card_is_on_the_list(town: "Town") -> bool:
    """Whether a card reported lost is listed, one in use is not, and the list tells no more."""
    lost, kept = town.enrol(), town.enrol()
    empty = town.must(None, "GET", "/revocations")
    town.must(lost["owner_key"], "POST", f"/records/{lost['record']}/card-revocation")
    full = town.must(None, "GET", "/revocations")
    told = [is_revoked(town, file["card"]["barcode"]) for file in (lost, kept)]
    return told == [True, False] and len(full["digests"]) == len(empty["digests"]) == 64


PROMISES = {
    "SaysWhereItWasIssued": the_barcode_holds_what_is_printed,
    "CountsItsCards": a_number_tells_nothing,
    "LeavesTheSpool": the_spool_is_empty,
    "RevokesNothing": a_lost_card_is_on_the_list,
}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_a_card_keeps_its_promise(promise: Callable[["Town"], bool], town: "Town") -> None:
    """Nothing hidden, nothing counted, nothing left over."""
    assert promise(town)


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_card_that_breaks_it_is_noticed(
    fault: str,
    promise: Callable[["Town"], bool],
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town({"faithless": fault}, faithless))


def test_gender_is_printed_and_carried_only_where_it_was_given(town: "Town") -> None:
    """A blank stays a blank, in the barcode too."""
    card = town.enrol(gender="X")["card"]

    assert json.loads(decoded(card["barcode"].partition(".")[0]))["gender"] == "X"
    assert "gender" not in town.enrol()["card"]["face"]


def test_two_lists_have_nothing_in_common(town: "Town") -> None:
    """The same all day, so that nobody sifts it; another tomorrow, and off it once expired."""
    lost = town.enrol()
    town.must(lost["owner_key"], "POST", f"/records/{lost['record']}/card-revocation")
    today = town.must(None, "GET", "/revocations")
    assert town.must(None, "GET", "/revocations") == today
    town.reopen()
    assert town.must(None, "GET", "/revocations") == today
    town.advance(DAY)
    tomorrow = town.must(None, "GET", "/revocations")
    assert not set(today["digests"]) & set(tomorrow["digests"])
    assert is_revoked(town, lost["card"]["barcode"])
    town.advance((5 * 366 + 40) * DAY)  # past the turn of a quarter
    assert not is_revoked(town, lost["card"]["barcode"])
    assert town.rows("SELECT count(*) FROM revocations") == [(0,)]


def test_a_card_is_reported_lost_by_its_owner_and_once(town: "Town") -> None:
    """The record goes on; nobody else ends a card, and an ended one cannot be ended."""
    file, other = town.enrol(), town.enrol()
    path = f"/records/{file['record']}/card-revocation"

    for who, status in (("clerk1", 404), (other["owner_key"], 404), (None, 401)):
        assert town.ask(who, "POST", path).status_code == status
    assert town.ask(file["owner_key"], "POST", path).status_code == 200
    assert town.ask(file["owner_key"], "POST", path).json()["code"] == "no-card"
    assert town.read(file).status_code == 200
    assert ("applicant", "revoke_card", "allowed") in town.acts()


def test_a_renewed_card_takes_the_place_of_the_old_one(town: "Town") -> None:
    """One record, one good card."""
    file = town.enrol()
    town.advance(5 * 365 * DAY)
    renewed = town.must(file["owner_key"], "POST", f"/records/{file['record']}/renewal")
    answers = [
        town.must("partner1", "POST", "/verifications", {"barcode": card["barcode"]})
        for card in (file["card"], renewed)
    ]

    assert answers == [{"valid": False}, {"valid": True}]
    assert town.rows("SELECT count(*) FROM cards") == [(1,)]


def test_no_number_lies_in_the_clear(town: "Town") -> None:
    """Not in a table, not in a log, not in the spool."""
    numbers = [town.enrol()["card"]["number"] for _ in range(3)]
    town.settle()

    assert not any(number.encode() in town.at_rest() for number in numbers)


def test_a_programme_that_wants_a_photograph_prints_no_card_without(
    open_town: "Callable[..., Town]",
) -> None:
    """Where it is required it is required; nothing is issued and nothing counted."""
    town = open_town({"photo_required": True})
    file = town.apply()
    town.decide(file)
    path = f"/applications/{file['application']}/card"

    assert town.ask("clerk1", "POST", path).json()["code"] == "photo-missing"
    assert town.rows("SELECT count(*) FROM cards") == [(0,)]


def print_and_die(town: "Town") -> dict[str, Any]:
    """Let the power fail while a card is being printed; return whose it is."""
    file = town.apply()
    town.decide(file)
    with pytest.raises(httpx.TransportError):
        town.ask("clerk1", "POST", f"/applications/{file['application']}/card")
    return file


def in_the_spool(town: "Town") -> bytes:
    """Return what lies in the spool."""
    return b"".join(path.read_bytes() for path in (town.data / "spool").iterdir())


@pytest.mark.parametrize(("fault", "plain"), [("DiesAtThePrinter", False), ("SpoolsPlainly", True)])
def test_a_crash_at_the_printer_leaves_noise_and_then_nothing(
    fault: str,
    plain: bool,  # noqa: FBT001  a parameter of the test
    nursery: "Nursery",
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """What a power cut leaves in the spool nobody can read, and the next start wipes it."""
    town = open_town({"faithless": fault}, faithless)
    file = print_and_die(town)

    left = in_the_spool(town)
    assert left
    assert (file["form"]["surname"].encode() in left) == plain
    town.nursery = nursery
    town.reopen()
    assert in_the_spool(town) == b""
    assert town.must("clerk1", "POST", f"/applications/{file['application']}/card")["number"]
