"""Whatever a decoder is given, it ends: with bytes, or by saying that this is not its format."""

import base64
import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from itertools import pairwise

import brotli  # type: ignore[import-untyped] # ships no types
import cramjam
import imagecodecs
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from lz4 import block, frame  # type: ignore[import-untyped] # ships no types

from idaudit.checks.probes.sweep import Sweep
from idaudit.checks.probes.sweep.archives import SevenZip
from idaudit.checks.probes.sweep.blocks import deflate_starts
from idaudit.checks.probes.sweep.decoders import (
    Costly,
    Decoder,
    Torn,
    bare_deflate,
    gzip_stream,
    zlib_stream,
)
from idaudit.checks.probes.sweep.dumps import dump
from idaudit.checks.probes.sweep.letters import ascii85_run, base64_run, hex_run
from idaudit.checks.probes.sweep.packers import (
    brotli_stream,
    bzip2_stream,
    lz4_stream,
    lzma_stream,
    xz_stream,
    zstd_stream,
)
from idaudit.checks.probes.sweep.pdf import Chain, Lzw
from idaudit.checks.probes.sweep.postgres import Pages
from idaudit.checks.probes.sweep.redis import Strings
from idaudit.checks.probes.sweep.shown import Shown
from idaudit.checks.probes.sweep.smallpack import lz4_block as undo_lz4
from idaudit.checks.probes.sweep.smallpack import lzf, lzw, pglz
from idaudit.checks.probes.sweep.snappy import framed_snappy
from idaudit.checks.probes.sweep.values import lz4_block, snappy_block
from idaudit.fixtures.canaries import Mint

SWEEP = Sweep(Mint(14))
PLAIN = b"name and street " * 40 + bytes(range(256))

DECODERS: dict[str, tuple[Callable[[], Decoder], bytes]] = {
    "gzip": (gzip_stream, gzip.compress(PLAIN)),
    "zlib": (zlib_stream, zlib.compress(PLAIN)),
    "deflate": (bare_deflate, zlib.compress(PLAIN)[2:]),
    "bzip2": (bzip2_stream, bz2.compress(PLAIN)),
    "xz": (xz_stream, lzma.compress(PLAIN)),
    "lzma": (lzma_stream, lzma.compress(PLAIN, lzma.FORMAT_ALONE)),
    "7z": (SevenZip, b"\x01\x00\x10" + PLAIN[:17] + b"\0"),
    "zstd": (zstd_stream, zstd.compress(PLAIN)),
    "lz4": (lz4_stream, frame.compress(PLAIN)),
    "lz4 block": (lz4_block, block.compress(PLAIN)),
    "brotli": (brotli_stream, brotli.compress(PLAIN)),
    "snappy": (framed_snappy, bytes(cramjam.snappy.compress(PLAIN))),
    "snappy block": (snappy_block, bytes(cramjam.snappy.compress_raw(PLAIN))),
    "base64": (base64_run, base64.encodebytes(PLAIN)),
    "hex": (hex_run, PLAIN.hex().encode()),
    "ascii85": (ascii85_run, base64.a85encode(PLAIN)),
    "dump": (dump, b"00000000: 4142 4344  ABCD\n00000010: 45\n*\n00000040\n"),
    "lzw": (Lzw, imagecodecs.lzw_encode(PLAIN)),
    "chain": (lambda: Chain((ascii85_run, zlib_stream)), base64.a85encode(zlib.compress(PLAIN))),
}


@st.composite
def damaged(draw: st.DrawFn, sound: bytes) -> bytes:
    """Return *sound* with bytes changed, inserted, cut away, or nothing of it at all."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=300))
    data = bytearray(sound)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.integers(0, len(data)))])


def decoded(make: Callable[[], Decoder], data: bytes, cuts: list[int]) -> int:
    """Return how much a decoder gives of *data*, fed in parts."""
    asked(make, data)
    decoder, given = make(), 0
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    try:
        for low, high in pairwise(edges):
            for piece in decoder.pieces(memoryview(data)[low:high]):
                given += len(piece)
                assert len(piece) <= 16 << 20
            if decoder.ended:
                break
        given += len(decoder.rest())
    except (Torn, Costly):
        pass
    return given


def asked(make: Callable[[], Decoder], data: bytes) -> None:
    """Ask for the head, as the sweep does before it believes a magic."""
    try:
        head = make().head(memoryview(data)[:512])
    except (Torn, Costly):
        return
    assert head is None or isinstance(head, bytes)


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_survives_anything(name: str) -> None:
    """Damaged, torn or random, data ends a decoder without any other error, in bounded pieces."""
    make, sound = DECODERS[name]

    @settings(max_examples=60, deadline=2000, database=None)
    @given(damaged(sound), st.lists(st.integers(0, 1000), max_size=4))
    def survives(data: bytes, cuts: list[int]) -> None:
        decoded(make, data, cuts)

    survives()


@pytest.mark.parametrize("undo", [pglz, lzf, undo_lz4, lzw])
def test_a_small_decompressor_never_gives_more_than_asked(
    undo: Callable[[bytes, int], bytes],
) -> None:
    """However often a reference repeats, the most that is asked for is the most that is given."""

    @settings(max_examples=150, deadline=2000, database=None)
    @given(st.binary(max_size=400), st.integers(0, 5000))
    def bounded(data: bytes, most: int) -> None:
        assert len(undo(data, most)) <= most

    bounded()


@settings(max_examples=60, deadline=2000, database=None)
@given(st.binary(min_size=100, max_size=9000), st.integers(0, 40))
def test_carvers_survive_anything(data: bytes, count: int) -> None:
    """Pages and dump files of nonsense yield nonsense, and end."""
    page = bytearray(data.ljust(8192, b"\2")[:8192])
    page[12:20] = bytes([24 + count, 0, 100, 0, 0, 32, 4, 32])
    for carver, whole in ((Pages(), bytes(page) * 2), (Strings(), b"REDIS0011" + data)):
        assert all(len(each.value) < 1 << 24 for each in carver.carve(whole, 0, final=True))
    shown = b"[(a)" + data[:200] + b"(b)] TJ [" + data[:9] + b"]TJ"
    assert all(len(each.value) <= len(shown) for each in Shown().carve(shown, 0, final=True))
    assert list(deflate_starts(data)) == sorted(deflate_starts(data))


@settings(max_examples=60, deadline=5000, database=None)
@given(st.one_of([damaged(sound) for _, sound in DECODERS.values()]), st.binary(max_size=40))
def test_a_sweep_survives_anything(data: bytes, before: bytes) -> None:
    """No bytes stop a sweep, and none that hold no canary are said to."""
    assert SWEEP.bytes(before + data, "anything") == []
    assert SWEEP.bytes(data, "at its beginning") == []
