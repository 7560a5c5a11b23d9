"""Servers of databases as somebody would run them, for experiments with what they leave behind."""

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from idaudit.checks.probes.sweep import Hit, Sweep
from idaudit.checks.probes.sweep.sharing import OneFile
from idaudit.fixtures.canaries import Field, Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.memory import MemorySurface
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.fixtures.targets.postgres_programs import as_server, programs

PEOPLE, GONE = 100, 20
"""So many apply, and so many of those are deleted."""

MARKS = 5
"""In each scan: more than one in what PostgreSQL keeps in one piece, and too long for a row."""

START_SECONDS = 30.0
_GAP = 500  # bytes of a scan between two marks


@dataclass(frozen=True)
class Applicant:
    """A row: a name, a long note, and a scan that no compressor makes smaller."""

    number: int
    name: str
    note: str
    scan: bytes


def applicants(mint: Mint, first: int = 0, count: int = PEOPLE) -> list[Applicant]:
    """Return rows of people from number *first* on."""
    dice = random.Random(mint.seed)  # noqa: S311  a test's filling
    return [_applicant(mint, number, dice) for number in range(first, first + count)]


def _applicant(mint: Mint, number: int, dice: random.Random) -> Applicant:
    words = [f"{dice.randrange(1 << 40):x}" for _ in range(300)]
    told = mint.canary(number, Field.UNASKED).text.lower()
    note = " ".join([*words[:150], told, *words[150:]] * 2)
    marks = (mint.canary(number, Field.DOCUMENT_BYTES, copy).text for copy in range(MARKS))
    scan = b"".join(dice.randbytes(_GAP) + mark.encode() for mark in marks)
    return Applicant(number, mint.canary(number, Field.SURNAME).text.title(), note, scan)


@dataclass(frozen=True, order=True)
class Left:
    """What is left of the deleted in one place: of how many people each, and marks of scans."""

    names: int = 0
    notes: int = 0
    scans: int = 0

    def __str__(self) -> str:
        """Say it in a table's cell: all, some or none of each."""
        told = zip((self.names, self.notes, self.scans), ("names", "notes", "scans"), strict=True)
        said = [what if count == GONE else f"some {what}" for count, what in told if count]
        return ", ".join(said) or "nothing"


NOTHING, ALL = Left(), Left(GONE, GONE, GONE)


def left(hits: list[Hit], gone: range) -> Left:
    """Return of how many of the *gone* each kind of value was found."""
    found = {(hit.applicant, hit.field) for hit in hits if hit.applicant in gone}
    count = Counter(what for _, what in found)
    return Left(*(count[each] for each in (Field.SURNAME, Field.UNASKED, Field.DOCUMENT_BYTES)))


@dataclass
class Postgres:
    """A PostgreSQL server whose log is kept, recycled and packed as a default one's is."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    programs: Path = field(default_factory=programs)

    @property
    def data(self) -> Path:
        """Return its folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """Return what it says."""
        return self.home / "server.log"

    def connect(self) -> psycopg.Connection:
        """Connect as the owner of everything."""
        return psycopg.connect(f"host={self.home} user=owner dbname=postgres", autocommit=True)

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = [str(self.programs / "postgres"), "-D", str(self.data)]
        words += [f"--{name}={value}" for name, value in self.settings.items()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*as_server([]), *words], stdout=log, stderr=log, cwd="/"
            )
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.connect().close()
            except psycopg.OperationalError:
                assert time.monotonic() < until, self.log.read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """Shut it down in order, whoever is connected."""
        assert self.process is not None
        self.process.send_signal(2)
        self.process.wait(30)

    def kill(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def relation(self, name: str) -> Path:
        """Return the file of a table or an index."""
        with self.connect() as connection:
            found = connection.execute("SELECT pg_relation_filepath(%s)", (name,)).fetchone()
        assert found
        return self.data / str(found[0])

    def toast(self, table: str) -> str:
        """Return the name of the table that keeps what is too long for *table*."""
        asked = "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = %s::regclass"
        with self.connect() as connection:
            found = connection.execute(asked, (table,)).fetchone()
        assert found
        return str(found[0])

    def places(self, table: str, index: str) -> dict[str, list[Surface]]:
        """Return every place on the disk to look into."""
        statistics = ("pg_statistic", self.toast("pg_statistic"))
        return {
            "table": [self._file(table)],
            "index": [self._file(index)],
            "TOAST": [self._file(self.toast(table))],
            "statistics": [self._file(each) for each in statistics],
            "log": [FolderSurface("wal", self.data / "pg_wal")],
            "said": [OneFile("said", "server.log", self.log)],
        }

    def memory(self) -> MemorySurface:
        """Return what the server and all it has started hold in memory."""
        process = self.process
        assert process is not None
        return MemorySurface("memory", lambda: [process.pid])

    def _file(self, name: str) -> OneFile:
        return OneFile(name, name, self.relation(name))


@contextmanager
def postgres(where: Path | None = None, **settings: str) -> Iterator[Postgres]:
    """
    Lend a server whose log is in files of four million bytes, and which cleans nothing.

    Its programs are those in the folder *where*, else the ones that cities run on.
    """
    where = where or programs()
    # A socket's path has to be short.
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as home:
        folder = Path(home)
        folder.chmod(0o755)
        (folder / "data").mkdir(mode=0o700)
        words = [*as_server([folder, folder / "data"]), str(where / "initdb")]
        words += ["-D", f"{home}/data", "-U", "owner", "-A", "trust", "-E", "UTF8"]
        words += ["--locale=C", "--no-sync", "--wal-segsize=4"]
        subprocess.run(words, check=True, capture_output=True, cwd="/")
        usual = {"listen_addresses": "", "unix_socket_directories": home, "fsync": "off"}
        usual |= {"autovacuum": "off", "shared_buffers": "32MB", "jit": "off"}
        server = Postgres(folder, {**usual, **settings}, programs=where)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def sweep(mint: Mint, surface: Surface) -> list[Hit]:
    """Return what is found on *surface*, and hold the sweep to having looked into all of it."""
    probe = Sweep(mint)
    hits = probe.surface(surface)
    assert not probe.refused, probe.refused
    return hits


def write_or_compare(page: Path, name: str, table: str) -> None:
    """Hold a section of *page* to *table*; IDAUDIT_WRITE_DOCS writes it there."""
    begin, end = f"<!-- measured: {name} -->\n\n", "\n<!-- end -->"
    before, mark, rest = page.read_text(encoding="utf-8").partition(begin)
    assert mark, f"{page}: no section {begin!r}"
    told, _, after = rest.partition(end)
    if os.environ.get("IDAUDIT_WRITE_DOCS"):
        page.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
    else:
        assert told == table


def table(corner: str, rows: Mapping[str, Mapping[str, Left]]) -> str:
    """Return what was measured as Markdown, a row for each step."""
    columns = list(dict.fromkeys(name for cells in rows.values() for name in cells))
    lines = [[corner, *columns], ["---"] * (len(columns) + 1)]
    lines += [
        [step, *(_cell(name, cells.get(name)) for name in columns)] for step, cells in rows.items()
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(column: str, found: Left | None) -> str:
    """Return one cell: how many there are in memory is another time another number."""
    told = "" if found is None else str(found)
    return told.replace("some ", "") if column == "memory" else told


PAGE = Path(__file__).parents[2] / "docs" / "databases-and-deletion.md"


def program(name: str) -> str:
    """Return where a program is."""
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
    assert found, f"{name} is not installed"
    return found
