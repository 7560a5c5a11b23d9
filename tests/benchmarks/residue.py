"""
How fast the residue probe is, what it finds, and how others do on the same bytes.

Run by ``make bench-residue``. Everything is measured in one go on one corpus in
a temporary folder, each contestant in a process of its own, the best of three;
trust ratios, not third digits.
"""

import argparse
import json
import os
import pickle
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import corpus
from contestants import CONTESTANTS, few, files

_BEST_OF = 3
_HERE = Path(__file__).parent
_BULK = ("bulk_extractor", "-E", "find")
_DECODERS = ("base64", "gzip", "zip", "pdf", "msxml", "exif")
"""Those of its scanners that take something apart; base16 did not end in ten minutes."""
_REFERENCE = 0.0051
"""
GB that bulk_extractor 2.2.0 read in a second with its decoders on, measured once.

It was another corpus of this kind and a machine like the one the goals were set
on: a ratio to it is no ratio within one run, and the table says so.
"""


@dataclass(frozen=True)
class Ran:
    """What one contestant took: by the clock, and of computing on all cores together."""

    seconds: float
    computing: float
    told: dict[str, object]


def ran(words: list[str], *, ours: bool = False) -> Ran:
    """Run a command and return what it took; ours times itself, without its start."""
    begun, before = time.perf_counter(), _computing()
    done = subprocess.run(words, capture_output=True, check=False)
    seconds, computing = time.perf_counter() - begun, _computing() - before
    if not ours:
        return Ran(seconds, computing, {})
    told = json.loads(done.stdout)
    return Ran(told["seconds"], told["computing"], told)


