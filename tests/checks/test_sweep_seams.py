"""Nothing is lost, and nothing counted twice, where one part ends and the next begins."""

import base64
import gzip
import random
import sqlite3
import zlib
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Hit, Sweep
from idaudit.checks.probes.sweep.reading import APART
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.surfaces.files import CHUNK
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.threatmodel.errors import Inconclusive

MINT = Mint(8)
TOKEN = MINT.canary(6, Field.SURNAME).text.encode()
DICE = random.Random(4)  # noqa: S311  filler
FILLER = DICE.randbytes(CHUNK + 2_000_000)


def swept(folder: Path, data: bytes) -> list[Hit]:
    """Return the hits in a file of *data*."""
    (folder / "big.bin").write_bytes(data)
    return Sweep(MINT).surface(FolderSurface("folder", folder))


@pytest.mark.parametrize("back", [0, 1, 16, 31, 32, 33, 500, 1023, 1024, 1056, 4095, 4096, 4128])
def test_a_token_at_a_seam_is_found_once_where_it_is(back: int, tmp_path: Path) -> None:
    """However a token lies across the seam of two parts, it is one hit at its true offset."""
    place = CHUNK - back

    hits = swept(tmp_path, FILLER[:place] + TOKEN + FILLER[place:])

    assert [(hit.offset, hit.canary) for hit in hits] == [(place, "a6.surname")]


def test_tokens_far_apart_are_counted_one_by_one(tmp_path: Path) -> None:
    """Each copy is a hit of its own, in every part."""
    places = range(1000, len(FILLER), 300_000)
    data = bytearray(FILLER)
    for place in places:
        data[place : place + len(TOKEN)] = TOKEN

    hits = swept(tmp_path, bytes(data))

    assert [hit.offset for hit in hits] == list(places)
    assert min(b - a for a, b in pairwise(places)) > APART


@pytest.mark.parametrize("wrap", [gzip.compress, base64.b64encode, base64.encodebytes])
def test_a_container_larger_than_a_part_is_read_to_its_end(
    wrap: "type[bytes]", tmp_path: Path
) -> None:
    """A stream that runs through several parts gives up what lies at its end."""
    inner = gzip.compress(FILLER + b"the end " + TOKEN.lower() + b"." * 900)

    hits = swept(tmp_path, b"head: " + wrap(inner) + b"\n-- tail")

    assert ("a6.surname", 6) in {(hit.canary, hit.offset) for hit in hits}


@pytest.mark.parametrize("width", [63, 67, 76, 77])
def test_a_line_break_in_two_letters_may_be_cut_in_two(width: int) -> None:
    """Letters behind a line break of which JSON wrote each half elsewhere stay in step."""
    inner = FILLER[:300_000] + zlib.compress(b"the end, and here it comes: " + TOKEN + b"." * 90)
    letters = base64.b64encode(inner)
    lines = [letters[at : at + width] for at in range(0, len(letters), width)]

    hits = Sweep(MINT).bytes(b'{"mail": "' + b"\\n".join(lines) + b'"}', "mail.json")

    assert ("a6.surname", 10) in {(hit.canary, hit.offset) for hit in hits}


def test_small_values_are_found_in_their_own_cells(tmp_path: Path) -> None:
    """Thousands of cells searched together name the one cell that holds the canary."""
    path = tmp_path / "city.sqlite"
    rows = [(f"street {n}", DICE.randbytes(40), n) for n in range(5000)]
    rows[3210] = (TOKEN.decode().title(), gzip.compress(TOKEN), 5)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE people (street TEXT, sealed BLOB, n INTEGER)")
        db.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)

    hits = Sweep(MINT).surface(SqliteSurface("registry", path))

    assert {(hit.location, hit.form) for hit in hits if "#" in hit.location} == {
        ("people.street#3211", ("verbatim",)),
        ("people.sealed#3211", ("gzip", "verbatim")),
    }


def test_names_are_read_and_withheld(tmp_path: Path) -> None:
    """A file named after its owner is a hit whose location does not repeat the name."""
    folder = tmp_path / "kept" / f"scan_{TOKEN.decode().lower()}_1"
    folder.mkdir(parents=True)
    (folder / "page.bin").write_bytes(b"-" + TOKEN)

    hits = Sweep(MINT).surface(FolderSurface("files", tmp_path))

    assert {hit.location for hit in hits} == {
        "kept/(name withheld)",
        "kept/(name withheld)/page.bin",
    }
    assert TOKEN.decode().lower() not in repr(hits).lower()


@pytest.mark.parametrize("cohort", [Cohort.SUBJECT, Cohort.CONTROL])
def test_residue_seen_before_a_surface_closed_still_counts(cohort: Cohort, tmp_path: Path) -> None:
    """A database that locks its rows is inconclusive, but not about what its bytes gave away."""
    path = tmp_path / "city.sqlite"
    token = MINT.canary(2, Field.STREET, 0, cohort).text
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE people (street TEXT)")
        db.execute("INSERT INTO people VALUES (?)", (token,))
    sweep = Sweep(MINT)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        surface = SqliteSurface("registry", path, patience=0.05)
        if cohort is Cohort.CONTROL:
            with pytest.raises(Inconclusive):
                sweep.surface(surface)
        else:
            assert [hit.canary for hit in sweep.surface(surface)] == ["a2.street"]
            assert [refusal.surface for refusal in sweep.refused] == ["registry"]
