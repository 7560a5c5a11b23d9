"""Letters are found however they are written: by other alphabets, escapes, keys and dumps."""

# ruff: noqa: E501  the table of forms reads best with one form a line

import base64
import binascii
import json
import random
import subprocess
import zlib
from collections.abc import Callable
from urllib.parse import quote_from_bytes

import cramjam
import pytest
from lz4 import block

from idaudit.checks.probes.sweep import Grade, Hit, Sweep
from idaudit.fixtures.canaries import Cohort, Field, Mint

MINT = Mint(4712)
CANARY = MINT.canary(8, Field.SURNAME, 1)
TOKEN = CANARY.text.encode()
DICE = random.Random(3)  # noqa: S311  chaff
SWEEP = Sweep(MINT)

Writer = Callable[[bytes], bytes]


def uuencoded(data: bytes) -> bytes:
    """Write the body of a uuencoded attachment."""
    return b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))


def z85(data: bytes) -> bytes:
    """Write base85 in ZeroMQ's alphabet."""
    ours = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    theirs = (
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    )
    return base64.b85encode(data).translate(bytes.maketrans(ours, theirs))


def crypted(data: bytes) -> bytes:
    """Write base64 in the alphabet of crypt(3)."""
    theirs = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ours = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return base64.b64encode(data).translate(bytes.maketrans(ours, theirs))


def masked(key: int) -> Writer:
    """Combine every byte with a key."""
    return lambda data: bytes(byte ^ key for byte in data)


def shifted(write: Writer, by: int) -> Writer:
    """Write behind *by* other bytes, and before three more."""
    return lambda data: write(b"~" * by + data + b"end")


def fixed(by: int) -> Writer:
    """Deflate with the fixed code, behind *by* bits of another block, the header cut away."""

    def write(data: bytes) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_FIXED)
        # Letters from 144 up take nine bits, which moves what follows by one bit each.
        return (
            packer.compress(b"-" * 3 + b"\xf0\xf7\xfa\xfc\xf1\xf2\xf3"[:by] + data) + packer.flush()
        )[3:]

    return write


def dump(*command: str) -> Writer:
    """Write what a dumping program prints."""

    def write(data: bytes) -> bytes:
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    return write


FORMS: dict[str, tuple[str, Writer]] = {
    **{f"ascii85, {by}": ("ascii85", shifted(base64.a85encode, by)) for by in range(4)},
    **{f"base85, {by}": ("base85", shifted(base64.b85encode, by)) for by in range(4)},
    **{f"z85, {by}": ("base85", shifted(z85, by)) for by in range(4)},
    **{f"uuencode, {by}": ("uuencode", shifted(uuencoded, by)) for by in range(3)},
    **{f"crypt, {by}": ("base64", shifted(crypted, by)) for by in range(3)},
    **{f"base32hex, {by}": ("base32", shifted(base64.b32hexencode, by)) for by in range(5)},
    **{f"xor {key}": ("xor", masked(key)) for key in (1, 0x20 ^ 0x41, 0x5A, 0x80, 0xFF)},
    "xor of small letters": ("xor", lambda data: masked(0x5A)(data.lower())),
    **{f"fixed deflate, {by}": ("deflate", fixed(by)) for by in range(8)},
    "percent twice": ("percent", lambda data: quote_from_bytes("".join(f"%{b:02X}" for b in data).encode(), "").encode()),
    "percent u": ("percent", lambda data: "".join(f"%u{b:04x}" for b in data).encode()),
    "json in json": ("json", lambda data: json.dumps("".join(f"\\u{b:04x}" for b in data)).encode()),
    "html of three digits": ("html", lambda data: "".join(f"&#{b:03d};" for b in data).encode()),
    "a list in C": ("hex", lambda data: ", ".join(f"0x{b:02x}" for b in data).encode()),
    "letter spaced": ("spaced", lambda data: b" ".join(bytes([b]) for b in data)),
    "a blank read into both tags": ("split", lambda data: data[:3] + b" " + data[3:28] + b" " + data[28:]),
    "a letter misread in both tags": ("misread", lambda data: b"q" + data[1:28] + b"0" + data[29:]),
    "base64 of hex": ("hex", lambda data: base64.b64encode(data.hex().encode())),
    "hex of base64": ("base64", lambda data: base64.b64encode(data).hex().encode()),
    "hex of hex": ("hex", lambda data: data.hex().encode().hex().encode()),
    "lz4 block": ("verbatim", lambda data: block.compress(data + data[:9] * 30, store_size=False)),
    "snappy": ("verbatim", lambda data: bytes(cramjam.snappy.compress_raw(b"..." + data + b"ab" * 300))),
}  # fmt: skip


def named(hits: list[Hit]) -> set[tuple[str, str | None]]:
    """Return the last form of each hit, with whom it names."""
    return {(hit.form[-1], hit.canary) for hit in hits}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "before", [b"", b"a line\n", bytes(range(256))], ids=["alone", "text", "bytes"]
)
def test_written_letters_are_found_and_name_their_owner(name: str, before: bytes) -> None:
    """However letters are written, the hit says how, and whose they are."""
    form, write = FORMS[name]

    hits = SWEEP.bytes(before + write(TOKEN) + b"\n" + DICE.randbytes(500), "value")

    assert (form, CANARY.id) in named(hits)
    assert {hit.canary for hit in hits} <= {CANARY.id, None}
    assert {hit.cohort for hit in hits} == {Cohort.SUBJECT}


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", [16, 32])
@pytest.mark.parametrize("around", ["{}", "name: {} and more"])
@pytest.mark.parametrize("noise", [b"", b"\xff\xfe\xfd", bytes(7)], ids=["alone", "odd", "zeros"])
def test_the_byte_order_of_wide_letters_is_told(
    order: str, width: int, around: str, noise: bytes
) -> None:
    """Whether the high byte comes first is read off the edges of the text."""
    if not any(noise):
        noise = bytes(width // 4)  # among zeros only the alignment tells
    text = around.format(CANARY.text).encode(f"utf-{width}-{order}")

    hits = SWEEP.bytes(noise + text + noise, "value")

    assert named(hits) == {(f"utf-{width}-{order}", CANARY.id)}


def test_one_group_of_letters_is_no_base85() -> None:
    """Five letters happen by chance: without the rest of the tag they are nothing."""
    lead, _ = MINT.tags(Cohort.SUBJECT)
    group = base64.b85encode(lead[:4].encode())

    assert SWEEP.bytes(b"<" + group * 30 + b">", "value") == []


def test_a_tag_with_two_wrong_letters_is_no_tag() -> None:
    """What differs in two letters may be another word."""
    lead, _ = MINT.tags(Cohort.SUBJECT)
    other = lead[:2] + "qz" + lead[4:]

    assert SWEEP.bytes(other.encode(), "value") == []


def test_a_short_tag_in_fixed_deflate_needs_no_header() -> None:
    """The letters are found though nothing before them is left."""
    hits = SWEEP.bytes(FORMS["fixed deflate, 3"][1](TOKEN)[2:], "torn")

    assert {hit.grade for hit in hits} <= {Grade.TOKEN, Grade.TAG}
    assert hits
