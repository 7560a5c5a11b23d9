"""Every form a canary can be left in is found, on a real folder and in a real database."""

# ruff: noqa: E501  the table of forms reads best with one form a line

import base64
import bz2
import gzip
import io
import lzma
import quopri
import random
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Grade, Hit, Sweep
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.sqlite import SqliteSurface

MINT = Mint(4711)
CANARY = MINT.canary(31, Field.STREET, 2)
NOISE = random.Random(9).randbytes(9000)  # noqa: S311  chaff

UPPER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Writer = Callable[[bytes], bytes]


def each(template: str) -> Writer:
    """Write every byte by a template."""
    return lambda data: "".join(template % byte for byte in data).encode()


def encoded(encoding: str) -> Writer:
    """Write ASCII in another character encoding."""
    return lambda data: data.decode("ascii").encode(encoding)


def shifted(writer: Writer, by: int) -> Writer:
    """Write behind *by* other bytes, which moves a radix code's alignment."""
    return lambda data: writer(b"~" * by + data)


def zipped(data: bytes) -> bytes:
    """Pack into a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("papers/scan.txt", data * 3)
    return out.getvalue()


def tarred(mode: str) -> Writer:
    """Pack into a tar archive."""

    def pack(data: bytes) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=f"w:{mode}") as archive:  # type: ignore[call-overload]  mode is no literal here
            entry = tarfile.TarInfo("scan")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        return out.getvalue()

    return pack


def bare(data: bytes) -> bytes:
    """Deflate without any header, as where a value begins."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def pdf(data: bytes) -> bytes:
    """Write a PDF stream object."""
    body = zlib.compress(b"BT (" + data + b") Tj ET" * 40)
    head = b"%%PDF-1.7\n4 0 obj << /Filter /FlateDecode /Length %d >> stream\r\n" % len(body)
    return head + body + b"\r\nendstream"


def png_text(data: bytes) -> bytes:
    """Write the compressed text chunk of a PNG."""
    body = b"Comment\0\0" + zlib.compress(data * 4)
    return b"\x89PNG\r\n\x1a\n" + len(body).to_bytes(4) + b"zTXt" + body


def mime(data: bytes) -> bytes:
    """Write a MIME part: base64 in lines of 76."""
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(
        NOISE[:1001] + data + NOISE[:1000]
    ).replace(b"\n", b"\r\n")


def json_lines(data: bytes) -> bytes:
    """Write base64 of a compressed file as JSON does, line breaks escaped."""
    letters = base64.encodebytes(zlib.compress(NOISE + b" " + data)).replace(b"\n", b"\\n")
    return b'{"file": "' + letters.replace(b"/", b"\\/") + b'"}'


