"""What SQLite keeps of rows that were deleted, and what ends that: tried on the real library."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep.sharing import OneFile
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.sqlite import SqliteSurface

sys.path.insert(0, str(Path(__file__).parent))
from servers import (
    ALL,
    GONE,
    NOTHING,
    PAGE,
    Left,
    applicants,
    left,
    sweep,
    table,
    write_or_compare,
)

MINT = Mint(4721)
PEOPLE = applicants(MINT)
NAMES = Left(names=GONE)
OFF, ON, FAST = "secure_delete = OFF", "secure_delete = ON", "secure_delete = FAST"

FILES = {"file": "", "journal": "-journal", "log": "-wal"}


class Base:
    """One database, as whoever has its folder finds it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        """Enrol everybody in *db*, which lies at *path*."""
        self.path, self.db = path, db
        db.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name, note, scan)")
        db.execute("CREATE INDEX by_name ON people (name)")
        rows = [(each.number, each.name, each.note, each.scan) for each in PEOPLE]
        db.execute("BEGIN")
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
        db.execute("COMMIT")

    def delete(self) -> None:
        """Delete the first rows."""
        self.db.execute("DELETE FROM people WHERE id < ?", (GONE,))

    def left(self) -> dict[str, Left]:
        """Return what is left of those, file by file."""
        found = {}
        for name, end in FILES.items():
            path = self.path.with_name(self.path.name + end)
            hits = sweep(MINT, OneFile(name, name, path)) if path.exists() else []
            found[name] = left(hits, range(GONE))
        return found


@contextmanager
def opened(folder: Path, *pragmas: str) -> Iterator[Base]:
    """Lend a new database under *pragmas*, with everybody in it."""
    path = folder / "city.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
        yield Base(path, db)


