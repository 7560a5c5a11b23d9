"""What belonged to a record that was lost comes back with it, but for what its owner allowed."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Town

GAG = {"kind": "nondisclosure-order", "expires": "2017-03-20", "fields": []}
DAY = 86_400


def backed_up(town: "Town") -> str:
    """Take a backup and return its name."""
    name: str = town.must(town.control_key, "POST", "/control/backup")["backup"]
    return name


def restore(town: "Town", name: str) -> None:
    """Restore a backup."""
    town.must(town.control_key, "POST", "/control/restore", {"backup": name})


def lose(town: "Town", *tables: str) -> None:
    """Let everything in some tables go, as a broken disk would; no key of it is destroyed."""
    for table in tables:
        town.forge(f"DELETE FROM {table}")  # noqa: S608  our own names


ROSTER = ("cards", "applications", "records")


def is_good(town: "Town", file: dict[str, Any]) -> bool:
    """Whether a partner is told that a card is good."""
    answer = town.must("partner1", "POST", "/verifications", {"number": file["card"]["number"]})
    return bool(answer["valid"])


def told(town: "Town", file: dict[str, Any]) -> int:
    """Count what the owner of a record is told."""
    path = f"/records/{file['record']}/notices"
    return len(town.must(file["owner_key"], "GET", path)["notices"])


def consent(town: "Town", file: dict[str, Any]) -> dict[str, str]:
    """Let the owner of a record consent; return what the recipient brings."""
    said = {"recipient": "Example Bank", "purpose": "an account", "fields": ["surname"]}
    path = f"/records/{file['record']}/consents"
    given = town.must(file["owner_key"], "POST", path, said)["consent"]
    return {"consent": given, "recipient": "Example Bank", "purpose": "an account"}


def test_a_card_that_was_lost_is_good_again_and_can_be_ended(town: "Town") -> None:
    """Its holder stands at a counter with it; and may lose it the day after."""
    file = town.enrol()
    name = backed_up(town)
    lose(town, *ROSTER)
    gone = is_good(town, file)
    restore(town, name)
    back = is_good(town, file)
    town.must(file["owner_key"], "POST", f"/records/{file['record']}/card-revocation")

    assert (gone, back, is_good(town, file)) == (False, True, False)


@pytest.mark.parametrize("how", ["the card", "the record"])
def test_a_card_that_was_ended_since_stays_ended(town: "Town", how: str) -> None:
    """A restore is no way to make a stolen card good."""
    file, other = town.enrol(), town.enrol()
    name = backed_up(town)
    if how == "the card":
        town.must(file["owner_key"], "POST", f"/records/{file['record']}/card-revocation")
    else:
        town.delete(file)
    lose(town, "cards")
    restore(town, name)

    assert (is_good(town, file), is_good(town, other)) == (False, True)


def test_a_card_on_the_list_of_ended_ones_is_not_forgotten(town: "Town") -> None:
    """Whoever checks cards without asking would take it for good."""
    file = town.enrol()
    town.delete(file)
    name, listed = backed_up(town), town.rows("SELECT * FROM revocations")
    lose(town, "revocations")
    restore(town, name)

    assert listed
    assert town.rows("SELECT * FROM revocations") == listed
    town.advance(6 * 366 * DAY)
    restore(town, name)
    assert town.rows("SELECT * FROM revocations") == []


def test_a_notice_that_was_lost_is_read_after_all(town: "Town") -> None:
    """The one it was for is told, and so is whoever was told as the owner of a record."""
    file = town.enrol()
    town.release(file)
    breach = {"discovered": "2017-03-01T15:00:00Z"}
    found = town.must("auditor1", "POST", "/breaches", breach)["breach"]
    town.must("counsel1", "POST", f"/breaches/{found}/notices")
    before, name = told(town, file), backed_up(town)
    lose(town, "notices_of", "notices", *ROSTER)
    restore(town, name)

    assert (before, told(town, file)) == (3, 3)


def test_a_notice_of_somebody_who_has_left_finds_nobody(town: "Town") -> None:
    """Not even one who enrols again by the same name."""
    file = town.enrol()
    town.release(file)
    name = backed_up(town)
    town.delete(file)
    lose(town, "notices_of", "notices")
    restore(town, name)
    named = {each: file["form"][each] for each in ("given_name", "surname", "born")}

    assert told(town, town.enrol(**named)) == 0


def test_an_order_of_silence_that_was_lost_is_kept_throughout(town: "Town") -> None:
    """While its row is gone, after the restore, and until its day; then the owner is told."""
    file = town.enrol()
    town.must("counsel1", "POST", "/gags", town.instrument(file, **GAG))
    town.release(file)
    name = backed_up(town)
    lose(town, "gags")
    lost = told(town, file)
    restore(town, name)
    back = told(town, file)
    town.advance(20 * DAY)

    assert (lost, back, told(town, file)) == (0, 0, 2)


def test_a_look_that_was_lost_still_tells_whom_a_breach_reached(town: "Town") -> None:
    """But of who has left since, nothing comes back."""
    file, left = town.apply(), town.apply()
    for each in (file, left):
        town.must("clerk1", "GET", f"/records/{each['record']}")
    name = backed_up(town)
    town.must(left["owner_key"], "POST", f"/applications/{left['application']}/withdrawal")
    lose(town, "visits")
    restore(town, name)
    breach = {"discovered": "2017-03-01T15:00:00Z", "login": "clerk1"}

    assert town.must("auditor1", "POST", "/breaches", breach)["affected"] == 1


@pytest.mark.parametrize("lost", [("grants",), ROSTER, ("grants", *ROSTER)], ids=" ".join)
def test_no_consent_outlives_a_loss(town: "Town", lost: tuple[str, ...]) -> None:
    """Its owner could not have taken it back meanwhile, so it has to be given again."""
    file = town.enrol()
    paper = consent(town, file)
    name = backed_up(town)
    lose(town, *lost)
    path = f"/records/{file['record']}/consents/{paper['consent']}"
    withdrawn = town.ask(file["owner_key"], "DELETE", path)
    restore(town, name)
    asked = town.ask("counsel1", "POST", "/consent-releases", paper)

    assert withdrawn.status_code == 404
    assert asked.json()["code"] == "no-consent"
    shown = town.must(file["owner_key"], "GET", f"/records/{file['record']}/consents")
    assert shown["consents"] == []
    restore(town, name)
    assert town.ask("counsel1", "POST", "/consent-releases", paper).json()["code"] == "no-consent"
    again = consent(town, file)
    assert town.ask("counsel1", "POST", "/consent-releases", again).status_code == 201


def test_a_consent_that_was_withdrawn_never_comes_back(town: "Town") -> None:
    """Nor does one that was not lost end by a restore."""
    file = town.enrol()
    paper, kept = consent(town, file), consent(town, file)
    name = backed_up(town)
    path = f"/records/{file['record']}/consents/{paper['consent']}"
    town.must(file["owner_key"], "DELETE", path)
    restore(town, name)

    assert town.ask("counsel1", "POST", "/consent-releases", paper).json()["code"] == "no-consent"
    assert town.ask("counsel1", "POST", "/consent-releases", kept).status_code == 201
