"""After a breach the city knows whose data it was, and when they have to have been told."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

DAY = 86_400
DISCOVERED = "2017-02-20T12:00:00Z"


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    script = str(Path(__file__).with_name("faithless_notices.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def report(town: "Town", who: str | None = "administrator1", **body: object) -> httpx.Response:
    """Report a breach."""
    return town.ask(who, "POST", "/breaches", {"discovered": DISCOVERED} | body)


def send(town: "Town", breach: str, who: str = "commissioner1") -> httpx.Response:
    """Tell everybody a breach reached."""
    return town.ask(who, "POST", f"/breaches/{breach}/notices")


def kinds(town: "Town", file: dict[str, Any]) -> list[str]:
    """Return the kinds of notices the owner of a record has."""
    path = f"/records/{file['record']}/notices"
    return [one["kind"] for one in town.must(file["owner_key"], "GET", path)["notices"]]


def numbers(town: "Town", quarter: str = "2017-Q1") -> tuple[int, int]:
    """Return the breaches of a quarter, and how many notices of them are late."""
    told = town.must(None, "GET", f"/reports/{quarter}")
    return told["breaches"], told["breach_notices_overdue"]


def read_as(town: "Town", who: str, file: dict[str, Any]) -> None:
    """Look at an open application's record as a clerk."""
    town.must(who, "GET", f"/records/{file['record']}")


def test_a_look_without_a_download_is_a_breach(town: "Town") -> None:
    """Whoever a misused login saw is affected, and nobody else; the list names none of them."""
    seen, also, unseen = (town.apply() for _ in range(3))
    for file in (seen, also, seen):
        read_as(town, "clerk2", file)
    read_as(town, "clerk1", unseen)
    breach = report(town, login="clerk2").json()
    listed = town.ask("auditor1", "GET", "/breaches")
    send(town, breach["breach"])

    assert breach["affected"] == 2
    assert [kinds(town, file) for file in (seen, also, unseen)] == [["breach"], ["breach"], []]
    assert not any(str(value) in listed.text for value in (seen["record"], seen["form"]["surname"]))


def test_only_the_time_of_the_misuse_counts(town: "Town") -> None:
    """Whom the clerk served last week is not alarmed."""
    before = town.apply()
    read_as(town, "clerk2", before)
    town.advance(DAY)
    during = town.apply()
    read_as(town, "clerk2", during)
    breach = report(town, login="clerk2", since="2017-03-02T00:00:00Z").json()
    send(town, breach["breach"])

    assert breach["affected"] == 1
    assert (kinds(town, before), kinds(town, during)) == ([], ["breach"])


def test_a_paper_a_release_and_a_search_are_looks(town: "Town") -> None:
    """Every way in which staff see somebody is counted."""
    shown = town.apply()
    town.show(shown, b"a paper")
    town.ask("reviewer2", "GET", f"/applications/{shown['application']}/documents/0")
    released = town.enrol()
    town.release(released)
    found = town.enrol()
    person = {name: found["form"][name] for name in ("given_name", "surname", "born")}
    town.must("reviewer2", "POST", "/searches", person | {"case": shown["application"]})

    assert report(town, login="reviewer2").json()["affected"] == 2
    assert report(town, login="counsel1").json()["affected"] == 1


def test_a_stolen_disk_is_everybody(town: "Town") -> None:
    """Without a login it is all who had a record; whoever ended theirs cannot be told."""
    files = [town.apply(), town.enrol(), town.enrol()]
    breach = report(town).json()
    town.delete(files[2])
    town.reopen()
    send(town, breach["breach"])

    assert breach["affected"] == 3
    assert [kinds(town, file) for file in files[:2]] == [["breach"], ["breach"]]


def test_the_clock_runs_from_the_discovery(town: "Town") -> None:
    """Not from the report or its confirmation; late is late, and stays so in public."""
    breach = report(town).json()
    town.advance(20 * DAY)
    in_time = numbers(town)
    town.advance(2 * DAY)
    late = numbers(town)
    sent = send(town, breach["breach"]).json()

    assert (breach["due"], breach["overdue"]) == ("2017-03-22T12:00:00Z", False)
    assert (in_time, late, numbers(town)) == ((1, 0), (1, 1), (1, 1))
    assert (sent["overdue"], sent["sent"]) == (True, "2017-03-23T15:00:00Z")
    assert ("commissioner:commissioner1", "send_breach_notice", "allowed") in town.acts()


def test_a_notice_in_time_is_not_late_later(town: "Town") -> None:
    """Sent once, and counted in the quarter of its discovery."""
    breach = report(town).json()["breach"]
    send(town, breach)
    town.advance(100 * DAY)

    assert send(town, breach).json()["code"] == "already-sent"
    assert (numbers(town), numbers(town, "2017-Q2")) == ((1, 0), (0, 0))


@pytest.mark.parametrize("who", ["clerk1", "reviewer1", "auditor1"])
def test_any_of_the_staff_may_report(town: "Town", who: str) -> None:
    """Whoever notices says so; the public and cardholders call the city."""
    assert report(town, who).status_code == 201
    assert report(town, None).status_code == 401
    assert send(town, "none", "clerk1").status_code == 403
    assert town.ask("clerk1", "GET", "/breaches").status_code == 403


@pytest.mark.parametrize(
    "body", [{"discovered": "2017-03-02T00:00:00Z"}, {"discovered": "2017-02-20T12:00:00"}]
)
def test_nothing_is_discovered_in_the_future(town: "Town", body: dict[str, Any]) -> None:
    """Nor at a time that does not say of which zone."""
    assert report(town, **body).status_code == 422


def test_a_look_is_forgotten_with_the_record(town: "Town") -> None:
    """When the record ends, nobody has ever seen it."""
    file = town.apply()
    read_as(town, "clerk2", file)
    before = report(town, login="clerk2").json()["affected"]
    town.delete(file)

    assert (before, report(town, login="clerk2").json()["affected"]) == (1, 0)


def knows_who_was_seen(town: "Town") -> bool:
    """Whether a look was noted."""
    read_as(town, "clerk2", town.apply())
    return report(town, login="clerk2").json()["affected"] == 1


def counts_from_discovery(town: "Town") -> bool:
    """Whether the term began when the breach was discovered."""
    return report(town).json()["due"] == "2017-03-22T12:00:00Z"


def owns_up(town: "Town") -> bool:
    """Whether the public hears of a late notice."""
    report(town)
    town.advance(30 * DAY)
    return numbers(town) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("NotesNoLooks", knows_who_was_seen),
        ("StartsAtTheReport", counts_from_discovery),
        ("ReportsNoDelay", owns_up),
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


@pytest.mark.parametrize(("people", "told"), [(4_999, False), (5_000, True), (5_001, True)])
def test_bureaus_are_told_from_five_thousand_people_on(
    town: "Town", people: int, *, told: bool
) -> None:
    """The city's own law says five thousand or more; the state's, for others, more than that."""
    town.apply()
    breach = report(town, elsewhere=people).json()
    (listed,) = town.ask("auditor1", "GET", "/breaches").json()["breaches"]

    assert (breach["affected"], breach["tell_bureaus"]) == (people, told)
    assert listed == breach


def test_what_leaked_elsewhere_alarms_nobody_in_the_house(town: "Town") -> None:
    """Whom a firm outside has lost, that firm can name: no file here was reached."""
    file = town.apply()
    send(town, report(town, elsewhere=12).json()["breach"])

    assert kinds(town, file) == []
