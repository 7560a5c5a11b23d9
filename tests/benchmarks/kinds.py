"""Every kind of trace that is planted: how real programs write it, and where it may lie."""

# ruff: noqa: E501  a table reads best with one row a line

import base64
import binascii
import bz2
import gzip
import hashlib
import io
import json
import lzma
import quopri
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped] # ships no types
import cramjam
import imagecodecs
import stores
from backports import zstd
from lz4 import block, frame  # type: ignore[import-untyped] # ships no types
from PIL import Image, PngImagePlugin

from idaudit.fixtures.papers.drawing import PORTRAIT

Writer = Callable[[bytes], bytes]


def each(template: str) -> Writer:
    """Write every byte by a template."""
    return lambda data: "".join(template % byte for byte in data).encode()


def encoded(encoding: str) -> Writer:
    """Write ASCII in another character encoding."""
    return lambda data: data.decode("ascii").encode(encoding)


def behind(count: int, write: Writer) -> Writer:
    """Write behind *count* other letters, which moves an alignment."""
    return lambda data: write(b"~" * count + data)


def deflated(data: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Deflate without any header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    return packer.compress(data) + packer.flush()


def zipped(method: int) -> Writer:
    """Pack into a zip archive."""

    def write(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("papers/scan.txt", around(data))
        return out.getvalue()

    return write


def tarred(mode: str) -> Writer:
    """Pack into a tar archive."""

    def write(data: bytes) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=f"w:{mode}") as archive:  # type: ignore[call-overload] # mode is no literal
            entry = tarfile.TarInfo("scan")
            entry.size = len(around(data))
            archive.addfile(entry, io.BytesIO(around(data)))
        return out.getvalue()

    return write


def around(data: bytes) -> bytes:
    """Return a letter that mentions *data* among other words."""
    words = b"The applicant of the second window brought a paper and went home. " * 3
    return words + data + b" was the name. " + words[::-1]


def in_pdf(filters: str, *writers: Writer) -> Writer:
    """Write a PDF stream object."""

    def write(data: bytes) -> bytes:
        body = b"BT (" + around(data) + b") Tj ET"
        for writer in reversed(writers):
            body = writer(body)
        head = f"%PDF-1.7\n7 0 obj\n<< /Filter {filters} /Length {len(body)} >>\nstream\n".encode()
        return head + body + b"\nendstream\nendobj\n"

    return write


def png_text(data: bytes) -> bytes:
    """Write a PNG with a compressed text chunk."""
    info, out = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("Comment", around(data).decode(), zip=True)
    Image.new("L", (40, 40)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def png_pixels(data: bytes) -> bytes:
    """Write letters as the pixels of a PNG."""
    out = io.BytesIO()
    row = data.ljust(64, b"\0")
    Image.frombytes("L", (64, 40), row * 40).save(out, "PNG")
    return out.getvalue()


def exif(data: bytes) -> bytes:
    """Write a JPEG with a name in its metadata."""
    image, out = Image.new("RGB", (64, 40), "navy"), io.BytesIO()
    notes = image.getexif()
    notes[0x013B] = data.decode()
    image.save(out, "JPEG", exif=notes)
    return out.getvalue()


def dumped(data: bytes) -> bytes:
    """Write lines as hexdump -C does."""
    lines = [b""]
    text = around(data)
    for at in range(0, len(text), 16):
        row = text[at : at + 16]
        shown = bytes(byte if 32 <= byte < 127 else 46 for byte in row).decode()
        lines.append(
            f"{at:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  |{shown}|".encode()
        )
    return b"\n".join(lines) + b"\n"


ANYWHERE: dict[str, Writer] = {
    "verbatim": bytes, "small letters": bytes.lower, "title case": bytes.title,
    "utf-16 le": encoded("utf-16-le"), "utf-16 be": encoded("utf-16-be"),
    "utf-32 le": encoded("utf-32-le"), "utf-32 be": encoded("utf-32-be"),
    "ebcdic": encoded("cp500"), "reversed": lambda data: data[::-1],
    "rot13": lambda data: data.translate(bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"NOPQRSTUVWXYZABCDEFGHIJKLM")),
    "xor": lambda data: bytes(byte ^ 0xA7 for byte in data),
    "base64 0": base64.b64encode, "base64 1": behind(1, base64.b64encode), "base64 2": behind(2, base64.urlsafe_b64encode),
    "base64 in mail": lambda data: base64.encodebytes(around(data)).replace(b"\n", b"\r\n"),
    "base64 of base64": lambda data: base64.b64encode(base64.b64encode(data)),
    "base64 of utf-16": lambda data: base64.b64encode(encoded("utf-16-le")(data)),
    "base32": base64.b32encode, "base32 hex": behind(3, base64.b32hexencode),
    "ascii85": behind(1, base64.a85encode), "base85": behind(2, base64.b85encode),
    "uuencode": lambda data: b"\n" + binascii.b2a_uu(data),
    "hex": lambda data: data.hex().encode(), "HEX": lambda data: data.hex().upper().encode(),
    "hex with blanks": lambda data: data.hex(" ").encode(), "hex dump": dumped,
    "percent": each("%%%02X"), "percent twice": each("%%25%02x"), "json": each("\\u%04x"),
    "json in json": lambda data: json.dumps(each("\\u%04x")(data).decode()).encode(),
    "html decimal": each("&#%d;"), "html hex": each("&#x%X;"), "quoted-printable": each("=%02X"),
    "soft line break": lambda data: quopri.encodestring(b"\xe9" * 18 + data),
    "backslash x": each("\\x%02x"), "octal": each("\\%03o"), "letter-spaced": each("%c "),
    "a blank in it": lambda data: data[:4] + b" " + data[4:27] + b" " + data[27:],
    "a letter misread": lambda data: b"q" + data[1:25] + b"0" + data[26:],
    "its first tag only": lambda data: data[:27], "its second tag only": lambda data: data[5:],
    "gzip": lambda data: gzip.compress(around(data)), "zlib": lambda data: zlib.compress(around(data)),
    "torn gzip": lambda data: gzip.compress(around(data) + data.lower() + bytes(range(256)) * 9)[:-30],
    "deflate, fixed code": lambda data: deflated(data, zlib.Z_FIXED),
    "zstd": lambda data: zstd.compress(around(data)), "lz4 frame": lambda data: frame.compress(around(data)),
    "lz4 block": lambda data: block.compress(around(data), store_size=False),
    "snappy frames": lambda data: bytes(cramjam.snappy.compress(around(data))),
    "snappy block": lambda data: bytes(cramjam.snappy.compress_raw(around(data))),
    "pglz": lambda data: imagecodecs.pglz_encode(around(data), header=False),
    "lzf": lambda data: imagecodecs.lzf_encode(around(data), header=False),
    "bzip2": lambda data: bz2.compress(around(data)), "xz": lambda data: lzma.compress(around(data)),
    "lzma": lambda data: lzma.compress(around(data), lzma.FORMAT_ALONE),
    "zip": zipped(zipfile.ZIP_DEFLATED), "zip by lzma": zipped(zipfile.ZIP_LZMA), "zip by bzip2": zipped(zipfile.ZIP_BZIP2),
    "tar": tarred(""), "tar.gz": tarred("gz"), "tar.xz": tarred("xz"),
    "zip in gzip": lambda data: gzip.compress(zipped(zipfile.ZIP_DEFLATED)(data)),
    "pdf flate": in_pdf("/FlateDecode", zlib.compress),
    "pdf ascii85 flate": in_pdf("[/ASCII85Decode /FlateDecode]", lambda data: base64.a85encode(data) + b"~>", zlib.compress),
    "pdf lzw": in_pdf("/LZWDecode", imagecodecs.lzw_encode),
    "png text": png_text, "png pixels": png_pixels, "exif": exif,
    "base64 of gzip": lambda data: base64.b64encode(gzip.compress(around(data))),
    "base64 of zstd": lambda data: base64.b64encode(zstd.compress(around(data))),
    "gzip of base64": lambda data: gzip.compress(base64.b64encode(data)),
    "hex of zlib": lambda data: zlib.compress(around(data)).hex().encode(),
}  # fmt: skip
"""Kinds that are found in the middle of anything."""

HEADLESS = frozenset({"pglz", "lzf", "lz4 block", "snappy block", "deflate, fixed code"})
"""Kinds with nothing left but what was packed, which may refer to what is gone."""

ALONE: dict[str, Writer] = {
    "brotli": lambda data: brotli.compress(around(data)),
    "deflate": lambda data: deflated(around(data)),
    "lz4 block with size": lambda data: block.compress(around(data)),
    "snappy value": lambda data: bytes(cramjam.snappy.compress_raw(around(data) * 3)),
    "ascii85 of deflate": lambda data: base64.a85encode(deflated(around(data))),
    "base64 of brotli": lambda data: base64.b64encode(brotli.compress(around(data))),
    **stores.ALONE,
}
"""Kinds that nothing announces, found where a file or a value begins."""


def digest(algorithm: str, write: Writer) -> Writer:
    """Write a digest in one spelling."""
    return lambda data: write(hashlib.new(algorithm, data).digest())


NUMBERS: dict[str, Writer] = {
    "number": bytes, "number in small letters": bytes.lower, "number in utf-16": encoded("utf-16-le"),
    "md5": digest("md5", lambda raw: raw.hex().encode()), "sha1": digest("sha1", lambda raw: raw.hex().upper().encode()),
    "sha256": digest("sha256", lambda raw: raw.hex().encode()), "sha256 raw": digest("sha256", bytes),
    "sha256 base64": digest("sha256", base64.b64encode), "sha512": digest("sha512", lambda raw: raw.hex().encode()),
    "sha3": digest("sha3_256", lambda raw: raw.hex().encode()), "blake2": digest("blake2b", lambda raw: raw.hex().encode()),
}  # fmt: skip
"""Forms of a paper's number."""


def saved(image: Image.Image, kind: str, quality: int = 75) -> bytes:
    """Write *image* as a file."""
    out = io.BytesIO()
    image.convert("RGB" if kind == "JPEG" else image.mode).save(out, kind, quality=quality)
    return out.getvalue()


def piece(image: Image.Image, left: float, top: float) -> Image.Image:
    """Cut out seven tenths of each side."""
    width, height = image.size
    begin = round(left * width), round(top * height)
    return image.crop((*begin, begin[0] + width * 7 // 10, begin[1] + height * 7 // 10))


def narrow(image: Image.Image, width: int) -> Image.Image:
    """Shrink to so many pixels across."""
    return image.resize((width, width * image.height // image.width))


PICTURES: dict[str, Callable[[Image.Image], bytes]] = {
    "picture, re-encoded": lambda image: saved(image, "JPEG", 60),
    "picture, thumbnail": lambda image: saved(image.resize((200, 200 * image.height // image.width)), "JPEG"),
    "picture, grey": lambda image: saved(image.convert("L"), "PNG"),
    "picture, turned": lambda image: saved(image.rotate(90, expand=True), "JPEG"),
    "picture, data url": lambda image: b"data:image/png;base64," + base64.b64encode(saved(image, "PNG")),
    "crop, webp": lambda image: saved(piece(image, 0.1, 0.2), "WEBP", 60),
    "crop, small": lambda image: saved(narrow(piece(image, 0.25, 0.2), 160), "JPEG", 60),
    "crop, turned": lambda image: saved(piece(image, 0.2, 0.1).rotate(270, expand=True), "JPEG", 50),
    "crop, palette": lambda image: saved(narrow(piece(image, 0.15, 0.25), 240).quantize(128), "PNG"),
    "crop, grey, data url": lambda image: b"data:image/png;base64," + base64.b64encode(saved(piece(image, 0.2, 0.2).convert("L"), "PNG")),
}  # fmt: skip
"""What becomes of a paper's look."""

PORTRAITS: dict[str, Callable[[Image.Image], bytes]] = {
    "portrait": lambda image: saved(image.crop(PORTRAIT), "JPEG"),
    "portrait, avatar": lambda image: saved(narrow(image.crop(PORTRAIT), 96), "WEBP"),
    "portrait, refitted": lambda image: saved(image.crop(PORTRAIT).resize((300, 375)), "JPEG", 85),
}
"""What becomes of the portrait on a paper that has one."""
