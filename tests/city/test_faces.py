"""One question about a face, yes or no, to the human who decides, and nothing is kept of it."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from idaudit.fixtures.applicants import Applicant, Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.city.pictures import likeness
from idaudit.fixtures.papers.photographs import photograph_of

if TYPE_CHECKING:
    from conftest import Nursery, Town

PEOPLE = Applicants(Mint(12))
CROWD = 60
NEAR = 8


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery of cities that break one promise each."""
    raised = type(nursery)([sys.executable, str(Path(__file__).with_name("faithless_counter.py"))])
    yield raised
    raised.close()


def photographed(town: "Town", person: Applicant, quality: int = 88) -> dict[str, Any]:
    """Apply, with a photograph of *person*."""
    file = town.apply()
    photo = photograph_of(person, quality=quality)
    path, headers = f"/applications/{file['application']}/photo", {"Content-Type": "image/jpeg"}
    town.must("clerk1", "PUT", path, content=photo.data, headers=headers)
    return file


def compare(town: "Town", file: dict[str, Any], who: str = "reviewer1") -> httpx.Response:
    """Ask whether the face may be enrolled already."""
    return town.ask(who, "GET", f"/applications/{file['application']}/duplicate")


def templates(town: "Town") -> int:
    """Count the templates there are."""
    with closing(sqlite3.connect(town.data / "faces.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM slots WHERE state = 2").fetchone()[0])


# -- promises: true of this city, and false of one with the fault beside it ------------------


def strangers_are_told_apart(town: "Town") -> bool:
    """Whether a second photograph of one face is found, and another's is not."""
    person = PEOPLE.next()
    photographed(town, person)
    again, other = photographed(town, person, quality=45), photographed(town, PEOPLE.next())
    answers = [compare(town, file).json() for file in (again, other)]
    return answers == [{"possible_duplicate": True}, {"possible_duplicate": False}]


def nothing_is_noted(town: "Town") -> bool:
    """Whether asking changes nothing that rests, but for one line of the ledger."""
    person = PEOPLE.next()
    photographed(town, person)
    again = photographed(town, person)
    before, acts = town.rows("SELECT name FROM facts"), len(town.acts())
    compare(town, again).raise_for_status()
    return town.rows("SELECT name FROM facts") == before and len(town.acts()) == acts + 2


def a_template_goes_with_the_card(town: "Town") -> bool:
    """Whether the end of a record ends its template, held records not excepted."""
    deleted, held, kept = (photographed(town, PEOPLE.next()) for _ in range(3))
    for file in (deleted, held, kept):
        town.decide(file)
    town.hold(held)
    for file in (deleted, held):
        town.delete(file)
    return templates(town) == 1


PROMISES = {
    "SeesDoubles": strangers_are_told_apart,
    "NotesItsMatches": nothing_is_noted,
    "KeepsTemplates": a_template_goes_with_the_card,
}


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_the_comparison_keeps_its_promise(promise: Callable[["Town"], bool], town: "Town") -> None:
    """Right, silent, and gone in time."""
    assert promise(town)


@pytest.mark.parametrize(("fault", "promise"), PROMISES.items(), ids=PROMISES)
def test_a_comparison_that_breaks_it_is_noticed(
    fault: str,
    promise: Callable[["Town"], bool],
    faithless: "Nursery",
    open_town: "Callable[..., Town]",
) -> None:
    """A test that cannot fail shows nothing."""
    assert not promise(open_town({"faithless": fault}, faithless))


def test_only_a_reviewer_asks_and_only_of_an_open_application(town: "Town") -> None:
    """No other role, no picture from outside, and no question once it is decided."""
    file = photographed(town, PEOPLE.next())
    without = town.apply()

    assert compare(town, file).json() == {"possible_duplicate": False}
    for who in ("clerk1", "counsel1", "administrator1", "auditor1", "partner1", file["owner_key"]):
        assert compare(town, file, who).status_code == 403
    assert compare(town, without).json()["code"] == "no-photo"
    town.decide(file)
    assert compare(town, file).status_code == 409
    path = f"/applications/{without['application']}/duplicate"
    assert town.ask("reviewer1", "POST", path, content=b"x").status_code == 405


def test_the_kill_switch_ends_every_template(town: "Town") -> None:
    """None is left, and the next to enrol is compared with nobody of before."""
    person = PEOPLE.next()
    photographed(town, person)
    town.kill()
    town.settle()

    assert templates(town) == 0
    again = photographed(town, person)
    assert compare(town, again).json() == {"possible_duplicate": False}


def test_templates_outlive_a_restart_and_their_keys_too(town: "Town") -> None:
    """Spare keys are no orphans: what is filled later can be read."""
    person = PEOPLE.next()
    photographed(town, person)
    town.reopen()

    assert compare(town, photographed(town, person)).json() == {"possible_duplicate": True}


def test_no_two_of_a_crowd_look_alike() -> None:
    """The synthetic faces lie further apart than what counts as near."""
    faces = [likeness(photograph_of(PEOPLE.next()).data) for _ in range(CROWD)]
    nearest = min(
        (one ^ other).bit_count() for i, one in enumerate(faces) for other in faces[i + 1 :]
    )

    assert nearest > NEAR
