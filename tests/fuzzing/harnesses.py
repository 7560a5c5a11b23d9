"""
What a fuzzer drives: the whole ladder, and each family of decoders by itself.

A harness takes any bytes and must come back: in time, in memory, without an
error of its own, and with what else it promises. Its first bytes choose the
decoder and where the rest is cut in two, so that seams are met as well.
"""

import contextlib
import io
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import seeds

from idaudit.checks.probes.sweep import Limits, Picture, Sweep
from idaudit.checks.probes.sweep.archives import SevenZip, sevenzip_entry, zip_entry
from idaudit.checks.probes.sweep.blocks import deflate_starts
from idaudit.checks.probes.sweep.carvers import of_a_stream
from idaudit.checks.probes.sweep.carving import SHAPES
from idaudit.checks.probes.sweep.containers import container_needles
from idaudit.checks.probes.sweep.decoders import (
    Costly,
    Decoder,
    Torn,
    bare_deflate,
    gzip_stream,
    zlib_stream,
)
from idaudit.checks.probes.sweep.deposits import Carver
from idaudit.checks.probes.sweep.dumps import dump, dump_begins
from idaudit.checks.probes.sweep.engine import Needle
from idaudit.checks.probes.sweep.hit import Hit
from idaudit.checks.probes.sweep.layer import Layer
from idaudit.checks.probes.sweep.letters import ascii85_run, base64_run, hex_run
from idaudit.checks.probes.sweep.packers import (
    brotli_stream,
    bzip2_stream,
    lz4_stream,
    lzma_stream,
    xz_stream,
    zstd_stream,
)
from idaudit.checks.probes.sweep.pdf import Chain, Lzw, pdf_stream
from idaudit.checks.probes.sweep.pictures import Gallery, TooManyPixels, pixels_of
from idaudit.checks.probes.sweep.radix import Base85, Radix
from idaudit.checks.probes.sweep.reading import Reading
from idaudit.checks.probes.sweep.redis import Strings
from idaudit.checks.probes.sweep.runs import long_runs
from idaudit.checks.probes.sweep.sharing import Cells
from idaudit.checks.probes.sweep.shown import Shown
from idaudit.checks.probes.sweep.smallpack import lz4_block as undo_lz4
from idaudit.checks.probes.sweep.smallpack import lzf, lzw, pglz
from idaudit.checks.probes.sweep.snappy import framed_snappy
from idaudit.checks.probes.sweep.streams import Stream
from idaudit.checks.probes.sweep.tags import Spelling, tag_needles, tags_of
from idaudit.checks.probes.sweep.values import lz4_block, snappy_block
from idaudit.fixtures.canaries import Field, Mint
from idaudit.fixtures.surfaces.surface import Part, SurfaceKind
from idaudit.threatmodel.errors import Inconclusive

MINT = Mint(14)
TOKEN = MINT.canary(7, Field.EMAIL)
LIMITS = Limits(
    budget=32 << 20, per_byte=64, total=1 << 60, seconds=2, megabyte=0, pixels=1_000_000
)
"""Tighter than those that ship: whatever outlasts these escapes the accounts altogether."""

LOOK = bytes(range(32))
PICTURES = (Picture(7, b"", LOOK),)
SWEEP = Sweep(MINT, [MINT.number(7, 0)], PICTURES, LIMITS)
_INSTRUMENTS = SWEEP._instruments  # noqa: SLF001  what one reading needs, without a file around it


