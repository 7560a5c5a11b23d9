"""How databases keep what was deleted, or put aside: files that need no server to be made."""

import gzip
import random
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing

from lz4 import frame  # type: ignore[import-untyped] # ships no types

_DICE = random.Random(11)  # noqa: S311  filling
_PIECE = 100


def deleted(data: bytes) -> bytes:
    """Write a database from which a packed paper was deleted, over whose pages it ran."""
    paper = gzip.compress(_DICE.randbytes(9000).hex().encode() + data + bytes(50))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE papers (id INTEGER PRIMARY KEY, note, scan)")
        db.executemany("INSERT INTO papers (note, scan) VALUES ('a', ?)", [(paper,)] * 3)
        db.execute("DELETE FROM papers WHERE id = 1")  # the first free page lists the others
        db.execute("DELETE FROM papers WHERE id = 3")
        db.execute("UPDATE papers SET scan = zeroblob(length(scan))")
        return db.serialize()


def indexed(data: bytes) -> bytes:
    """Write a full-text index in which the word's first letters are told by the word before it."""
    word = data.decode().lower()
    with closing(sqlite3.connect(":memory:")) as db, db:
        db.execute("CREATE VIRTUAL TABLE search USING fts5(name, content='')")
        db.executemany("INSERT INTO search VALUES (?)", [(word[:12],), (word,), (word[:14],)])
        db.commit()
        return db.serialize()


def logged(data: bytes) -> bytes:
    """Write the log of a database, with two versions of each page."""
    old, new = deleted(data), deleted(b"nobody")
    head = b"\x37\x7f\x06\x82" + (3_007_000).to_bytes(4) + (4096).to_bytes(4) + bytes(20)
    return head + b"".join(
        number.to_bytes(4) + bytes(20) + base[at : at + 4096]
        for base in (old, new)
        for number, at in enumerate(range(0, len(base), 4096), 1)
    )


def dumped(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Write what pg_dump does into one file: an entry, and a packed block in pieces."""

    def write(data: bytes) -> bytes:
        packed = pack(_DICE.randbytes(2000).hex().encode() + b"\t" + data + b"\n")
        cut = [packed[at : at + _PIECE] for at in range(0, len(packed), _PIECE)]
        return _HEAD + b"\1" + _number(1) + b"".join(map(_text, cut)) + _number(0)

    return write


def _number(value: int) -> bytes:
    return (b"\1" if value < 0 else b"\0") + abs(value).to_bytes(4, "little")


def _text(value: bytes) -> bytes:
    return _number(len(value)) + value


_HEAD = b"".join((
    b"PGDMP\1\x10\0\4\x08\1\1",
    _number(0) * 7,
    _text(b"city") * 3,
    _number(1),  # one entry
    _number(1) * 2 + _text(b"people") * 4 + _number(3) + _text(b"COPY") * 6 + _number(0),
    _text(b"owner") * 2 + _number(-1) + bytes(9),
))  # fmt: skip

ALONE: dict[str, Callable[[bytes], bytes]] = {
    "sqlite, deleted": deleted,
    "sqlite, full text": indexed,
    "sqlite, log": logged,
    "pg_dump, zlib": dumped(zlib.compress),
    "pg_dump, lz4": dumped(frame.compress),
}
"""Files of databases, which begin where a file begins."""
