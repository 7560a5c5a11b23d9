"""What a container looks like from outside, and how to begin reading it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from idaudit.checks.probes.sweep.archives import sevenzip_entry, zip_entry
from idaudit.checks.probes.sweep.decoders import (
    Costly,
    Decoder,
    Torn,
    bare_deflate,
    gzip_stream,
    zlib_stream,
)
from idaudit.checks.probes.sweep.dumps import BEGINNING, dump, dump_begins
from idaudit.checks.probes.sweep.engine import Needle
from idaudit.checks.probes.sweep.letters import Brief, ascii85_run, base64_run, hex_run
from idaudit.checks.probes.sweep.opening import PROBE, Opening, Start
from idaudit.checks.probes.sweep.packers import (
    brotli_stream,
    bzip2_stream,
    lz4_stream,
    lzma_stream,
    xz_stream,
    zstd_stream,
)
from idaudit.checks.probes.sweep.pdf import pdf_stream
from idaudit.checks.probes.sweep.pgdump import pg_dump
from idaudit.checks.probes.sweep.snappy import framed_snappy
from idaudit.checks.probes.sweep.values import lz4_block, snappy_block


@dataclass(frozen=True, slots=True)
class Container:
    """One container format: its magic, and its decoder."""

    name: str
    magic: bytes  # a pattern
    length: int  # of what the pattern matches
    decoder: Callable[[], Decoder] | None = None
    header: Callable[[bytes, int], Opening | None] | None = None
    """Looks closer than the magic: where and how the stream begins, None where there is none."""
    nested: bool = False  # letters that must turn out to hold a container
    sealed: str = ""  # why it cannot be opened at all

    def begins(self, data: bytes, start: int) -> Start | None:
        """
        Return where the stream begins if what can be seen of it decodes, else None.

        Raises:
            Costly: it is one, and is not to be opened.

        """
        if self.sealed:
            raise Costly(self.sealed)
        opening = self.header(data, start) if self.header else Opening(start, self.decoder)
        if opening is None or opening.decoder is None:
            return None
        try:
            decoder = opening.decoder()
            head = decoder.head(memoryview(data)[opening.at : opening.at + PROBE])
        except Torn:
            return None
        if head is None:
            return None
        make = _nested(opening.decoder, head) if self.nested else opening.decoder
        if make is None:
            return None
        stored = bool(head) and data.find(head, opening.at, opening.at + PROBE) >= 0
        return Start(opening.at, stored, make, opening.names or (self.name,))

    def beginning(self, data: bytes) -> bytes:
        """Return what comes out of the stream *data*, of a long one only the beginning."""
        decoder = self.decoder() if self.decoder else None
        head = decoder.head(memoryview(data)) if decoder else None
        return head + decoder.rest() if decoder and head is not None else b""

    def whole(self, data: bytes) -> bytes:
        """Return all that the stream *data* yields."""
        if self.decoder is None:
            return b""
        decoder = self.decoder()
        return b"".join(decoder.pieces(memoryview(data))) + decoder.rest()


def _nested(make: Callable[[], Decoder], head: bytes) -> Callable[[], Decoder] | None:
    """
    Return what decodes letters that begin with *head*, None if no container begins there.

    Chance looks like a deflate stream that tears at once, thousands of times in
    a mailbox. Behind such a tear little is decoded: a long run is read from its
    own beginning anyway.
    """
    for start, each in _COMPRESSED_STARTS:
        inside = each.begins(head, 0) if head.startswith(start) else None
        if inside is not None:
            return make if _lasts(inside, head) else partial(Brief, make, _BRIEF)
    return None


def _lasts(inside: Start, head: bytes) -> bool:
    """Whether the stream in *head* has no tear that can be seen yet."""
    try:
        return all(True for _ in inside.decoder().pieces(memoryview(head)[inside.at :]))
    except (Torn, Costly):
        return False


def _first_block(byte: int) -> bool:
    """Whether *byte* can open a deflate stream: a known kind of block with sane counts."""
    kind, literals = byte >> 1 & 3, byte >> 3
    return kind in {0, 1} or (kind == 2 and literals <= 29)  # noqa: PLR2004  RFC 1951, 3.2.7


_FIRST_BLOCK = b"[%s]" % b"".join(b"\\x%02x" % byte for byte in filter(_first_block, range(256)))
_HEX = b"[0-9A-Fa-f]"
_BASE64 = b"[A-Za-z0-9+/_\\-]"
_BRIEF = 1 << 14
_MORE = 24  # letters behind an encoded magic: nothing shorter holds a token
# Writers round a window up: below 1 MiB to a power of two or half as much again, else to whole MiB.
_WINDOW = b"(?:[\\x01-\\x04\\x06\\x08\\x0c]\\x00|[%b][\\x00-\\x5f]|\\x00[\\x01-\\x60])" % (
    b"".join(b"\\x%02x" % byte for byte in range(0x10, 0x100, 0x10))
)
# The range coder's first byte is always zero; nothing begins with what was there before.
_LZMA = b"\\x5d\\x00\\x00" + _WINDOW + b"(?:\\xff{8}|.{4}\\x00{4})\\x00[\\x00-\\x7f]"

GZIP = Container("gzip", b"\\x1f\\x8b\\x08", 3, gzip_stream)
ZSTD = Container("zstd", b"\\x28\\xb5\\x2f\\xfd", 4, zstd_stream)
ZLIB = Container("zlib", b"\\x78[\\x01\\x5e\\x9c\\xda]" + _FIRST_BLOCK, 3, zlib_stream)
_ZIP = Container("zip", b"PK\\x03\\x04", 4, header=zip_entry)
_BZIP2 = Container("bzip2", b"BZh[1-9]1AY&SY", 10, bzip2_stream)
_XZ = Container("xz", b"\\xfd7zXZ\\x00", 6, xz_stream)
_LZ4 = Container("lz4", b"\\x04\\x22\\x4d\\x18", 4, lz4_stream)

COMPRESSED = (
    GZIP,
    ZLIB,
    _ZIP,
    _BZIP2,
    _XZ,
    ZSTD,
    _LZ4,
    Container("lzma", _LZMA, 15, lzma_stream),
    Container("snappy", b"\\xff\\x06\\x00\\x00sNaPpY", 10, framed_snappy),
    Container("7z", b"7z\\xbc\\xaf\\x27\\x1c", 6, header=sevenzip_entry),
    Container("pg_dump", b"PGDMP\\x01", 6, pg_dump),
    Container("pdf", b"stream\\n", 7, header=pdf_stream),
    Container("pdf", b"stream\\r\\n", 8, header=pdf_stream),
    Container("ascii85", b"<~[!-uz]{8}", 10, header=lambda _, at: Opening(at + 2, ascii85_run)),
)
_COMPRESSED_STARTS = (
    (b"\x1f\x8b\x08", GZIP),
    (b"\x78", ZLIB),
    (b"PK\x03\x04", _ZIP),
    (b"BZh", _BZIP2),
    (b"\xfd7zXZ", _XZ),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"\x04\x22\x4d\x18", _LZ4),
)

SEALED = tuple(
    Container(name, magic, length, sealed=f"{name} archives are not opened")
    for name, magic, length in (
        ("rar", b"Rar!\\x1a\\x07[\\x00\\x01]", 7),
        ("cab", b"MSCF\\x00{4}", 8),
        ("lzop", b"\\x89LZO\\x00\\r\\n\\x1a\\n", 9),
    )
)
"""Formats nobody but their makers opens well: to find one is to have looked in vain."""

ENCODED = tuple(
    Container(name, magic + letters + b"{%d}" % _MORE, length + _MORE, decoder, nested=True)
    for name, letters, decoder, length, magic in (
        ("base64", _BASE64, base64_run, 4, b"H4sI"),
        ("base64", _BASE64, base64_run, 3, b"e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r])"),
        ("base64", _BASE64, base64_run, 5, b"UEsDB"),
        ("base64", _BASE64, base64_run, 4, b"Qlpo"),
        ("base64", _BASE64, base64_run, 8, b"/Td6WFoA"),
        ("base64", _BASE64, base64_run, 8, b"_Td6WFoA"),
        ("base64", _BASE64, base64_run, 5, b"KLUv[_/]"),
        ("base64", _BASE64, base64_run, 5, b"BCJNG"),
        ("hex", _HEX, hex_run, 6, b"1[fF]8[bB]08"),
        ("hex", _HEX, hex_run, 4, b"78(?:01|5[eE]|9[cC]|[dD][aA])"),
        ("hex", _HEX, hex_run, 8, b"504[bB]0304"),
        ("hex", _HEX, hex_run, 6, b"425[aA]68"),
        ("hex", _HEX, hex_run, 12, b"[fF][dD]377[aA]585[aA]00"),
        ("hex", _HEX, hex_run, 8, b"28[bB]52[fF][fF][dD]"),
        ("hex", _HEX, hex_run, 8, b"04224[dD]18"),
    )
)
"""A compressed stream written as letters, however short."""

BARE = Container("deflate", b"", 0, bare_deflate)
"""Deflate without a header: nothing announces it, so it is tried where a value begins."""

BROTLI = Container("brotli", b"", 0, brotli_stream)
"""Brotli, which nothing announces either."""

ANY_ZLIB = Container("zlib", b"", 0, zlib_stream)
"""Zlib with any window: one in a thousand byte pairs looks like it, too many to try them all."""

BLOCK = Container("snappy", b"", 0, snappy_block)
"""A bare block of snappy, which must be a value by itself."""

SIZED = Container("lz4", b"", 0, lz4_block)
"""A bare block of lz4 behind its size, as many programs store a value."""

DUMP = Container("dump", b"", 0, dump)
DUMP_LINE = Container("dump", b"", BEGINNING, header=dump_begins)
"""A line in the middle of anything; found by its line break and not by a pattern."""

ASCII85_RUN = Container("ascii85", b"", 0, ascii85_run)
BASE64_RUN = Container("base64", b"", 0, base64_run)
HEX_RUN = Container("hex", b"", 0, hex_run)


def container_needles() -> tuple[Needle[Container], ...]:
    """Return the patterns that announce a container."""
    every = (*COMPRESSED, *SEALED, *ENCODED)
    return tuple(Needle(each.magic, each.length, each) for each in every)
