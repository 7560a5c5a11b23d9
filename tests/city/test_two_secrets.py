"""Two secrets, kept by two: neither opens what the other is for, whoever has the disks."""

import hmac
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.papers.photographs import photograph_of

if TYPE_CHECKING:
    from conftest import Town

PEOPLE = Applicants(Mint(12))
BOTH = ("secret", "photo_secret")


def opened(keys: Iterable[bytes], sealed: bytes, place: str) -> bytes | None:
    """Open what the city sealed, if any of *keys* is the key."""
    for key in keys:
        try:
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], place.encode())
        except InvalidTag:
            continue
    return None


class Thief:
    """Somebody who has read the city's source, has its disks, and has been given *secrets*."""

    def __init__(self, town: "Town", *names: str) -> None:
        """Steal the disks of *town*, and the secrets of these *names* in its configuration."""
        self.town = town
        secrets = [bytes.fromhex(town.config[name]) for name in names]
        pairs = itertools.permutations(secrets, 2)
        self.secrets = [*secrets, *(hmac.digest(one, two, "sha256") for one, two in pairs)]
        self.masters = self._masters()
        self.keys = self._keys()

    def records(self) -> list[dict[str, Any]]:
        """Return every record that opens."""
        rows = self.town.rows("SELECT id, content FROM records")
        found = [opened(self.keys, bytes(content), name) for name, content in rows]
        return [json.loads(content) for content in found if content]

    def photographs(self) -> int:
        """Count the photographs that open, by way of a record or of a hold."""
        keys = {*self._keys_in_records(), *self._keys_in_holds(), *self.keys, *self.masters}
        return self._slots("photos", keys)

    def templates(self) -> int:
        """Count the face templates that open."""
        return self._slots("faces", {*self.keys, *self.masters})

    # -- one lock after another ---------------------------------------------------------

    def stolen(self, file: str, query: str) -> list[tuple[Any, ...]]:
        """Read one of the city's own files."""
        with closing(sqlite3.connect(self.town.data / f"{file}.sqlite")) as connection:
            return connection.execute(query).fetchall()

    def _masters(self) -> set[bytes]:
        wrapped = self.stolen("keys", "SELECT wrapped, id FROM masters")
        return set(filter(None, (opened(self.secrets, *each) for each in wrapped)))

    def _keys(self) -> set[bytes]:
        rows = self.stolen("keys", "SELECT wrapped, id || '/' || master FROM keys")
        return set(filter(None, (opened(self.masters, *each) for each in rows)))

    def _keys_in_records(self) -> set[bytes]:
        links = [record["photos"] for record in self.records() if "photos" in record]
        found = (opened(self.masters, bytes.fromhex(one["key"]), one["slot"]) for one in links)
        return set(filter(None, found))

    def _keys_in_holds(self) -> set[bytes]:
        rows = self.town.rows("SELECT content, id FROM held_photos")
        found = (opened(self.masters, bytes(content), name) for content, name in rows)
        return {said[:32] for said in found if said}

    def _slots(self, file: str, keys: set[bytes]) -> int:
        rows = self.stolen(file, "SELECT content, name FROM slots")
        return sum(opened(keys, *row) is not None for row in rows)


@pytest.fixture
def peopled(town: "Town") -> "Town":
    """Lend a town with two photographed cardholders, one of them held for a court."""
    for _ in range(2):
        file = town.apply()
        path, kind = f"/applications/{file['application']}/photo", {"Content-Type": "image/jpeg"}
        picture = photograph_of(PEOPLE.next()).data
        town.must("clerk1", "PUT", path, content=picture, headers=kind)
        town.decide(file)
    town.hold(file)
    town.settle()
    return town


def test_both_secrets_together_open_everything(peopled: "Town") -> None:
    """The thief knows how: what does not open below is not for want of skill."""
    thief = Thief(peopled, *BOTH)

    assert (len(thief.records()), thief.photographs(), thief.templates()) == (2, 2, 2)


def test_the_registrys_secret_opens_no_photograph(peopled: "Town") -> None:
    """Every record, and neither a picture, nor one held for a court, nor a template."""
    thief = Thief(peopled, "secret")

    assert (len(thief.records()), thief.photographs(), thief.templates()) == (2, 0, 0)


def test_the_photographs_secret_opens_no_record(peopled: "Town") -> None:
    """Nor a picture or template, for what leads to one lies in the record and with its keys."""
    thief = Thief(peopled, "photo_secret")

    assert thief.masters
    assert (thief.records(), thief.photographs(), thief.templates()) == ([], 0, 0)


def test_what_the_kill_switch_leaves_for_a_court_takes_both_as_well(peopled: "Town") -> None:
    """A hold's copy of a photograph is no way round."""
    peopled.kill()
    peopled.settle()
    counts = [
        Thief(peopled, *names).photographs() for names in (BOTH, ("secret",), ("photo_secret",))
    ]

    assert counts == [1, 0, 0]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (lambda config: {"secret": config["secret"]}, "config lacks 'photo_secret'"),
        (lambda config: config | {"photo_secret": config["secret"]}, "the same as 'secret'"),
        (lambda config: config | {"photo_secret": "00"}, "'photo_secret' has 1 bytes"),
    ],
    ids=["missing", "the same", "too short"],
)
def test_a_city_without_two_secrets_does_not_start(
    town: "Town", changes: Callable[[dict[str, Any]], dict[str, Any]], fault: str
) -> None:
    """It says which key is wrong, and what belongs there."""
    said = town.nursery.raise_city(
        {name: town.config[name] for name in ("data", "terms")} | changes(town.config)
    )

    assert fault in said["error"]
    assert "32" in said["error"]
