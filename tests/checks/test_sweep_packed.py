"""What was compressed or archived by real programs is opened, wherever it lies."""

# ruff: noqa: E501  the table of forms reads best with one form a line

import base64
import bz2
import gzip
import io
import lzma
import random
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage

import brotli  # type: ignore[import-untyped]  ships no types
import cramjam
import imagecodecs
import py7zr
import pytest
from backports import zstd
from lz4 import block, frame  # type: ignore[import-untyped]  ships no types

from idaudit.checks.probes.sweep import Sweep
from idaudit.fixtures.canaries import Cohort, Field, Mint

MINT = Mint(4713)
CANARY = MINT.canary(77, Field.STREET, 3)
OTHER = MINT.canary(77, Field.STREET, 4)
DICE = random.Random(5)  # noqa: S311  chaff
NOISE = DICE.randbytes(3000)
TEXT = (
    b"They live at "
    + CANARY.text.title().encode()
    + b", and "
    + OTHER.text.lower().encode()
    + b" is theirs. "
)
LONG = b"".join(DICE.randbytes(5).hex().encode() + b" " + TEXT for _ in range(60))
SWEEP = Sweep(MINT)

Writer = Callable[[bytes], bytes]


def zipped(method: int) -> Writer:
    """Pack into a zip archive by one method."""

    def write(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("scan.txt", data)
        return out.getvalue()

    return write


def sevenzipped(filters: list[dict[str, int]]) -> Writer:
    """Pack into a 7z archive."""

    def write(data: bytes) -> bytes:
        out = io.BytesIO()
        with py7zr.SevenZipFile(out, "w", filters=filters) as archive:
            archive.writestr(data, "scan.txt")
        return out.getvalue()

    return write


def in_pdf(filters: str, *writers: Writer) -> Writer:
    """Write a PDF stream object that names its filters, the outermost first."""

    def write(data: bytes) -> bytes:
        body = b"BT (" + data + b") Tj ET"
        for writer in reversed(writers):
            body = writer(body)
        head = (
            f"%PDF-1.7\n7 0 obj\n<< /Length {len(body)} /Filter {filters} >>\nstream\r\n".encode()
        )
        return head + body + b"\r\nendstream\nendobj\n"

    return write


def mailed(encoding: str) -> Writer:
    """Write a mail with an attachment and a body in one transfer encoding."""

    def write(data: bytes) -> bytes:
        mail = EmailMessage()
        mail["To"] = "clerk@example.org"
        mail.set_content("see below")
        mail.add_attachment(data.decode(), cte=encoding)
        return mail.as_bytes()

    return write


def printed(*command: str) -> Writer:
    """Write what a program prints of its input."""
    return lambda data: subprocess.run(command, input=data, capture_output=True, check=True).stdout


def bare_deflate(data: bytes) -> bytes:
    """Deflate without any header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def hexed(data: bytes) -> bytes:
    """Write hex digits with the mark that ends them."""
    return data.hex().encode() + b">"


LZMA1 = [{"id": lzma.FILTER_LZMA1}]
LZMA2 = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
A85: Writer = lambda data: base64.a85encode(data, wrapcol=72) + b"~>"  # noqa: E731  a short name for a table

FORMS: dict[str, tuple[tuple[str, ...], Writer]] = {
    "zstd": (("zstd",), zstd.compress),
    "zstd at its best": (("zstd",), lambda data: zstd.compress(data, 19)),
    "lz4 frame": (("lz4",), frame.compress),
    "lz4 frame, linked": (("lz4",), lambda data: frame.compress(data, block_linked=True, content_checksum=True)),
    "snappy frames": (("snappy",), lambda data: bytes(cramjam.snappy.compress(data))),
    "lzma": (("lzma",), lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    "xz": (("xz",), lzma.compress),
    "bzip2": (("bzip2",), bz2.compress),
    "gzip": (("gzip",), gzip.compress),
    "zip deflated": (("zip",), zipped(zipfile.ZIP_DEFLATED)),
    "zip lzma": (("zip",), zipped(zipfile.ZIP_LZMA)),
    "zip bzip2": (("bzip2",), zipped(zipfile.ZIP_BZIP2)),
    "7z lzma2": (("7z",), sevenzipped(LZMA2)),
    "7z lzma": (("7z",), sevenzipped(LZMA1)),
    "pdf ascii85 flate": (("ascii85", "zlib"), in_pdf("[ /ASCII85Decode /FlateDecode ]", A85, zlib.compress)),
    "pdf lzw": (("lzw",), in_pdf("/LZWDecode", imagecodecs.lzw_encode)),
    "pdf ascii85 lzw": (("ascii85", "lzw"), in_pdf("[/A85 /LZW]", A85, imagecodecs.lzw_encode)),
    "pdf hex flate": (("hex", "zlib"), in_pdf("[/ASCIIHexDecode /FlateDecode]", hexed, zlib.compress)),
    "pdf flate": (("zlib",), in_pdf("/FlateDecode", zlib.compress)),
    "ascii85 of gzip": (("ascii85", "gzip"), lambda data: b"<~" + A85(gzip.compress(data))),
    "mail in base64": ((), mailed("base64")),
    "mail quoted": ((), mailed("quoted-printable")),
    "base64 of zstd": (("base64", "zstd"), lambda data: base64.b64encode(zstd.compress(data))),
    "base64 of lz4": (("base64", "lz4"), lambda data: base64.b64encode(frame.compress(data))),
    "hex of zstd": (("hex", "zstd"), lambda data: zstd.compress(data).hex().encode()),
    "gzip of zstd": (("gzip", "zstd"), lambda data: gzip.compress(zstd.compress(data))),
    "xxd": (("dump",), lambda data: b"\n" + printed("xxd")(NOISE[:70] + data)),
    "hexdump -C": (("dump",), lambda data: b"\n" + printed("hexdump", "-C")(data + bytes(64) + data)),
    "hexdump": (("dump",), lambda data: b"\n" + printed("hexdump")(data)),
    "od": (("dump",), lambda data: b"\n" + printed("od", "-t", "x1")(data)),
    "dump of gzip": (("dump", "gzip"), lambda data: b"\n" + printed("xxd")(gzip.compress(data))),
}  # fmt: skip

AT_THE_BEGINNING: dict[str, tuple[tuple[str, ...], Writer]] = {
    "brotli": (("brotli",), brotli.compress),
    "brotli, quick": (("brotli",), lambda data: brotli.compress(data, quality=1)),
    "deflate": (("deflate",), bare_deflate),
    "snappy block": (("snappy",), lambda data: bytes(cramjam.snappy.compress_raw(data))),
    "lz4 block with its size": (("lz4",), block.compress),
    "ascii85 of deflate": (("ascii85", "deflate"), lambda data: base64.a85encode(bare_deflate(data))),
    "base64 of brotli": (("base64", "brotli"), lambda data: base64.b64encode(brotli.compress(data))),
    "hex of brotli": (("hex", "brotli"), lambda data: brotli.compress(data).hex().encode()),
    "zstd of brotli": (("zstd", "brotli"), lambda data: zstd.compress(brotli.compress(data))),
    "xxd": (("dump",), printed("xxd")),
}  # fmt: skip


def opened(data: bytes, form: tuple[str, ...]) -> None:
    """Hold a sweep of *data* to finding both tokens behind *form*, and nobody else's."""
    hits = SWEEP.bytes(data, "value")

    assert form in {hit.form[: len(form)] for hit in hits if len(hit.form) == len(form) + 1}
    assert {hit.canary for hit in hits} <= {CANARY.id, None}
    assert CANARY.id in {hit.canary for hit in hits if hit.form[: len(form)] == form}
    assert {hit.cohort for hit in hits} == {Cohort.SUBJECT}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("before", [b"", b"line\n", NOISE], ids=["alone", "text", "binary"])
def test_what_a_magic_announces_is_opened_anywhere(name: str, text: bytes, before: bytes) -> None:
    """A container is opened behind whatever stands before it."""
    form, write = FORMS[name]

    opened(before + write(text) + b"\n" + NOISE[:200], form)


@pytest.mark.parametrize("name", AT_THE_BEGINNING)
@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
def test_what_nothing_announces_is_opened_where_a_value_begins(name: str, text: bytes) -> None:
    """Each object, file and value is tried as what has no magic."""
    form, write = AT_THE_BEGINNING[name]

    opened(write(text), form)


@pytest.mark.parametrize("cut", [0.5, 0.9])
@pytest.mark.parametrize(
    "name",
    ["gzip", "zip deflated", "zstd", "lz4 frame", "bzip2", "xz", "lzma", "7z lzma2", "brotli"],
)
def test_a_torn_stream_gives_what_came_before_the_tear(name: str, cut: float) -> None:
    """Half a file is still a file that was kept."""
    form, write = (FORMS | AT_THE_BEGINNING)[name]
    count = {"bzip2": 600, "zstd": 300}.get(name, 60)  # they give whole blocks or nothing
    text = b"".join(DICE.randbytes(1800).hex().encode() + TEXT for _ in range(count))
    packed = write(text)

    opened(packed[: int(len(packed) * cut)], form)


KERNED: dict[str, Writer] = {
    "letters": lambda text: b" ".join(b"(%b) -12.5" % text[at : at + 3] for at in range(0, len(text), 3)),
    "digits": lambda text: b" ".join(b"<%b>3" % text[at : at + 2].hex().encode() for at in range(0, len(text), 2)),
}  # fmt: skip


@pytest.mark.parametrize("pieces", KERNED)
@pytest.mark.parametrize("filters", [(), (zlib.compress,)], ids=["plain", "deflated"])
def test_text_shown_in_pieces_is_put_together(pieces: str, filters: tuple[Writer, ...]) -> None:
    """Typesetters move letters apart, which splits words in a PDF; the words are joined again."""
    shown = b"BT /F1 9 Tf [(Name: )5 " + KERNED[pieces](CANARY.text.encode()) + b"] TJ ET"
    for write in filters:
        shown = write(shown)

    hits = SWEEP.bytes(NOISE + b"stream\n" + shown + b"\nendstream", "paper.pdf")

    assert [(hit.form[-2:], hit.canary) for hit in hits] == [(("shown", "verbatim"), CANARY.id)]


SEALED = {
    "rar": b"Rar!\x1a\x07\x01\x00" + NOISE,
    "cab": b"MSCF\0\0\0\0" + NOISE,
    "7z by a method unknown": b"7z\xbc\xaf\x27\x1c\0\4" + NOISE[:24] + b"\x5a" + NOISE,
}


@pytest.mark.parametrize("name", SEALED)
def test_what_cannot_be_opened_is_refused_aloud(name: str) -> None:
    """An archive of a kind the sweep does not open is never called clean."""
    sweep = Sweep(MINT)

    assert sweep.bytes(NOISE + SEALED[name], "upload") == []
    assert len(NOISE) in [refusal.offset for refusal in sweep.refused]


def test_an_encrypted_zip_is_refused_aloud() -> None:
    """What only a password opens is no proof that nothing is there."""
    data = bytearray(zipped(zipfile.ZIP_DEFLATED)(TEXT))
    data[6] |= 1  # the flag of encryption
    sweep = Sweep(MINT)
    sweep.bytes(bytes(data), "upload.zip")

    assert ["encrypted" in refusal.why for refusal in sweep.refused] == [True]