Measured = dict[str, dict[str, Left]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Return what every way of deleting left, and every cure of it."""
    found: Measured = {}
    for title, pragmas, cures in CASES:
        with opened(tmp_path_factory.mktemp("case"), *pragmas) as base:
            base.delete()
            found[title] = base.left()
            for cure in cures:
                for statement in CURES.get(cure, (cure,)):
                    base.db.execute(statement).fetchall()
                if cure == AGAIN:
                    again(base)
                found[f"{title}; {cure}"] = base.left()
    return found


AGAIN = "20 new rows"
CURES = {AGAIN: (), "checkpoint TRUNCATE": ("PRAGMA wal_checkpoint(TRUNCATE)",)}
CURES |= {
    f"checkpoint {mode}": (f"PRAGMA wal_checkpoint({mode})",) for mode in ("PASSIVE", "RESTART")
}
QUIET = "wal_autocheckpoint = 0"
CASES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("secure_delete on", (ON,), ()),
    ("secure_delete off", (OFF,), (AGAIN, "VACUUM")),
    ("secure_delete fast", (FAST,), ("VACUUM",)),
    ("on, journal kept", (ON, "journal_mode = PERSIST"), ("VACUUM",)),
    (
        "on, write-ahead log",
        (ON, "journal_mode = WAL", QUIET),
        ("checkpoint PASSIVE", "checkpoint RESTART", "checkpoint TRUNCATE"),
    ),
    ("off, auto_vacuum full", ("auto_vacuum = FULL", OFF), ("VACUUM",)),
)


def again(base: Base) -> None:
    """Enrol as many people as were deleted."""
    rows = [(each.number, each.name, each.note, each.scan) for each in applicants(MINT, 500, GONE)]
    base.db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)


def test_secure_delete_leaves_nothing_in_the_file(measured: Measured) -> None:
    """What is deleted is overwritten with zeros, pages of big values too."""
    assert measured["secure_delete on"] == dict.fromkeys(FILES, NOTHING)


def test_without_secure_delete_everything_stays_in_the_file(measured: Measured) -> None:
    """Deleting marks pages as free, and parts of pages."""
    assert measured["secure_delete off"]["file"] == ALL


def test_new_rows_take_the_place_of_big_values_and_leave_names(measured: Measured) -> None:
    """Free pages are used again before the file grows; a gap in a page waits for what fits it."""
    found = measured[f"secure_delete off; {AGAIN}"]["file"]

    assert found.names > 0
    assert found.notes + found.scans < GONE


def test_fast_secure_delete_spares_what_costs_a_write(measured: Measured) -> None:
    """Pages that are written anyway are overwritten, and whole free pages are not."""
    found = measured["secure_delete fast"]["file"]

    assert (found.notes, found.scans) == (GONE, GONE)
    assert found.names > 0


@pytest.mark.parametrize(
    "case", ["secure_delete off", "secure_delete fast", "off, auto_vacuum full"]
)
def test_vacuum_writes_the_file_anew(measured: Measured, case: str) -> None:
    """After VACUUM only what is live is in it."""
    assert measured[f"{case}; VACUUM"]["file"] == NOTHING


def test_a_journal_that_is_kept_keeps_what_was_deleted(measured: Measured) -> None:
    """The file is clean and the journal beside it holds every page as it was, until the next."""
    found = measured["on, journal kept"]

    assert found["file"] == NOTHING
    assert found["journal"] == ALL


def test_vacuum_overwrites_a_kept_journal_as_far_as_it_writes(measured: Measured) -> None:
    """VACUUM journals pages that hold no deleted row any more, and more of them."""
    assert measured["on, journal kept; VACUUM"] == dict.fromkeys(FILES, NOTHING)


def test_only_a_truncating_checkpoint_empties_the_log(measured: Measured) -> None:
    """The others copy the pages into the file and leave the log as it is."""
    case = "on, write-ahead log"

    assert measured[case]["log"] == ALL
    assert measured[f"{case}; checkpoint PASSIVE"]["log"] == ALL
    assert measured[f"{case}; checkpoint RESTART"]["log"] == ALL
    assert measured[f"{case}; checkpoint TRUNCATE"] == dict.fromkeys(FILES, NOTHING)


def test_auto_vacuum_cuts_off_pages_and_leaves_names(measured: Measured) -> None:
    """It gives free pages back at the end of the file, and never looks into a page."""
    found = measured["off, auto_vacuum full"]["file"]

    assert found.names > 0


def test_incremental_vacuum_frees_one_page_a_step(tmp_path: Path) -> None:
    """Asked once through Python and not read to its end, it frees a page, and no more."""
    with opened(tmp_path, "auto_vacuum = INCREMENTAL", OFF) as base:
        base.delete()
        free = base.db.execute("PRAGMA freelist_count").fetchone()[0]
        base.db.execute("PRAGMA incremental_vacuum")
        once = base.db.execute("PRAGMA freelist_count").fetchone()[0]
        base.db.executescript("PRAGMA incremental_vacuum")
        left_over = base.db.execute("PRAGMA freelist_count").fetchone()[0]

    assert (free - once, left_over) == (1, 0)


def searched(base: Base) -> None:
    """Index every name for full-text search."""
    base.db.execute("CREATE VIRTUAL TABLE search USING fts5(name)")
    base.db.execute("INSERT INTO search (rowid, name) SELECT id, name FROM people")


def test_an_index_for_search_keeps_deleted_words_until_it_is_optimised(tmp_path: Path) -> None:
    """Even where every page is overwritten, FTS5 only notes that a word is gone."""
    with opened(tmp_path, ON) as base:
        searched(base)
        base.delete()
        base.db.execute("DELETE FROM search WHERE rowid < ?", (GONE,))
        deleted = base.left()["file"]
        base.db.execute("INSERT INTO search (search) VALUES ('optimize')")
        optimised = base.left()["file"]

    assert deleted == NAMES
    assert optimised == NOTHING


def test_the_surface_says_what_decides_all_this(tmp_path: Path) -> None:
    """Journal, the library's version, and whether it overwrites by default stand in the report."""
    with opened(tmp_path, "journal_mode = PERSIST", OFF):
        told = SqliteSurface("registry", tmp_path / "city.sqlite").settings()

    assert told["library"] == sqlite3.sqlite_version
    assert told["secure_delete by default"] in {0, 1, 2}
    assert told["journal kept"] is True


def test_the_page_tells_what_was_measured(measured: Measured) -> None:
    """The guide for engineers says what this library did, and nothing remembered."""
    write_or_compare(PAGE, "sqlite", table("SQLite", measured))
