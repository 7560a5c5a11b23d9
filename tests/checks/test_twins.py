"""Twins are told apart by a leak and by nothing else."""

import random
import sqlite3
from collections.abc import Callable, Hashable
from contextlib import closing
from pathlib import Path

import pytest

from idaudit.checks.probes.twins import Features, row_features, tells
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.threatmodel.errors import Inconclusive

Observe = Callable[[int, str, random.Random], dict[str, Hashable]]
"""What one applicant looks like: place in the queue, secret, chance."""


def innocent(place: int, _secret: str, dice: random.Random) -> dict[str, Hashable]:
    """Show everything a clean system shows: ids, clocks, counters, ciphertext."""
    return {
        "registry:id": dice.getrandbits(64),
        "registry:sequence": place,
        "registry:created": 1_500_000_000 + 3 * place,
        "registry:day": 1_500_000_000 // 86400,
        "registry:sealed": dice.randbytes(32),
        "registry:sealed:length": 32,
        "registry:padding:length": dice.randint(20, 24),
        "answer:status": 201,
    }


def groups(observe: Observe, each: int, seed: int) -> tuple[list[Features], list[Features]]:
    """Observe two groups who queue up in turn."""
    dice = random.Random(seed)  # noqa: S311  simulation
    seen = [observe(place, "ab"[place % 2], dice) for place in range(2 * each)]
    return list(seen[::2]), list(seen[1::2])


@pytest.mark.parametrize("seed", range(20))
def test_chance_clocks_and_ciphertext_tell_nothing(seed: int) -> None:
    """Twins in a clean system are alike, however random its values are."""
    assert tells(*groups(innocent, 8, seed)) == []


@pytest.mark.parametrize(
    ("feature", "leak"),
    [
        ("applications:kind", lambda secret: {"a": "foreign-passport", "b": "us-licence"}[secret]),
        ("answer:length", lambda secret: {"a": 412, "b": 415}[secret]),
        ("events:gained", lambda secret: {"a": 1, "b": 2}[secret]),
    ],
)
def test_a_leak_is_a_tell(feature: str, leak: Callable[[str], Hashable]) -> None:
    """A kind, a length or a number of rows that follows the secret is found, and alone."""

    def observe(place: int, secret: str, dice: random.Random) -> dict[str, Hashable]:
        return innocent(place, secret, dice) | {feature: leak(secret)}

    found = tells(*groups(observe, 8, seed=5))

    assert [tell.feature for tell in found] == [feature]
    assert found[0].probability == pytest.approx(2 / 12870)


def test_a_leak_into_two_hundred_places_at_once_is_no_less_of_a_leak() -> None:
    """Whoever is refused lacks a card, its rows, its files and its lines: one chance, not many."""

    def observe(place: int, secret: str, dice: random.Random) -> dict[str, Hashable]:
        gained = {"a": 1, "b": 0}[secret]
        rows = {f"table {number}:gained": gained for number in range(200)}
        return innocent(place, secret, dice) | rows

    assert len(tells(*groups(observe, 8, seed=5))) == 200


def test_a_feature_that_only_one_group_has_is_a_tell() -> None:
    """A table that only foreign papers write to tells who has foreign papers."""

    def observe(place: int, secret: str, dice: random.Random) -> dict[str, Hashable]:
        extra = {"translations:gained": 1} if place % 2 == 0 else {}
        return innocent(place, secret, dice) | extra

    assert [tell.feature for tell in tells(*groups(observe, 8, 1))] == ["translations:gained"]


def test_a_shared_value_acquits() -> None:
    """One coincidence between the groups is enough: the feature does not tell them apart."""
    first = [{"kind": "x"}] * 7 + [{"kind": "y"}]

    assert tells(first, [{"kind": "y"}] * 8) == []


def test_the_probability_is_counted() -> None:
    """Of the 70 deals of four pairs to two groups of four, six keep every pair together."""
    first = [{"f": 1}, {"f": 1}, {"f": 2}, {"f": 2}]
    second = [{"f": 3}, {"f": 3}, {"f": 4}, {"f": 4}]

    assert tells(first, second, alpha=0.2)[0].probability == pytest.approx(6 / 70)


def test_false_alarms_stay_below_alpha() -> None:
    """With many coarse random features, alarms are as rare as promised."""

    def coarse(_place: int, _secret: str, dice: random.Random) -> dict[str, Hashable]:
        return {f"f{number}": dice.randint(0, 1) for number in range(40)}

    alarms = sum(bool(tells(*groups(coarse, 5, seed), alpha=0.05)) for seed in range(400))

    assert alarms <= 0.05 * 400 * 1.5


def test_too_few_twins_are_no_verdict() -> None:
    """Two against two separate by chance once in three."""
    with pytest.raises(Inconclusive, match="more twins"):
        tells([{"f": 1}] * 2, [{"f": 2}] * 2)


def test_rows_become_features(tmp_path: Path) -> None:
    """What a real database gained is described by values, lengths and counts."""
    path = tmp_path / "registry.sqlite"
    surface = SqliteSurface("registry", path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE applications (id INTEGER PRIMARY KEY, kind TEXT, sealed BLOB)")
        db.execute("CREATE TABLE events (act TEXT)")
        db.execute("INSERT INTO events VALUES ('opened')")
    before = surface.tables()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO applications VALUES (1, 'passport', ?)", (bytes(77),))
        db.executemany("INSERT INTO events VALUES (?)", [("opened",), ("decided",)])

    features = row_features(before, surface.tables(), "registry:")

    assert features["registry:applications:gained"] == 1
    assert features["registry:applications.kind"] == "passport"
    assert features["registry:applications.sealed:length"] == 77
    assert features["registry:events:gained"] == 2
    assert features["registry:events.act"] == ("decided", "opened")
    assert features["registry:events:lost"] == 0
    assert bytes(77) not in features.values()
