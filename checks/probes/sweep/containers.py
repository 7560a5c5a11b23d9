"""What a container looks like from outside, and how to begin reading it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from idaudit.checks.probes.sweep.decoders import (
    Decoder,
    bare_deflate,
    base64_run,
    bzip2_stream,
    gzip_stream,
    hex_run,
    xz_stream,
    zlib_stream,
)
from idaudit.checks.probes.sweep.engine import Needle

PROBE = 512
"""How many bytes must decode before a candidate is believed; deflate headers are up to 300."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a stream begins, and whether its first bytes lie in it as they are."""

    at: int
    stored: bool


@dataclass(frozen=True, slots=True)
class Container:
    """One container format: its magic, and its decoder."""

    name: str
    magic: bytes  # a pattern
    length: int  # of what the pattern matches
    decoder: Callable[[], Decoder]
    header: Callable[[bytes, int], int | None] = lambda _data, _start: 0
    """How far behind the magic the stream begins, None where it is none after all."""
    nested: bool = False  # letters that must turn out to hold a container

    def begins(self, data: bytes, start: int) -> Start | None:
        """Return where the stream begins if what can be seen of it decodes, else None."""
        skip = self.header(data, start)
        if skip is None:
            return None
        begin = start + skip
        head = self.decoder().head(memoryview(data)[begin : begin + PROBE])
        if head is None or (self.nested and not _is_container(head)):
            return None
        return Start(begin, bool(head) and data.find(head, begin, begin + PROBE) >= 0)


def _is_container(head: bytes) -> bool:
    """Whether decoded letters begin as a compressed stream does."""
    return any(
        head.startswith(start) and each.begins(head, 0) is not None
        for start, each in _COMPRESSED_STARTS
    )


def _zip_entry(data: bytes, start: int) -> int | None:
    """Return the length of a local file header whose entry is deflated and not encrypted."""
    header = data[start : start + _LOCAL.size]
    if len(header) < _LOCAL.size:
        return None
    _, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack(header)
    return _LOCAL.size + name + extra if method == _DEFLATED and not flags & 1 else None


_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_DEFLATED = 8


def _first_block(byte: int) -> bool:
    """Whether *byte* can open a deflate stream: a known kind of block with sane counts."""
    kind, literals = byte >> 1 & 3, byte >> 3
    return kind in {0, 1} or (kind == 2 and literals <= 29)  # noqa: PLR2004  RFC 1951, 3.2.7


_FIRST_BLOCK = b"[%s]" % b"".join(b"\\x%02x" % byte for byte in filter(_first_block, range(256)))
_HEX = b"[0-9A-Fa-f]"
_BASE64 = b"[A-Za-z0-9+/_\\-]"
_MORE = 24  # letters behind an encoded magic: nothing shorter holds a token

COMPRESSED = (
    Container("gzip", b"\\x1f\\x8b\\x08", 3, gzip_stream),
    Container("zlib", b"\\x78[\\x01\\x5e\\x9c\\xda]" + _FIRST_BLOCK, 3, zlib_stream),
    Container("zip", b"PK\\x03\\x04", 4, bare_deflate, _zip_entry),
    Container("bzip2", b"BZh[1-9]1AY&SY", 10, bzip2_stream),
    Container("xz", b"\\xfd7zXZ\\x00", 6, xz_stream),
)
_COMPRESSED_STARTS = tuple(
    zip((b"\x1f\x8b\x08", b"\x78", b"PK\x03\x04", b"BZh", b"\xfd7zXZ"), COMPRESSED, strict=True)
)

ENCODED = tuple(
    Container(name, magic + letters + b"{%d}" % _MORE, length + _MORE, decoder, nested=True)
    for name, letters, decoder, length, magic in (
        ("base64", _BASE64, base64_run, 4, b"H4sI"),
        ("base64", _BASE64, base64_run, 3, b"e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r])"),
        ("base64", _BASE64, base64_run, 5, b"UEsDB"),
        ("base64", _BASE64, base64_run, 4, b"Qlpo"),
        ("base64", _BASE64, base64_run, 8, b"/Td6WFoA"),
        ("base64", _BASE64, base64_run, 8, b"_Td6WFoA"),
        ("hex", _HEX, hex_run, 6, b"1[fF]8[bB]08"),
        ("hex", _HEX, hex_run, 4, b"78(?:01|5[eE]|9[cC]|[dD][aA])"),
        ("hex", _HEX, hex_run, 8, b"504[bB]0304"),
        ("hex", _HEX, hex_run, 6, b"425[aA]68"),
        ("hex", _HEX, hex_run, 12, b"[fF][dD]377[aA]585[aA]00"),
    )
)
"""A compressed stream written as letters, however short."""

BARE = Container("deflate", b"", 0, bare_deflate)
"""Deflate without a header: nothing announces it, so it is tried where a value begins."""

ANY_ZLIB = Container("zlib", b"", 0, zlib_stream)
"""Zlib with any window: one in a thousand byte pairs looks like it, too many to try them all."""

BASE64_RUN = Container("base64", b"", 0, base64_run)
HEX_RUN = Container("hex", b"", 0, hex_run)


def container_needles() -> tuple[Needle[Container], ...]:
    """Return the patterns that announce a container."""
    return tuple(Needle(each.magic, each.length, each) for each in (*COMPRESSED, *ENCODED))
