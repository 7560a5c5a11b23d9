"""Small values are judged many at a time; none is passed over that would have told something."""

import base64
import bz2
import gzip
import random
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import brotli
import cramjam
import numpy as np
import pytest
from lz4 import block

from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.probes.sweep.blocks import LOOKED_AT, first_block
from idaudit.checks.probes.sweep.containers import BLOCK, BROTLI, Container
from idaudit.checks.probes.sweep.decoders import Costly, Torn
from idaudit.checks.probes.sweep.headless import headless
from idaudit.checks.probes.sweep.sharing import Cells, shares, sweep_share
from idaudit.checks.probes.sweep.sieve import Values
from idaudit.checks.probes.sweep.snappy import is_block
from idaudit.fixtures.canaries import Field, Mint
from idaudit.fixtures.surfaces.sqlite import SqliteSurface

MINT = Mint(4716)
DICE = random.Random(5)  # noqa: S311  chaff


def _bare(data: bytes, level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return packer.compress(data) + packer.flush()


WAYS = {
    "fixed codes": lambda data: _bare(data, 9, zlib.Z_FIXED),
    "codes of its own": lambda data: _bare(data + DICE.randbytes(40) * 20, 9),
    "stored": lambda data: _bare(data + b"\xff", 0),
    "zlib": zlib.compress,
    "zlib, small window": lambda data: b"\x48\x0d" + zlib.compress(data)[2:],
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "brotli": brotli.compress,
    "brotli, hurried": lambda data: brotli.compress(data, quality=1, lgwin=10),
    "brotli, of text": lambda data: brotli.compress(data, mode=brotli.MODE_TEXT, lgwin=24),
    "snappy block": lambda data: bytes(cramjam.snappy.compress_raw(data)),
    "lz4 block": block.compress,
    "hex": lambda data: data.hex().encode(),
    "hex in lines": lambda data: data.hex("\n").encode(),
    "base64": base64.b64encode,
    "base64 for addresses": base64.urlsafe_b64encode,
    "base64, torn": lambda data: base64.b64encode(data)[:-3],
    "ascii85": lambda data: base64.a85encode(data, adobe=False),
    "dump": lambda data: b"00000000: " + data[:16].hex(" ", 2).encode() + b"\n",
    "plain": lambda data: data,
}


def _chaff() -> list[bytes]:
    """Return values of every kind, whole, cut, and changed in their first bytes."""
    values = [DICE.randbytes(DICE.randrange(200)) for _ in range(4000)]
    for way in WAYS.values():
        for _ in range(60):
            plain = DICE.choice(
                (b"word " * 30, DICE.randbytes(50), b"Lorem ipsum dolor sit amet " * 3)
            )
            whole = way(plain[: DICE.randrange(8, len(plain))])
            values += [whole, whole[: DICE.randrange(len(whole) + 1)]]
            values.append(whole[:1] + DICE.randbytes(1) + whole[2:])
    return values


def _gives(container: Container, value: bytes) -> bytes | None:
    """Return what a trial of one value gives."""
    if container is BLOCK:
        return b"" if is_block(value) else None
    try:
        begun, given = container.begins(value, 0), container.beginning(value)
    except (Costly, Torn):
        return b""
    if container is BROTLI and given in value:
        return None  # stored as it is, and so never opened
    return given or (None if begun is None else b"")


def test_what_is_passed_over_would_have_given_nothing() -> None:
    """Each format that headless() would try and the sieve does not gives fewer than six bytes."""
    values = [value for value in _chaff() if len(value) >= 8]
    named = {id(container): set(likely) for container, likely in Values.of(values).beginnings()}

    passed_over = [
        (container.name, value)
        for number, value in enumerate(values)
        for container in headless(value, whole=True)
        if number not in named[id(container)] and len(_gives(container, value) or b"") >= 6
    ]

    assert passed_over == []
    assert sum(map(len, named.values())) > 1000


def test_every_cell_that_is_packed_or_spelt_is_found_in_its_row(tmp_path: Path) -> None:
    """A token in a small cell is found in whatever form it lies there, and named by its row."""
    ways = {name: way for name, way in WAYS.items() if name not in {"dump", "stored"}}
    path = tmp_path / "some.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value)")
        for number, way in enumerate(ways.values()):
            cells = [DICE.randbytes(300), way(MINT.canary(number, Field.STREET).text.encode())]
            db.executemany("INSERT INTO cells (value) VALUES (?)", [(cell,) for cell in cells])

    [share] = shares("place", [("some.sqlite", path)])
    found = sweep_share(Sweep(MINT), share)

    rows = {(hit.location, hit.applicant) for hit in found.hits if "#" in hit.location}
    assert rows >= {
        (f"some.sqlite:cells.value#{2 * number + 2}", number) for number in range(len(ways))
    }


def test_columns_hold_what_parts_tell(tmp_path: Path) -> None:
    """Read many at a time or one by one, cells have the same names and bytes."""
    path = tmp_path / "some.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE named (name TEXT PRIMARY KEY, value) WITHOUT ROWID")
        db.execute("INSERT INTO named VALUES ('\u00e4', NULL), ('b', 1.5), ('c', x'00ff')")

    cells = [
        (part.location, part.data)
        for part in SqliteSurface("some", path).parts()
        if part.location.startswith("named")
    ]

    assert sorted(cells) == [
        ("named.name#1", b"b"),
        ("named.name#2", b"c"),
        ("named.name#3", "\u00e4".encode()),
        ("named.value#1", b"1.5"),
        ("named.value#2", b"\x00\xff"),
    ]
    assert [part.data for part in Cells("some", "file", path).parts()][-len(cells) :] == [
        data for _, data in cells
    ]


@pytest.mark.parametrize("kind", range(4))
def test_a_stream_is_refused_by_its_first_bits_only_where_it_gives_nothing(kind: int) -> None:
    """Of noise that begins like each kind of block, nothing is refused that gives six bytes."""
    noise = [DICE.randbytes(60) for _ in range(30_000)]
    values = [bytes([each[0] & 0xF9 | kind << 1]) + each[1:] for each in noise]
    data = np.frombuffer(b"".join([*values, bytes(LOOKED_AT)]), np.uint8)

    passed = first_block(data, np.arange(len(values)) * 60)

    refused = [value for value, fits in zip(values, passed, strict=True) if not fits]
    assert [value for value in refused if _inflated(value) >= 6] == []
    assert len(refused) > len(values) // 2


@pytest.mark.parametrize("strategy", range(5))
@pytest.mark.parametrize("level", range(10))
def test_no_stream_of_the_library_itself_is_refused(level: int, strategy: int) -> None:
    """At no level, by no strategy, with or without a flush in the middle or at the beginning."""
    values = []
    for flush in (zlib.Z_NO_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH):
        for text in (b"Lorem ipsum dolor", b"a" * 40, DICE.randbytes(30), b"ACEF " * 300):
            for first in (0, 1, len(text)):
                packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
                begun = packer.compress(text[:first]) + packer.flush(flush)
                values.append(begun + packer.compress(text[first:]) + packer.flush())
    lengths = [len(value) for value in values]
    data = np.frombuffer(b"".join([*values, bytes(LOOKED_AT)]), np.uint8)

    assert first_block(data, np.cumsum([0, *lengths[:-1]])).all()


def _inflated(value: bytes) -> int:
    """Return how many bytes come out of a stream before it tears."""
    stream, given = zlib.decompressobj(-15), 0
    try:
        for byte in value:
            given += len(stream.decompress(bytes([byte])))
    except zlib.error:
        pass
    return given
