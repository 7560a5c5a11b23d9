"""
Ways to write letters as other bytes, each with the way back.

A codec gives *cores*: the bytes that must occur in the written form whatever
stands before and after the letters. Base64 has three (one per alignment),
UTF-16 one. Given a core found in some data, the codec reads the letters around
it, which is how a tag found in base64 still tells whose token it is.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

CONTEXT = 320
"""How many written bytes are read on either side of a core: a token of the widest form."""


@dataclass(frozen=True, slots=True)
class Core:
    """What a written form must contain, and how it was aligned."""

    literal: bytes
    phase: int = 0


@dataclass(frozen=True, slots=True)
class Around:
    """What a codec read around a core, and where in it the core's own letters begin."""

    plain: bytes
    at: int


class Codec(Protocol):
    """One way to write bytes."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def folds(self) -> bool:
        """Whether upper and lower case of the written form mean the same."""
        ...

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield every core of *plain*."""
        ...

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Return what is written around ``data[start:end]``, a core at *phase*."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A form that maps each byte to one byte, or only their order."""

    name: str
    write: Callable[[bytes], bytes]
    undo: Callable[[bytes], bytes]
    backwards: bool = False
    folds: bool = False

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core."""
        yield Core(self.write(plain))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Undo the form in a window around the core."""
        before, after = data[max(0, start - CONTEXT) : start], data[end : end + CONTEXT]
        plain = self.undo(before + data[start:end] + after)
        return Around(plain, len(after) if self.backwards else len(before))


class Spaced:
    """A form of one unit of fixed width for each byte, such as UTF-16 or hex."""

    def __init__(self, name: str, unit: str, after: bytes = b"", *, folds: bool = False) -> None:
        """Write each byte as ``unit % byte``, and *after* between two of them."""
        self.name = name
        self.folds = folds
        self._after = after
        self._written = [(unit % byte).encode("latin-1") for byte in range(256)]
        self._byte = {written: byte for byte, written in enumerate(self._written)}
        self._width = len(self._written[0])

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core, which ends with its last unit."""
        yield Core(self._after.join(self._written[byte] for byte in plain))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Read unit after unit in step with the core; what is no unit reads as NUL."""
        step = self._width + len(self._after)
        before = min(start, CONTEXT) // step
        units = range(start - before * step, min(len(data), end + CONTEXT), step)
        plain = bytes(self._byte.get(self._cased(data[at : at + self._width]), 0) for at in units)
        return Around(plain, before)

    def _cased(self, unit: bytes) -> bytes:
        return unit.lower() if self.folds else unit