@dataclass(frozen=True, slots=True)
class Harness:
    """One thing to drive."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    most: int = 16384
    """No input is longer, in bytes."""


@dataclass(frozen=True, slots=True)
class InParts:
    """Some bytes as a surface of one file, in two parts that follow one another."""

    data: bytes
    cut: int
    id: str = "in-parts"
    kind: SurfaceKind = SurfaceKind.FOLDER
    moves: bool = False

    def parts(self) -> Iterator[Part]:
        """Yield what lies before the cut and what lies behind it."""
        yield Part("file", self.data[: self.cut])
        yield Part("file", self.data[self.cut :], self.cut)

    def size(self) -> int:
        """Return how much it is."""
        return len(self.data)

    def plant(self, control: bytes) -> None:
        """Take no control."""

    def uproot(self) -> None:
        """Have none to give back."""


def ladder(data: bytes) -> None:
    """Whatever stands before a token, in one part or two, it is found, and nobody else is."""
    first, rest = _chosen(data, 4096)
    text = rest + b"\n" + TOKEN.text.encode() + b"\n"
    for hits in (SWEEP.bytes(text, "file"), SWEEP.surface(InParts(text, 1 + first % len(text)))):
        only_the_token(hits)
    _forget()


def only_the_token(hits: Sequence[Hit]) -> None:
    """Refuse to have found nobody, or anybody else."""
    assert hits, "the token behind it was missed"
    assert {hit.canary for hit in hits} == {TOKEN.id}, f"somebody who is not there: {hits}"


def archives(data: bytes) -> None:
    """Entries of zip and 7z, wherever their magic stands."""
    for magic, entry in ((b"PK\3\4", zip_entry), (b"7z\xbc\xaf\x27\x1c", sevenzip_entry)):
        at = data.find(magic)
        while at >= 0:
            try:
                opening = entry(data, at)
            except Costly:
                opening = None
            if opening and opening.decoder:
                _begun(opening.decoder, data, opening.at)
            at = data.find(magic, at + 1)
    _undo(SevenZip, data[2:], *data[:2])


_PACKERS: dict[str, Callable[[], Decoder]] = {
    "gzip": gzip_stream,
    "zlib": zlib_stream,
    "deflate": bare_deflate,
    "bzip2": bzip2_stream,
    "xz": xz_stream,
    "lzma": lzma_stream,
    "zstd": zstd_stream,
    "lz4": lz4_stream,
    "lz4 block": lz4_block,
    "brotli": brotli_stream,
    "snappy": framed_snappy,
    "snappy block": snappy_block,
}
_SMALL: dict[str, Callable[[bytes, int], bytes]] = {
    "pglz": pglz,
    "lzf": lzf,
    "lz4_block": undo_lz4,
    "lzw": lzw,
}


def streams(data: bytes) -> None:
    """Every packer, its stream cut in two; the small ones keep to what they may yield."""
    which, rest = _chosen(data, 64)
    if which < len(_PACKERS):
        _undo(list(_PACKERS.values())[which], rest[2:], *rest[:2])
    elif which < len(_PACKERS) + len(_SMALL):
        undo = list(_SMALL.values())[which - len(_PACKERS)]
        for most in (0, 100, 1 << 20):
            assert len(undo(rest, most)) <= most
    else:
        starts = list(deflate_starts(rest))
        assert starts == sorted(set(starts))


def radix(data: bytes) -> None:
    """Runs of letters, decoded, and tags within them read."""
    which, rest = _chosen(data, 4)
    if which < 3:
        _undo((base64_run, hex_run, ascii85_run)[which], rest[2:], *rest[:2])
    else:
        assert all(0 <= at < len(rest) * 9 for at in long_runs(rest * 9))
        _tag(rest, _spelled(in_groups=True))


def codecs(data: bytes) -> None:
    """Every form of a tag, with anything around it."""
    _tag(data, _spelled(in_groups=False))


def pdf(data: bytes) -> None:
    """Stream objects and text in pieces."""
    for word in (b"stream\n", b"stream\r\n"):
        at = data.find(word)
        if at >= 0 and (opening := pdf_stream(data, at)) and opening.decoder:
            _begun(opening.decoder, data, opening.at)
    _undo((Lzw, partial(Chain, (ascii85_run, zlib_stream)))[len(data) % 2], data[2:], *data[:2])
    _carve((Shown(),), data)


def pictures(data: bytes) -> None:
    """Picture files: where they end, how they look, what their pixels hold."""
    data = _mended(data)
    gallery = Gallery(PICTURES, LIMITS.pixels)
    for shape in SHAPES:
        at = data.find(shape.start)
        end = shape.end(data, at) if at >= 0 else 0
        assert end <= len(data)
        if end > 0:
            assert len(pixels_of(data[at:end], LIMITS.pixels)) <= LIMITS.pixels * 8
            with contextlib.suppress(TooManyPixels):
                gallery.like(data[at:end])


def _mended(data: bytes) -> bytes:
    """Return a PNG with the checksums its chunks should have: without, none is looked into."""
    at = data.find(b"\x89PNG\r\n\x1a\n") + 8
    text = bytearray(data)
    while 8 <= at <= len(text) - 12:
        end = at + 8 + int.from_bytes(text[at : at + 4])
        if end + 4 > len(text):
            break
        text[end : end + 4] = zlib.crc32(text[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(text)


def pages(data: bytes) -> None:
    """Pages and logs of databases, and files that claim to be SQLite's."""
    _carve(of_a_stream(), data)
    if data.startswith(b"SQLite format 3\0"):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            path = Path(folder, "some.sqlite")
            path.write_bytes(data)
            with contextlib.suppress(Inconclusive):
                assert sum(len(part.data) for part in Cells("some", "file", path).parts()) < 1 << 28


def dumps(data: bytes) -> None:
    """Dumps in hex digits, and those of Redis."""
    which, rest = _chosen(data, 2)
    if which:
        at = rest.find(b"\n")
        if at >= 0 and (opening := dump_begins(rest, at)) and opening.decoder:
            _begun(opening.decoder, rest, opening.at)
        _undo(dump, rest[2:], *rest[:2])
    else:
        _carve((Strings(),), b"REDIS0011" + rest)


