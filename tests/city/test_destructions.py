"""Accounts of destruction: numbers that agree, signed, for runs that end and runs that do not."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

DAY = 86_400
NOTHING = {"before": 0, "destroyed": 0, "held": 0, "after": 0}
ONE_GONE = {"before": 1, "destroyed": 1, "held": 0, "after": 0}


def accounts(town: "Town") -> list[dict[str, Any]]:
    """Return the accounts, each checked to add up and all of them to be signed."""
    said = town.must("auditor1", "GET", "/destructions")
    published = town.must(None, "GET", "/.well-known/destruction-key")
    key = load_der_public_key(bytes.fromhex(published["key"]))
    assert isinstance(key, Ed25519PublicKey)
    key.verify(bytes.fromhex(said["signature"]), said["signed"].encode())
    digest = "0" * 64
    for account in said["accounts"]:
        line = json.dumps([digest, account], sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(line.encode()).hexdigest()
        for toll in filter(None, (account["records"], account["papers"])):
            assert toll["before"] - toll["destroyed"] - toll["held"] == toll["after"], account
    assert json.loads(said["signed"]) == {"lines": len(said["accounts"]), "digest": digest}
    return said["accounts"]


def forge(town: "Town", statement: str) -> None:
    """Write to the accounts behind the city's back."""
    town.housing.surface(town.config).forge("destructions", statement)


def told(town: "Town") -> list[tuple[str, str]]:
    """Return cause and outcome of each line."""
    return [(account["cause"], account["outcome"]) for account in accounts(town)]


def test_every_way_a_file_ends_has_its_account(town: "Town") -> None:
    """Each of them begins and is done, with one record; an approval ends the papers alone."""
    town.show(approved := town.apply(), b"page")
    town.decide(approved)
    town.decide(town.apply(), approve=False)
    withdrawn = town.apply()
    town.must(
        withdrawn["owner_key"], "POST", f"/applications/{withdrawn['application']}/withdrawal"
    )
    town.delete(town.enrol())
    town.apply()
    town.advance(61 * DAY)

    ways = ("decision", "withdrawal", "owner", "retention")
    begun_and_done = [(way, outcome) for way in ways for outcome in ("begun", "done")]
    assert told(town) == [("decision", "done"), *begun_and_done]
    first, *others = accounts(town)
    assert (first["records"], first["papers"]) == (NOTHING, ONE_GONE)
    assert [each["records"] for each in others if each["outcome"] == "done"] == [ONE_GONE] * 4


def test_what_a_court_holds_is_accounted_for_as_held(town: "Town") -> None:
    """Its owner's wish destroys nothing and says so; lifting the hold does, and says so."""
    file = town.enrol()
    hold = town.hold(file)
    town.delete(file)
    town.lift(hold)

    held = {"before": 1, "destroyed": 0, "held": 1, "after": 0}
    assert [a["records"] for a in accounts(town) if a["outcome"] == "done"] == [held, ONE_GONE]


def test_the_kill_switch_is_counted_once_nobody_can_read_anything(town: "Town") -> None:
    """The line of its firing has no numbers yet; the last one has those of records and papers."""
    held, *_others = [town.enrol() for _ in range(3)]
    town.show(town.apply(), b"page")
    town.hold(held)
    town.kill()
    town.settle()

    begun, done = accounts(town)
    assert (begun["outcome"], begun["records"]) == ("begun", None)
    assert done["records"] == {"before": 4, "destroyed": 3, "held": 1, "after": 0}
    assert done["papers"] == ONE_GONE


def test_papers_at_rest_are_counted_one_by_one(open_town: "Callable[..., Town]") -> None:
    """Where they are kept for a term, a decision destroys none and the end of the term each."""
    town = open_town(papers_days=2)
    file = town.apply()
    for page in (b"one", b"two"):
        town.show(file, page)
    town.decide(file)
    assert not accounts(town)

    town.advance(3 * DAY)
    assert accounts(town)[-1]["papers"] == {"before": 2, "destroyed": 2, "held": 0, "after": 0}


def test_a_run_that_fails_says_so_and_the_next_one_that_it_is_done(town: "Town") -> None:
    """While no row can be removed the record stays, and the account says that one is left."""
    file = town.enrol()
    with town.housing.surface(town.config).jammed():
        assert town.delete(file).status_code == 500  # the city's own failure
        failed = accounts(town)[-1]
    assert town.read(file).is_success
    assert town.delete(file).is_success

    left = {"before": 1, "destroyed": 0, "held": 0, "after": 1}
    assert (failed["outcome"], failed["records"]) == ("failed", left)
    assert told(town) == [("owner", "failed"), ("owner", "begun"), ("owner", "done")]


def test_an_account_cannot_be_edited_where_it_lies(town: "Town") -> None:
    """The table refuses; forged all the same, the line no longer goes with the signature."""
    town.delete(town.enrol())
    with pytest.raises(Exception, match="written once"):
        town.rows("DELETE FROM destructions")
    forge(town, """UPDATE destructions SET said = replace(said, '"before":1', '"before":2')""")

    with pytest.raises(AssertionError):
        accounts(town)
    town.delete(town.enrol())
    with pytest.raises(AssertionError):
        accounts(town)


def test_a_forged_end_is_not_signed_anew(town: "Town") -> None:
    """Whoever takes a line off, and moves the end back, gets no signature from the next run."""
    town.delete(town.enrol())
    forge(town, "DELETE FROM destructions WHERE number = 2")
    forge(town, "UPDATE destruction_head SET lines = 1")
    town.delete(town.enrol())

    with pytest.raises((AssertionError, InvalidSignature)):
        accounts(town)


def test_a_run_cut_short_is_ended_when_the_city_starts_again(town: "Town") -> None:
    """A line that began and has no end is given one, once what it left behind is removed."""
    town.delete(town.enrol())
    before = accounts(town)
    town.crash()
    forge(town, "DELETE FROM destructions WHERE number = 2")
    town.open()

    ended = [(each["cause"], each["outcome"], each["records"]) for each in said_by(town)]
    assert ended == [(each["cause"], each["outcome"], each["records"]) for each in before]


def said_by(town: "Town") -> list[dict[str, Any]]:
    """Return the accounts unchecked."""
    return town.must("auditor1", "GET", "/destructions")["accounts"]


def test_only_the_auditor_reads_the_accounts_and_everybody_the_key(town: "Town") -> None:
    """Nobody else is shown them; the key is published apart from them."""
    assert town.ask("administrator1", "GET", "/destructions").status_code == 403
    assert town.ask(None, "GET", "/destructions").status_code == 401
    assert town.ask(None, "GET", "/.well-known/destruction-key").is_success
