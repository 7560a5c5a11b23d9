"""One's own record: seen by its owner, corrected without a trace, ended for good."""

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town


def test_the_owner_reads_exactly_what_was_given(town: "Town") -> None:
    """The record is the form without its channel, and nothing else."""
    file = town.enrol(gender="X")
    given = {name: value for name, value in file["form"].items() if name != "channel"}

    assert town.read(file).json() == {"record": given}


def test_nobody_else_reads_a_record(town: "Town") -> None:
    """A clerk may while the application is open; a closed file is nobody's but the owner's."""
    file, other = town.apply(), town.apply()
    path = f"/records/{file['record']}"
    while_open = town.ask("clerk2", "GET", path).status_code
    town.decide(file)
    missing = town.ask("clerk2", "GET", "/records/no-such-record")
    closed = town.ask("clerk2", "GET", path)

    assert while_open == 200
    assert closed.content == missing.content
    assert [closed.status_code, missing.status_code] == [404, 404]
    assert town.ask(other["owner_key"], "GET", path).status_code == 404
    assert town.ask("administrator1", "GET", path).status_code == 404
    assert town.ask(None, "GET", path).status_code == 401
    assert town.ask(None, "GET", "/records/no-such-record").status_code == 401


def test_nothing_personal_lies_on_the_disk_in_the_clear(town: "Town") -> None:
    """Names, addresses and keys are sealed or digested; the control is an id, which is not."""
    file = town.enrol(gender="Zorgender")
    town.settle()
    lying = town.at_rest()
    given = [v for n, v in file["form"].items() if v and n not in ("city", "channel", "postcode")]

    assert file["record"].encode() in lying
    assert [value for value in (*given, file["owner_key"]) if value.encode() in lying] == []
    assert [value for value in given if value.encode("utf-16-le") in lying] == []
    assert [v for v in given if v.upper().encode() in lying or v.lower().encode() in lying] == []
    assert bytes.fromhex(town.config["secret"]) not in lying
    assert file["card"]["number"].encode() not in lying


def test_a_correction_leaves_nothing_of_the_old_value(town: "Town") -> None:
    """The corrected record is sealed under a new key, and the old key is no more."""
    file = town.apply()  # whose card would have a key too
    keys = town.data / "keys.sqlite"
    town.settle()
    before = keys.read_bytes()
    path = f"/records/{file['record']}"
    changed = town.must(file["owner_key"], "PATCH", path, {"surname": "Newname", "phone": None})
    town.settle()

    assert changed["record"]["surname"] == "Newname"
    assert changed["record"]["phone"] is None
    assert town.read(file).json() == changed
    assert wrapped_keys(before)
    assert not wrapped_keys(before) & wrapped_keys(keys.read_bytes())


def wrapped_keys(database: bytes) -> set[bytes]:
    """Return the records' wrapped keys in the bytes of a settled key database."""
    with closing(sqlite3.connect(":memory:")) as connection:
        # Bytes 18 and 19 ask for a write-ahead log, which memory has none of.
        connection.deserialize(database[:18] + b"\1\1" + database[20:])
        query = "SELECT keys.wrapped FROM keys JOIN masters ON masters.id = keys.master"
        rows = connection.execute(query + " WHERE purpose = 'records'").fetchall()
        return {row[0] for row in rows}


def test_gender_is_the_owners_word_or_none(town: "Town") -> None:
    """Any word is taken, none is required, and it can be cleared again."""
    file = town.enrol()
    path = f"/records/{file['record']}"
    words = ["X", "nonbinary", "two-spirit", "женщина", None]
    told = [town.must(file["owner_key"], "PATCH", path, {"gender": word}) for word in words]

    assert [one["record"]["gender"] for one in told] == words
    assert "gender" not in file["card"]["face"]
    assert town.enrol(gender="X")["card"]["face"]["gender"] == "X"


@pytest.mark.parametrize(
    "changes", [{"surname": None}, {"born": "yesterday"}, {"status": "none"}, {"surname": ""}, []]
)
def test_a_correction_that_is_none_changes_nothing(town: "Town", changes: object) -> None:
    """What cannot be is refused, and the record is as it was."""
    file = town.enrol()
    before = town.read(file).json()
    path = f"/records/{file['record']}"

    assert town.ask(file["owner_key"], "PATCH", path, changes).status_code == 422
    assert town.read(file).json() == before


def test_an_ended_record_is_gone_with_its_key(town: "Town") -> None:
    """No row, no key and no answer is left; another record is untouched."""
    file, other = town.apply(), town.apply()
    for each in (file, other):
        town.decide(each)
    ended = town.delete(file)
    town.settle()
    lying = town.at_rest()

    assert (ended.status_code, ended.json()) == (200, {"deferred": False})
    assert town.read(file).status_code == 404
    assert not (town.housing.overwrites and file["record"].encode() in lying)
    assert other["record"].encode() in lying
    assert len(wrapped_keys((town.data / "keys.sqlite").read_bytes())) == 1
    assert town.read(other).status_code == 200
    assert town.release(file) == []


