"""What MariaDB keeps of rows that were deleted, and what ends that: tried on a real server."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.canaries import Cohort, Mint

sys.path.insert(0, str(Path(__file__).parent))
from mariadb_server import Mariadb, mariadb
from servers import (
    ALL,
    GONE,
    NOTHING,
    PAGE,
    Applicant,
    Left,
    applicants,
    left,
    sweep,
    table,
    write_or_compare,
)

pytestmark = pytest.mark.programs("mariadbd")

MINT = Mint(4726)
PEOPLE = applicants(MINT)
DELETE = f"DELETE FROM people WHERE id < {GONE}"  # noqa: S608  a number of ours
TABLE = """
    CREATE TABLE people (
        id int PRIMARY KEY, name varchar(200), note text, scan mediumblob, KEY by_name (name)
    ) ENGINE = InnoDB
"""
SMALLER = 4 << 20
"""Another size for the redo log; its files are written anew to have it."""

KEPT = "INSERT"
LAGGING = "DELETE of 20, while somebody reads an older version"
PURGED = "… who ends; purged"
REBUILT = "… and OPTIMIZE TABLE"
RESET = "… and RESET MASTER"
RESIZED = "… and a redo log of another size"
RESTARTED = "… and a restart"
SCRUBBED = "scrubbing on: DELETE of 20, purged"

UNDO = frozenset({KEPT, LAGGING})
"""When the undo log is looked at: when it is overwritten is the server's affair."""

Steps = dict[str, dict[str, Left]]


@dataclass
class Walk:
    """One server, what was done to it, and what each step left where."""

    server: Mariadb
    steps: Steps = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)

    def enrol(self, people: Sequence[Applicant]) -> None:
        """Insert rows, as a city would, and have them written to their file."""
        rows = [(each.number, each.name, each.note, each.scan) for each in people]
        self.server.ask(TABLE)
        with closing(self.server.connect()) as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", rows)
        self.server.flush()

    def look(self, step: str, *, memory: bool = False) -> None:
        """Look everywhere, into memory only where that is asked for: it is large."""
        places = self.server.places()
        if step not in UNDO:
            del places["undo"]
        if memory:
            places["memory"] = [self.server.memory()]
        found = {
            name: [hit for surface in surfaces for hit in sweep(MINT, surface)]
            for name, surfaces in places.items()
        }
        self.hits += [hit for hits in found.values() for hit in hits]
        self.steps[step] = {name: left(hits, range(GONE)) for name, hits in found.items()}


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    """Lend a server that went all the way from enrolment to restart."""
    with mariadb() as server:
        walk = Walk(server)
        walk.enrol(PEOPLE)
        walk.look(KEPT)
        with closing(server.connect()) as reader, reader.cursor() as cursor:
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
            server.ask(DELETE)
            server.flush()
            walk.look(LAGGING)
        server.settle()
        walk.look(PURGED, memory=True)
        server.ask("OPTIMIZE TABLE people")
        server.settle()
        walk.look(REBUILT)
        server.ask("RESET MASTER")
        walk.look(RESET)
        server.resize(SMALLER)
        walk.look(RESIZED)
        server.stop()
        server.start()
        walk.look(RESTARTED, memory=True)
        yield walk


@pytest.fixture(scope="module")
def scrubbed() -> Steps:
    """Return what a server leaves that overwrites what it purges."""
    with mariadb("--innodb-immediate-scrub-data-uncompressed=1") as server:
        walk = Walk(server)
        walk.enrol(PEOPLE)
        walk.look(KEPT)
        server.ask(DELETE)
        server.settle()
        walk.look(SCRUBBED)
        return walk.steps


def test_a_kept_row_is_in_three_places(walk: Walk) -> None:
    """Its own file, the redo log, and the binary log, which repeats each row that was written."""
    found = walk.steps[KEPT]

    assert (found["table"], found["redo"], found["binary log"]) == (ALL, ALL, ALL)
    assert found["undo"] == NOTHING


def test_deleting_removes_nothing_while_an_older_version_is_read(walk: Walk) -> None:
    """One forgotten transaction keeps every row where it was, and the undo log names them too."""
    found = walk.steps[LAGGING]

    assert (found["table"], found["redo"], found["binary log"]) == (ALL, ALL, ALL)
    assert found["undo"] == Left(names=GONE)


def test_purging_frees_rows_and_overwrites_few(walk: Walk) -> None:
    """What the purge lets go of lies in its pages until something else needs the room."""
    found = walk.steps[PURGED]["table"]

    assert (found.names > GONE // 2, found.notes, found.scans > GONE // 2) == (True, GONE, True)


def test_optimizing_writes_the_table_anew_and_nothing_else(walk: Walk) -> None:
    """Both logs are as they were."""
    found = walk.steps[REBUILT]

    assert (found["table"], found["redo"], found["binary log"]) == (NOTHING, ALL, ALL)


def test_each_log_has_a_cure_of_its_own(walk: Walk) -> None:
    """RESET MASTER removes the binary log; a new size has the redo log written anew."""
    assert (walk.steps[RESET]["binary log"], walk.steps[RESET]["redo"]) == (NOTHING, ALL)
    assert walk.steps[RESIZED]["redo"] == NOTHING


def test_memory_is_empty_after_a_restart(walk: Walk) -> None:
    """The buffer pool holds pages of what is gone."""
    assert min(walk.steps[PURGED]["memory"].names, walk.steps[PURGED]["memory"].scans) > 0
    assert set(walk.steps[RESTARTED].values()) == {NOTHING}


def test_scrubbing_cleans_the_table_with_the_purge_and_no_log(scrubbed: Steps) -> None:
    """A setting of the server overwrites what is purged; of the logs it takes no care."""
    assert scrubbed[KEPT]["table"] == ALL
    assert scrubbed[SCRUBBED]["table"] == NOTHING
    assert (scrubbed[SCRUBBED]["redo"], scrubbed[SCRUBBED]["binary log"]) == (ALL, ALL)


def test_of_those_never_planted_nothing_is_found(walk: Walk) -> None:
    """Whatever else the files of a server hold looks like no canary."""
    assert {hit.cohort for hit in walk.hits} == {Cohort.SUBJECT}


def test_the_page_tells_what_was_measured(walk: Walk, scrubbed: Steps) -> None:
    """The guide for engineers says what this server did, and nothing remembered."""
    version = str(walk.server.ask("SELECT @@version")[0][0]).partition("-")[0]
    major = ".".join(version.split(".")[:2])
    steps = {**walk.steps, SCRUBBED: scrubbed[SCRUBBED]}
    write_or_compare(PAGE, "mariadb", table(f"MariaDB {major}", steps))
