"""Whatever lies where a database's file should, what reads it ends, and costs no more than told."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.probes.sweep.decoders import Torn
from idaudit.checks.probes.sweep.deposits import Carver
from idaudit.checks.probes.sweep.fts5 import Rows, block, words
from idaudit.checks.probes.sweep.pgdump import pg_dump
from idaudit.checks.probes.sweep.postgres import Pages
from idaudit.checks.probes.sweep.sqlitepages import Databases
from idaudit.checks.probes.sweep.wal import Log
from idaudit.fixtures.canaries import Mint

SAMPLES = Path(__file__).parent / "samples"
DICE = random.Random(9)  # noqa: S311  chaff


def database(*pragmas: str) -> bytes:
    """Return the file, the log or the journal of a small database, whichever is the longest."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for pragma in ("page_size = 512", "secure_delete = OFF", *pragmas):
            db.execute(f"PRAGMA {pragma}")
        db.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")
        db.execute("CREATE VIRTUAL TABLE s USING fts5(b)")
        for size in (40, 900, 2400, 5000):
            db.execute("INSERT INTO t (b) VALUES (?)", (DICE.randbytes(size),))
            db.execute("INSERT INTO s VALUES (?)", (f"prefix{size} prefixed",))
        db.execute("DELETE FROM t WHERE a > 2")
        return db.serialize()


def as_log(data: bytes) -> bytes:
    """Return the same pages as a write-ahead log has them."""
    head = b"\x37\x7f\x06\x82" + (3_007_000).to_bytes(4) + (512).to_bytes(4) + bytes(20)
    pages = (data[at : at + 512] for at in range(0, len(data), 512))
    return head + b"".join(n.to_bytes(4) + bytes(20) + page for n, page in enumerate(pages, 1))


def as_journal(data: bytes) -> bytes:
    """Return the same pages as a journal has them that was ended."""
    pages = (data[at : at + 512] for at in range(0, len(data), 512))
    return bytes(512) + b"".join(n.to_bytes(4) + page + bytes(4) for n, page in enumerate(pages, 1))


def dump() -> bytes:
    """Return a dump with one entry and one block."""
    number = lambda n: (b"\1" if n < 0 else b"\0") + abs(n).to_bytes(4, "little")  # noqa: E731  a short name for a format
    text = lambda t: number(len(t)) + t  # noqa: E731  the same
    head = b"PGDMP\1\x10\0\4\x08\1" + b"\1" + number(0) * 7 + text(b"city") * 3 + number(1)
    entry = number(1) * 2 + text(b"x") * 4 + number(3) + text(b"y") * 6 + number(0)
    entry += text(b"z") * 2 + number(-1) + bytes(9)
    return head + entry + b"\1" + number(1) + text(DICE.randbytes(700)) * 3 + number(0)


BASE = database()
FILES: dict[str, tuple[Callable[[], Carver], bytes]] = {
    "pages": (Pages, (SAMPLES / "postgresql-toast.bin").read_bytes()[:16384]),
    "log, pglz": (Log, (SAMPLES / "postgresql-wal-pglz.bin").read_bytes()),
    "log, lz4": (Log, (SAMPLES / "postgresql-wal-lz4.bin").read_bytes()),
    "log, zstd": (Log, (SAMPLES / "postgresql-wal-zstd.bin").read_bytes()),
    "log, bare": (Log, (SAMPLES / "postgresql-wal-pglz.bin").read_bytes()[40:]),
    "database": (Databases, BASE),
    "database's log": (Databases, as_log(BASE)),
    "database's journal": (Databases, as_journal(BASE)),
}


