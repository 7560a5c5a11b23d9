"""The ledger and the public report: everything is written down, nobody is named."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Town

NEW_YEAR_UTC = "2017-04-01T03:59:59+00:00"  # the last second of March in New York


def test_every_look_release_and_refusal_is_one_line(town: "Town") -> None:
    """Acts are written in order, refused ones and forms that were none among them."""
    file = town.apply()
    path = f"/records/{file['record']}"
    town.ask("clerk1", "GET", path)
    town.ask(None, "GET", path)
    town.ask("auditor1", "GET", path)
    town.read(file)
    town.ask("clerk1", "POST", "/applications", town.form(status="none"))
    town.ask("clerk1", "POST", "/disclosures", town.instrument(file))
    town.release(file)

    assert town.acts() == [
        ("clerk:clerk1", "open_application", "allowed"),
        ("clerk:clerk1", "read_record", "allowed"),
        ("public", "read_record", "refused"),
        ("auditor:auditor1", "read_record", "refused"),
        ("applicant", "read_record", "allowed"),
        ("clerk:clerk1", "open_application", "refused"),
        ("clerk:clerk1", "request_disclosure", "refused"),
        ("counsel:counsel1", "request_disclosure", "allowed"),
        ("counsel:counsel2", "approve_disclosure", "allowed"),
        ("commissioner:commissioner1", "approve_disclosure", "allowed"),
        ("counsel:counsel1", "collect_disclosure", "allowed"),
    ]
    assert town.acts()[-1] == ("auditor:auditor1", "read_ledger", "allowed")


def test_the_ledger_names_no_applicant(town: "Town") -> None:
    """No id, no name, no key: only who acted, what they did and how it ended."""
    file = town.enrol()
    town.read(file)
    ledger = town.ask("auditor1", "GET", "/ledger").text
    personal = [*file["form"].values(), file["record"], file["application"], file["owner_key"]]

    assert [word for word in personal if word and len(word) > 7 and word in ledger] == []


def test_anybody_can_recompute_the_chain(town: "Town") -> None:
    """Each hash is what the description says, and each line holds on to the one before."""
    town.enrol()
    entries = town.must("auditor1", "GET", "/ledger")["entries"]
    previous = "0" * 64
    for seq, entry in enumerate(entries, start=1):
        body = [entry[name] for name in ("seq", "at", "actor", "act", "outcome", "previous")]
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)

        assert (entry["seq"], entry["previous"]) == (seq, previous)
        assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = entry["hash"]


TAMPERING = {
    "a line changed": "UPDATE ledger SET actor = 'public' WHERE seq = 2",
    "a line taken out": "DELETE FROM ledger WHERE seq = 2",
    "the tail cut off": "DELETE FROM ledger WHERE seq > 2",
    "all of it gone": "DELETE FROM ledger",
    "the head forged": "UPDATE ledger_head SET seq = seq - 1",
}


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING)
def test_a_ledger_that_was_tampered_with_says_so(town: "Town", sql: str) -> None:
    """The database refuses; where somebody lifts its rules first, the chain tells."""
    town.enrol()
    if "ledger_head" not in sql:
        with (
            pytest.raises(town.housing.refusal, match="written once"),
            town.housing.connected(town.config) as connection,
        ):
            connection.execute(sql)
    town.forge(sql)

    assert town.must("auditor1", "GET", "/ledger")["intact"] is False


def test_a_forged_chain_without_the_key_is_noticed(town: "Town") -> None:
    """Whoever rewrites every hash still cannot vouch for the last one."""
    town.enrol()
    entries = town.must("auditor1", "GET", "/ledger")["entries"]
    previous = "0" * 64
    lines = town.rows("SELECT seq, at, actor, act, outcome FROM ledger ORDER BY seq")
    for seq, at, _, act, outcome in lines:
        body = [seq, at, "public", act, outcome, previous]
        text = json.dumps(body, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        forged = f"actor = 'public', previous = '{previous}', hash = '{digest}'"
        town.forge(f"UPDATE ledger SET {forged} WHERE seq = {seq}")  # noqa: S608  a forger's words
        previous = digest
    town.forge(f"UPDATE ledger_head SET hash = '{previous}'")  # noqa: S608  likewise

    assert len(entries) == 3
    assert town.must("auditor1", "GET", "/ledger")["intact"] is False


def test_what_cannot_be_written_down_is_not_released(town: "Town") -> None:
    """While the ledger is locked no record is shown; afterwards it is, and stands in it."""
    file = town.enrol()
    lines = len(town.acts())
    with town.housing.locked(town.config):
        locked = town.read(file)
    with town.housing.surface(town.config).closed("ledger"):
        full = town.read(file)
    free = town.read(file)

    assert (locked.status_code, locked.json()["code"]) == (503, "unavailable")
    assert full.status_code in (500, 503)
    assert file["form"]["surname"] not in locked.text + full.text
    assert free.status_code == 200
    assert len(town.acts()) == lines + 2


def test_only_the_auditor_reads_the_ledger(town: "Town") -> None:
    """Not even the commissioner does."""
    file = town.apply()
    others = ("clerk1", "commissioner1", "administrator1", "counsel1", file["owner_key"])

    assert {town.ask(who, "GET", "/ledger").status_code for who in others} == {403}
    assert town.ask(None, "GET", "/ledger").status_code == 401


# -- the public report ------------------------------------------------------------------


def report(town: "Town", quarter: str) -> dict[str, Any]:
    """Read a report as anybody may."""
    told = town.must(None, "GET", f"/reports/{quarter}")
    assert (told.pop("quarter"), told.pop("time_zone")) == (quarter, "America/New_York")
    return told


def counts(*numbers: int) -> dict[str, int]:
    """Name the numbers of a report."""
    names = ("applications", "requests", "denials")
    by = ("persons_by_warrant", "persons_by_subpoena", "persons_by_order")
    no_breach = {"breaches": 0, "breach_notices_overdue": 0}
    return dict(zip((*names, *by), numbers, strict=True)) | no_breach


def test_the_report_counts_persons_and_denials(town: "Town") -> None:
    """One paper for two persons is two; two papers for one person are one; refusals count."""
    one, two, three = (town.enrol() for _ in range(3))
    town.release(one, two)
    town.release(one)
    town.release(three, {"form": town.form()}, kind="judicial-subpoena", office="justice")
    refused = town.instrument(one, signed=False)
    town.ask("counsel1", "POST", "/disclosures", refused)
    town.ask("clerk1", "POST", "/disclosures", refused)

    assert report(town, "2017-Q1") == counts(3, 4, 1, 2, 1, 0)
    assert report(town, "2016-Q4") == counts(0, 0, 0, 0, 0, 0)


def test_a_quarter_ends_at_midnight_in_new_york(open_town: "Callable[..., Town]") -> None:
    """The last second of March is of the first quarter, although London is in April."""
    town = open_town({"clock": NEW_YEAR_UTC})
    file = town.enrol()
    town.release(file)
    town.advance(1)
    town.enrol()
    town.release(file)

    assert report(town, "2017-Q1") == counts(1, 1, 0, 1, 0, 0)
    assert report(town, "2017-Q2") == counts(1, 1, 0, 1, 0, 0)


def test_a_past_report_stays_true_when_its_marks_are_gone(town: "Town") -> None:
    """Once a quarter is over only the numbers are kept, and the people are forgotten."""
    file = town.enrol()
    town.release(file)
    before = report(town, "2017-Q1")
    town.advance(100 * 86_400)
    marks = town.rows("SELECT count(*) FROM released")

    assert marks == [(0,)]
    assert report(town, "2017-Q1") == before == counts(1, 1, 0, 1, 0, 0)


@pytest.mark.parametrize("quarter", ["2017-Q5", "2017", "q1", "0000-Q1", "2017-Q1 ", "٢٠١٧-Q1"])
def test_what_is_no_quarter_has_no_report(town: "Town", quarter: str) -> None:
    """There is nothing there, and the answer does not repeat the question."""
    answer = town.ask(None, "GET", f"/reports/{quarter}")

    assert answer.status_code == 404
    assert quarter not in answer.text


def test_the_access_log_knows_routes_and_no_ids(town: "Town") -> None:
    """Method, template and status; no path, no query, no name."""
    file = town.enrol()
    town.read(file)
    town.ask(None, "GET", f"/records/{file['record']}?name=Zyzzyvane")
    log = (town.data / "log" / "city.log").read_text()

    assert "GET /records/{record} 200\n" in log
    assert "GET /records/{record} 422\n" in log
    assert "Zyzzyvane" not in log
    assert file["record"] not in log
