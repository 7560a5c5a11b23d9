"""What databases left in their own formats is found, though the rows are long deleted."""

import random
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import pytest

from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.checks.probes.sweep.smallpack import lz4_block, lzf, lzw, pglz
from idaudit.fixtures.canaries import Field, Mint

SAMPLES = Path(__file__).parent / "samples"
MINT = Mint(4714)
DICE = random.Random(6)  # noqa: S311  chaff
NOISE = DICE.randbytes(100_000)

FOUND = {
    "a text packed in its row": ("postgresql-heap", ("pglz", "verbatim"), "a1.street"),
    "a text packed and in chunks": ("postgresql-toast", ("toast", "pglz", "verbatim"), "a2.street"),
    "its end": ("postgresql-toast", ("toast", "pglz", "verbatim"), "a2.surname"),
    "a file in chunks": ("postgresql-toast", ("toast", "gzip", "verbatim"), "a3.street"),
    "a string of redis": ("redis-dump", ("lzf", "verbatim"), "a4.street"),
    "one written by reference": ("redis-dump", ("lzf", "verbatim"), "a4.surname"),
}


@pytest.mark.parametrize("case", FOUND)
def test_a_deleted_value_is_made_whole(case: str) -> None:
    """Deleting a row or a key leaves its bytes, packed and in pieces; they are put together."""
    name, form, canary = FOUND[case]

    hits = Sweep(MINT).bytes((SAMPLES / f"{name}.bin").read_bytes(), name)

    assert (form, canary) in {(hit.form, hit.canary) for hit in hits}


@pytest.mark.parametrize("shift", [512, 4096, 12288])
def test_pages_are_read_wherever_they_lie(shift: int) -> None:
    """A backup or a disk image holds pages at any sector."""
    data = NOISE[:shift] + (SAMPLES / "postgresql-toast.bin").read_bytes() + NOISE

    hits = Sweep(MINT).bytes(data, "image")

    assert ("toast", "pglz", "verbatim") in {hit.form for hit in hits}


@pytest.mark.parametrize("gone", range(3))
def test_a_value_that_lost_a_chunk_still_gives_the_others(gone: int) -> None:
    """What was overwritten in part is searched in the parts that are left."""
    data = bytearray((SAMPLES / "postgresql-toast.bin").read_bytes())
    data[gone * 8192 : gone * 8192 + 8192] = bytes(8192)

    hits = Sweep(MINT).bytes(bytes(data), "torn")

    assert {hit.canary for hit in hits} & {"a2.street", "a2.surname", "a3.street"}


def texts() -> list[bytes]:
    """Return texts that repeat themselves in various measures."""
    words = [DICE.randbytes(DICE.randrange(1, 9)) for _ in range(50)]
    return [b"".join(DICE.choices(words, k=n)) for n in (1, 10, 100, 1000, 5000)] + [b"a" * 70_000]


ENCODERS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes, int], bytes]]] = {
    "pglz": (lambda data: imagecodecs.pglz_encode(data, header=False), pglz),
    "lzf": (lambda data: imagecodecs.lzf_encode(data, header=False), lzf),
    "lz4": (lambda data: imagecodecs.lz4_encode(data, header=False), lz4_block),
    "lzw": (imagecodecs.lzw_encode, lzw),
}


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("text", texts(), ids=len)
def test_a_small_compressor_is_undone(name: str, text: bytes) -> None:
    """What the real encoder wrote comes back whole, and cut short gives a true beginning."""
    encode, undo = ENCODERS[name]
    try:
        packed = encode(text)
    except (imagecodecs.PglzError, imagecodecs.LzfError):
        packed = b""  # the encoder gives up on what does not shrink
    if packed:
        assert undo(packed, len(text)) == text
        torn = undo(packed[: len(packed) // 2], len(text))
        assert text.startswith(torn[: len(torn) - 300 if len(torn) > 300 else 0])


def test_headerless_deflate_is_found_in_the_middle_of_anything() -> None:
    """With no magic before it, a stream is known by its own table of codes."""
    token = MINT.canary(9, Field.EMAIL).text.lower().encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    words = b" ".join(DICE.choices([b"name", b"street", b"city", b"born", b"of"], k=400))
    stream = packer.compress(words[:900] + token + words[900:]) + packer.flush()
    data = NOISE[:7777] + stream + NOISE

    deep, plain = Sweep(MINT, limits=Limits(deep=True)), Sweep(MINT)

    assert {(hit.form, hit.canary, hit.offset) for hit in deep.bytes(data, "blob")} == {
        (("deflate", "verbatim"), "a9.email", 7777)
    }
    assert plain.bytes(data, "blob") == []
