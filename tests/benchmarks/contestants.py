"""Each contestant of the benchmark, run in a process of its own: ``contestants.py NAME FILE``."""

import json
import mmap
import os
import pickle
import random
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus import Corpus
from corpus import missed as missed_of

from idaudit.checks.probes.sweep import Hit, Limits, Sweep
from idaudit.checks.probes.sweep.engine import Needle, Patterns, Scanner
from idaudit.checks.probes.sweep.known import finder
from idaudit.checks.probes.sweep.sharing import shares, sweeping
from idaudit.checks.probes.sweep.tags import Spelling, tag_needles, tags_of
from idaudit.fixtures.canaries import Cohort, Mint

CORES = 2
_BLOCK, _OVERLAP, _WINDOW = 1 << 18, 64, 32 << 20
_FEW = frozenset({"verbatim", "base64", "hex", "base32", "percent", "json", "html"})
Counted = dict[str, object]


def now() -> tuple[float, float]:
    """Return the clock, and the seconds of computing of this process and its ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), time.process_time() + used.ru_utime + used.ru_stime


def since(begun: tuple[float, float]) -> Counted:
    """Return what passed since *begun*."""
    clock, computing = now()
    return {"seconds": clock - begun[0], "computing": computing - begun[1]}


def files(folder: Path) -> list[Path]:
    """Return every file of the corpus, the largest first."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: -path.stat().st_size)


def few(mint: Mint) -> list[Needle[Spelling]]:
    """Return twenty patterns that any tool can be given: the subject's tags in plain letters."""
    usable = [
        each
        for each in tag_needles(tags_of(mint))
        if each.label.cohort is Cohort.SUBJECT
        and len(each.label.steps) == 1
        and each.label.steps[0].codec.name in _FEW
        and not each.caseless
    ]
    return random.Random(1).sample(usable, 20)  # noqa: S311  a choice, not a secret


def scanned(paths: list[Path], patterns: Patterns[Spelling], threads: int) -> int:
    """Scan *paths* for *patterns* and for nothing else; return the number of occurrences."""
    queue = iter(paths)  # each thread takes the next

    def scan(_: int) -> int:
        pass_ = Pass(patterns.scanner())
        for path in queue:
            pass_.file(path)
        return pass_.done()

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(scan, range(threads)))


class Pass:
    """Large files scanned where they lie in memory, small ones side by side in one buffer."""

    def __init__(self, scanner: Scanner[Spelling]) -> None:
        """Begin empty."""
        self._scanner = scanner
        self._buffer = bytearray(_BLOCK)
        self._view = memoryview(self._buffer)
        self._at = self._count = 0

    def file(self, path: Path) -> None:
        """Scan one file."""
        handle = os.open(path, os.O_RDONLY)
        size = os.fstat(handle).st_size
        if size + _OVERLAP < _BLOCK:
            self._beside(handle, size)
        else:
            for start in range(0, size, _WINDOW):
                self._mapped(handle, start, min(_WINDOW + mmap.PAGESIZE, size - start))
        os.close(handle)

    def _mapped(self, handle: int, start: int, length: int) -> None:
        """Scan a window of a file, and a little behind it: copying it would cost a third more."""
        flags = mmap.MAP_SHARED | mmap.MAP_POPULATE
        with mmap.mmap(handle, length, flags, mmap.PROT_READ, offset=start) as window:
            found = self._scanner.find(window)
        self._count += sum(at < _WINDOW for at, _, _ in found)

    def _beside(self, handle: int, size: int) -> None:
        """Read a small file in behind the others, and bytes that are no part of anything."""
        if self._at + size + _OVERLAP > _BLOCK:
            self.done()
        os.readv(handle, [self._view[self._at : self._at + size]])
        self._at += size
        self._buffer[self._at : self._at + _OVERLAP] = bytes(_OVERLAP)
        self._at += _OVERLAP

    def done(self) -> int:
        """Scan what waits and return how often anything occurred so far."""
        self._count += len(self._scanner.find(self._view[: self._at]))
        self._at = 0
        return self._count


