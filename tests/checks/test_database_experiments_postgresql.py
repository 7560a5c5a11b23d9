"""What PostgreSQL keeps of rows that were deleted, and what ends that: tried on a real server."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from backports import zstd
from lz4 import frame  # type: ignore[import-untyped] # ships no types

from idaudit.checks.probes.sweep import Hit, Sweep
from idaudit.checks.probes.sweep.pgdump import Blocks
from idaudit.checks.probes.sweep.recycled import LABEL
from idaudit.fixtures.canaries import Cohort, Mint
from idaudit.fixtures.targets.postgres_programs import programs

sys.path.insert(0, str(Path(__file__).parent))
from servers import (
    ALL,
    GONE,
    NOTHING,
    PAGE,
    Applicant,
    Left,
    Postgres,
    applicants,
    left,
    postgres,
    sweep,
    table,
    write_or_compare,
)

MINT = Mint(4720)
PEOPLE = applicants(MINT)
NAMES, REST = Left(names=GONE), Left(notes=GONE, scans=GONE)

DELETE = f"DELETE FROM people WHERE id < {GONE}"  # noqa: S608  a number of ours

INSERT = "INSERT"
KEPT = "… and CHECKPOINT, ANALYZE"
DELETED = "DELETE of 20, CHECKPOINT"
VACUUMED = "… and VACUUM, CHECKPOINT"
REWRITTEN = "… and VACUUM FULL, CHECKPOINT"
ANALYZED = "… and ANALYZE, VACUUM pg_statistic"
STATISTICS = "… and VACUUM FULL pg_statistic"
SWITCHED = "… and pg_switch_wal, CHECKPOINT"
SWITCHED_8 = "… eight times"
RESTARTED = "… and a restart"

Steps = dict[str, dict[str, Left]]


class Walk:
    """One server, what was done to it, and what each step left where."""

    def __init__(self, server: Postgres) -> None:
        """Begin with an empty table."""
        self.server = server
        self.steps: Steps = {}
        self.log: dict[str, list[Hit]] = {}
        with server.connect() as connection:
            connection.execute(
                "CREATE TABLE people (id int PRIMARY KEY, name text, note text, scan bytea)"
            )
            connection.execute("CREATE INDEX by_name ON people (name)")

    def do(self, step: str, *statements: str, memory: bool = False) -> None:
        """Carry out *statements* and look everywhere."""
        with self.server.connect() as connection:
            for each in statements:
                connection.execute(each)
            self.look(step, memory=memory)

    def look(self, step: str, *, memory: bool) -> None:
        """Look everywhere, into memory only where that is asked for: it is large."""
        places = self.server.places("people", "by_name")
        if memory:
            places["memory"] = [self.server.memory()]
        found = {
            name: [hit for surface in surfaces for hit in sweep(MINT, surface)]
            for name, surfaces in places.items()
        }
        self.log[step] = found["log"]
        self.steps[step] = {name: left(hits, range(GONE)) for name, hits in found.items()}


def enrol(server: Postgres, people: list[Applicant]) -> None:
    """Insert rows, as a city would."""
    rows = [(each.number, each.name, each.note, each.scan) for each in people]
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", rows)


def said_twice(server: Postgres) -> None:
    """Insert somebody who is there already, in plain words."""
    words = f"INSERT INTO people VALUES (0, '{PEOPLE[0].name}')"  # noqa: S608  literals are the point
    with server.connect() as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(words)  # type: ignore[call-overload] # literal on purpose


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    """Lend a server that went all the way from enrolment to restart."""
    with postgres(wal_compression="pglz", bgwriter_lru_maxpages="0") as server:
        walk = Walk(server)
        enrol(server, PEOPLE)
        walk.do(INSERT, memory=True)
        walk.do(KEPT, "CHECKPOINT", "ANALYZE people", "CHECKPOINT")
        dumped.update(dumps(server))
        said_twice(server)
        walk.do(DELETED, DELETE, "CHECKPOINT")
        walk.do(VACUUMED, "VACUUM people", "CHECKPOINT")
        walk.do(REWRITTEN, "VACUUM FULL people", "CHECKPOINT")
        walk.do(ANALYZED, "ANALYZE people", "VACUUM pg_statistic", "CHECKPOINT")
        walk.do(STATISTICS, "VACUUM FULL pg_statistic", "CHECKPOINT")
        switch = ("SELECT pg_switch_wal()", "CHECKPOINT")
        walk.do(SWITCHED, *switch)
        walk.do(SWITCHED_8, *switch * 7, memory=True)
        server.stop()
        server.start()
        walk.look(RESTARTED, memory=True)
        yield walk


dumped: dict[str, bytes] = {}
"""What pg_dump made of the table before anything was deleted, by format."""


def dumps(server: Postgres) -> Iterator[tuple[str, bytes]]:
    """Yield a dump in each format."""
    words = [str(programs() / "pg_dump"), "-h", str(server.home), "-U", "owner", "-d", "postgres"]
    for name, options in FORMATS.items():
        target = server.home / f"dump {name}"
        subprocess.run([*words, "-f", str(target), *options], check=True)
        files = [target] if target.is_file() else sorted(target.iterdir())
        yield name, b"\n".join(each.read_bytes() for each in files)


FORMATS = {
    "plain": ["-Fp"],
    "custom": ["-Fc"],
    "custom, not packed": ["-Fc", "-Z0"],
    "folder": ["-Fd"],
    "tar": ["-Ft"],
}


def test_an_insert_is_in_the_log_and_in_memory_before_it_is_in_any_table(walk: Walk) -> None:
    """Whoever looks into tables alone sees nothing of what a crash would bring back."""
    found = walk.steps[INSERT]

    assert found["log"] == ALL
    assert min(found["memory"].names, found["memory"].notes, found["memory"].scans) > GONE // 2
    assert (found["table"], found["index"], found["TOAST"]) == (NOTHING, NOTHING, NOTHING)


def test_a_kept_row_is_in_four_places(walk: Walk) -> None:
    """A name is in its row, in an index and in the planner's statistics; big values lie apart."""
    found = walk.steps[KEPT]

    assert (found["table"], found["index"], found["TOAST"]) == (NAMES, NAMES, REST)
    assert found["statistics"] == NAMES


