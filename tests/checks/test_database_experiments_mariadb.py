"""What MariaDB keeps of rows that were deleted, and what ends that: tried on a real server."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.canaries import Cohort, Mint

sys.path.insert(0, str(Path(__file__).parent))
from mariadb_server import Mariadb, mariadb
from servers import (
    GONE,
    PAGE,
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
MORE = applicants(MINT, first=10_000, count=900)
DELETE = f"DELETE FROM people WHERE id < {GONE}"  # noqa: S608  a number of ours
TABLE = """
    CREATE TABLE people (
        id int PRIMARY KEY, name varchar(200), note text, scan mediumblob, KEY by_name (name)
    ) ENGINE = InnoDB
"""

KEPT = "INSERT"
LAGGING = "DELETE of 20, while somebody reads an older version"
DELETED = "… who ends; purged"
REBUILT = "… and OPTIMIZE TABLE"
CLEARED = "… and RESET MASTER"
RESIZED = "… and a redo log of another size"
BUSY = "… and 900 new rows"
RESTARTED = "… and a slow shutdown, and a start"
REDACTED = "UPDATE of 20, purged"
SCRUBBED = "DELETE of 20, purged"
SCRUBBED_LATER = "… and 900 new rows"


@dataclass
class Walk:
    """One server, what was done to it, and what each step left where."""

    server: Mariadb
    steps: dict[str, dict[str, Left]] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)

    def look(self, step: str, *, memory: bool = False) -> None:
        """Look everywhere, into memory only where that is asked for: it is large."""
        places = self.server.places()
        if memory:
            places["memory"] = [self.server.memory()]
        found = {
            name: [hit for surface in surfaces for hit in sweep(MINT, surface)]
            for name, surfaces in places.items()
        }
        self.hits += [hit for hits in found.values() for hit in hits]
        self.steps[step] = {name: left(hits, range(GONE)) for name, hits in found.items()}

    def enrol(self, people: list["object"]) -> None:
        """Insert rows, as a city would."""
        rows = [(each.number, each.name, each.note, each.scan) for each in people]
        with closing(self.server.connect()) as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", rows)


def main() -> None:
    with mariadb() as server:
        walk = Walk(server)
        server.ask(TABLE)
        walk.enrol(PEOPLE)
        server.flush()
        walk.look(KEPT)
        with closing(server.connect()) as reader, reader.cursor() as cursor:
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
            server.ask(DELETE)
            server.flush()
            walk.look(LAGGING)
            print(server.told("Innodb_history_list_length"))
        server.settle()
        walk.look(DELETED, memory=True)
        server.ask("OPTIMIZE TABLE people")
        server.settle()
        walk.look(REBUILT)
        server.ask("RESET MASTER")
        walk.look(CLEARED)
        server.ask("SET GLOBAL innodb_log_file_size = 12582912")
        server.flush()
        walk.look(RESIZED)
        walk.enrol(MORE)
        server.settle()
        walk.look(BUSY)
        server.ask("SET GLOBAL innodb_fast_shutdown = 0")
        server.stop()
        server.start()
        walk.look(RESTARTED, memory=True)
        for k, v in walk.steps.items():
            print(k, {a: (b.names, b.notes, b.scans) for a, b in v.items()})
    with mariadb("--innodb-immediate-scrub-data-uncompressed=1") as server:
        walk = Walk(server)
        server.ask(TABLE)
        walk.enrol(PEOPLE)
        server.flush()
        walk.look("S " + KEPT)
        server.ask(DELETE)
        server.settle()
        walk.look(SCRUBBED)
        for k, v in walk.steps.items():
            print(k, {a: (b.names, b.notes, b.scans) for a, b in v.items()})
    with mariadb() as server:
        walk = Walk(server)
        server.ask(TABLE)
        walk.enrol(PEOPLE)
        server.flush()
        server.ask(f"UPDATE people SET name = 'REDACTED', note = '', scan = '' WHERE id < {GONE}")
        server.settle()
        walk.look(REDACTED)
        for k, v in walk.steps.items():
            print(k, {a: (b.names, b.notes, b.scans) for a, b in v.items()})


if __name__ == "__main__":
    main()
