"""What PostgreSQL keeps of values that it packed with lz4, and what ends that: on a real server."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.canaries import Mint

sys.path.insert(0, str(Path(__file__).parent))
from servers import (
    GONE,
    NOTHING,
    PAGE,
    Left,
    Postgres,
    applicants,
    left,
    postgres,
    sweep,
    table,
    write_or_compare,
)

# The server in the wheel was built without lz4; Debian's was not.
DEBIAN = Path("/usr/lib/postgresql")
SERVER = max(DEBIAN.glob("*/bin/postgres"), default=DEBIAN / "15" / "bin" / "postgres")

pytestmark = pytest.mark.programs(str(SERVER))

MINT = Mint(4724)
PEOPLE = applicants(MINT)
NAMES, NOTES, BOTH = Left(names=GONE), Left(notes=GONE), Left(names=GONE, notes=GONE)

DELETE = f"DELETE FROM people WHERE id < {GONE}"  # noqa: S608  a number of ours

KEPT = "INSERT, CHECKPOINT"
DELETED = "DELETE of 20, CHECKPOINT"
VACUUMED = "… and VACUUM, CHECKPOINT"
REWRITTEN = "… and VACUUM FULL, CHECKPOINT"
SWITCHED = "… and pg_switch_wal, CHECKPOINT, eight times"


@dataclass
class Walk:
    """One server, what was done to it, and what each step left where."""

    server: Postgres
    steps: dict[str, dict[str, Left]] = field(default_factory=dict)
    hits: dict[str, list[Hit]] = field(default_factory=dict)

    def do(self, step: str, *statements: str) -> None:
        """Carry out *statements* and look everywhere on the disk."""
        with self.server.connect() as connection:
            for each in statements:
                connection.execute(each)
        places = self.server.places("people", "by_name")
        found = {
            name: [hit for surface in places[name] for hit in sweep(MINT, surface)]
            for name in ("table", "TOAST", "log")
        }
        self.steps[step] = {name: left(hits, range(GONE)) for name, hits in found.items()}
        self.hits[step] = found["TOAST"] + found["table"] + found["log"]


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    """Lend a server that went all the way from enrolment to a log that came round."""
    usual = {"default_toast_compression": "lz4", "wal_compression": "lz4"}
    with postgres(SERVER.parent, bgwriter_lru_maxpages="0", **usual) as server:
        walk = Walk(server)
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE people (id int PRIMARY KEY, name text, note text)")
            cursor.execute("CREATE INDEX by_name ON people (name)")
            rows = [(each.number, each.name, each.note) for each in PEOPLE]
            cursor.executemany("INSERT INTO people VALUES (%s, %s, %s)", rows)
        walk.do(KEPT, "CHECKPOINT")
        walk.do(DELETED, DELETE, "CHECKPOINT")
        walk.do(VACUUMED, "VACUUM people", "CHECKPOINT")
        walk.do(REWRITTEN, "VACUUM FULL people", "CHECKPOINT")
        walk.do(SWITCHED, *("SELECT pg_switch_wal()", "CHECKPOINT") * 8)
        yield walk


def test_a_long_value_is_packed_with_lz4_and_lies_apart(walk: Walk) -> None:
    """Presence before absence: it is opened, and not only seen where lz4 left it as it was."""
    forms = {hit.form[:2] for hit in walk.hits[KEPT] if hit.applicant in range(GONE)}

    assert ("toast", "lz4") in forms
    assert (walk.steps[KEPT]["table"], walk.steps[KEPT]["TOAST"]) == (NAMES, NOTES)


def test_deleting_removes_nothing(walk: Walk) -> None:
    """After DELETE each value is where it was; the log holds whole pages, packed with lz4."""
    forms = {hit.form[:2] for hit in walk.hits[DELETED] if hit.applicant in range(GONE)}

    assert walk.steps[DELETED] == walk.steps[KEPT]
    assert walk.steps[DELETED]["log"] == BOTH
    assert ("wal", "lz4") in forms


def test_vacuum_leaves_what_lies_apart(walk: Walk) -> None:
    """However a value is packed, VACUUM marks its chunks free and moves none."""
    assert walk.steps[VACUUMED]["TOAST"] == NOTES


def test_vacuum_full_and_a_log_that_came_round_leave_nothing(walk: Walk) -> None:
    """The one writes table and TOAST anew, the other every file of the log."""
    after, last = walk.steps[REWRITTEN], walk.steps[SWITCHED]

    assert (after["table"], after["TOAST"], after["log"]) == (NOTHING, NOTHING, BOTH)
    assert last == {"table": NOTHING, "TOAST": NOTHING, "log": NOTHING}


def test_the_page_tells_what_was_measured(walk: Walk) -> None:
    """The guide for engineers says what this server did, and nothing remembered."""
    with walk.server.connect() as connection:
        version = connection.execute("SHOW server_version_num").fetchone()
    assert version
    corner = f"PostgreSQL {int(version[0]) // 10_000}, lz4"
    write_or_compare(PAGE, "postgresql lz4", table(corner, walk.steps))
