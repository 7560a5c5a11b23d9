"""A protected address is nowhere but with its owner, and with a court that names it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
SHELTER = {"street": "1 Shelter Street", "city": "New York", "postcode": "10001"}
HIDDEN = ["protected_street", "protected_city", "protected_postcode"]


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_channels.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def address(
    town: "Town", file: dict[str, Any], method: str, body: object = None, who: str = ""
) -> httpx.Response:
    """Ask about the protected address of a record."""
    path = f"/records/{file['record']}/protected-address"
    return town.ask(who or file["owner_key"], method, path, body)


def protected(town: "Town", **changes: object) -> dict[str, Any]:
    """Open an application whose applicant has the address protected before the decision."""
    file = town.apply(**changes)
    assert address(town, file, "PUT", {"care_of": SHELTER}).status_code == 200
    return file


def issue(town: "Town", file: dict[str, Any]) -> httpx.Response:
    """Approve an application and issue its card."""
    town.decide(file)
    return town.ask("clerk1", "POST", f"/applications/{file['application']}/card")


def test_everything_made_for_ordinary_work_shows_the_care_of_address(town: "Town") -> None:
    """Owner's and clerk's view, the card, a renewal's card; and no sign that there is another."""
    file = protected(town)
    answers = [
        town.read(file),
        town.ask("clerk1", "GET", f"/records/{file['record']}"),
        issue(town, file),
    ]
    town.advance((5 * 365 - 20) * DAY)
    path = f"/records/{file['record']}/renewal"
    answers.append(town.ask(file["owner_key"], "POST", path))

    assert {answer.status_code for answer in answers} == {200, 201}
    assert not any(file["form"]["street"] in answer.text for answer in answers)
    assert all(SHELTER["street"] in answer.text for answer in answers)
    assert set(answers[0].json()["record"]) == set(town.read(town.apply()).json()["record"])


def test_a_court_gets_it_by_name_only(town: "Town") -> None:
    """An order for the street is answered with the street on record."""
    file, other = protected(town), town.apply()
    assert issue(town, file).status_code == 201
    form = file["form"]

    assert town.release(file, fields=["street", "city"]) == [
        {"street": SHELTER["street"], "city": SHELTER["city"]}
    ]
    assert town.release(file, fields=HIDDEN) == [
        {"protected_street": form["street"], "protected_city": "New York"}
        | {"protected_postcode": form["postcode"]}
    ]
    assert town.release(other, fields=HIDDEN) == [dict.fromkeys(HIDDEN)]


def test_neither_a_consent_nor_a_benefit_opens_it(town: "Town") -> None:
    """There is no form in which it could be asked for."""
    file = protected(town)
    said = {"recipient": "Example Bank", "purpose": "an account", "fields": HIDDEN}
    asked = {"agency": "Housing Authority", "benefit": "rent support", "fields": HIDDEN}
    path = f"/records/{file['record']}"

    assert town.ask(file["owner_key"], "POST", f"{path}/consents", said).status_code == 422
    answer = town.ask(file["owner_key"], "POST", f"{path}/benefit-applications", asked)
    assert answer.status_code == 422


def test_it_is_its_owners_alone(town: "Town") -> None:
    """To set, to see and to drop."""
    file, other = protected(town), town.apply()
    others = ("clerk1", "reviewer1", "counsel1", "commissioner1", other["owner_key"])
    refused = [
        address(town, file, method, {"care_of": SHELTER} if method == "PUT" else None, who)
        for who in others
        for method in ("GET", "PUT", "DELETE")
    ]
    form = file["form"]

    assert {answer.status_code for answer in refused} == {404}
    assert address(town, file, "GET").json() == {
        name: form[name] for name in ("street", "city", "postcode")
    }
    assert address(town, other, "GET").status_code == 404


def test_an_address_the_city_never_had_on_record_can_be_protected(town: "Town") -> None:
    """Whoever applies with a care-of address need not write the real one anywhere else."""
    file = town.apply(**SHELTER)
    real = {"street": "9 Vexillary Lane", "city": "Yonkers", "postcode": "10701"}
    address(town, file, "PUT", {"care_of": SHELTER, "real": real})
    moved = SHELTER | {"street": "2 Shelter Street"}
    address(town, file, "PUT", {"care_of": moved})

    assert address(town, file, "GET").json() == real
    assert town.read(file).json()["record"]["street"] == "2 Shelter Street"


def test_it_is_forgotten_when_its_owner_asks(town: "Town") -> None:
    """The care-of address stays; nobody is surprised by the real one."""
    file = protected(town)
    address(town, file, "DELETE")

    assert address(town, file, "GET").status_code == 404
    assert town.read(file).json()["record"]["street"] == SHELTER["street"]
    assert town.release(file, fields=HIDDEN) == [dict.fromkeys(HIDDEN)]


def test_it_survives_a_correction_a_hold_and_a_crash_and_ends_with_the_record(
    town: "Town",
) -> None:
    """It is a part of the record, and lives exactly as long."""
    file = protected(town)
    town.must(file["owner_key"], "PATCH", f"/records/{file['record']}", {"phone": None})
    town.hold(file)
    town.reopen()
    kept = address(town, file, "GET").json()["street"]
    town.delete(file)
    town.kill()

    assert kept == file["form"]["street"]
    assert address(town, file, "GET").status_code == 403
    assert town.release(file, fields=["protected_street"]) == [{"protected_street": kept}]


def test_no_number_is_told_of_a_real_address(town: "Town") -> None:
    """Tables for the public count people where their letters are taken in."""
    for _ in range(10):
        town.decide(protected(town, postcode="10463", city="Riverdale"))
    body = {"requester": "Example Gazette", "about": "postcode"}
    request = town.must(None, "POST", "/records-requests", body)["request"]
    answer = town.ask(None, "GET", f"/records-requests/{request}")

    assert "10463" not in answer.text
    assert '"name":"10001","persons":10' in answer.text


def test_a_records_length_does_not_tell(open_town: Callable[..., "Town"]) -> None:
    """One protected address more or less leaves the disk as large as it was."""
    sizes = []
    for town in (open_town(), open_town()):
        file = town.apply()
        if sizes:
            address(town, file, "PUT", {"care_of": SHELTER})
        town.settle()
        sizes.append(len(sealed(town)))

    assert sizes[0] == sizes[1] > 1000


def sealed(town: "Town") -> bytes:
    """Return the sealed content of the one record of a town."""
    [(content,)] = town.rows("SELECT content FROM records")
    return bytes(content)


def prints_the_care_of_address(town: "Town") -> bool:
    """Whether the card does not say where somebody lives."""
    file = protected(town)
    return file["form"]["street"] not in issue(town, file).text


def looks_like_any_other(town: "Town") -> bool:
    """Whether the record shows the care-of address, and nothing besides."""
    return town.read(protected(town)).json()["record"]["street"] == SHELTER["street"]


def is_released_by_name_only(town: "Town") -> bool:
    """Whether an order for the street leaves the real one alone."""
    return town.release(protected(town), fields=["street"]) == [{"street": SHELTER["street"]}]


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("PrintsTheRealAddress", prints_the_care_of_address),
        ("ShowsTheFlag", looks_like_any_other),
        ("KeepsBothOnRecord", looks_like_any_other),
        ("ReleasesWhereTheyLive", is_released_by_name_only),
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
