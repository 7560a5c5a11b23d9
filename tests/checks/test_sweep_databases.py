"""What databases keep beside the rows they show is opened: logs, dumps, chains of pages."""

import gzip
import io
import random
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import brotli  # type: ignore[import-untyped] # ships no types
import pytest

from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.probes.sweep.walrecord import begins, images
from idaudit.fixtures.canaries import Cohort, Field, Mint

SAMPLES = Path(__file__).parent / "samples"
MINT = Mint(4714)
DICE = random.Random(8)  # noqa: S311  chaff
PEOPLE = {"pglz": 100, "lz4": 200, "zstd": 300}
"""Of whom the log tells that was packed in each way: twenty, from this number on."""

PAGE = 8192


def log(method: str) -> bytes:
    """Return a page of the log of a real server."""
    return (SAMPLES / f"postgresql-wal-{method}.bin").read_bytes()


def told(data: bytes) -> dict[tuple[str, ...], set[int | None]]:
    """Return whom a sweep of *data* finds, by form."""
    found: dict[tuple[str, ...], set[int | None]] = {}
    for hit in Sweep(MINT).bytes(data, "pg_wal"):
        assert hit.cohort is Cohort.SUBJECT
        found.setdefault(hit.form, set()).add(hit.applicant)
    return found


@pytest.mark.parametrize("method", PEOPLE)
@pytest.mark.parametrize("shift", [0, 512, 70_144])
def test_a_page_that_the_log_packed_is_opened(method: str, shift: int) -> None:
    """Every name on it is read, though its tag was written once and referred to ever after."""
    form = ("wal", method, "verbatim")

    found = told(DICE.randbytes(shift) + log(method) + DICE.randbytes(3000))

    assert set(range(PEOPLE[method], PEOPLE[method] + 20)) <= found[form] | {None}
    assert len(found[form]) == 20


@pytest.mark.parametrize("method", ["pglz", "zstd"])
def test_a_log_without_the_heads_of_its_pages_is_a_log(method: str) -> None:
    """Whoever read it may have taken them out."""
    assert ("wal", method, "verbatim") in told(log(method)[40:] + bytes(64))


def test_a_log_in_a_base_backup_is_opened() -> None:
    """A backup is an archive in a compressed stream, and holds what the server held."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in (
            ("1", DICE.randbytes(1000)),
            ("pg_wal/000000010000000000000001", log("pglz")),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))

    found = told(gzip.compress(out.getvalue()))

    assert len(found["gzip", "wal", "pglz", "verbatim"]) == 20


def test_a_page_that_is_cut_short_gives_its_beginning() -> None:
    """The log ends where the machine stopped."""
    data = log("pglz")
    at = next(at for at in begins(data[40:]) if images(data[40:], at)) + 40

    found = told(data[: at + 500])

    assert found["wal", "pglz", "verbatim"]


def gzipped(person: int) -> bytes:
    """Return a paper of some pages, packed, with the name of *person* near its end."""
    name = MINT.canary(person, Field.SURNAME).text.encode()
    return gzip.compress(DICE.randbytes(30_000).hex().encode() + name + bytes(2000), 1)


def brotlied(person: int) -> bytes:
    """Return the same in a format that nothing announces."""
    name = MINT.canary(person, Field.SURNAME).text.encode()
    return brotli.compress(DICE.randbytes(30_000).hex().encode() + name + bytes(2000), quality=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a database may lie."""
    return tmp_path / "city.sqlite"


def opened(path: Path, *pragmas: str) -> sqlite3.Connection:
    """Open a database that overwrites nothing, with twelve papers in it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA secure_delete = OFF")
    for pragma in pragmas:
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE papers (id INTEGER PRIMARY KEY, note TEXT, scan BLOB, more TEXT)")
    db.execute("BEGIN")
    for person in range(12):
        scan = gzipped(person) if person % 2 else brotlied(person)
        db.execute("INSERT INTO papers VALUES (?, 'a note', ?, 'and more')", (person, scan))
    db.execute("COMMIT")
    return db


PACKED = {("overflow", "gzip", "verbatim"), ("overflow", "brotli", "verbatim")}


def joined(path: Path) -> dict[int | None, set[tuple[str, ...]]]:
    """Return in what forms people are found in one file."""
    found: dict[int | None, set[tuple[str, ...]]] = {}
    for form, people in told(path.read_bytes()).items():
        for person in people:
            found.setdefault(person, set()).add(form)
    return found


@pytest.mark.parametrize("size", [1024, 4096])
def test_a_deleted_value_is_joined_over_its_pages(path: Path, size: int) -> None:
    """The row is gone and its pages are free; what was packed is whole, and opens."""
    with closing(opened(path, f"page_size = {size}")) as db:
        db.execute("DELETE FROM papers WHERE id BETWEEN 2 AND 9")

    found = joined(path)

    whole = {person for person in found if PACKED & found[person]}
    assert whole >= {0, 1, 10, 11}
    assert len(whole) >= 9  # some of the free pages list the others, over what they held


def test_an_older_version_in_the_write_ahead_log_is_joined(path: Path) -> None:
    """A value that was overwritten since lies in older frames of the log."""
    with closing(opened(path, "journal_mode = WAL", "wal_autocheckpoint = 0")) as db:
        db.execute("UPDATE papers SET scan = zeroblob(length(scan))")
        log = path.with_name(path.name + "-wal")

        found = joined(log)

    assert {person for person in found if PACKED & found[person]} == set(range(12))


def test_what_a_journal_kept_is_joined(path: Path) -> None:
    """A journal that persists loses its head and nothing else."""
    with closing(opened(path, "journal_mode = PERSIST")) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("DELETE FROM papers")
        journal = path.with_name(path.name + "-journal")

        assert journal.read_bytes()[:28] == bytes(28)
        assert joined(path) == {}
        found = joined(journal)

    assert {person for person in found if PACKED & found[person]} == set(range(12))


def test_words_of_an_index_are_made_whole(path: Path) -> None:
    """An index tells of each word only how it goes on from the one before, all tags among that."""
    names = [MINT.canary(person, Field.SURNAME).text.lower() for person in range(200)]
    with closing(opened(path)) as db:
        db.execute("CREATE VIRTUAL TABLE search USING fts5(name, content='')")
        db.execute("BEGIN")
        db.executemany("INSERT INTO search VALUES (?)", [(name,) for name in names])
        db.execute("COMMIT")
        db.execute("DROP TABLE papers")

    found = told(path.read_bytes())

    assert set(range(200)) == found["fts5", "verbatim"]


def test_a_record_that_looks_like_lzma_is_not_refused() -> None:
    """Every new server's log holds such bytes; to refuse them would leave each one not shown."""
    sweep = Sweep(MINT)

    assert (
        sweep.bytes(b"a" + bytes.fromhex("5d00000008851f0000000000000a0000d04fcbfd"), "log") == []
    )
    assert sweep.refused == []
