"""
The most memory a sweep takes, of what grows: run by ``make bench-memory``.

Each size of each kind is swept by a process of its own. What is swept is made as
it is read, so that it needs no disk, and holds no trace: hits are kept, and take
memory of their own. Prints every peak, how much more each further GiB took, and
what 100 GiB would take if it went on like that.
"""

import argparse
import gzip
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.sweep import Sweep
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.files import CHUNK
from idaudit.fixtures.surfaces.surface import Column, Part, SurfaceKind

SIZES = (0.25, 1, 4)
_GIB, _MIB = 1 << 30, 1 << 20
_GOAL = 300
_FAR = 100
"""GiB for which the goal stands."""
_PAGE = 4096
_ROWS = 1000
_COUNT_AT = 28
"""Where an SQLite file says how many pages it has."""

_dice = random.Random(1)  # noqa: S311  chaff


@dataclass(frozen=True)
class Generated:
    """A place of so many bytes, made as they are read."""

    make: Callable[[int], Iterator[Part]]
    wanted: int
    id: str = "generated"
    kind: SurfaceKind = SurfaceKind.FOLDER
    moves: bool = False

    def parts(self) -> Iterator[Part]:
        """Yield what this kind of place holds."""
        return self.make(self.wanted)

    def size(self) -> int:
        """Return what was asked for."""
        return self.wanted

    def plant(self, control: bytes) -> None:
        """Plant nothing."""

    def uproot(self) -> None:
        """Take nothing away."""


@dataclass(frozen=True)
class Table(Generated):
    """A table of so many bytes: its cells, and no file."""

    def files(self) -> Iterator[Part]:
        """Yield nothing."""
        return iter(())

    def columns(self) -> Iterator[Column]:
        """Yield some rows at a time, as a database does."""
        bodies = [_dice.randbytes(900) for _ in range(_ROWS)]
        notes = [_dice.randbytes(32).hex().encode() for _ in range(_ROWS)]
        for first in range(1, self.wanted // 964, _ROWS):
            rows = range(first, first + _ROWS)
            yield Column("carts.body", rows, bodies)
            yield Column("carts.note", rows, notes)


def _log(size: int) -> bytes:
    lines = (b'{"at": %d, "id": "%032x"}\n' % (n, _dice.getrandbits(128)) for n in count())
    out, length = [], 0
    while length < size:
        out.append(next(lines))
        length += len(out[-1])
    return b"".join(out)[:size]


def _joined(pieces: Iterator[bytes], wanted: int) -> Iterator[Part]:
    """Yield *pieces* as the parts of one location, up to *wanted* bytes."""
    offset = 0
    for piece in pieces:
        yield Part("one", piece, offset)
        offset += len(piece)
        if offset >= wanted:
            return


def _stream(wanted: int) -> Iterator[Part]:
    """Yield one file of noise and logs."""
    blocks = [_dice.randbytes(CHUNK), _dice.randbytes(CHUNK), _log(CHUNK)]
    return _joined(cycle(blocks), wanted)


def _packed(wanted: int) -> Iterator[Part]:
    """Yield one gzip stream of noise and logs; blocks flushed in full can stand anywhere in it."""

    def block(data: bytes) -> bytes:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)

    blocks = [block(_dice.randbytes(CHUNK)), block(_log(CHUNK))]
    head = gzip.compress(b"")[:10]
    yield Part("one", head, 0)
    for part in _joined(cycle(blocks), wanted):
        yield Part(part.location, part.data, part.offset + len(head))


