"""
The most memory one sweep takes, for one location that grows and lies on no disk.

Prints the peak after each size, and the slope between the last two. Run as
``python tests/benchmarks/memory.py --gib 1 4 16``. What is swept is noise and
logs without traces: hits are kept, and take memory of their own.
"""

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from idaudit.checks.probes.sweep import Sweep
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.files import CHUNK
from idaudit.fixtures.surfaces.surface import Part, SurfaceKind


@dataclass(frozen=True)
class Generated:
    """One location of so many bytes, made as they are read."""

    wanted: int
    id: str = "generated"
    kind: SurfaceKind = SurfaceKind.FOLDER
    moves: bool = False

    def parts(self) -> Iterator[Part]:
        """Yield noise, noise, a log, and so on."""
        dice = random.Random(1)  # noqa: S311  chaff
        lines = (
            b'{"at": %d, "id": "%032x"}\n' % (n, dice.getrandbits(128)) for n in range(200_000)
        )
        blocks = [dice.randbytes(CHUNK), dice.randbytes(CHUNK), b"".join(lines)[:CHUNK]]
        for number, offset in enumerate(range(0, self.wanted, CHUNK)):
            yield Part("one", blocks[number % len(blocks)].ljust(CHUNK), offset)

    def size(self) -> int:
        """Return what was asked for."""
        return self.wanted

    def plant(self, control: bytes) -> None:
        """Plant nothing."""

    def uproot(self) -> None:
        """Take nothing away."""


def peak() -> float:
    """Return the most memory this process ever had, in MiB."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) / 1024 if found else float("nan")


def main() -> None:
    """Sweep each size in turn, the smallest first."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gib", type=float, nargs="+", default=[0.25, 1, 4])
    sizes = sorted(asked.parse_args().gib)
    sweep, peaks = Sweep(Mint(3)), []
    for size in sizes:
        sweep.surface(Generated(int(size * (1 << 30))))
        peaks.append(peak())
        print(f"{size:6g} GiB: peak {peaks[-1]:.1f} MiB, {len(sweep.refused)} refused", flush=True)  # noqa: T201  what a benchmark is for
    for (before, less), (after, more) in list(pairwise(zip(sizes, peaks, strict=True)))[-1:]:
        slope = (more - less) / (after - before)
        print(f"slope {slope:.2f} MiB for each GiB: {more + slope * 100:.0f} MiB at 100 GiB more")  # noqa: T201  the same


if __name__ == "__main__":
    main()