def test_deleting_removes_nothing(walk: Walk) -> None:
    """After DELETE all is where it was, and a second time in the log: whole pages, packed."""
    before, after = walk.steps[KEPT], walk.steps[DELETED]
    forms = {hit.form[:2] for hit in walk.log[DELETED] if hit.applicant in range(GONE)}

    assert [after[name] for name in ("table", "index", "TOAST", "statistics")] == [
        before[name] for name in ("table", "index", "TOAST", "statistics")
    ]
    assert after["log"] == ALL
    assert ("wal", "pglz") in forms


def test_vacuum_frees_rows_and_leaves_every_big_value(walk: Walk) -> None:
    """VACUUM moves the rows of a page together, over the dead ones; of TOAST it moves nothing."""
    found = walk.steps[VACUUMED]

    assert found["table"].names <= 1
    assert found["index"].names <= 2
    assert found["TOAST"] == REST
    assert (found["statistics"], found["log"]) == (NAMES, ALL)


def test_vacuum_full_writes_tables_anew_and_nothing_else(walk: Walk) -> None:
    """Table, index and TOAST are new files; the statistics and the log are not."""
    found = walk.steps[REWRITTEN]

    assert (found["table"], found["index"], found["TOAST"]) == (NOTHING, NOTHING, NOTHING)
    assert (found["statistics"], found["log"]) == (NAMES, ALL)