def _database(wanted: int) -> Iterator[Part]:
    """Yield one SQLite file, whose pages come again and again: rows, and values on many pages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.sqlite"
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(f"PRAGMA page_size = {_PAGE}")
            db.execute("CREATE TABLE carts (id INTEGER PRIMARY KEY, body BLOB, note TEXT)")
            rows = ((_dice.randbytes(900 if n % 4 else 30_000), f"note {n}") for n in range(2000))
            db.executemany("INSERT INTO carts (body, note) VALUES (?, ?)", rows)
        pages = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, _PAGE)
    first = bytearray(pages[:1].tobytes())
    first[_COUNT_AT : _COUNT_AT + 4] = (wanted // _PAGE).to_bytes(4)
    return _joined(chain([bytes(first)], _again(pages[1:])), wanted)


def _again(pages: NDArray[np.uint8]) -> Iterator[bytes]:
    """Yield *pages* without end; where one says on which a value goes on, it is right each time."""
    more = np.flatnonzero((pages[:, 0] == 0) & (pages[:, :4].max(axis=1) > 0))
    following = pages[more, :4].copy().view(">u4")
    for turn in count():
        now = pages.copy()
        now[more, :4] = (following + np.uint32(turn * len(pages))).astype(">u4").view(np.uint8)
        yield now.tobytes()


def _files(wanted: int) -> Iterator[Part]:
    """Yield small files, each a place of its own."""
    some = [_dice.randbytes(_dice.randrange(200, 1800)) for _ in range(_ROWS)]
    written = 0
    for number, data in enumerate(cycle(some)):
        yield Part(f"objects/{number:08x}", data)
        written += len(data)
        if written >= wanted:
            return


KINDS: dict[str, Callable[[int], Generated]] = {
    "one file": partial(Generated, _stream),
    "one gzip stream": partial(Generated, _packed),
    "one SQLite file": partial(Generated, _database),
    "small files": partial(Generated, _files),
    "cells": partial(Table, _files),
}


def peak() -> float:
    """Return the most memory this process ever had, in MiB."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) / 1024 if found else float("nan")


def one(kind: str, size: float) -> str:
    """Sweep so many GiB of one *kind* here; return the peak, what was refused, and the seconds."""
    sweep, begun = Sweep(Mint(3)), time.process_time()
    hits = sweep.surface(KINDS[kind](int(size * _GIB)))
    assert not hits, "nothing was planted"
    return f"{peak()} {len(sweep.refused)} {time.process_time() - begun}"


def apart(kind: str, size: float) -> tuple[float, int, float]:
    """Return the same, of a process of its own."""
    words = [sys.executable, __file__, "--one", kind, "--gib", str(size)]
    told = subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()
    return float(told[0]), int(told[1]), float(told[2])


def _line(kind: str, sizes: list[float], runs: list[tuple[float, int, float]]) -> str:
    """Return what one kind took: peaks, slope, what that comes to, what was refused, seconds."""
    peaks = [each[0] for each in runs]
    slope = (peaks[-1] - peaks[-2]) / (sizes[-1] - sizes[-2]) if len(sizes) > 1 else 0
    far = peaks[-1] + max(0, slope) * max(0, _FAR - sizes[-1])
    told = "".join(f"{each:11.1f}" for each in peaks)
    return f"{kind:16} {told} {slope:10.2f} {far:11.0f} {runs[-1][1]:8} {runs[-1][2]:7.1f}"


def main() -> None:
    """Sweep each size of each kind, and print a line for each kind."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--gib", type=float, nargs="+", default=SIZES, help="sizes, the last two tell"
    )
    asked.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    asked.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        sys.stdout.write(one(given.one, *given.gib))
        return
    sizes = sorted(given.gib)
    heads = "".join(f"{size:>7g} GiB" for size in sizes)
    print(f"load {os.getloadavg()[0]:.1f}; peak of one process, in MiB, by what it swept")  # noqa: T201  what a benchmark is for
    print(f"{'':16} {heads} {'for a GiB':>10} {f'at {_FAR} GiB':>11} {'refused':>8} {'cpu s':>7}")  # noqa: T201  the same
    for kind in given.kinds:
        told = _line(kind, sizes, [apart(kind, size) for size in sizes])
        print(told, flush=True)  # noqa: T201  the same
    print(f"goal: {_GOAL} MiB at {_FAR} GiB")  # noqa: T201  the same


if __name__ == "__main__":
    main()
