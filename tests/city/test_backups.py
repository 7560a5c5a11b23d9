"""A backup brings back what was lost, and nothing that was ended since."""

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

KEEPS = {"papers_days": 730, "purge_every": "quarter"}


def backed_up(town: "Town") -> str:
    """Take a backup and return its name."""
    name: str = town.must(town.control_key, "POST", "/control/backup")["backup"]
    return name


def restored(town: "Town", name: str) -> int:
    """Restore a backup and return how many records came back."""
    count: int = town.must(town.control_key, "POST", "/control/restore", {"backup": name})[
        "restored"
    ]
    return count


def lose(town: "Town", *files: dict[str, Any]) -> None:
    """Let rows go as a broken disk would: not a key of theirs is destroyed."""
    for file in files:
        record = file["record"]
        for table, column in (("papers", "record"), ("applications", "record"), ("records", "id")):
            town.forge(f"DELETE FROM {table} WHERE {column} = '{record}'")  # noqa: S608  our own names


def test_what_was_lost_comes_back_whole(town: "Town") -> None:
    """Its owner reads it, a warrant finds it, and whoever enrolled later is untouched."""
    lost, later = town.enrol(), None
    before, name = town.read(lost).json(), backed_up(town)
    later = town.enrol()
    lose(town, lost)
    gone = town.read(lost).status_code

    assert gone == 404
    assert restored(town, name) == 1
    assert town.read(lost).json() == before
    assert town.release(lost) == [{k: lost["form"][k] for k in ("surname", "street")}]
    assert town.read(later).status_code == 200
    assert restored(town, name) == 0


@pytest.mark.parametrize("asleep", [False, True], ids=["at once", "after a restart"])
def test_what_was_deleted_does_not_come_back(town: "Town", *, asleep: bool) -> None:
    """The row is in the backup, and no key opens it any more."""
    ended, other = town.enrol(), town.enrol()
    name = backed_up(town)
    town.delete(ended)
    if asleep:
        town.reopen()

    assert ended["record"].encode() in town.at_rest()  # in the backup, sealed
    assert restored(town, name) == 0
    assert town.read(ended).status_code == 404
    assert town.release(ended) == []
    assert town.read(other).status_code == 200


def test_a_correction_is_not_undone(town: "Town") -> None:
    """What a record said before is not brought back, even where the row is lost."""
    file = town.enrol()
    name = backed_up(town)
    path = f"/records/{file['record']}"
    town.must(file["owner_key"], "PATCH", path, {"surname": "Newname"})

    assert restored(town, name) == 0
    assert town.read(file).json()["record"]["surname"] == "Newname"
    lose(town, file)
    assert restored(town, name) == 0
    assert town.read(file).status_code == 404


def test_what_is_held_stays_held(town: "Town") -> None:
    """A hold that was placed since the backup binds what comes back of its person."""
    file = town.enrol()
    name = backed_up(town)
    town.hold(file)
    lose(town, file)
    again = restored(town, name)

    assert again == 1
    assert town.delete(file).json() == {"deferred": True}


def test_what_was_closed_for_a_court_stays_closed(town: "Town") -> None:
    """Its owner asked for its end; after the restore it is open to a court and to nobody else."""
    file = town.enrol()
    name = backed_up(town)
    hold = town.hold(file)
    town.delete(file)
    lose(town, file)

    assert restored(town, name) == 1
    assert town.read(file).json()["code"] == "sealed"
    assert len(town.release(file)) == 1
    town.lift(hold)
    assert town.release(file) == []


def test_what_the_kill_switch_ended_stays_dead(town: "Town") -> None:
    """Nothing comes back but what a court holds, and that sealed."""
    held, killed = town.enrol(), town.enrol()
    town.hold(held)
    name = backed_up(town)
    town.kill()
    lose(town, held)

    assert restored(town, name) == 1
    assert town.read(killed).status_code == 404
    assert town.read(held).json()["code"] == "sealed"
    assert town.release(killed) == []
    assert town.must("auditor1", "GET", "/kill-certificate")["destroyed"] == 1


def test_what_fell_due_since_goes_at_once(open_town: "Callable[..., Town]") -> None:
    """A record whose term ended while it was lost is destroyed as soon as it is back."""
    town = open_town(card_years=1)
    file = town.enrol()
    name = backed_up(town)
    lose(town, file)
    town.advance(500 * 86_400)
    restored(town, name)

    assert town.read(file).status_code == 404
    assert town.rows("SELECT count(*) FROM records") == [(0,)]