def _computing() -> float:
    """Return the seconds of computing of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best(words: list[str], *, ours: bool = False) -> Ran:
    """Return the fastest of some runs, by either measure: the others were disturbed."""
    runs = [ran(words, ours=ours) for _ in range(_BEST_OF)]
    fastest = min(runs, key=lambda each: each.seconds)
    return replace(fastest, computing=min(each.computing for each in runs))


def peers(planted: corpus.Corpus, folder: Path) -> dict[str, list[str]]:
    """Return the commands of the tools that are installed here."""
    patterns, rules = folder / "patterns", folder / "rules.yar"
    literals = [each.label.steps[0].core.literal for each in few(planted.mint)]
    patterns.write_bytes(b"\n".join(literals) + b"\n")
    strings = "\n".join(f"$s{n} = {{ {each.hex(' ')} }}" for n, each in enumerate(literals))
    rules.write_text(f"rule tags {{ strings:\n{strings}\ncondition: any of them }}")
    here, rg = str(planted.folder), ["rg", "-uuu", "-a", "-F", "-c", "-f", str(patterns)]
    known = {
        "cat": ["sh", "-c", 'find "$0" -type f -exec cat {} + > /dev/null', here],
        "ripgrep, one thread": [*rg, "-j1", here],
        "ripgrep, two threads": [*rg, "-j2", here],
        "grep -F": ["grep", "-r", "-a", "-F", "-c", "-f", str(patterns), here],
        "yara": ["yara", "-r", str(rules), here],
        "yara-x": ["yr", "scan", "-r", str(rules), here],
        "bulk_extractor, find": [*_BULK, *_bulk(folder, patterns), "-R", here],
        "bulk_extractor": [*_BULK, *_each("-e", _DECODERS), *_bulk(folder, patterns), "-R", here],
    }
    return {name: words for name, words in known.items() if shutil.which(words[0])}


def _bulk(folder: Path, patterns: Path) -> tuple[str, ...]:
    """Return how bulk_extractor is told what to find, and where to write; anew each time."""
    return ("-q", "-Z", "-F", str(patterns), "-o", str(folder / "be"))


def _each(option: str, words: Sequence[str]) -> list[str]:
    return [each for word in words for each in (option, word)]


def measured(planted: corpus.Corpus, folder: Path) -> dict[str, Ran]:
    """Return what every contestant took."""
    kept = folder / "corpus.pickle"
    kept.write_bytes(pickle.dumps(planted))
    for path in files(planted.folder):  # into the page cache, for everybody
        path.read_bytes()
    script = [sys.executable, str(_HERE / "contestants.py")]
    found = {name: best(words) for name, words in peers(planted, folder).items()}
    for name in CONTESTANTS:
        found[name] = best([*script, name, str(kept)], ours=True)
    return found


def shown(found: dict[str, Ran], planted: corpus.Corpus) -> list[str]:
    """Return the table of results."""
    lines = [f"{'contestant':32} {'GB/s':>7} {'GB/cpu s':>8} {'MiB':>5}  recall, false hits"]
    for name, each in found.items():
        size = int(str(each.told.get("bytes", planted.size))) / 1e9
        told = ""
        if "kinds" in each.told:
            told = f"{each.told['found']}/{each.told['kinds']} kinds, {each.told['false']} false"
            told += f", {each.told['refused']} refused {each.told['missed'] or ''}"
        rates = f"{size / each.seconds:7.3f} {size / each.computing:8.3f}"
        lines.append(f"{name:32} {rates} {each.told.get('peak', ''):>5}  {told}")
    return lines


def ratios(found: dict[str, Ran], size: int, thousand: Ran, million: Ran, small: int) -> list[str]:
    """Return the numbers we hold ourselves to: by the clock, by computing, and the goal."""
    found = found | {"few": thousand, "many": million}
    peaks = {name: int(str(each.told["peak"])) for name, each in found.items() if each.told}
    one, two = "raw, 20 patterns, one thread", "raw, 20 patterns, two threads"
    rows = [
        ("raw / ripgrep, one thread", *_times(found, one, "ripgrep, one thread"), "3"),
        ("raw / ripgrep, two threads", *_times(found, two, "ripgrep, two threads"), "3"),
        ("raw / cat", *_times(found, two, "cat"), "0.6"),
        _against_bulk(found, size),
        ("1.2 million applicants / 1 000", *_times(found, "few", "many"), "0.9 to 1.1"),
        ("numbers: 9 000 / 100", *_times(found, "numbers, 100", "numbers, 9 000"), "1"),
    ]
    lines = [f"{'ratio':44} {'clock':>7} {'cpu':>7}"]
    lines += [f"{what:44} {clock:7.2f} {cpu:7.2f}  goal {goal}" for what, clock, cpu, goal in rows]
    grown = (peaks["ladder, one process"] - peaks["few"]) / ((size - small) / (1 << 20))
    lines.append(f"peak memory of one process, MiB: {max(peaks.values())}, goal 300")
    crowd = (peaks["many"] - peaks["few"]) / 1.199
    lines.append(f"more for each MiB of corpus: {grown:.3f}, for a million applicants: {crowd:.1f}")
    return lines


def _times(found: dict[str, Ran], name: str, other: str) -> tuple[float, float]:
    """Return how many times faster one is than another, by both measures; NaN without another."""
    if other not in found:
        return float("nan"), float("nan")
    mine, theirs = found[name], found[other]
    return theirs.seconds / mine.seconds, theirs.computing / mine.computing


def _against_bulk(found: dict[str, Ran], size: int) -> tuple[str, float, float, str]:
    """Return the row on bulk_extractor, by its reference figure where it is not installed."""
    mine, name = "ladder, two processes", "bulk_extractor"
    if name in found:
        return f"ladder / {name}", *_times(found, mine, name), "50"
    rates = (size / 1e9 / taken for taken in (found[mine].seconds, found[mine].computing))
    clock, cpu = (rate / _REFERENCE for rate in rates)
    return f"ladder / {name}'s reference figure, {_REFERENCE}", clock, cpu, "50"


def crowd(size: int, seed: int, applicants: int, folder: Path) -> Ran:
    """Return what the ladder takes on a corpus with plants of so many applicants."""
    planted = corpus.build(folder / f"crowd {applicants}", seed, size, applicants)
    kept = folder / f"{applicants}.pickle"
    kept.write_bytes(pickle.dumps(planted))
    words = [sys.executable, str(_HERE / "contestants.py"), "ladder, one process", str(kept)]
    return best(words, ours=True)


def main() -> None:
    """Build the corpus, let everybody run, print what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mib", type=int, default=256, help="size of the corpus")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    asked.add_argument(
        "--packed", type=float, default=corpus.PACKED, help="bytes decoded for each byte"
    )
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-residue-") as home:
        folder = Path(home)
        size = given.mib << 20
        planted = corpus.build(folder / "corpus", given.seed, size, packed=given.packed)
        kinds = len({plant.kind for plant in planted.plants})
        load = os.getloadavg()[0]
        told = f"seed {given.seed}, {planted.size >> 20} MiB, {given.packed:.3f} decoded for each, "
        told += f"load {load:.1f}, "
        told += f"{len(planted.plants)} plants of {kinds} kinds"
        print(told, flush=True)  # noqa: T201  what a benchmark is for
        found = measured(planted, folder)
        size = min(64 << 20, given.mib << 18)
        people = [crowd(size, given.seed, count, folder) for count in (1000, 1_200_000)]
        told = ratios(found, planted.size, *people, size)
        print("\n".join([*shown(found, planted), "", *told]))  # noqa: T201  the same


if __name__ == "__main__":
    main()
