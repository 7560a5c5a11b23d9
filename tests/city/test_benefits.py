"""Another agency is told what one benefit needs, once, and passes nothing on."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

HOUSING, WELFARE = "Housing Authority", "Department of Social Services"


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_city.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def apply(
    town: "Town", file: dict[str, Any], who: str = "", agency: str = HOUSING
) -> httpx.Response:
    """Apply for a benefit."""
    body = {"agency": agency, "benefit": "rent support", "fields": ["surname", "street"]}
    path = f"/records/{file['record']}/benefit-applications"
    return town.ask(who or file["owner_key"], "POST", path, body)


def ask(town: "Town", named: str, **changes: object) -> httpx.Response:
    """Bring an agency's request to the desk, as counsel."""
    usual = {"agency": HOUSING, "accepts_no_onward_sharing": True}
    body = {"benefit_application": named} | usual | changes
    return town.ask("counsel1", "POST", "/benefit-requests", body)


def collect(town: "Town", request: str) -> httpx.Response:
    """Have a request approved, and collect."""
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    return town.ask("counsel1", "GET", f"/disclosures/{request}/release")


def test_an_agency_is_told_once_under_a_condition(town: "Town") -> None:
    """What was named, for what was named; the condition is kept and the person is not."""
    file = town.enrol()
    named = apply(town, file).json()["benefit_application"]
    told = collect(town, ask(town, named).json()["disclosure"]).json()
    conditions = town.must("auditor1", "GET", "/conditions")["conditions"]

    form = file["form"]
    assert told["released"] == [{"surname": form["surname"], "street": form["street"]}]
    assert (told["condition"]["agency"], told["condition"]["benefit"]) == (HOUSING, "rent support")
    assert conditions == [told["condition"]]
    assert ask(town, named).json()["code"] == "no-consent"


def test_nothing_goes_further(town: "Town") -> None:
    """Not to an agency behind the one that asks, nor to one the cardholder did not name."""
    named = apply(town, town.enrol()).json()["benefit_application"]
    before = [ask(town, named, on_behalf_of=WELFARE), ask(town, named, agency=WELFARE)]
    collect(town, ask(town, named).json()["disclosure"])
    after = [
        ask(town, named, on_behalf_of="Police Department"),
        ask(town, named, agency=WELFARE),
        ask(town, named, agency=WELFARE, on_behalf_of=HOUSING),
    ]

    assert {answer.json()["code"] for answer in before + after} == {"no-onward-sharing"}
    assert len(town.must("auditor1", "GET", "/conditions")["conditions"]) == 1


def test_an_agency_that_does_not_accept_the_condition_gets_nothing(town: "Town") -> None:
    """Silence is no acceptance either."""
    named = apply(town, town.enrol()).json()["benefit_application"]

    assert ask(town, named, accepts_no_onward_sharing=False).json()["code"] == "no-condition"
    silent = {"benefit_application": named, "agency": HOUSING}
    assert town.ask("counsel1", "POST", "/benefit-requests", silent).status_code == 422


@pytest.mark.parametrize("agency", ["Police Department", "Immigration and Customs Enforcement"])
def test_no_other_agency_judges_benefits(town: "Town", agency: str) -> None:
    """The police is not an office of the programme, and grants nothing."""
    assert apply(town, town.enrol(), agency=agency).json()["code"] == "not-a-benefits-agency"


def test_without_the_cardholders_application_there_is_nothing_to_ask(town: "Town") -> None:
    """Not by staff, nor by a stranger, nor once the record has ended."""
    file, other = town.enrol(), town.enrol()
    named = apply(town, file).json()["benefit_application"]
    refused = [apply(town, file, who) for who in ("clerk1", "counsel1", other["owner_key"])]
    town.delete(file)

    assert {answer.status_code for answer in refused} == {404}
    assert ask(town, named).json()["code"] == "no-consent"
    assert ask(town, "guessed").json()["code"] == "no-consent"


def test_two_humans_agree_here_as_well(town: "Town") -> None:
    """An agency of the same city is no shortcut."""
    named = apply(town, town.enrol()).json()["benefit_application"]
    request = ask(town, named).json()["disclosure"]
    town.must("counsel2", "POST", f"/disclosures/{request}/approvals", {})
    alone = town.ask("counsel1", "GET", f"/disclosures/{request}/release")
    clerk = town.ask("clerk1", "POST", "/benefit-requests", {})

    assert alone.json()["code"] == "not-approved-yet"
    assert clerk.status_code == 422
    assert town.ask("administrator1", "GET", "/conditions").status_code == 403


def asks_only_for_itself(town: "Town") -> bool:
    """Whether a third agency gets nothing."""
    named = apply(town, town.enrol()).json()["benefit_application"]
    return ask(town, named, on_behalf_of=WELFARE).status_code == 403


def is_bound(town: "Town") -> bool:
    """Whether an agency that binds itself to nothing gets nothing."""
    named = apply(town, town.enrol()).json()["benefit_application"]
    return ask(town, named, accepts_no_onward_sharing=False).status_code == 403


@pytest.mark.parametrize(
    ("fault", "promise"),
    [("ServesAgenciesAlike", asks_only_for_itself), ("AsksForNoCondition", is_bound)],
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
