"""What a fuzzer starts from: every kind of trace the benchmarks plant, written anew each time."""

import bz2
import gzip
import io
import lzma
import sqlite3
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import brotli  # type: ignore[import-untyped] # ships no types
import cramjam
import imagecodecs
import py7zr
from backports import zstd
from lz4 import block, frame  # type: ignore[import-untyped] # ships no types
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import kinds

from idaudit.fixtures.canaries import Field, Mint

STRANGER = Mint(90).canary(1, Field.STREET).text.encode()
"""A token of another run: it is planted everywhere, and finding it would be a mistake."""

PLAIN = b"name and street " * 40 + bytes(range(256))
_SAMPLES = Path(__file__).parents[1] / "checks" / "samples"


def plants() -> Mapping[str, bytes]:
    """Return each kind of trace that lies in a file."""
    return {name: write(STRANGER) for name, write in (kinds.ANYWHERE | kinds.ALONE).items()}


def archives() -> Iterator[bytes]:
    """Archives of every method."""
    every = plants()
    yield from (
        every[name] for name in ("zip", "zip by lzma", "zip by bzip2", "tar", "zip in gzip")
    )
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(kinds.around(STRANGER), "scan")
    yield out.getvalue()


def streams() -> Mapping[str, bytes]:
    """One stream of every packer, by the name of its decoder."""
    return {
        "gzip": gzip.compress(PLAIN),
        "zlib": zlib.compress(PLAIN),
        "deflate": zlib.compress(PLAIN)[2:],
        "bzip2": bz2.compress(PLAIN),
        "xz": lzma.compress(PLAIN),
        "lzma": lzma.compress(PLAIN, lzma.FORMAT_ALONE),
        "zstd": zstd.compress(PLAIN),
        "lz4": frame.compress(PLAIN),
        "lz4 block": block.compress(PLAIN),
        "brotli": brotli.compress(PLAIN),
        "snappy": bytes(cramjam.snappy.compress(PLAIN)),
        "snappy block": bytes(cramjam.snappy.compress_raw(PLAIN)),
    }


def small() -> Mapping[str, bytes]:
    """The same of the small compressors, by the names of theirs."""
    return {
        "pglz": imagecodecs.pglz_encode(PLAIN, header=False),
        "lzf": imagecodecs.lzf_encode(PLAIN, header=False),
        "lz4_block": block.compress(PLAIN, store_size=False),
        "lzw": imagecodecs.lzw_encode(PLAIN),
    }


def documents() -> Iterator[bytes]:
    """PDF objects of every filter, and text in pieces."""
    every = plants()
    yield from (every[name] for name in ("pdf flate", "pdf ascii85 flate", "pdf lzw"))
    yield b"BT [(AB) -20 (CD\\)E) 3 <4142> ] TJ ET [(a)(b)]TJ"


def pictures() -> Iterator[bytes]:
    """Pictures of every mode, with text, palette and thumbnail."""
    yield from (plants()[name] for name in ("png text", "png pixels", "exif"))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        out = io.BytesIO()
        Image.new(mode, (40, 36)).save(out, "PNG", dpi=(72, 72), icc_profile=b"profile")
        yield out.getvalue()
    for mode in ("L", "RGB", "CMYK"):
        out = io.BytesIO()
        Image.new(mode, (40, 36)).save(out, "JPEG", progressive=mode == "RGB", comment=b"note")
        yield out.getvalue()


def pages() -> Iterator[bytes]:
    """Pages that PostgreSQL wrote."""
    heap = (_SAMPLES / "postgresql-heap.bin").read_bytes()
    toast = (_SAMPLES / "postgresql-toast.bin").read_bytes()
    yield from (heap, toast[:8192], toast[8192:24576])


def databases() -> Iterator[bytes]:
    """Databases that SQLite wrote: wide and narrow, indexed, in another encoding."""
    for encoding in ("UTF-8", "UTF-16le"):
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute(f"PRAGMA encoding = '{encoding}'")
            db.execute("PRAGMA page_size = 512")
            db.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, scan BLOB)")
            db.execute("CREATE TABLE keys (a TEXT PRIMARY KEY, b) WITHOUT ROWID")
            db.executemany(
                "INSERT INTO people VALUES (?, ?, ?)",
                [(n, STRANGER.decode(), PLAIN[:n]) for n in (1, 400, 800)],
            )
            db.execute("INSERT INTO keys VALUES ('k', 2.5)")
            db.execute("CREATE VIRTUAL TABLE notes USING fts5(body)")
            db.execute("INSERT INTO notes VALUES ('a note of somebody')")
            db.commit()
            yield db.serialize()


def dumps() -> Iterator[bytes]:
    """Dumps in hex digits, and of Redis."""
    yield plants()["hex dump"]
    yield b"00000000: 4142 4344  ABCD\n00000010: 45\n*\n00000040\n"
    yield b"\n0000000 41 42 43 44\n0000004 4142 4344\n*\n"
    yield (_SAMPLES / "redis-dump.bin").read_bytes()


def letters() -> Iterator[bytes]:
    """Runs of letters in every alphabet."""
    every = plants()
    names = ("base64 in mail", "base64 of base64", "base32", "ascii85", "base85", "uuencode")
    yield from (every[name] for name in (*names, "hex", "base64 of gzip", "hex of zlib"))
    yield kinds.base64.b64encode(PLAIN * 3)
    yield PLAIN.hex().encode() * 3
    yield b"<~" + kinds.base64.a85encode(PLAIN) + b"~>"


WORDS = (
    *(b"PK\3\4\x14\0\0\0\x08\0", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"),
    *(b"\xfd7zXZ\0", b"\x04\x22\x4d\x18", b"BZh91AY&SY", b"\xff\x06\0\0sNaPpY", b"\x78\x9c"),
    *(
        b"PGDMP\1\x0e\0",
        b"REDIS0011",
        b"SQLite format 3\0",
        b"\xc3\x80\0\0\1\0",
        b"\x04\x20",
        b"H4sIAAAAAAAA",
    ),
    *(b" obj << /Filter ", b"/LZWDecode", b"/ASCII85Decode", b"/FlateDecode", b">>stream\n"),
    *(b"endstream", b"] TJ", b"[(", b"<~", b"~>", b"\n00000000: 41 42", b"\n*\n"),
    *(b"\x89PNG\r\n\x1a\n", b"IHDR", b"IDAT", b"IEND", b"iCCP", b"zTXt", b"iTXt", b"eXIf", b"acTL"),
    *(
        b"PLTE",
        b"tRNS",
        b"fcTL",
        b"fdAT",
        b"\xff\xd8\xff\xe0",
        b"\xff\xda",
        b"\xff\xe1",
        b"Exif\0\0",
    ),
    *(b"\xff\xe2", b"MPF\0", b"\xff\xc0", b"\xff\xd9", b"ICC_PROFILE\0", b"Photoshop 3.0\0"),
)
"""What a fuzzer would wait long for to come about by chance."""


def dictionary() -> str:
    """Return the words as libFuzzer reads them."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in WORDS)