def test_papers_at_rest_come_back_with_their_files(open_town: "Callable[..., Town]") -> None:
    """Row and file together, and only while their key opens."""
    town = open_town(**KEEPS)
    files = [town.apply() for _ in range(2)]
    for file in files:
        town.show(file, b"a paper at rest")
        town.decide(file)
    name = backed_up(town)
    for path in (town.data / "papers").iterdir():
        path.unlink()
    lose(town, *files)
    restored(town, name)
    path = f"/applications/{files[0]['application']}/documents/0"

    assert town.ask("reviewer1", "GET", path).content == b"a paper at rest"
    town.delete(files[0])
    restored(town, name)
    assert town.ask("reviewer1", "GET", path).status_code == 404
    assert len(list((town.data / "papers").iterdir())) == 1


def test_the_ledger_goes_on(town: "Town") -> None:
    """No line is rolled back or missing, and the restore is one of them."""
    file = town.enrol()
    name = backed_up(town)
    town.delete(file)
    before = town.must("auditor1", "GET", "/ledger")["entries"]
    restored(town, name)
    after = town.must("auditor1", "GET", "/ledger")

    assert after["entries"][: len(before)] == before
    assert after["intact"] is True
    assert [e["seq"] for e in after["entries"]] == list(range(1, len(after["entries"]) + 1))
    assert ("city", "backup", "allowed") in town.acts()
    assert ("city", "restore", "allowed") in town.acts()


def test_no_key_and_no_plain_word_is_in_a_backup(town: "Town") -> None:
    """What is in it opens only with what is elsewhere."""
    file = town.enrol()
    name = backed_up(town)
    copied = b"\0".join(
        path.read_bytes() for path in (town.data / "backups" / name).rglob("*") if path.is_file()
    )
    with closing(sqlite3.connect(town.data / "keys.sqlite")) as keys:
        wrapped = [key for (key,) in keys.execute("SELECT wrapped FROM keys")]
        marks = [mark for (mark,) in keys.execute("SELECT mark FROM filed")]

    assert file["record"].encode() in copied
    assert wrapped
    assert marks
    assert not [each for each in (*wrapped, *marks) if each in copied]
    assert file["form"]["surname"].encode() not in copied
    assert json.dumps(file["form"]["street"]).encode() not in copied


def test_a_backup_that_a_crash_cut_short_is_none(town: "Town") -> None:
    """It is removed when the city wakes, and cannot be restored."""
    half = town.data / "backups" / "20170301T150000-0.unfinished"
    half.mkdir()
    asked = town.ask(town.control_key, "POST", "/control/restore", {"backup": half.name})
    town.reopen()

    assert asked.status_code == 404
    assert not half.exists()


@pytest.mark.parametrize("name", ["no-such", "../log", "", "."])
def test_only_a_backup_can_be_restored(town: "Town", name: str) -> None:
    """Nothing else in the city's folder is reached by its name."""
    answer = town.ask(town.control_key, "POST", "/control/restore", {"backup": name})

    assert answer.status_code in {404, 422}


def test_only_the_controls_back_up_and_restore(town: "Town") -> None:
    """Not even the administrator does."""
    name = backed_up(town)

    for who in (None, "administrator1"):
        assert town.ask(who, "POST", "/control/backup").status_code == 401
        asked = town.ask(who, "POST", "/control/restore", {"backup": name})
        assert asked.status_code == 401


def test_old_backups_go(town: "Town") -> None:
    """Seven are kept."""
    names = [backed_up(town) for _ in range(9)]
    kept = {path.name for path in (town.data / "backups").iterdir()}

    assert len(kept) == 7
    assert kept < set(names)


def test_a_city_whose_registry_was_lost_does_not_start_and_destroys_no_key(town: "Town") -> None:
    """An empty registry beside full keys is an accident, not a new city."""
    town.apply()
    town.crash()
    for table in ("applications", "records", "facts", "ledger", "ledger_head"):
        town.forge(f"DELETE FROM {table}")  # noqa: S608  our own names
    said = town.nursery.raise_city(town.config)
    with closing(sqlite3.connect(town.data / "keys.sqlite")) as keys:
        [(left,)] = keys.execute("SELECT count(*) FROM filed")

    assert "the registry is empty" in said["error"]
    assert left == 1