class Escaped:
    """A form that announces each byte, such as ``%41`` or ``&#65;``, and so needs no alignment."""

    def __init__(self, name: str, unit: str, pattern: bytes, radix: int) -> None:
        """Write each byte as ``unit % byte``; *pattern* captures its number in *radix*."""
        self.name = name
        self.folds = True
        self._unit = unit
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._radix = radix

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield the one core."""
        yield Core("".join(self._unit % byte for byte in plain).encode("ascii"))

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:  # noqa: ARG002  protocol
        """Replace every escape in a window by its byte, and leave plain letters plain."""
        before = self._pattern.sub(self._plain, data[max(0, start - CONTEXT) : start])
        rest = self._pattern.sub(self._plain, data[start : end + CONTEXT])
        return Around(before + rest, len(before))

    def _plain(self, escape: re.Match[bytes]) -> bytes:
        return bytes([int(escape[1], self._radix) & 0xFF])


class Radix:
    """A form of whole groups of bits, base64 or base32, perhaps broken into lines."""

    def __init__(self, name: str, bits: int, alphabet: bytes, *, folds: bool = False) -> None:
        """Write *bits* at a time as one letter of *alphabet*."""
        self.name = name
        self.folds = folds
        self._bits = bits
        self._bytes, self._letters = {6: (3, 4), 5: (5, 8)}[bits]
        self._no_letter = re.compile(b"[^" + re.escape(alphabet) + b"]")

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per alignment: the letters that depend on *plain* alone."""
        for before in range(self._bytes):
            first = -(-before * 8 // self._bits)
            last = (before + len(plain)) * 8 // self._bits
            yield Core(self._encoded(bytes(before) + plain)[first:last], first)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Decode the unbroken run of letters around the core, line breaks left out."""
        before = _unwrapped(data[max(0, start - CONTEXT) : start])
        after = _unwrapped(data[end : end + CONTEXT])
        before = self._no_letter.split(before)[-1]
        after = self._no_letter.split(after)[0]
        # Groups are counted back from the core, which begins *phase* letters into one.
        head = before[(len(before) - phase) % self._letters :].rjust(phase, b"A")
        head = head if len(before) >= phase else before.rjust(phase, b"A")
        text = head + data[start:end] + after
        plain = self._decoded(text[: len(text) // self._letters * self._letters])
        return Around(plain, len(head) * self._bits // 8)

    def _encoded(self, plain: bytes) -> bytes:
        return base64.b64encode(plain) if self._bits == 6 else base64.b32encode(plain)  # noqa: PLR2004  bits

    def _decoded(self, text: bytes) -> bytes:
        try:
            if self._bits == 6:  # noqa: PLR2004  bits
                return binascii.a2b_base64(text.translate(_STANDARD))
            return base64.b32decode(text, casefold=True)
        except (binascii.Error, ValueError):
            return b""


_STANDARD = bytes.maketrans(b"-_", b"+/")
_BREAKS = re.compile(rb"[\r\n\t ]+|\\r|\\n|=\r?\n|\\(?=/)")
BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"


def _unwrapped(text: bytes) -> bytes:
    """Return *text* without line breaks, as MIME makes them and as JSON writes them."""
    return _BREAKS.sub(b"", text)


def _same(data: bytes) -> bytes:
    return data


def _reverse(data: bytes) -> bytes:
    return data[::-1]


def _mainframe(data: bytes) -> bytes:
    return data.decode("latin-1").encode("cp037", "replace")


def _from_mainframe(data: bytes) -> bytes:
    return data.decode("cp037").encode("latin-1", "replace")


def _rotated(data: bytes) -> bytes:
    return codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1")


VERBATIM = Whole("verbatim", _same, _same)
UTF16 = Spaced("utf-16", "%c", b"\0")
BASE64 = Radix("base64", 6, BASE64_LETTERS)
HEX = Spaced("hex", "%02x", folds=True)

CODECS: tuple[Codec, ...] = (
    VERBATIM,
    Whole("reversed", _reverse, _reverse, backwards=True),
    Whole("ebcdic", _mainframe, _from_mainframe),
    Whole("rot13", _rotated, _rotated),
    UTF16,
    Spaced("utf-32", "%c", b"\0\0\0"),
    HEX,
    Spaced("hex", "%02x", b" ", folds=True),
    Spaced("hex", "%02x", b":", folds=True),
    Escaped("percent", "%%%02x", rb"%([0-9a-f]{2})", 16),
    Escaped("quoted-printable", "=%02x", rb"=([0-9a-f]{2})", 16),
    Escaped("backslash-x", "\\x%02x", rb"\\x([0-9a-f]{2})", 16),
    Escaped("backslash-octal", "\\%03o", rb"\\([0-7]{3})", 8),
    Escaped("json", "\\u%04x", rb"\\u([0-9a-f]{4})", 16),
    Escaped("html", "&#%d;", rb"&#(\d{1,4});", 10),
    Escaped("html", "&#x%x;", rb"&#x([0-9a-f]{1,4});", 16),
    BASE64,
    Radix("base32", 5, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567", folds=True),
)
"""Every single form, in no particular order."""

CHAINS: tuple[tuple[Codec, ...], ...] = (
    *((codec,) for codec in CODECS),
    (BASE64, BASE64),
    (BASE64, UTF16),
    (HEX, UTF16),
)
"""The forms searched for as literals, outermost codec first."""
