"""Hostile and damaged data costs bounded time and memory, and what was refused is said."""

import gzip
import io
import random
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from idaudit.checks.probes.sweep import Limits, Picture, Sweep
from idaudit.fixtures.canaries import Field, Mint

MINT = Mint(12)
TOKEN = MINT.canary(3, Field.EMAIL).text.encode()
SMALL = Limits(budget=8 << 20, per_byte=16)


@contextmanager
def bounded(seconds: float, memory: int) -> Iterator[None]:
    """Fail if the block takes longer, or more Python memory, than it may."""
    tracemalloc.start()
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < seconds
    assert peak < memory


def bomb(size: int) -> bytes:
    """Deflate *size* zeros without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def nested(times: int) -> bytes:
    """Wrap a token in hex and zlib, which keeps every level compressible."""
    data = b"name " + TOKEN.lower() * 2 + b" and more words, and more words"
    for _ in range(times):
        data = zlib.compress(data.hex().encode(), 9)
    return data


def test_a_bomb_is_cut_short_and_said() -> None:
    """A quarter of a gigabyte of zeros in a little gzip is not decoded to its end."""
    data = bomb(1 << 28)
    sweep = Sweep(MINT, limits=SMALL)

    with bounded(seconds=5, memory=64 << 20):
        hits = sweep.bytes(data, "bomb.gz")

    assert hits == []
    assert [refusal.location for refusal in sweep.refused] == ["bomb.gz"]
    assert "more than the sweep allows" in sweep.refused[0].why


def test_a_bomb_does_not_hide_what_stands_beside_it() -> None:
    """Half of what may be spent is always left for the next container."""
    sweep = Sweep(MINT, limits=SMALL)

    hits = sweep.bytes(bomb(64 << 20) + gzip.compress(TOKEN * 2), "two.gz")

    assert [hit.canary for hit in hits] == ["a3.email"]
    assert len(sweep.refused) == 1


def test_overlapping_entries_are_not_decoded_without_end() -> None:
    """Ten thousand headers before one body cost no more than the budget."""
    kernel = zlib.compress(bytes(1 << 20), 9)[2:-4]
    header = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, 0, 0, 0, 0)
    quine = (header * 10_000) + kernel
    sweep = Sweep(MINT, limits=SMALL)

    with bounded(seconds=20, memory=128 << 20):
        sweep.bytes(quine, "overlapping.zip")


def test_nesting_ends_at_the_limit_and_is_said() -> None:
    """Containers beyond the depth allowed are refused, those within are opened."""
    allowed = Limits().depth // 2
    shallow, deep = nested(allowed), nested(20)
    sweep = Sweep(MINT)

    assert sweep.bytes(shallow, "")[0].form == ("zlib", "hex") * allowed + ("verbatim",)
    assert sweep.refused == []
    with bounded(seconds=5, memory=64 << 20):
        sweep.bytes(deep, "deep")
    assert {refusal.why for refusal in sweep.refused} == {"containers nested too deep"}


def test_a_declared_pixel_bomb_is_not_decoded() -> None:
    """A PNG that claims 60 000 by 60 000 pixels is refused by its header."""
    header = struct.pack(">LLBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1 << 20), 9)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    sweep = Sweep(MINT, pictures=[Picture(1, b"scan", bytes(32))])

    with bounded(seconds=5, memory=64 << 20):
        sweep.bytes(data, "huge.png")
    assert any("pixels" in refusal.why for refusal in sweep.refused)


@pytest.mark.parametrize("seed", range(30))
def test_damage_anywhere_is_survived(seed: int) -> None:
    """Archives with flipped and missing bytes never stop a sweep."""
    dice = random.Random(seed)  # noqa: S311  damage
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", dice.randbytes(3000) + TOKEN)
    whole = out.getvalue() + gzip.compress(dice.randbytes(2000)) + zlib.compress(TOKEN * 9)
    data = bytearray(whole * 3)
    for _ in range(30):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    torn = bytes(data[: dice.randrange(len(data))])

    assert all(hit.canary in {None, "a3.email"} for hit in Sweep(MINT).bytes(torn, "torn"))
