"""Search: one person, by full name and birth date, in a case, and not often."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def look(
    town: "Town", case: str, form: dict[str, Any], who: str = "reviewer1", /, **changes: object
) -> httpx.Response:
    """Look for the person of a form."""
    person = {name: form[name] for name in ("given_name", "surname", "born")}
    return town.ask(who, "POST", "/searches", {"case": case} | person | changes)


def test_one_person_is_found_by_full_name_and_birth_date(town: "Town") -> None:
    """Whether there is a record, and how far it is; not a word of what it says."""
    file, case = town.enrol(), town.apply()["application"]
    found = look(town, case, file["form"])
    shouted = look(town, case, file["form"], surname=file["form"]["surname"].upper())

    assert found.json() == shouted.json() == {"found": True, "status": "issued"}
    assert look(town, case, town.form()).json() == {"found": False, "status": None}
    assert ("reviewer:reviewer1", "search", "allowed") in town.acts()


@pytest.mark.parametrize(
    "changes",
    [
        {"surname": "Zyzzyvane000"},
        {"surname": "yzzyvane"},
        {"given_name": "Q"},
        {"born": "1980-02-28"},
    ],
)
def test_nearly_is_nobody(town: "Town", changes: dict[str, Any]) -> None:
    """A part of a name, another day, a prefix: there is nobody like that."""
    file, case = town.enrol(), town.apply()["application"]

    assert look(town, case, file["form"], **changes).json()["found"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {"surname": "Zyzzy*"},
        {"surname": "%"},
        {"surname": ""},
        {"surname": ["Zyzzyvane0001", "Zyzzyvane0002"]},
        {"born": None},
        {"limit": 1000},
        {"case": ""},
    ],
)
def test_a_pattern_a_list_and_a_page_are_no_search(town: "Town", changes: dict[str, Any]) -> None:
    """There is no form in which several people could be asked for."""
    file, case = town.enrol(), town.apply()["application"]

    assert look(town, case, file["form"], **changes).status_code == 422


def test_an_application_does_not_find_itself(town: "Town") -> None:
    """Whoever applies for the first time is nobody else; whoever applies twice is."""
    first = town.apply()
    alone = look(town, first["application"], first["form"]).json()
    again = town.apply(**{k: first["form"][k] for k in ("given_name", "surname", "born")})

    assert alone == {"found": False, "status": None}
    assert look(town, again["application"], first["form"]).json()["status"] == "open"


def test_there_is_no_search_without_a_case(town: "Town") -> None:
    """Not with a made-up one, not with a closed one, not with somebody else's kind of case."""
    file, case = town.enrol(), town.apply()["application"]
    request = town.must("counsel1", "POST", "/disclosures", town.instrument(file))["disclosure"]
    refused = [
        look(town, "2017/123", file["form"]),
        look(town, file["application"], file["form"]),
        look(town, request, file["form"]),
        look(town, case, file["form"], "counsel1"),
    ]

    assert {answer.json()["code"] for answer in refused} == {"no-such-case"}
    assert look(town, request, file["form"], "counsel1").json()["found"] is True


@pytest.mark.parametrize("who", ["clerk1", "commissioner1", "auditor1", "administrator1", None])
def test_only_who_decides_may_look(town: "Town", who: str | None) -> None:
    """Clerks do not browse, and owners have their own record to read."""
    file, case = town.enrol(), town.apply()["application"]

    assert look(town, case, file["form"], who).status_code in (401, 403)
    assert look(town, case, file["form"], file["owner_key"]).status_code == 403


def test_a_case_is_about_few_people(town: "Town") -> None:
    """Three names may be one person's; a fourth is somebody else's list."""
    case = town.apply()["application"]
    form = town.form()
    answers = [look(town, case, form | {"surname": f"Name{n}"}) for n in (1, 2, 3, 1, 4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert town.acts()[-2:] == [
        ("reviewer:reviewer1", "search", "refused"),
        ("city", "search_alarm", "allowed"),
    ]


def test_nobody_looks_all_day(town: "Town") -> None:
    """Twenty in a day, a hundred in a month, whichever cases they are for."""
    form, codes = town.form(), []
    for day in range(7):
        for _ in range(7):
            case = town.apply()["application"]
            codes += [(day, look(town, case, form).status_code) for _ in range(3)]
        town.advance(DAY)
    by_day = [sum(code == 200 for d, code in codes if d == day) for day in range(7)]

    assert by_day == [20, 20, 20, 20, 20, 0, 0]
    assert look(town, town.apply()["application"], form, "reviewer2").status_code == 200


def test_who_was_looked_for_is_on_no_disk(town: "Town") -> None:
    """Not the name, nor a mark that fits the record's."""
    file, case = town.enrol(), town.apply()["application"]
    look(town, case, file["form"])
    town.settle()

    assert file["form"]["surname"].encode() not in town.at_rest()


def needs_a_case(town: "Town") -> bool:
    """Whether a made-up case finds nobody."""
    return look(town, "2017/123", town.enrol()["form"]).status_code == 403


def stops_a_harvest(town: "Town") -> bool:
    """Whether a slow list of names comes to an end."""
    form = town.form()
    answers = []
    for _ in range(8):
        case = town.apply()["application"]
        answers += [look(town, case, form | {"surname": f"Name{n}"}) for n in range(3)]
    return answers[-1].status_code == 429


@pytest.mark.parametrize(
    ("fault", "promise"),
    [("NeedsNoCase", needs_a_case), ("CountsNoLooks", stops_a_harvest)],
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
