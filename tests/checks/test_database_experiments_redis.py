"""What Redis keeps of keys that were deleted, and what ends that: tried on a real server."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from idaudit.checks.probes.sweep.sharing import OneFile
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.memory import MemorySurface

sys.path.insert(0, str(Path(__file__).parent))
from servers import (
    GONE,
    NOTHING,
    PAGE,
    START_SECONDS,
    Left,
    applicants,
    left,
    program,
    sweep,
    table,
    write_or_compare,
)

pytestmark = pytest.mark.programs("redis-server")

MINT = Mint(4722)
PEOPLE = applicants(MINT)
BOTH = Left(names=GONE, notes=GONE)

SAVED = "SET, SAVE"
DELETED = "DEL of 20"
RESAVED = "… and SAVE"
REWRITTEN = "… and BGREWRITEAOF"
PURGED = "… and MEMORY PURGE"


@contextmanager
def running() -> Iterator[tuple[redis.Redis, Path, int]]:
    """Lend a client of a server that appends every command to a file, its folder and number."""
    # A socket's path has to be short.
    with TemporaryDirectory(prefix="redis-", dir="/tmp") as home:
        words = [program("redis-server"), "--port", "0", "--unixsocket", f"{home}/socket"]
        words += ["--dir", home, "--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        words += ["--aof-use-rdb-preamble", "no"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        client = redis.Redis(unix_socket_path=f"{home}/socket")
        try:
            until = time.monotonic() + START_SECONDS
            while not (Path(home) / "socket").exists():
                assert time.monotonic() < until, "redis-server did not start"
                time.sleep(0.01)
            yield client, Path(home), process.pid
        finally:
            client.close()
            process.kill()
            process.wait()


def rewrite(client: redis.Redis) -> None:
    """Have the file of commands written anew, and wait until it is."""
    client.bgrewriteaof()
    until = time.monotonic() + START_SECONDS
    while client.info("persistence")["aof_rewrite_in_progress"]:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def steps() -> dict[str, dict[str, Left]]:
    """Return what each step left where."""
    found: dict[str, dict[str, Left]] = {}
    with running() as (client, home, pid):

        def look(step: str) -> None:
            places = {
                "commands": FolderSurface("aof", home / "appendonlydir"),
                "dump": OneFile("dump", "dump.rdb", home / "dump.rdb"),
                "memory": MemorySurface("memory", lambda: [pid]),
            }
            found[step] = {
                name: left(sweep(MINT, each), range(GONE)) for name, each in places.items()
            }

        for each in PEOPLE:
            client.hset(f"person:{each.number}", mapping={"name": each.name, "note": each.note})
        client.save()
        look(SAVED)
        client.delete(*(f"person:{number}" for number in range(GONE)))
        look(DELETED)
        client.save()
        look(RESAVED)
        rewrite(client)
        look(REWRITTEN)
        client.execute_command("MEMORY", "PURGE")
        look(PURGED)
    return found


def test_deleting_leaves_both_files_as_they_were(steps: dict[str, dict[str, Left]]) -> None:
    """The command that set a value stands in one file, and the value in the last dump."""
    for step in (SAVED, DELETED):
        assert (steps[step]["commands"], steps[step]["dump"]) == (BOTH, BOTH)


def test_a_dump_is_clean_after_the_next_and_the_commands_are_not(
    steps: dict[str, dict[str, Left]],
) -> None:
    """SAVE writes the dump anew, and touches nothing else."""
    assert (steps[RESAVED]["commands"], steps[RESAVED]["dump"]) == (BOTH, NOTHING)


def test_only_rewriting_cleans_the_commands(steps: dict[str, dict[str, Left]]) -> None:
    """BGREWRITEAOF writes what is there now, and drops how it came to be."""
    assert (steps[REWRITTEN]["commands"], steps[REWRITTEN]["dump"]) == (NOTHING, NOTHING)


def test_memory_keeps_what_was_freed(steps: dict[str, dict[str, Left]]) -> None:
    """Freed memory is not overwritten, and giving back whole pages spares most of it."""
    for step in (DELETED, RESAVED, REWRITTEN, PURGED):
        assert steps[step]["memory"].names > 0


def test_the_page_tells_what_was_measured(steps: dict[str, dict[str, Left]]) -> None:
    """The guide for engineers says what this server did, and nothing remembered."""
    write_or_compare(PAGE, "redis", table("Redis", steps))