FORMS: dict[str, tuple[tuple[str, ...], Writer]] = {
    "upper case": (("verbatim",), bytes.upper),
    "lower case": (("verbatim",), bytes.lower),
    "title case": (("verbatim",), bytes.title),
    "reversed": (("reversed",), lambda data: data[::-1]),
    "ebcdic 037": (("ebcdic",), encoded("cp037")),
    "ebcdic 500": (("ebcdic",), encoded("cp500")),
    "rot13": (("rot13",), lambda data: data.translate(bytes.maketrans(UPPER, UPPER[13:] + UPPER[:13]))),
    "utf-16 le": (("utf-16-le",), encoded("utf-16-le")),
    "utf-16 be": (("utf-16-be",), encoded("utf-16-be")),
    "utf-32 le": (("utf-32-le",), encoded("utf-32-le")),
    "utf-32 be": (("utf-32-be",), encoded("utf-32-be")),
    "hex": (("hex",), lambda data: data.hex().encode()),
    "hex upper": (("hex",), lambda data: data.hex().upper().encode()),
    "hex of lower": (("hex",), lambda data: data.lower().hex().encode()),
    "hex spaced": (("hex",), lambda data: data.hex(" ").encode()),
    "hex colons": (("hex",), lambda data: data.hex(":").upper().encode()),
    "hex of utf-16": (("hex", "utf-16-be"), lambda data: encoded("utf-16-be")(data).hex().encode()),
    "percent": (("percent",), each("%%%02X")),
    "percent lower": (("percent",), each("%%%02x")),
    "quoted printable": (("quoted-printable",), each("=%02X")),
    "soft line break": (("verbatim",), lambda data: data[:13] + b"=\r\n" + data[13:]),
    "quoted as text": (("verbatim",), lambda data: quopri.encodestring(b"\xe9" * 18 + data)),
    "backslash x": (("backslash-x",), each("\\x%02x")),
    "backslash octal": (("backslash-octal",), each("\\%03o")),
    "json": (("json",), each("\\u%04x")),
    "json upper": (("json",), each("\\u%04X")),
    "html decimal": (("html",), each("&#%d;")),
    "html decimal of lower": (("html",), lambda data: each("&#%d;")(data.lower())),
    "html hex": (("html",), each("&#x%X;")),
    "base64": (("base64",), base64.b64encode),
    "base64, second alignment": (("base64",), shifted(base64.b64encode, 1)),
    "base64, third alignment": (("base64",), shifted(base64.urlsafe_b64encode, 2)),
    "base64 of title case": (("base64",), lambda data: base64.b64encode(data.title())),
    "base64 of base64": (("base64", "base64"), lambda data: base64.b64encode(base64.b64encode(data))),
    "base64 of utf-16": (("base64", "utf-16-le"), lambda data: base64.b64encode(encoded("utf-16-le")(data))),
    "base64 in mail": (("base64",), mime),
    **{
        f"base32, alignment {by}": (("base32",), shifted(base64.b32encode, by)) for by in range(5)
    },
    "base32 lower": (("base32",), lambda data: base64.b32encode(data).lower()),
    "gzip": (("gzip", "verbatim"), gzip.compress),
    "zlib": (("zlib", "verbatim"), zlib.compress),
    "zlib fast": (("zlib", "verbatim"), lambda data: zlib.compress(data, 1)),
    "zlib best": (("zlib", "verbatim"), lambda data: zlib.compress(data * 3, 9)),
    "zip": (("zip", "verbatim"), zipped),
    "tar": (("verbatim",), tarred("")),
    "tar.gz": (("gzip", "verbatim"), tarred("gz")),
    "tar.bz2": (("bzip2", "verbatim"), tarred("bz2")),
    "tar.xz": (("xz", "verbatim"), tarred("xz")),
    "bzip2": (("bzip2", "verbatim"), bz2.compress),
    "xz": (("xz", "verbatim"), lzma.compress),
    "pdf": (("zlib", "verbatim"), pdf),
    "png text": (("zlib", "verbatim"), png_text),
    "jpeg segment": (("verbatim",), lambda data: b"\xff\xd8\xff\xe1\x00\x40Exif\0\0" + data),
    "base64 of gzip": (("base64", "gzip", "verbatim"), lambda data: base64.b64encode(gzip.compress(data))),
    "url base64 of zlib": (("base64", "zlib", "verbatim"), lambda data: base64.urlsafe_b64encode(zlib.compress(data * 2))),
    "hex of zlib": (("hex", "zlib", "verbatim"), lambda data: zlib.compress(data).hex().encode()),
    "hex of gzip": (("hex", "gzip", "verbatim"), lambda data: gzip.compress(data).hex().upper().encode()),
    "gzip of base64": (("gzip", "base64"), lambda data: gzip.compress(base64.b64encode(data))),
    "gzip of utf-16": (("gzip", "utf-16-le"), lambda data: gzip.compress(encoded("utf-16-le")(data * 2))),
    "escaped json": (("base64", "zlib", "verbatim"), json_lines),
    "long base64 with a gzip inside": (("base64", "gzip", "verbatim"), lambda data: base64.b64encode(NOISE[:2000] + gzip.compress(data * 2) + NOISE[:500])),
    "zip in gzip in base64": (("base64", "gzip", "zip", "verbatim"), lambda data: base64.b64encode(gzip.compress(zipped(data)))),
    "torn gzip": (("gzip", "verbatim"), lambda data: gzip.compress(data.lower() * 2 + b"abcd" * 5000)[:-40]),
    "gzip with a wrong checksum": (("gzip", "verbatim"), lambda data: gzip.compress(data * 2)[:-8] + bytes(8)),
}  # fmt: skip


