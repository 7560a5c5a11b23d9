"""Each contestant of the benchmark, run in a process of its own: ``contestants.py NAME FILE``."""

import json
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
from idaudit.checks.probes.sweep.engine import Needle, Patterns
from idaudit.checks.probes.sweep.known import finder
from idaudit.checks.probes.sweep.sharing import shares, sweeping
from idaudit.checks.probes.sweep.tags import Spelling, tag_needles, tags_of
from idaudit.fixtures.canaries import Cohort, Mint

CORES = 2
_BLOCK, _OVERLAP = 1 << 20, 256
_FEW = frozenset({"verbatim", "base64", "hex", "base32", "percent", "json", "html"})
Counted = dict[str, object]


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

    def scan(mine: list[Path]) -> int:
        scanner, count = patterns.scanner(), 0
        buffer = bytearray(_OVERLAP + _BLOCK)
        view = memoryview(buffer)
        for path in mine:
            with path.open("rb", buffering=0) as file:
                while size := file.readinto(view[_OVERLAP:]):
                    count += len(scanner.find(view[: _OVERLAP + size]))
                    buffer[:_OVERLAP] = buffer[size : size + _OVERLAP]
            buffer[:_OVERLAP] = bytes(_OVERLAP)
        return count

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(scan, (paths[at::threads] for at in range(threads))))


def _raw(corpus: Corpus, needles: list[Needle[Spelling]], threads: int) -> Counted:
    patterns, paths = Patterns(needles), files(corpus.folder)
    begun = time.perf_counter()
    hits = scanned(paths, patterns, threads)
    return {"seconds": time.perf_counter() - begun, "hits": hits}


def _ladder(corpus: Corpus, jobs: int, *, deep: bool = False) -> Counted:
    paths = [(str(path.relative_to(corpus.folder)), path) for path in files(corpus.folder)]
    every = list(shares("corpus", paths))
    prepare = lambda: Sweep(corpus.mint, corpus.known, corpus.pictures, Limits(deep=deep))  # noqa: E731  one line
    hits: list[Hit] = []
    refused = 0
    with sweeping(prepare, jobs) as swept:
        begun = time.perf_counter()
        for found in swept(every):
            hits += found.hits
            refused += len(found.refused)
        seconds = time.perf_counter() - begun
    return {"seconds": seconds, "hits": len(hits), "refused": refused, **_judged(corpus, hits)}


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
    false = sum(
        hit.applicant not in there[hit.location] or hit.location not in known for hit in hits
    )
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
    begun = time.perf_counter()
    search.find(data)
    return {"seconds": time.perf_counter() - begun, "bytes": len(data)}


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