def _raw(corpus: Corpus, needles: list[Needle[Spelling]], threads: int) -> Counted:
    patterns, paths = Patterns(needles), files(corpus.folder)
    begun = now()
    hits = scanned(paths, patterns, threads)
    return {**since(begun), "hits": hits}


def _ladder(corpus: Corpus, jobs: int, *, deep: bool = False) -> Counted:
    paths = [(str(path.relative_to(corpus.folder)), path) for path in files(corpus.folder)]
    every = list(shares("corpus", paths))
    prepare = lambda: Sweep(corpus.mint, corpus.known, corpus.pictures, Limits(deep=deep))  # noqa: E731  one line
    hits: list[Hit] = []
    refused = 0
    with sweeping(prepare, jobs) as swept:
        begun = now()
        for found in swept(every):
            hits += found.hits
            refused += len(found.refused)
        seconds = since(begun)["seconds"]
    took = since(begun) | {"seconds": seconds}  # of computing, the children's counts when they end
    return {**took, "hits": len(hits), "refused": refused, **_judged(corpus, hits)}


def _judged(corpus: Corpus, hits: list[Hit]) -> Counted:
    """Return the recall by kind, and how many hits name somebody who was not there."""
    seen: dict[str, set[int | None]] = defaultdict(set)
    there: dict[str, set[int | None]] = defaultdict(lambda: {None})
    for hit in hits:
        seen[hit.location.partition(":")[0]].add(hit.applicant)
    for plant in corpus.plants:
        there[plant.file].add(plant.applicant)
    missed = sorted({each.kind for each in missed_of(corpus.plants, seen)})
    known = {plant.file for plant in corpus.plants}
    false = 0
    for hit in hits:
        file = hit.location.partition(":")[0]  # of a cell, its database
        false += file not in known or hit.applicant not in there[file]
    kinds = {plant.kind for plant in corpus.plants}
    return {
        "kinds": len(kinds),
        "found": len(kinds) - len(missed),
        "missed": missed,
        "false": false,
    }


def _keys(corpus: Corpus, count: int) -> Counted:
    search = finder([corpus.mint.number(n, 1) for n in range(count)], ())
    data = b"".join(path.read_bytes() for path in files(corpus.folder)[:4])[: 16 << 20]
    begun = now()
    search.find(data)
    return {**since(begun), "bytes": len(data)}


def _every(corpus: Corpus) -> list[Needle[Spelling]]:
    return list(tag_needles(tags_of(corpus.mint)))


CONTESTANTS: dict[str, Callable[[Corpus], Counted]] = {
    "raw, 20 patterns, one thread": lambda corpus: _raw(corpus, few(corpus.mint), 1),
    "raw, 20 patterns, two threads": lambda corpus: _raw(corpus, few(corpus.mint), CORES),
    "raw, every form, one thread": lambda corpus: _raw(corpus, _every(corpus), 1),
    "raw, every form, two threads": lambda corpus: _raw(corpus, _every(corpus), CORES),
    "ladder, one process": lambda corpus: _ladder(corpus, 1),
    "ladder, two processes": lambda corpus: _ladder(corpus, CORES),
    "ladder, deep, two processes": lambda corpus: _ladder(corpus, CORES, deep=True),
    "numbers, 100": lambda corpus: _keys(corpus, 100),
    "numbers, 1 000": lambda corpus: _keys(corpus, 1000),
    "numbers, 9 000": lambda corpus: _keys(corpus, 9000),
}


def peak() -> int:
    """Return the most memory this process or one of its children had, in MiB."""
    own = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own[1]) if own else 0, children) >> 10


if __name__ == "__main__":
    with Path(sys.argv[2]).open("rb") as kept:
        given = pickle.load(kept)  # noqa: S301  written by the benchmark itself
    counted = CONTESTANTS[sys.argv[1]](given)
    sys.stdout.write(json.dumps(counted | {"peak": peak()}))
