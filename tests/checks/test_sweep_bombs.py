"""Archives made to exhaust whoever opens them cost little, and are refused aloud."""

import base64
import bz2
import gzip
import io
import lzma
import random
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped] # ships no types
import cramjam
import imagecodecs
import pytest
from backports import zstd
from lz4 import frame  # type: ignore[import-untyped] # ships no types

from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.fixtures.canaries import Field, Mint

MINT = Mint(13)
TOKEN = MINT.canary(3, Field.EMAIL).text.encode()
SMALL = Limits(budget=8 << 20, per_byte=16)
ZEROS = bytes(48 << 20)


def zipped(data: bytes, copies: int = 1) -> bytes:
    """Pack *data* into a zip archive, so many times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(copies):
            archive.writestr(f"{number}", data)
    return out.getvalue()


def wrapped(write: Callable[[bytes], bytes], times: int, data: bytes) -> bytes:
    """Write *data*, and what was written, and so on."""
    for _ in range(times):
        data = write(data)
    return data


def in_pdf(body: bytes, filters: bytes) -> bytes:
    """Write a stream object."""
    return b"1 0 obj << /Filter " + filters + b" >> stream\n" + body + b"\nendstream"


def endless_pages() -> bytes:
    """Write a PDF whose objects refer to each other in a circle."""
    objects = b"".join(
        b"%d 0 obj << /Kids [%d 0 R] >> endobj\n" % (n, n % 9 + 1) for n in range(1, 10)
    )
    return b"%PDF-1.7\n" + objects + in_pdf(zlib.compress(ZEROS), b"/FlateDecode")


def forty_two(levels: int) -> bytes:
    """Write archives of archives of archives, sixteen in each."""
    data = zipped(ZEROS[: 4 << 20])
    for _ in range(levels):
        data = zipped(data, 16)
    return data


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(ZEROS),
    "zlib": lambda: zlib.compress(ZEROS),
    "zip": lambda: zipped(ZEROS),
    "bzip2": lambda: bz2.compress(ZEROS),
    "xz": lambda: lzma.compress(ZEROS),
    "lzma": lambda: lzma.compress(ZEROS, lzma.FORMAT_ALONE),
    "zstd": lambda: zstd.compress(ZEROS),
    "lz4": lambda: frame.compress(ZEROS),
    "snappy": lambda: bytes(cramjam.snappy.compress(ZEROS)),
    "brotli": lambda: brotli.compress(ZEROS, quality=5),
    "base64 of gzip": lambda: base64.b64encode(gzip.compress(ZEROS)),
    "gzip of gzip": lambda: wrapped(gzip.compress, 2, ZEROS),
    "zip of zips": lambda: forty_two(3),
    "pdf": endless_pages,
    "pdf of ascii85": lambda: in_pdf(base64.a85encode(zlib.compress(ZEROS)), b"[/A85 /Fl]"),
    "pdf of lzw": lambda: in_pdf(imagecodecs.lzw_encode(ZEROS[: 8 << 20]), b"/LZWDecode"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_is_refused(name: str) -> None:
    """What yields thousands of times its size is left, said, and never called clean."""
    data = BOMBS[name]()
    sweep = Sweep(MINT, limits=SMALL)
    begun = time.process_time()

    hits = sweep.bytes(data + b" " + TOKEN, "bomb")

    assert time.process_time() - begun < 10
    assert {hit.canary for hit in hits} == {"a3.email"}
    assert sweep.refused


def test_wrapping_without_end_ends() -> None:
    """Thirty layers around a token are opened as far as allowed, and the rest is refused."""
    data = wrapped(gzip.compress, 30, b"name " + TOKEN)
    sweep = Sweep(MINT)

    sweep.bytes(data, "onion")

    assert {refusal.why for refusal in sweep.refused} <= {"containers nested too deep"}
    assert sweep.refused


def test_a_tar_that_lies_about_sizes_hides_nothing() -> None:
    """Entries are searched as bytes, so no header can send the sweep past them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("scan")
        entry.size = len(TOKEN)
        archive.addfile(entry, io.BytesIO(TOKEN))
    data = bytearray(out.getvalue())
    data[124:136] = b"77777777777\0"

    assert [hit.canary for hit in Sweep(MINT).bytes(bytes(data), "liar.tar")] == ["a3.email"]


def test_a_window_too_large_is_refused() -> None:
    """A zstd frame that asks for more memory than the sweep gives is not opened."""
    options = {zstd.CompressionParameter.window_log: 30, zstd.CompressionParameter.checksum_flag: 1}
    packer = zstd.ZstdCompressor(options=options)
    data = packer.compress(random.Random(1).randbytes(5000))  # noqa: S311  filler
    data += packer.flush()
    sweep = Sweep(MINT)
    sweep.bytes(data, "wide.zst")

    assert ["memory" in refusal.why for refusal in sweep.refused] == [True]


def test_many_small_bombs_share_one_purse() -> None:
    """What a thousand files may yield together is bounded too."""
    limits = Limits(budget=8 << 20, total=16 << 20, per_byte=1)
    sweep = Sweep(MINT, limits=limits)
    data = gzip.compress(ZEROS[: 3 << 20])

    for number in range(12):
        sweep.bytes(data, f"{number}.gz")

    assert 4 <= len(sweep.refused) <= 8
    assert all("together" in refusal.why for refusal in sweep.refused)


def test_time_is_bounded_and_said() -> None:
    """A location that takes too long to decode is given up, not waited for."""
    sweep = Sweep(MINT, limits=Limits(seconds=0.05, megabyte=0))
    sweep.bytes(gzip.compress(ZEROS) * 3, "slow")

    assert {refusal.why for refusal in sweep.refused} == {
        "takes longer to decode than the sweep allows"
    }


_CHILD = """
import re, sys
from pathlib import Path
from idaudit.checks.probes.sweep import Sweep
from idaudit.fixtures.canaries import Mint
sweep = Sweep(Mint(13))
sweep.bytes(sys.stdin.buffer.read(), "bomb")
status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the parent
print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) >> 10)
"""


@pytest.mark.parametrize("name", ["xz", "zstd", "brotli", "zip of zips"])
def test_memory_is_bounded(name: str) -> None:
    """With the limits that ship, no bomb takes more than 300 MiB."""
    child = [sys.executable, "-c", _CHILD]
    done = subprocess.run(child, input=BOMBS[name](), capture_output=True, check=True)

    assert int(done.stdout) < 300
