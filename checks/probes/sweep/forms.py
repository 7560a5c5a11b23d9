"""Every form in which a tag is searched for as it is written."""

import codecs

from idaudit.checks.probes.sweep import radix
from idaudit.checks.probes.sweep.codecs import Codec, Escaped, Spaced, Whole, Wide
from idaudit.checks.probes.sweep.masks import Bits, Misread, Split, masked
from idaudit.checks.probes.sweep.radix import Base85, Radix


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


_UPPER, _LOWER, _DIGITS = radix.BASE64[:26], radix.BASE64[26:52], radix.BASE64[52:62]

VERBATIM = Whole("verbatim", _same, _same)
UTF16 = Wide("utf-16", 1)
BASE64 = Radix("base64", radix.BASE64, b"-_")
HEX = Spaced("hex", "%02x", folds=True)
PERCENT = Escaped("percent", "%%%02x", rb"%([0-9a-f]{2})", 16)
JSON = Escaped("json", "\\u%04x", rb"\\u([0-9a-f]{4})", 16)

CODECS: tuple[Codec, ...] = (
    VERBATIM,
    Whole("reversed", _reverse, _reverse, backwards=True),
    Whole("ebcdic", _mainframe, _from_mainframe),
    Whole("rot13", _rotated, _rotated),
    UTF16,
    Wide("utf-32", 3),
    HEX,
    Spaced("hex", "%02x", b" ", folds=True),
    Spaced("hex", "%02x", b":", folds=True),
    Spaced("hex", "0x%02x", b", ", folds=True),
    Spaced("hex", "0x%02x", b",", folds=True),
    Spaced("spaced", "%c", b" "),
    PERCENT,
    Escaped("percent", "%%25%02x", rb"%25([0-9a-f]{2})", 16),
    Escaped("percent", "%%u%04x", rb"%u([0-9a-f]{4})", 16),
    Escaped("quoted-printable", "=%02x", rb"=([0-9a-f]{2})", 16),
    Escaped("backslash-x", "\\x%02x", rb"\\x([0-9a-f]{2})", 16),
    Escaped("backslash-octal", "\\%03o", rb"\\([0-7]{3})", 8),
    JSON,
    Escaped("json", "\\\\u%04x", rb"\\\\u([0-9a-f]{4})", 16),
    Escaped("html", "&#%d;", rb"&#(\d{1,4});", 10),
    Escaped("html", "&#%03d;", rb"&#(\d{1,4});", 10),
    Escaped("html", "&#x%x;", rb"&#x([0-9a-f]{1,4});", 16),
    BASE64,
    Radix("base64", b"./" + _DIGITS + _UPPER + _LOWER),  # as crypt(3) writes it
    Radix("uuencode", bytes(range(0x20, 0x60)), b"`"),
    Radix("base32", radix.BASE32, folds=True),
    Radix("base32", _DIGITS + _UPPER[:22], folds=True),  # RFC 4648, 7
    Base85("ascii85", bytes(range(0x21, 0x76))),
    Base85("base85", _DIGITS + _UPPER + _LOWER + b"!#$%&()*+-;<=>?@^_`{|}~"),
    Base85("base85", _DIGITS + _LOWER + _UPPER + b".-:+=^!/*?&<>()[]{}@%$#"),  # ZeroMQ's
    Bits(),
    Split(),
    Misread(),
)
"""Every single form, in no particular order."""

CHAINS: tuple[tuple[Codec, ...], ...] = (
    *((codec,) for codec in CODECS),
    (BASE64, BASE64),
    (BASE64, UTF16),
    (BASE64, HEX),
    (HEX, UTF16),
    (HEX, BASE64),
    (HEX, HEX),
)
"""The forms searched for as literals, outermost codec first."""

MASKED: tuple[tuple[Codec, ...], ...] = tuple((masked(key),) for key in range(1, 256) if key != 32)  # noqa: PLR2004  changes the letter case, nothing else
"""Behind every key; a key for capitals is one for small letters too, so capitals are enough."""
