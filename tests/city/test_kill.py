"""The kill switch: unreadable at once, by two hands or by its date, and nothing stops it."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town


def unseal(key: bytes, sealed: bytes, place: str) -> bytes | None:
    """Open what the city sealed, if *key* is the key."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], place.encode())
    except InvalidTag:
        return None


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Read a database as a thief of the disk would."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def stolen(town: "Town", where: Path) -> list[dict[str, Any]]:
    """Copy the disk, borrow the HSM's secret, and return every record that opens."""
    shutil.copytree(town.data, where)
    secret = bytes.fromhex(town.config["secret"])
    masters = {i: unseal(secret, w, i) for i, w in rows(where / "keys.sqlite", MASTERS)}
    keys = {
        name: unseal(masters[era], wrapped, f"{name}/{era}")
        for name, era, wrapped in rows(where / "keys.sqlite", KEYS)
        if masters.get(era)
    }
    sealed = town.rows("SELECT id, key, content FROM records")
    opened = [unseal(keys[key], content, name) for name, key, content in sealed if key in keys]
    return [json.loads(content) for content in opened if content]


MASTERS = "SELECT id, wrapped FROM masters"
KEYS = "SELECT id, master, wrapped FROM keys"


def test_after_the_kill_no_copy_of_the_disk_opens_with_any_key(
    town: "Town", tmp_path: Path
) -> None:
    """Before it, disk and secret together open every record; after it, none, nor is any left."""
    files = [town.enrol() for _ in range(3)]
    before = stolen(town, tmp_path / "before")
    town.kill()
    after = stolen(town, tmp_path / "after")

    assert {one["surname"] for one in before} == {file["form"]["surname"] for file in files}
    assert after == []
    assert {town.read(file).status_code for file in files} == {404}
    assert [town.release(file) for file in files] == [[], [], []]
    town.settle()
    assert town.rows("SELECT count(*) FROM records") == [(0,)]
    assert town.rows("SELECT count(*) FROM applications") == [(0,)]
    of_records = "master NOT IN (SELECT id FROM masters WHERE purpose IN ('desk', 'named'))"
    counted = f"SELECT count(*) FROM keys WHERE {of_records}"  # noqa: S608  our own words
    assert rows(town.data / "keys.sqlite", counted) == [(0,)]


def test_the_kill_destroys_the_master_and_not_only_what_it_opened(
    town: "Town", tmp_path: Path
) -> None:
    """An older copy of the disk is worth nothing without the master, and that lies nowhere now."""
    town.enrol()
    stolen(town, tmp_path / "before")
    query = "SELECT wrapped FROM masters WHERE purpose = 'records'"
    [(master,)] = rows(tmp_path / "before" / "keys.sqlite", query)
    before = master in town.at_rest()
    town.kill()

    assert before
    assert master not in town.at_rest()


def test_the_kill_takes_pending_applications_and_their_papers(town: "Town") -> None:
    """What is still undecided is on the roster's way, and goes with it."""
    file = town.apply()
    town.show(file, b"a paper")
    town.kill()
    path = f"/applications/{file['application']}"

    assert town.ask("reviewer1", "GET", f"{path}/documents/0").status_code == 404
    assert town.ask("reviewer1", "POST", f"{path}/decision", {"approve": True}).status_code == 404


def test_held_records_survive_the_kill_sealed(town: "Town", tmp_path: Path) -> None:
    """What a court holds is spared and closed, and goes when the hold is lifted."""
    held, other = town.enrol(), town.enrol()
    hold = town.hold(held)
    town.kill()
    spared = stolen(town, tmp_path / "spared")

    assert [one["surname"] for one in spared] == [held["form"]["surname"]]
    assert town.read(held).json()["code"] == "sealed"
    assert town.read(other).status_code == 404
    assert len(town.release(held)) == 1
    town.lift(hold)
    assert town.release(held) == []
    assert stolen(town, tmp_path / "lifted") == []


def test_the_certificate_adds_up_and_is_signed(town: "Town") -> None:
    """Counts and no names, under a signature that a changed count breaks."""
    before = town.must("auditor1", "GET", "/kill-certificate")
    files = [town.enrol() for _ in range(3)]
    town.hold(files[0])
    town.kill()
    certificate = town.must("auditor1", "GET", "/kill-certificate")
    signature = bytes.fromhex(certificate.pop("signature"))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(certificate.pop("key")))
    said = json.dumps(certificate, sort_keys=True, separators=(",", ":"))

    assert before["fired"] is False
    assert certificate == {
        "fired": True,
        "destroyed": 2,
        "held": 1,
        "remaining": 0,
        "at": "2017-03-01T15:00:00.000000+00:00",
    }
    key.verify(signature, said.encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, said.replace("2", "3").encode())
    assert town.ask("clerk1", "GET", "/kill-certificate").status_code == 403


def test_one_human_is_not_two(town: "Town") -> None:
    """The commissioner's second login signs nothing; a second human does."""
    file = town.enrol()
    order = town.must("commissioner1", "POST", "/kill-orders")["order"]
    path = f"/kill-orders/{order}/signatures"
    again = [town.ask(who, "POST", path) for who in ("commissioner1", "boss-as-counsel")]

    assert [one.json()["code"] for one in again] == ["same-person", "same-person"]
    assert town.read(file).status_code == 200
    assert town.must("commissioner2", "POST", path) == {"executed": True}
    assert town.read(file).status_code == 404