@st.composite
def damaged(draw: st.DrawFn, sound: bytes) -> bytes:
    """Return *sound* with bytes overwritten, and perhaps cut short or moved."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data) - 1))
        new = draw(st.binary(min_size=1, max_size=8))
        data[at : at + len(new)] = new
    return bytes(data[draw(st.sampled_from([0, 0, 0, 24, 512])) : draw(st.integers(0, len(data)))])


def carved(make: Callable[[], Carver], data: bytes, cuts: list[int]) -> list[tuple[int, int]]:
    """Return place and size of what a carver finds in *data*, fed in parts that overlap."""
    carver, found = make(), []
    edges = [0, *sorted({min(cut, len(data)) for cut in cuts} - {0, len(data)}), len(data)]
    for low, high in pairwise(edges):
        part, start = data[max(0, low - 2048) : high], max(0, low - 2048)
        told = carver.carve(part, start, final=high == len(data))
        found.extend((each.at, len(each.value)) for each in told)
    return found


@pytest.mark.parametrize("name", FILES)
def test_what_is_damaged_is_read_as_far_as_it_makes_sense(name: str) -> None:
    """Sizes, places and links may be anything: what comes out is bounded, and from that place."""
    make, sound = FILES[name]
    assert carved(make, sound, [])

    @settings(max_examples=40, deadline=4000, database=None)
    @given(damaged(sound), st.lists(st.integers(0, len(sound)), max_size=3))
    def survives(data: bytes, cuts: list[int]) -> None:
        found = carved(make, data, cuts)
        assert all(0 <= at <= len(data) + 8 for at, _ in found)
        assert sum(size for _, size in found) < (1 << 20) + 200 * len(data)

    survives()


@pytest.mark.parametrize("name", [name for name in FILES if "database" in name])
def test_cutting_a_sound_file_into_parts_loses_nothing(name: str) -> None:
    """Pages run over the seams of parts, and are as whole as in one part."""
    make, sound = FILES[name]
    whole = sorted(carved(make, sound, []))

    for cuts in ([4096], [5000, 9000], list(range(4001, len(sound), 3001))):
        assert sorted(carved(make, sound, cuts)) == whole


@settings(max_examples=100, deadline=2000, database=None)
@given(damaged(dump()), st.lists(st.integers(0, 3000), max_size=4))
def test_a_damaged_dump_gives_no_more_than_it_has(data: bytes, cuts: list[int]) -> None:
    """Lengths are believed as far as there is anything."""
    decoder, given_bytes = pg_dump(), 0
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    try:
        for low, high in pairwise(edges):
            given_bytes += sum(map(len, decoder.pieces(memoryview(data)[low:high])))
        given_bytes += len(decoder.rest())
    except Torn:
        pass
    assert given_bytes <= len(data)


def test_a_sound_dump_gives_its_block() -> None:
    """Three pieces of seven hundred bytes, without the lengths between them."""
    assert sum(map(len, pg_dump().pieces(memoryview(dump())))) == 2100


@settings(max_examples=100, deadline=2000, database=None)
@given(st.binary(max_size=600))
def test_words_of_nonsense_end(data: bytes) -> None:
    """A block of an index tells how long its words are, and may lie."""
    told = list(block(b"\0\0" + len(data).to_bytes(2) + data))
    assert all(len(word) <= 1 << 16 for word in told)
    assert all(len(text) < 1 << 20 for _, text in words(data, Rows(data).on(0, len(data))))


def test_pages_full_of_sizes_are_given_up_aloud() -> None:
    """Where every byte might begin a packed value, the sweep says that it did not try them all."""
    begins = (6400 << 2 | 2).to_bytes(4, "little") + (600_000).to_bytes(4, "little")
    letters_then_begins_again = (b"\0" + begins) * 60
    repeats = (b"\xff" + b"\x0f\x01\xff" * 8) * 300
    page = bytearray((bytes(24) + begins + letters_then_begins_again + repeats)[:8192])
    page[12:20] = bytes([24, 0, 100, 0, 0, 32, 4, 32])
    sweep = Sweep(Mint(14))

    assert sweep.bytes(bytes(page) * 2, "hostile") == []
    assert sweep.refused


def test_chains_that_run_into_one_another_are_given_up_aloud() -> None:
    """A hostile file has every page go on at one long chain; joining stops in good time."""
    count = 3000
    head = bytearray(BASE[:512])
    head[28:32] = count.to_bytes(4)
    pages = [bytes(head)]
    for number in range(2, count + 1):
        following = number + 1 if number > count // 2 else count // 2 + 1
        pages.append(min(following, count).to_bytes(4) + b"x" * 508)
    sweep = Sweep(Mint(14))

    assert sweep.bytes(b"".join(pages), "hostile.sqlite") == []
    assert sweep.refused
