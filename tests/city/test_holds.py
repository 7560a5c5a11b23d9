"""A court's hold freezes whom it names, opens nothing, and ends."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town


def test_a_held_record_outlives_its_owners_wish_and_is_open_to_nobody(town: "Town") -> None:
    """Asked to end, it is sealed: no owner and no clerk reads it, a judge's warrant does."""
    file = town.enrol()
    town.hold(file)
    readable = town.read(file).status_code
    ended = town.delete(file)

    assert readable == 200
    assert (ended.status_code, ended.json()) == (202, {"deferred": True})
    assert (town.read(file).status_code, town.read(file).json()["code"]) == (403, "sealed")
    assert town.delete(file).status_code == 403
    assert town.ask("clerk1", "GET", f"/records/{file['record']}").status_code == 404
    assert town.release(file) == [
        {"surname": file["form"]["surname"], "street": file["form"]["street"]}
    ]


def test_a_hold_freezes_nobody_else(town: "Town") -> None:
    """Those it does not name are deleted at once, a namesake of another age among them."""
    file, other = town.enrol(), town.enrol()
    name = {part: file["form"][part] for part in ("given_name", "surname")}
    namesake = town.enrol(**name, born="1980-03-01")
    town.hold(file)

    assert town.delete(other).json() == {"deferred": False}
    assert town.delete(namesake).json() == {"deferred": False}


def test_a_hold_opens_nothing(town: "Town") -> None:
    """Nobody reads more of a held record than of any other, and no answer names it."""
    file = town.enrol()
    hold = town.hold(file)
    path = f"/records/{file['record']}"
    readers = ("clerk1", "counsel1", "commissioner1", "administrator1", "auditor1")

    assert {town.ask(who, "GET", path).status_code for who in readers} == {404}
    assert town.ask("counsel1", "GET", f"/holds/{hold}").status_code == 405


def test_lifting_a_hold_runs_what_waited_for_it(town: "Town") -> None:
    """The deferred deletion happens in the very act of lifting; a live record stays live."""
    file, live = town.enrol(), town.enrol()
    hold = town.hold(file, live)
    town.delete(file)
    town.lift(hold)
    town.settle()

    assert town.read(file).status_code == 404
    assert not (town.housing.overwrites and file["record"].encode() in town.at_rest())
    assert town.release(file) == []
    assert town.read(live).status_code == 200
    assert town.ask("counsel1", "DELETE", f"/holds/{hold}").status_code == 404


def test_two_holds_end_one_by_one(town: "Town") -> None:
    """What two courts hold goes when the second lifts its hand."""
    file = town.enrol()
    one, two = town.hold(file), town.hold(file)
    town.delete(file)
    town.lift(one)
    between = town.release(file)
    town.lift(two)

    assert len(between) == 1
    assert town.release(file) == []


def test_a_hold_binds_those_who_enrol_later(town: "Town") -> None:
    """The person named may come tomorrow, in capitals and with odd spaces."""
    form = town.form()
    town.hold({"form": form})
    shouted = {"given_name": form["given_name"].upper(), "surname": f"  {form['surname']} "}
    file = town.enrol(**(form | shouted))

    assert town.delete(file).json() == {"deferred": True}
    assert len(town.release({"form": form})) == 1


def test_a_record_corrected_into_a_held_name_is_held(town: "Town") -> None:
    """A hold follows the person, and a change of name does not shake it off."""
    file, named = town.enrol(), town.form()
    town.hold({"form": named})
    path = f"/records/{file['record']}"
    name = {part: named[part] for part in ("given_name", "surname", "born")}
    town.must(file["owner_key"], "PATCH", path, name)
    town.must(file["owner_key"], "PATCH", path, {"surname": "Somebody-Else"})

    assert town.delete(file).json() == {"deferred": True}


def test_a_record_that_falls_due_under_a_hold_waits_for_it(town: "Town") -> None:
    """Retention seals it on its day, and lifting the hold destroys it."""
    file = town.enrol()
    hold = town.hold(file)
    town.advance(6 * 366 * 86_400)
    found = town.release(file, expires=None)
    town.lift(hold)

    assert town.read(file).status_code == 404
    assert len(found) == 1
    assert town.release(file) == []


def test_a_held_application_closes_and_is_preserved(town: "Town") -> None:
    """Withdrawn under a hold, it can be neither decided nor read, only obtained by a judge."""
    file = town.apply()
    town.hold(file)
    path = f"/applications/{file['application']}"
    town.must(file["owner_key"], "POST", f"{path}/withdrawal")
    town.advance(61 * 86_400)

    assert town.ask("reviewer1", "POST", f"{path}/decision", {"approve": True}).status_code == 403
    assert town.read(file).json()["code"] == "sealed"
    assert len(town.release(file)) == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a lawyer's letter": ({"kind": "preservation-letter"}, "not-a-hold"),
    "a letter keyed in as an order": ({"office": "attorney", "court": ""}, "not-a-court-order"),
    "a court unknown here": ({"court": "Court of Nowhere"}, "not-a-court-order"),
    "a clerk of the court": ({"office": "court-clerk"}, "not-a-court-order"),
    "unsigned": ({"signed": False}, "unsigned"),
    "signed by nobody": ({"signatory": " "}, "unsigned"),
    "run out": ({"expires": "2017-02-28"}, "expired"),
    "all holders": ({"subjects": []}, "names-nobody"),
    "a warrant": ({"kind": "judicial-warrant"}, "not-a-hold"),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_order_to_preserve_freezes_nothing(
    town: "Town", changes: dict[str, Any], code: str
) -> None:
    """A letter asks and a court orders; only the order binds."""
    file = town.enrol()
    order = {"kind": "preservation-order", "office": "justice", "fields": []} | changes
    refused = town.ask("counsel1", "POST", "/holds", town.instrument(file, **order))

    assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert town.delete(file).json() == {"deferred": False}


@pytest.mark.parametrize("who", ["clerk1", "commissioner1", "administrator1", None])
def test_only_counsel_places_and_lifts_holds(town: "Town", who: str | None) -> None:
    """A hold is entered by counsel, for a court, and by nobody else."""
    file = town.enrol()
    hold = town.hold(file)
    order = town.instrument(file, kind="preservation-order", office="justice")
    status = 401 if who is None else 403

    assert town.ask(who, "POST", "/holds", order).status_code == status
    assert town.ask(who, "DELETE", f"/holds/{hold}").status_code == status
    assert town.delete(file).json() == {"deferred": True}


def test_a_held_paper_rests_beyond_its_term_and_ends_with_its_hold(
    open_town: "Callable[..., Town]",
) -> None:
    """Papers at rest of a person a court names stay sealed until it lifts its hold."""
    town = open_town(papers_days=730, purge_every="quarter", kill_scope="papers")
    held, other = (town.apply() for _ in range(2))
    for file in (held, other):
        town.show(file, b"a paper")
        town.decide(file)
    hold = town.hold(held)
    town.advance(731 * 86_400)
    left = len(list((town.data / "papers").iterdir()))
    looked = town.ask("reviewer1", "GET", f"/applications/{held['application']}/documents/0")
    town.lift(hold)

    assert (left, looked.status_code) == (1, 404)
    assert list((town.data / "papers").iterdir()) == []