def found(hits: list[Hit]) -> list[Hit]:
    """Return the hits that name the planted canary."""
    return [hit for hit in hits if hit.canary == CANARY.id]


def judged(hits: list[Hit], form: tuple[str, ...]) -> None:
    """Hold *hits* to the canary planted, its form, and nothing else."""
    assert form in {hit.form for hit in found(hits)}
    assert {hit.cohort for hit in hits} == {Cohort.SUBJECT}
    assert {(hit.applicant, hit.field) for hit in found(hits)} == {(31, Field.STREET)}
    assert Grade.TOKEN in {hit.grade for hit in hits if hit.form == form}
    assert CANARY.text not in repr(hits)


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    """One sweep for all forms."""
    return Sweep(MINT)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("before", [b"", b'{"a": 1} "', NOISE], ids=["alone", "text", "binary"])
def test_a_form_is_found_in_a_file(name: str, before: bytes, tmp_path: Path, sweep: Sweep) -> None:
    """What a file holds is found, wherever in the file it begins."""
    form, write = FORMS[name]
    (tmp_path / "upload.bin").write_bytes(before + write(CANARY.text.encode()) + b'"\n' + NOISE)

    hits = sweep.surface(FolderSurface("uploads", tmp_path))

    judged(hits, form)
    assert {hit.location for hit in hits} == {"upload.bin"}
    assert {hit.surface for hit in hits} == {"uploads"}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_found_in_a_database(name: str, tmp_path: Path, sweep: Sweep) -> None:
    """What a cell holds is found as a cell, though the page format splits it."""
    form, write = FORMS[name]
    value = write(CANARY.text.encode())
    path = tmp_path / "city.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA page_size = 512")
        db.execute("CREATE TABLE papers (id INTEGER PRIMARY KEY, body BLOB)")
        db.execute("INSERT INTO papers VALUES (5, ?), (6, ?)", (NOISE, value))

    hits = sweep.surface(SqliteSurface("registry", path))

    judged([hit for hit in hits if hit.location == "papers.body#6"], form)


def test_bare_deflate_is_found_where_a_value_begins(tmp_path: Path, sweep: Sweep) -> None:
    """Nothing announces deflate without a header, so cells and files are tried as such."""
    path = tmp_path / "city.sqlite"
    (tmp_path / "value").write_bytes(bare(b"name " + CANARY.text.encode()))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE papers (body BLOB)")
        db.execute("INSERT INTO papers VALUES (?)", (bare(b"name " + CANARY.text.encode()),))

    in_cell = sweep.surface(SqliteSurface("registry", path))
    in_file = sweep.surface(FolderSurface("files", tmp_path))

    judged([hit for hit in in_cell if hit.location == "papers.body#1"], ("deflate", "verbatim"))
    judged([hit for hit in in_file if hit.location == "value"], ("deflate", "verbatim"))


def test_a_tag_without_a_body_still_tells_its_cohort(sweep: Sweep) -> None:
    """A damaged token is residue of somebody, with the lower grade."""
    lead, close = MINT.tags(Cohort.SUBJECT)

    hits = sweep.bytes(f"{lead}~~~~ and elsewhere {close.lower()}".encode(), "page")

    assert {(hit.canary, hit.grade, hit.cohort) for hit in hits} == {
        (None, Grade.TAG, Cohort.SUBJECT)
    }


@pytest.mark.parametrize("cut", [slice(4, None), slice(None, -4)])
def test_one_whole_tag_is_enough(cut: slice, sweep: Sweep) -> None:
    """Cut at either end, a token still names its owner."""
    hits = sweep.bytes(b"x" + CANARY.text.encode()[cut] + b"x", "page")

    assert [hit.canary for hit in hits] == [CANARY.id]