def test_only_the_owner_ends_or_corrects_a_record(town: "Town") -> None:
    """Staff and strangers are told that there is nothing here for them."""
    file, other = town.enrol(), town.enrol()
    path = f"/records/{file['record']}"
    others = ("clerk1", "administrator1", other["owner_key"])
    statuses = {
        town.ask(who, method, path, body).status_code
        for who in others
        for method, body in (("DELETE", None), ("PATCH", {"street": "1 Elsewhere"}))
    }

    assert statuses == {404}
    assert town.read(file).json()["record"]["street"] == file["form"]["street"]


def test_a_record_goes_when_its_term_after_expiry_ends(open_town: "Callable[..., Town]") -> None:
    """Five years of card and thirty days; the leap day of the first shortens nothing else."""
    town = open_town({"clock": "2016-02-29T15:00:00+00:00"})
    file = town.enrol()
    assert file["card"]["face"]["expires"] == "2021-02-28"
    town.advance(seconds_until("2021-03-30T03:59:59+00:00", "2016-02-29T15:00:00+00:00"))
    assert town.read(file).status_code == 200
    town.advance(1)

    assert town.read(file).status_code == 404


def seconds_until(end: str, start: str) -> float:
    """Return the seconds between two moments."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def test_the_card_shows_its_face_and_nothing_else(town: "Town") -> None:
    """Contact details stay off it, and its number is drawn, not counted."""
    one, two = town.enrol(), town.enrol()
    face = {"given_name", "surname", "born", "street", "expires"}
    numbers = [int(file["card"]["number"]) for file in (one, two)]

    assert set(one["card"]["face"]) == face
    assert abs(numbers[0] - numbers[1]) > 1
    path = f"/applications/{one['application']}/card"
    assert town.ask("clerk1", "POST", path).json()["code"] == "already-issued"


def test_a_card_is_issued_to_the_approved_only(town: "Town") -> None:
    """Neither an open application nor a stranger gets one."""
    file = town.apply()
    path = f"/applications/{file['application']}/card"

    assert town.ask("clerk1", "POST", path).json()["code"] == "not-approved"
    assert town.ask(file["owner_key"], "POST", path).status_code == 403
    assert town.ask("clerk1", "POST", "/applications/none/card").status_code == 404


def test_a_second_human_decides(open_town: "Callable[..., Town]") -> None:
    """Whoever took an application in does not decide it, under no login of theirs."""
    both = [
        {"login": "clerk1", "role": "clerk", "person": "one human", "key": "key of clerk1"},
        {
            "login": "reviewer1",
            "role": "reviewer",
            "person": "one human",
            "key": "key of reviewer1",
        },
        {"login": "reviewer2", "role": "reviewer", "person": "other", "key": "key of reviewer2"},
    ]
    town = open_town({"staff": both})
    file = town.apply()
    path = f"/applications/{file['application']}/decision"
    own = town.ask("reviewer1", "POST", path, {"approve": True})

    assert (own.status_code, own.json()["code"]) == (403, "same-person")
    assert town.ask("reviewer2", "POST", path, {"approve": True}).status_code == 200
    assert town.ask("reviewer2", "POST", path, {"approve": False}).json()["code"] == "not-open"


def test_the_web_is_open_to_anyone_and_the_counter_to_clerks(town: "Town") -> None:
    """An application without a clerk comes over the web; its owner has the only key."""
    form = town.form()
    at_counter = town.ask(None, "POST", "/applications", form).status_code
    over_web = town.apply(None, channel="web")
    town.decide(over_web)

    assert at_counter == 401
    assert town.ask("reviewer1", "POST", "/applications", form).status_code == 403
    assert town.read(over_web).status_code == 200


def test_a_token_outlives_a_restart_and_is_good_for_one_city(
    town: "Town", open_town: "Callable[..., Town]"
) -> None:
    """Sessions survive a crash; a token of elsewhere, or a changed one, is nobody's."""
    other = open_town()
    town.apply()
    token = town.tokens["clerk1"]
    town.reopen()
    other.tokens["clerk1"] = token
    bent = token[:-1] + ("0" if token[-1] != "0" else "1")

    assert town.ask(token, "POST", "/applications", town.form()).status_code == 201
    assert other.ask("clerk1", "POST", "/applications", other.form()).status_code == 401
    assert town.ask(bent, "POST", "/applications", town.form()).status_code == 401


def test_a_wrong_key_signs_nobody_in(town: "Town") -> None:
    """A login that exists and one that does not are refused in the same words."""
    wrong = town.http.post("/sessions", json={"login": "clerk1", "key": "guessed"})
    nobody = town.http.post("/sessions", json={"login": "nobody", "key": "guessed"})

    assert (wrong.status_code, wrong.content) == (401, nobody.content)
