"""
How the kill switch's time grows with the roster: ``python -m idaudit.loadtests.kill_growth``.

For each database a roster of each size is seeded once. Then, turn by turn, the
switch is fired over a copy of each by two people over HTTP, the sizes one after
the other, so that what else the machine does falls on all alike. The clock is
read when the key that opens the records is gone from the disk, when the second
signature is answered, when a cardholder's own record is no longer there over
HTTP, and, in the first turn, when the last row has been removed.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from idaudit.fixtures.city.sealing import Unreadable, unseal
from idaudit.fixtures.surfaces.surface import SurfaceKind
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.fixtures.targets.target import Actor, Role
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.loader import load

SIZES = (1_000, 100_000, 1_200_000)
TURNS = 5
_SAMPLE = 100
_SOME = "SELECT id, key, content FROM records LIMIT 100"
_POLL_SECONDS, _PATIENCE_SECONDS = 0.0005, 7200.0
_MASTER = "SELECT id, wrapped FROM masters WHERE purpose = 'records'"


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing, in seconds from the moment the second signature was sent."""

    unreadable: float  # the key that opens all records is gone
    answered: float
    gone: float  # a cardholder's own record answers "not found"
    removed: float | None = None  # the last row and the last key, where that was waited for


def main() -> None:
    """Measure every size on every database, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--databases", nargs="+", default=("sqlite", "postgres"))
    asked.add_argument("--turns", type=int, default=TURNS)
    asked.add_argument("--removal", action=argparse.BooleanOptionalAction, default=True)
    words = asked.parse_args()
    print(_HEAD)  # noqa: T201  what this command is for
    for database in words.databases:
        runs = measured(database, words.sizes, words.turns, removal=words.removal)
        smallest = median(next(iter(runs.values())))
        for size, times in runs.items():
            print(row(database, size, len(times), median(times), smallest), flush=True)  # noqa: T201  likewise


def measured(
    database: str, sizes: Sequence[int], turns: int, *, removal: bool = True
) -> dict[int, list[Fired]]:
    """
    Fire over a roster of every size, *turns* times over; return the times by size.

    The first turn waits for the *removal* of everything, which takes its time.
    """
    terms = load().programmes["idnyc-2017"].terms
    runs: dict[int, list[Fired]] = {size: [] for size in sizes}
    with ReferenceCities(terms, 1, database=database) as cities, ExitStack() as open_until_the_end:
        moulds = {
            size: Mould.of(open_until_the_end.enter_context(cities.unused()), size)
            for size in sizes
        }
        for turn in range(turns):
            for size, mould in moulds.items():
                runs[size].append(fire(mould, removing=removal and turn == 0))
                print(f"{database} {size:,}: {runs[size][-1]}", file=sys.stderr)  # noqa: T201  progress
    return runs


@dataclass(frozen=True, slots=True)
class Mould:
    """A city that is down, with a roster, to be copied."""

    city: ReferenceTarget
    size: int
    known: Mapping[str, str]  # the id of one record, and its owner's key

    @classmethod
    def of(cls, city: ReferenceTarget, size: int) -> "Mould":
        """Seed a roster of *size* in an unused city, and leave it down."""
        city.crash()
        return cls(city, size, seeded(city, size))


def fire(mould: Mould, *, removing: bool) -> Fired:
    """Fire the switch over a copy of *mould* and watch, until the removal is over if *removing*."""
    with closing(mould.city.copy()) as city:
        os.sync()  # the copy is on the disk, and its writing disturbs nobody
        wait(lambda: rests(city), every=0)
        must(opened(city) == min(mould.size, _SAMPLE), "not every record opens before the kill")
        order = city.order_kill(Actor(Role.COMMISSIONER)).fields["order"]
        with watched(city) as unreadable:
            sent = time.monotonic()
            city.sign_kill(order, Actor(Role.COUNSEL))
            answered = time.monotonic() - sent
            must(status(city, mould.known) == httpx.codes.NOT_FOUND, "a record is still readable")
            gone = time.monotonic() - sent
        must(opened(city) == 0, "a record opens after the kill")
        took = Fired(unreadable[0] - sent, answered, gone)
        return replace(took, removed=removed_after(city, sent)) if removing else took


def rests(city: ReferenceTarget) -> bool:
    """Whether a city does nothing for a second: one just started looks through its keys."""
    before = _worked(city)
    time.sleep(1)
    return _worked(city) - before <= 1


def _worked(city: ReferenceTarget) -> int:
    """Return how long a city's processes have computed, in ticks."""
    told = [Path(f"/proc/{pid}/stat").read_text() for pid in city.whereabouts().pids]
    return sum(sum(map(int, each.rpartition(")")[2].split()[11:13])) for each in told)


def removed_after(city: ReferenceTarget, sent: float) -> float:
    """Return how long after *sent* the last row was removed."""
    wait(lambda: answer(city, "SELECT count(*) FROM kills WHERE finished") == 1)
    took = time.monotonic() - sent
    must(answer(city, "SELECT count(*) FROM records") == 0, "a row is left")
    return took


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


def status(city: ReferenceTarget, known: Mapping[str, str]) -> int:
    """Ask for a record over HTTP as its owner."""
    headers = {"Authorization": f"Bearer {known['owner_key']}"}
    url = f"{city.url}/records/{known['record']}"
    return httpx.get(url, headers=headers, timeout=60, trust_env=False).status_code


def rows(city: ReferenceTarget, query: str) -> list[Any]:
    """Read the registry as whoever owns the machine."""
    registry = next(each for each in city.surfaces() if each.id == "registry")
    if registry.kind is not SurfaceKind.POSTGRESQL:
        with closing(sqlite3.connect(city.data / "city.sqlite", timeout=60)) as connection:
            return connection.execute(query).fetchall()
    import psycopg  # noqa: PLC0415  measuring SQLite alone does without the driver

    with psycopg.connect(getattr(registry, "reader")) as reader:  # noqa: B009  of a surface that has one
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
    """Return the middle of each time; the removal is measured once."""
    names = ("unreadable", "answered", "gone")
    middle = Fired(*(statistics.median(getattr(run, name) for run in runs) for name in names))
    return replace(middle, removed=next((run.removed for run in runs if run.removed), None))


_HEAD = (
    "| database | records | runs | key gone | answered | gone over HTTP | against the smallest "
    "| all removed |\n|---|---:|---:|---:|---:|---:|---:|---:|"
)


def row(database: str, size: int, runs: int, took: Fired, smallest: Fired) -> str:
    """Write one line of the table."""
    times = (took.unreadable, took.answered, took.gone)
    ratio = took.unreadable / smallest.unreadable
    cells = [f"{1000 * each:.1f} ms" for each in times]
    removed = "not waited for" if took.removed is None else f"{took.removed:.1f} s"
    return f"| {database} | {size:,} | {runs} | {' | '.join(cells)} | {ratio:.2f} | {removed} |"


def _keys(city: ReferenceTarget, *, check_same_thread: bool = True) -> sqlite3.Connection:
    uri = f"file:{Path(city.data, 'keys.sqlite')}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=60, check_same_thread=check_same_thread)


if __name__ == "__main__":
    main()