def containers(data: bytes) -> None:
    """Whatever looks at the head of a container, at any place."""
    which, rest = _chosen(data, len(_CONTAINERS))
    for at in {0, len(rest) // 2, len(rest)}:
        try:
            begin = _CONTAINERS[which].begins(rest, at)
        except Costly:
            continue
        assert begin is None or begin.at >= at


_CONTAINERS = [each.label for each in container_needles()]


def _chosen(data: bytes, ways: int) -> tuple[int, bytes]:
    """Return a choice among *ways*, and the bytes it was not made by."""
    return int.from_bytes(data[:2]) % ways, data[2:]


class _Sink:
    """Takes what is decoded, and looks whether it comes in order."""

    def __init__(self) -> None:
        self.taken = 0

    def feed(self, data: bytes, offset: int, *, final: bool) -> None:
        del final
        assert offset == self.taken
        self.taken += len(data)


def _reading(size: int) -> Reading:
    reading = Reading(_INSTRUMENTS, "", "file")
    reading.grow(size)
    return reading


def _undo(make: Callable[[], Decoder], data: bytes, *cuts: int) -> None:
    """Decode *data* as the sweep does: its head first, then in two parts."""
    try:
        head = make().head(memoryview(data)[:512])
        assert head is None or isinstance(head, bytes)
    except (Torn, Costly):
        return
    _followed(make, data, 0, int.from_bytes(bytes(cuts)) % (len(data) + 1))


def _begun(make: Callable[[], Decoder], data: bytes, at: int) -> None:
    """Decode what an opening announced."""
    try:
        make()
    except (Torn, Costly):
        return
    _followed(make, data, at, (at + len(data)) // 2)


def _followed(make: Callable[[], Decoder], data: bytes, at: int, cut: int) -> None:
    sink = _Sink()
    stream = Stream(_reading(len(data)), make(), sink, at, at, ())
    stream.follow(data[:cut], 0, final=False)
    if not stream.closed:
        stream.follow(data[cut:], cut, final=True)
    assert stream.closed
    assert sink.taken <= LIMITS.budget + LIMITS.per_byte * len(data)


def _carve(carvers: tuple[Carver, ...], data: bytes) -> None:
    """Let some carvers look through *data* in two overlapping parts, under the sweep's accounts."""
    reading = _reading(len(data))
    layer = Layer(reading)
    layer._carvers = carvers  # noqa: SLF001  these alone
    half = len(data) // 2
    layer.feed(data[:half], 0, final=False)
    layer.feed(data[max(0, half - 64) :], max(0, half - 64), final=True)
    assert all(hit.canary == TOKEN.id for hit in reading.hits)


@lru_cache
def _spelled(*, in_groups: bool) -> tuple[Needle[Spelling], ...]:
    """Return the tags in forms that write whole groups, or in all others."""
    return tuple(
        each
        for each in tag_needles(tags_of(MINT))
        if in_groups == any(isinstance(step.codec, Radix | Base85) for step in each.label.steps)
    )


def _tag(data: bytes, among: Sequence[Needle[Spelling]]) -> None:
    """Read one of the tags, put into the middle of *data*."""
    which, rest = _chosen(data, len(among))
    cut, rest = _chosen(rest, len(rest) + 1)
    core = among[which].label.steps[0].core.literal
    cut = min(cut, len(rest))
    text = rest[:cut] + core + rest[cut:]
    read = among[which].label.read(text, cut, cut + len(core))
    assert all(read.form)


def _forget() -> None:
    """Leave nothing of one input to the next."""
    SWEEP.refused.clear()
    SWEEP.alone.clear()


def _numbered(every: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each seed behind a number of its own, where the harness chooses by number."""
    for number, data in enumerate(every):
        yield number.to_bytes(2) + b"\0\x20" + data


def _each(count: int, *data: bytes) -> Iterator[bytes]:
    """Yield some data for each of *count* choices."""
    for number in range(count):
        for each in data:
            yield number.to_bytes(2) + b"\0\x20" + each


def _behind(number: int, every: Iterable[bytes]) -> Iterator[bytes]:
    return (number.to_bytes(2) + each for each in every)


HARNESSES: dict[str, Harness] = {
    "ladder": Harness(ladder, lambda: _behind(300, seeds.plants().values()), 65536),
    "archives": Harness(archives, seeds.archives),
    "codecs": Harness(
        codecs, lambda: _each(len(_spelled(in_groups=False)) // 7, b" " * 40 + seeds.STRANGER)
    ),
    "radix": Harness(
        radix,
        lambda: [
            *(each for letters in seeds.letters() for each in _each(3, letters)),
            *_behind(3, _each(200, seeds.STRANGER)),
        ],
    ),
    "pdf": Harness(pdf, seeds.documents),
    "pictures": Harness(pictures, seeds.pictures),
    "pages": Harness(pages, lambda: [*seeds.pages(), *seeds.databases()], 24576),
    "dumps": Harness(
        dumps, lambda: [*_behind(1, seeds.dumps()), *_behind(0, (d[9:] for d in seeds.dumps()))]
    ),
    "streams": Harness(
        streams,
        lambda: [
            *_numbered(seeds.streams().values()),
            *(
                (len(_PACKERS) + number).to_bytes(2) + data
                for number, data in enumerate(seeds.small().values())
            ),
            *_behind(60, [io.BytesIO(each).getvalue() for each in seeds.streams().values()]),
        ],
    ),
    "containers": Harness(
        containers,
        lambda: [
            each
            for number in range(len(_CONTAINERS))
            for each in _behind(number, list(seeds.streams().values())[:3])
        ],
    ),
}
