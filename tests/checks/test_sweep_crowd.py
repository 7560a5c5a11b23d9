"""Of a crowd, every value and digest is found, whoever else is in it and wherever it stands."""

import base64
import hashlib
import random
from collections.abc import Callable

import numpy as np
import pytest

from idaudit.checks.probes.sweep import Picture, Sweep, keyset
from idaudit.checks.probes.sweep.crowd import Crowd
from idaudit.checks.probes.sweep.keyset import Shelf
from idaudit.checks.probes.sweep.known import MANY
from idaudit.fixtures.canaries import Field, KnownValue, Mint

MINT = Mint(22)
SEAM = 64 * 1024
CROWD = [MINT.number(person, 2) for person in range(100, 100 + 3 * MANY)]
NUMBER = CROWD[40]

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "verbatim": bytes,
    "small": bytes.lower,
    "utf-16": lambda text: text.decode().encode("utf-16-le"),
    "hex": lambda text: text.hex().encode(),
    "base64": lambda text: base64.b64encode(b"xy" + text + b"z"),
    "digest": lambda text: hashlib.sha384(text).digest(),
    "digest in hex": lambda text: hashlib.sha3_384(text).hexdigest().encode(),
    "digest in base64": lambda text: base64.b64encode(hashlib.blake2s(text).digest()),
}


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    """Return a finder of three hundred numbers."""
    return Crowd(CROWD)


def test_every_key_is_found_with_every_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys come in batches, are sorted in runs, and may be entered twice; others are not there."""
    monkeypatch.setattr(keyset, "_RUN", 500)
    dice = np.random.default_rng(4)
    keys = dice.integers(0, 1 << 63, 6000).astype(np.uint64)
    keys[::3] = np.arange(2000)  # as even as chance never is
    codes = np.arange(6000, dtype=np.uint32)
    twice = keys[1000:1300]
    shelf = Shelf(
        [*zip(np.split(keys, 20), np.split(codes, 20), strict=True), (twice, codes[:300])]
    )

    found = list(shelf.lookup(keys))

    assert shelf.count == 6300
    assert {(at, at) for at in range(6000)} <= set(found)
    assert {(1000 + at, at) for at in range(300)} <= set(found)
    assert len(found) == 6300
    assert list(shelf.lookup(keys + np.uint64(1 << 63))) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_value_is_found_once_on_any_side_of_a_seam(way: str, crowd: Crowd) -> None:
    """Data is looked at block by block; no value falls between two, and none is told twice."""
    text = WAYS[way](NUMBER.text.encode())
    for place in (*range(SEAM - len(text) - 2, SEAM + 3), 0, 7):
        data = b"-" * place + text + b"-"

        found = [each for each in crowd.find(data) if each[2].bounded(data, *each[:2])]

        assert [trace.applicant for _, _, trace in found] == [NUMBER.applicant]
        assert abs(found[0][0] - place) <= 4


def test_numbers_and_digests_of_others_are_none_of_theirs(crowd: Crowd) -> None:
    """Of two thousand strangers, with a digest each in three spellings, nobody is recognised."""
    others = [Mint(23).number(person, 2).text.encode() for person in range(2000)]
    digests = [hashlib.sha256(text).digest() for text in others]
    rows = [
        b"%b %b %b " % (t, d.hex().encode(), base64.b64encode(d))
        for t, d in zip(others, digests, strict=True)
    ]
    data = b"".join([*rows, *digests, random.Random(2).randbytes(1 << 20)])  # noqa: S311  chaff

    assert crowd.find(data) == []


def test_a_telephone_of_two_people_names_both() -> None:
    """Who shares a line shares its traces; each is told, and each once."""
    shared = [KnownValue("+1 212 555 0147", person, Field.PHONE) for person in (7, 9, 7)]
    crowd = Crowd([*CROWD, *shared])

    found = crowd.find(b"<212-555-0147> " + hashlib.md5(b"2125550147").digest())  # noqa: S324  what others keep

    assert [(trace.applicant, trace.form) for _, _, trace in found] == [
        *((person, ("verbatim",)) for person in (7, 9)),
        *((person, ("md5", "raw")) for person in (7, 9)),
    ]


def test_of_a_crowd_of_papers_each_file_is_known_by_its_digest() -> None:
    """The files themselves are not kept, for they are large; their digests are enough."""
    papers = (Picture(person, b"scan %d" % person, bytes(32)) for person in range(3 * MANY))
    sweep = Sweep(MINT, pictures=papers)

    hits = sweep.bytes(b"etag: " + hashlib.sha512(b"scan 250").hexdigest().encode(), "table")

    assert [(hit.applicant, hit.field) for hit in hits] == [(250, Field.DOCUMENT_BYTES)]