def test_new_statistics_leave_the_old_until_their_table_is_written_anew(walk: Walk) -> None:
    """
    A histogram of long names is itself too long for its row, and so lies in TOAST.

    The reference measured shorter names, whose histogram stayed in its row and
    went with VACUUM.
    """
    assert walk.steps[ANALYZED]["statistics"] == NAMES
    assert walk.steps[STATISTICS]["statistics"] == NOTHING


def test_a_checkpoint_renames_old_log_files_and_empties_none(walk: Walk) -> None:
    """What they hold is found, under a name of the future, and is said to be of the past."""
    hits = [hit for hit in walk.log[SWITCHED] if hit.applicant in range(GONE)]

    assert walk.steps[SWITCHED]["log"] == ALL
    assert any(hit.location.endswith(LABEL) for hit in hits)


def test_the_log_is_clean_once_every_file_was_used_again(walk: Walk) -> None:
    """Eight switches overwrite every file of a small log; nothing else does."""
    assert walk.steps[SWITCHED_8]["log"] == NOTHING


def test_only_a_restart_empties_memory(walk: Walk) -> None:
    """Buffers keep pages of files that are long gone."""
    assert walk.steps[SWITCHED_8]["memory"].scans > 0
    assert walk.steps[RESTARTED]["memory"] == NOTHING


def test_what_the_server_said_stays_said(walk: Walk) -> None:
    """A statement that failed is quoted, values and all, and no cure of the table touches that."""
    assert walk.steps[KEPT]["said"] == NOTHING
    assert {walk.steps[step]["said"] for step in list(walk.steps)[2:]} == {Left(names=1)}


def test_of_those_never_planted_nothing_is_found(walk: Walk) -> None:
    """Whatever else the files of a server hold looks like no canary."""
    assert {hit.cohort for hits in walk.log.values() for hit in hits} == {Cohort.SUBJECT}


@pytest.mark.parametrize("name", FORMATS)
def test_a_dump_holds_everything_in_any_format(walk: Walk, name: str) -> None:
    """A dump that was made while a row was there has the row for as long as it lies about."""
    assert walk.server
    probe = Sweep(MINT)

    hits = probe.bytes(dumped[name], name)

    if name == "custom":
        hits = [hit for hit in hits if hit.form[:2] == ("pg_dump", "zlib")]
    assert left(hits, range(GONE)) == ALL
    assert not probe.refused


@pytest.mark.parametrize("method", ["lz4", "zstd"])
def test_a_dump_packed_by_a_newer_method_is_opened(walk: Walk, method: str) -> None:
    """
    The blocks of a real dump, packed as pg_dump 16 and later can.

    The server in the wheel was built without those libraries.
    """
    assert walk.server
    head, blocks = split(dumped["custom, not packed"])
    packed = {"lz4": frame.compress, "zstd": zstd.compress}[method](b"".join(blocks))

    hits = Sweep(MINT).bytes(head + in_pieces(packed), "dump")

    opened = [hit for hit in hits if hit.form[:2] == ("pg_dump", method)]
    assert left(opened, range(GONE)) == ALL


def split(dump: bytes) -> tuple[bytes, list[bytes]]:
    """Return a dump up to its first piece, and all pieces."""
    decoder, at = Blocks(), 0
    pieces: list[bytes] = []
    while not pieces:
        pieces += decoder.pieces(memoryview(dump)[at : at + 1])
        at += 1
    head = dump[: at - len(pieces[0]) - 5]
    return head, [*pieces, *decoder.pieces(memoryview(dump)[at:])]


def in_pieces(data: bytes, size: int = 4096) -> bytes:
    """Return *data* as one block in pieces with their lengths."""
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"\0" + len(each).to_bytes(4, "little") + each for each in cut) + bytes(5)


def test_the_page_tells_what_was_measured(walk: Walk) -> None:
    """The guide for engineers says what this server did, and nothing remembered."""
    with walk.server.connect() as connection:
        version = connection.execute("SHOW server_version").fetchone()
    assert version
    write_or_compare(PAGE, "postgresql", table(f"PostgreSQL {version[0]}", walk.steps))