@pytest.mark.parametrize("who", ["clerk1", "counsel1", "administrator1", "auditor1", None])
def test_only_the_commissioner_orders(town: "Town", who: str | None) -> None:
    """Nobody else begins it, and people at the counter do not sign it."""
    order = town.must("commissioner1", "POST", "/kill-orders")["order"]
    status = 401 if who is None else 403

    assert town.ask(who, "POST", "/kill-orders").status_code == status
    if who != "counsel1":
        assert town.ask(who, "POST", f"/kill-orders/{order}/signatures").status_code == status


def test_an_executed_order_is_spent_and_the_next_one_works(town: "Town") -> None:
    """Life goes on after a kill, and the switch can be used again."""
    order = town.must("commissioner1", "POST", "/kill-orders")["order"]
    path = f"/kill-orders/{order}/signatures"
    town.must("counsel1", "POST", path)
    file = town.enrol()
    replayed = town.ask("counsel2", "POST", path)

    assert replayed.json()["code"] == "already-executed"
    assert town.read(file).status_code == 200
    town.kill()
    assert town.read(file).status_code == 404


def test_three_signatures_where_the_programme_asks_for_three(
    open_town: "Callable[..., Town]",
) -> None:
    """The number of humans is a term, not a constant."""
    town = open_town(kill_signatures=3)
    order = town.must("commissioner1", "POST", "/kill-orders")["order"]
    path = f"/kill-orders/{order}/signatures"

    assert town.must("counsel1", "POST", path) == {"executed": False}
    assert town.must("counsel2", "POST", path) == {"executed": True}


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "down on the day"])
def test_the_dated_kill_fires_by_itself(open_town: "Callable[..., Town]", *, asleep: bool) -> None:
    """It fires at midnight in New York, once; a city that was down fires when it wakes."""
    town = open_town({"clock": "2016-12-30T12:00:00+00:00"}, kill_fires_on="2016-12-31")
    file = town.enrol()
    town.advance(17 * 3600 - 1)
    before = town.read(file).status_code
    if asleep:
        town.config["clock"] = "2017-01-02T00:00:00+00:00"
        town.reopen()
    else:
        town.advance(1)
    fired = town.must("auditor1", "GET", "/kill-certificate")
    newcomer = town.enrol()
    town.advance(40 * 86_400)
    town.reopen()

    assert (before, town.read(file).status_code) == (200, 404)
    assert fired["fired"] is True
    assert fired["destroyed"] == 1
    assert town.read(newcomer).status_code == 200
    assert ("city", "order_kill", "allowed") in town.acts()


def test_a_kill_of_papers_leaves_records_and_keeps_no_paper_again(
    open_town: "Callable[..., Town]",
) -> None:
    """At rest and on the table, all papers go but held ones; from then on none is kept."""
    town = open_town(papers_days=730, purge_every="quarter", kill_scope="papers")
    resting, held, pending = (town.apply() for _ in range(3))
    for file in (resting, held, pending):
        town.show(file, b"a paper")
    for file in (resting, held):
        town.decide(file)
    town.hold(held)
    town.kill()
    looked = [
        town.ask("reviewer1", "GET", f"/applications/{file['application']}/documents/0").status_code
        for file in (resting, held, pending)
    ]
    later = town.apply()
    town.show(later, b"a paper")
    town.decide(later)
    certificate = town.must("auditor1", "GET", "/kill-certificate")

    assert looked == [404, 404, 404]
    assert [town.read(file).status_code for file in (resting, held, pending)] == [200] * 3
    assert len(list((town.data / "papers").iterdir())) == 1
    assert (certificate["destroyed"], certificate["held"]) == (2, 1)


def test_a_crash_in_the_middle_of_a_kill_is_carried_on(town: "Town", tmp_path: Path) -> None:
    """Written down and not yet carried out, a kill happens when the city wakes."""
    file = town.enrol()
    town.crash()
    [(records,)] = rows(town.data / "keys.sqlite", "SELECT id FROM masters WHERE purpose='records'")
    columns = "at, scope, dated, records_era, papers_era, destroyed, held, finished"
    values = f"'2017-03-01T15:00:00.000000+00:00', 'records', false, '{records}', 'none', 0, 0"
    town.forge(f"INSERT INTO kills ({columns}) VALUES ({values}, false)")  # noqa: S608  our own words
    before = stolen(town, tmp_path / "before")
    town.open()

    assert len(before) == 1
    assert stolen(town, tmp_path / "after") == []
    assert town.read(file).status_code == 404
    assert town.must("auditor1", "GET", "/kill-certificate")["remaining"] == 0


def test_the_time_to_unreadable_does_not_grow_with_the_roster(town: "Town", tmp_path: Path) -> None:
    """Firing over twenty thousand records destroys a key; the rest is removed afterwards."""
    town.enrol()
    town.settle()
    town.forge(
        "INSERT INTO records (id, era, key, content, owner, due, sealed_off) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        "SELECT 'copy' || i, era, key, content, owner, due, sealed_off FROM records, n"
    )
    town.kill()

    assert stolen(town, tmp_path / "after") == []
    assert town.http.get("/health").status_code == 200
    town.settle()
    assert town.rows("SELECT count(*) FROM records") == [(0,)]
    assert town.must("auditor1", "GET", "/kill-certificate")["destroyed"] == 20_001
