"""Values are judged by how brotli begins, many at a time; none is refused that would open."""

import random

import brotli  # type: ignore[import-untyped] # ships no types
import numpy as np
import pytest

from idaudit.checks.probes.sweep.brotlihead import LOOKED_AT, may_begin
from idaudit.checks.probes.sweep.packers import brotli_beginning

DICE = random.Random(12)  # noqa: S311  chaff
WORDS = [b"name", b"street", b"city", b"born", b"of", b"ACEFHJKMNPRTVWXY"]


def refused(values: list[bytes]) -> list[bytes]:
    """Return the values that are said to hold nothing in brotli."""
    heads = b"".join(value[:LOOKED_AT].ljust(LOOKED_AT, b"\0") for value in values)
    passed = may_begin(np.frombuffer(heads, np.uint8).reshape(-1, LOOKED_AT))
    return [value for value, fits in zip(values, passed, strict=True) if not fits]


def text(size: int) -> bytes:
    """Return words of about that length, or letters without any, or the same again and again."""
    return DICE.choice(
        (
            b" ".join(DICE.choices(WORDS, k=size // 5 + 1)),
            bytes(DICE.choices(b"ACEFHJKMNPRTVWXY", k=size)),
            WORDS[5] * (size // 16 + 1),
        )
    )


@pytest.mark.parametrize("window", range(10, 25))
@pytest.mark.parametrize("quality", range(12))
def test_whatever_the_encoder_writes_may_be_brotli(window: int, quality: int) -> None:
    """Every window and quality begins in a way of its own."""
    modes = (brotli.MODE_GENERIC, brotli.MODE_TEXT, brotli.MODE_FONT)
    values = [
        brotli.compress(text(size), quality=quality, lgwin=window, mode=mode)
        for mode in modes
        for size in (1, 9, 40, 200, 3000)
    ]

    assert refused(values) == []


def test_a_stream_that_was_flushed_early_may_be_brotli() -> None:
    """A server flushes after its first line, or before it has said anything."""
    values = []
    for first in (b"", b"a", text(30)):
        packer = brotli.Compressor()
        values.append(packer.process(first) + packer.flush() + packer.process(text(300)))
        values[-1] += packer.finish()

    assert refused(values) == []


@pytest.mark.parametrize("size", [6, 12, 32, 900])
def test_what_is_refused_gives_nothing_new(size: int) -> None:
    """The decoder gives nothing of it, or what stands there as it is; and most is refused."""
    values = [DICE.randbytes(size) for _ in range(20_000)]

    found = refused(values)

    assert [value for value in found if brotli_beginning(value) not in value] == []
    assert len(found) > len(values) / 2


def test_a_short_block_that_is_stored_hides_nothing_behind_it() -> None:
    """Where the first block is stored and short, what follows it may be packed."""
    stored = bytes.fromhex("0b0280") + b"hello"  # five bytes, as brotli itself writes noise

    assert brotli_beginning(stored) == b"hello"
    assert refused([stored]) == []
