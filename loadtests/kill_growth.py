"""
How the kill switch's time grows with the roster: ``python -m idaudit.loadtests.kill_growth``.

For each database and each size, a roster is seeded, the switch is fired by two
people over HTTP, and the clock is read: when the key that opens the records is
gone from the disk, when the second signature is answered, when a cardholder's
own record is no longer there over HTTP, and when the last row has been removed.
"""

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from idaudit.fixtures.city.sealing import Unreadable, unseal
from idaudit.fixtures.surfaces.postgresql import PostgresSurface
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Role
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load

SIZES = (1_000, 100_000, 1_200_000)
RUNS = {1_000: 5, 100_000: 3}
_SAMPLE = 100
_SOME = "SELECT id, key, content FROM records LIMIT 100"
_POLL_SECONDS, _PATIENCE_SECONDS = 0.0005, 1800.0
_MASTER = "SELECT id, wrapped FROM masters WHERE purpose = 'records'"


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing, in seconds from the moment the second signature was sent."""

    unreadable: float  # the key that opens all records is gone
    answered: float
    gone: float  # a cardholder's own record answers "not found"
    removed: float  # the last row and the last key


def main() -> None:
    """Measure every size on every database, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--databases", nargs="+", default=("sqlite", "postgres"))
    words = asked.parse_args()
    print(_HEAD)  # noqa: T201  what this command is for
    for database in words.databases:
        smallest: Fired | None = None
        for size in words.sizes:
            runs = [fire(database, size) for _ in range(RUNS.get(size, 1))]
            middle = median(runs)
            smallest = smallest or middle
            print(row(database, size, len(runs), middle, smallest), flush=True)  # noqa: T201  likewise


def fire(database: str, size: int) -> Fired:
    """Seed a roster, fire the switch over it, and watch."""
    terms = load().programmes["idnyc-2017"].terms
    with ReferenceCities(terms, 1, database=database) as cities, cities.unused() as city:
        city.crash()
        known = seeded(city, size)
        city.restart()
        must(opened(city) == min(size, _SAMPLE), "not every record opens before the kill")
        order = city.order_kill(Actor(Role.COMMISSIONER)).fields["order"]
        with watched(city) as unreadable:
            sent = time.monotonic()
            city.sign_kill(order, Actor(Role.COUNSEL))
            answered = time.monotonic() - sent
            must(status(city, known) == httpx.codes.NOT_FOUND, "a record is still readable")
            gone = time.monotonic() - sent
        must(opened(city) == 0, "a record opens after the kill")
        wait(lambda: answer(city, "SELECT count(*) FROM kills WHERE finished") == 1)
        removed = time.monotonic() - sent
        must(answer(city, "SELECT count(*) FROM records") == 0, "a row is left")
        return Fired(unreadable[0] - sent, answered, gone, removed)


def seeded(city: ReferenceTarget, size: int) -> dict[str, str]:
    """Seed a roster in a city that is down; return the id and the key of one record."""
    command = [sys.executable, "-m", "idaudit.fixtures.city", "--seed", str(size)]
    done = subprocess.run(  # noqa: S603  our own interpreter, our own module
        command, input=json.dumps(city.config), capture_output=True, text=True, check=True
    )
    known: dict[str, str] = json.loads(done.stdout)
    return known


@contextmanager
def watched(city: ReferenceTarget) -> Iterator[list[float]]:
    """Note the moment at which the master key of all records is on the disk no more."""
    seen: list[float] = []
    with closing(_keys(city, check_same_thread=False)) as keys:
        watch = threading.Thread(target=_note_end, args=(keys, seen), daemon=True)
        watch.start()
        yield seen
        watch.join(_PATIENCE_SECONDS)
    must(bool(seen), "the key was never destroyed")


def _note_end(keys: sqlite3.Connection, seen: list[float]) -> None:
    wait(lambda: not keys.execute(_MASTER).fetchone(), _POLL_SECONDS)
    seen.append(time.monotonic())


def opened(city: ReferenceTarget) -> int:
    """Count the records of a sample that open for whoever has the whole disk and the secret."""
    secret, count = bytes.fromhex(city.config["secret"]), 0
    with closing(_keys(city)) as keys:
        masters = {era: unseal(secret, kept, era) for era, kept in keys.execute(_MASTER)}
        for record, key, content in rows(city, _SOME):
            wrapped = keys.execute("SELECT master, wrapped FROM keys WHERE id = ?", (key,))
            for era, kept in wrapped.fetchall():
                count += _opens(masters.get(era), f"{key}/{era}", kept, record, bytes(content))
    return count


def _opens(master: bytes | None, place: str, kept: bytes, record: str, content: bytes) -> bool:
    try:
        return master is not None and bool(unseal(unseal(master, kept, place), content, record))
    except Unreadable:
        return False


def status(city: ReferenceTarget, known: dict[str, str]) -> int:
    """Ask for a record over HTTP as its owner."""
    headers = {"Authorization": f"Bearer {known['owner_key']}"}
    url = f"{city.url}/records/{known['record']}"
    return httpx.get(url, headers=headers, timeout=60, trust_env=False).status_code


def rows(city: ReferenceTarget, query: str) -> list[Any]:
    """Read the registry as whoever owns the machine."""
    registry = next(each for each in city.surfaces() if each.id == "registry")
    if not isinstance(registry, PostgresSurface):
        with closing(sqlite3.connect(city.data / "city.sqlite", timeout=60)) as connection:
            return connection.execute(query).fetchall()
    import psycopg  # noqa: PLC0415  measuring SQLite alone does without the driver

    with psycopg.connect(registry.reader) as reader:
        return reader.execute(query).fetchall()


def answer(city: ReferenceTarget, query: str) -> int:
    """Read one number."""
    return int(rows(city, query)[0][0])


def wait(until: Callable[[], bool], every: float = 0.2) -> None:
    """Wait until something is so."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not until():
        must(time.monotonic() < end, "it takes longer than anybody waits")
        time.sleep(every)


def must(found: bool, otherwise: str) -> None:  # noqa: FBT001  a predicate
    """Stop measuring what is not what it should be."""
    if not found:
        raise SetupError(f"the measurement is void: {otherwise}")


def median(runs: Sequence[Fired]) -> Fired:
    """Return the middle of each time."""
    names = ("unreadable", "answered", "gone", "removed")
    return Fired(*(statistics.median(getattr(run, name) for run in runs) for name in names))


_HEAD = (
    "| database | records | runs | key gone | answered | gone over HTTP | against the smallest "
    "| all removed |\n|---|---:|---:|---:|---:|---:|---:|---:|"
)


def row(database: str, size: int, runs: int, took: Fired, smallest: Fired) -> str:
    """Write one line of the table."""
    times = (took.unreadable, took.answered, took.gone)
    ratio = took.unreadable / smallest.unreadable
    cells = [f"{1000 * each:.1f} ms" for each in times]
    return (
        f"| {database} | {size:,} | {runs} | {' | '.join(cells)} | {ratio:.2f} "
        f"| {took.removed:.1f} s |"
    )


def _keys(city: ReferenceTarget, *, check_same_thread: bool = True) -> sqlite3.Connection:
    uri = f"file:{Path(city.data, 'keys.sqlite')}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=60, check_same_thread=check_same_thread)


if __name__ == "__main__":
    main()
