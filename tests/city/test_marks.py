"""Once a record has ended, nobody who has the city's keys can find a mark of whose it was."""

import hmac
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from conftest import Town

DAY = 86_400
GAG = {"kind": "nondisclosure-order", "expires": "2017-03-03", "fields": []}
SAID = ("", "notice\x1f", "gag\x1f", "lookup\x1f", "released 2017-Q1\x1f")
DERIVED = ("report 2017-Q1", "lookups", "numbers of papers")


def folded(form: dict[str, Any]) -> str:
    """Write a person as the city does before it makes a mark."""
    return "\x1f".join(str(form[name]).casefold() for name in ("given_name", "surname", "born"))


def living_keys(town: "Town") -> list[bytes]:
    """Return every key under which the city could make a mark now, as whoever runs it could."""
    secrets = [bytes.fromhex(town.config[name]) for name in ("secret", "photo_secret")]
    with closing(sqlite3.connect(town.data / "keys.sqlite")) as keys:
        masters = keys.execute("SELECT id, wrapped FROM masters").fetchall()
    opened = [secrets[0]]
    for secret in (*secrets, hmac.digest(*secrets, "sha256")):
        for name, wrapped in masters:
            try:
                opened.append(AESGCM(secret).decrypt(wrapped[:12], wrapped[12:], name.encode()))
            except InvalidTag:
                continue
    uses = ("index", *DERIVED)
    return [hmac.digest(key, use.encode(), "sha256") for key in opened for use in uses]


def marks_of(town: "Town", file: dict[str, Any]) -> dict[bytes, str]:
    """Return every mark the city could make of a cardholder and their card, and what of."""
    card = file["card"]["number"]
    said = {each + folded(file["form"]) for each in SAID} | {f"card {card}", f"card\x1f{card}"}
    return {
        hmac.digest(key, each.encode(), "sha256"): each
        for key in living_keys(town)
        for each in said
    }


def found(town: "Town", marks: dict[bytes, str]) -> list[str]:
    """Return what of *marks* lies on any disk: rows, dead rows, logs, key store."""
    lying = town.at_rest()
    return [said for mark, said in marks.items() if mark in lying]


def known_to_all(town: "Town") -> dict[str, Any]:
    """Return a cardholder who was looked for, asked for, released, and kept from knowing it."""
    file = town.enrol()
    town.must("counsel1", "POST", "/gags", town.instrument(file, **GAG))
    request = town.must("counsel1", "POST", "/disclosures", town.instrument(file))["disclosure"]
    person = {name: file["form"][name] for name in ("given_name", "surname", "born")}
    town.must("counsel1", "POST", "/searches", person | {"case": request})
    for who in ("counsel2", "commissioner1"):
        town.must(who, "POST", f"/disclosures/{request}/approvals", {})
    assert town.must("counsel1", "GET", f"/disclosures/{request}/release")["released"]
    return file


@pytest.mark.parametrize("how", ["deleted", "killed", "held, then let go"])
def test_no_mark_of_an_ended_record_can_be_made_again(town: "Town", how: str) -> None:
    """Whoever has the disk, dead rows and all, and the living keys can tell nothing of them."""
    file, other = known_to_all(town), town.enrol()
    before = found(town, marks_of(town, file))
    town.advance(4 * DAY)  # the order of silence has ended
    if how == "killed":
        town.kill()
    elif how == "deleted":
        town.delete(file)
    else:
        hold = town.hold(file)
        town.delete(file)
        town.lift(hold)

    assert len(before) >= 5
    assert found(town, marks_of(town, file)) == []
    assert bool(found(town, marks_of(town, other))) is (how != "killed")
