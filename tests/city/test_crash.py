"""Whatever step a city dies at, it wakes up with nothing lost and nothing left over."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Nursery, Town

MOST_STEPS = 36
SEALED = ("disclosures", "notices", "gags", "grants", "records_requests")
FOUND = ("cards", "released", "lookups")  # what only a mark in the key store finds
KEYS_OF = "SELECT key FROM %s WHERE key IS NOT NULL"
KEEPS = {"papers_days": 730, "purge_every": "quarter"}


@pytest.fixture(scope="module")
def mortal(nursery: "Nursery") -> Iterator["Nursery"]:
    """Lend a nursery whose cities can be made to die."""
    script = str(Path(__file__).with_name("mortal_city.py"))
    mortal = type(nursery)([sys.executable, script])
    yield mortal
    mortal.close()


@dataclass
class Story:
    """One act: what it is done to, how it is done, and how one sees that it has been done."""

    prepare: Callable[["Town"], Any]
    act: Callable[["Town", Any], Any]
    is_done: Callable[["Town", Any], bool]


def pending(town: "Town") -> dict[str, Any]:
    """Return an open application with a paper on the table."""
    file = town.apply()
    town.show(file, b"a paper on the table")
    return file


def resting(town: "Town") -> dict[str, Any]:
    """Return a record whose paper rests."""
    file = pending(town)
    town.decide(file)
    return file


def held(town: "Town") -> tuple[dict[str, Any], str]:
    """Return a held record whose owner has asked for its end, and the hold."""
    file = resting(town)
    hold = town.hold(file)
    town.delete(file)
    return file, hold


def ordered(town: "Town") -> tuple[dict[str, Any], str]:
    """Return a record and a kill order that lacks one signature."""
    return resting(town), town.must("commissioner1", "POST", "/kill-orders")["order"]


def approved(town: "Town") -> tuple[dict[str, Any], str]:
    """Return a record and an approved request for it."""
    file = resting(town)
    request = town.must("counsel1", "POST", "/disclosures", town.instrument(file))["disclosure"]
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    return file, request


def almost_due(town: "Town") -> dict[str, Any]:
    """Return a record whose paper is due tomorrow."""
    file = resting(town)
    town.advance(729 * 86_400 + 43_200)
    return file


def counted(town: "Town", query: str) -> int:
    """Count something in the city's database."""
    return town.rows(query)[0][0]


def status_of_card(town: "Town", file: dict[str, Any]) -> int:
    """Return how a card is answered: 201 once the application is approved."""
    path = f"/applications/{file['application']}/card"
    return town.ask("clerk1", "POST", path).status_code


STORIES = {
    "opening": Story(
        lambda town: town.form(),
        lambda town, form: town.must("clerk1", "POST", "/applications", form),
        lambda town, form: len(town.release({"form": form})) == 1,
    ),
    "approving": Story(
        pending,
        lambda town, file: town.decide(file),
        lambda town, file: status_of_card(town, file) == 201,
    ),
    "denying": Story(
        pending,
        lambda town, file: town.decide(file, approve=False),
        lambda town, file: town.read(file).status_code == 404,
    ),
    "correcting": Story(
        resting,
        lambda town, file: town.must(
            file["owner_key"], "PATCH", f"/records/{file['record']}", {"street": "2 New Street"}
        ),
        lambda town, file: town.read(file).json()["record"]["street"] == "2 New Street",
    ),
    "deleting": Story(
        resting,
        lambda town, file: town.delete(file).raise_for_status(),
        lambda town, file: town.read(file).status_code == 404,
    ),
    "holding": Story(
        resting,
        lambda town, file: town.hold(file),
        lambda town, _: counted(town, "SELECT count(*) FROM bindings") == 1,
    ),
    "lifting": Story(
        held,
        lambda town, both: town.lift(both[1]),
        lambda town, both: town.read(both[0]).status_code == 404,
    ),
    "releasing": Story(
        approved,
        lambda town, both: town.must("counsel1", "GET", f"/disclosures/{both[1]}/release"),
        lambda town, _: counted(town, "SELECT count(*) FROM disclosures WHERE collected") == 1,
    ),
    "killing": Story(
        ordered,
        lambda town, both: town.must("counsel1", "POST", f"/kill-orders/{both[1]}/signatures"),
        lambda town, both: town.read(both[0]).status_code == 404,
    ),
    "falling due": Story(
        almost_due,
        lambda town, _: town.advance(86_400),
        lambda town, _: list((town.data / "papers").iterdir()) == [],
    ),
}


def must_be_consistent(town: "Town") -> None:
    """Every record has its key, every key its use, every paper its file, and the chain holds."""
    keys = {key for (key,) in town.rows("SELECT key FROM records")}
    papers = town.rows("SELECT id, key FROM papers")
    asked = {key for table in (*SEALED, *FOUND) for (key,) in town.rows(KEYS_OF % table)}
    orphans = "SELECT id FROM applications WHERE record NOT IN (SELECT id FROM records)"
    assert town.rows(orphans) == []
    holds = {f"hold {hold}" for (hold,) in town.rows("SELECT id FROM holds")}
    with closing(sqlite3.connect(town.data / "keys.sqlite")) as ring:
        known = {key for (key,) in ring.execute("SELECT id FROM keys")}
        purposes = {purpose for (purpose,) in ring.execute("SELECT purpose FROM masters")}
        marked = set(ring.execute("SELECT key FROM filed").fetchall())
        bound = set(ring.execute("SELECT until FROM filed WHERE until IS NOT NULL").fetchall())
    assert known == keys | asked | {key for _, key in papers}
    assert {key for (key,) in marked | bound} <= known
    assert purposes - {"records", "papers", "desk", "named"} == holds
    assert {p.name for p in (town.data / "papers").iterdir()} == {name for name, _ in papers}
    assert town.must("auditor1", "GET", "/ledger")["intact"] is True
    accounts = town.must("auditor1", "GET", "/destructions")["accounts"]
    ended = {account["run"] for account in accounts if account["outcome"] != "begun"}
    assert {account["run"] for account in accounts} == ended


def dies_at(town: "Town", step: int, story: Story, state: object) -> bool:
    """Do the act with a lit fuse; return whether the city died of it."""
    fuse = Path(town.config["fuse"])
    fuse.write_text(str(step))
    try:
        story.act(town, state)
    except httpx.TransportError:
        return True
    finally:
        fuse.unlink()
    return False


@pytest.mark.parametrize("name", STORIES)
def test_an_act_that_a_crash_cuts_short_is_done_or_can_be_done_again(
    name: str,
    nursery: "Nursery",
    mortal: "Nursery",
    open_town: "Callable[..., Town]",
    tmp_path: Path,
) -> None:
    """Killed at each of its steps in turn, the city is whole when it wakes."""
    story = STORIES[name]
    deaths = 0
    for step in range(MOST_STEPS):
        fuse = {"fuse": str(tmp_path / f"fuse{step}")}
        town = open_town(fuse, nursery=mortal, **KEEPS)
        bystander = town.enrol()
        state = story.prepare(town)
        if not dies_at(town, step, story, state):
            break
        deaths += 1
        town.nursery = nursery
        town.reopen()
        must_be_consistent(town)
        if name != "killing":
            assert town.read(bystander).status_code == 200
        if not story.is_done(town, state):
            story.act(town, state)
            assert story.is_done(town, state)
            must_be_consistent(town)

    assert 2 <= deaths < MOST_STEPS - 1
