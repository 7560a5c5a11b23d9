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
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import corpus
from contestants import CONTESTANTS, few, files

_BEST_OF = 3
_HERE = Path(__file__).parent
_BULK = ("bulk_extractor", "-E", "find")


@dataclass(frozen=True)
class Ran:
    """What one contestant took."""

    seconds: float
    told: dict[str, object]


def ran(words: list[str], *, ours: bool = False) -> Ran:
    """Run a command and return what it took; ours times itself, without its start."""
    begun = time.perf_counter()
    done = subprocess.run(words, capture_output=True, check=False)
    seconds = time.perf_counter() - begun
    if not ours:
        return Ran(seconds, {})
    told = json.loads(done.stdout)
    return Ran(told["seconds"], told)


def best(words: list[str], *, ours: bool = False) -> Ran:
    """Return the fastest of some runs: the others were disturbed."""
    return min((ran(words, ours=ours) for _ in range(_BEST_OF)), key=lambda each: each.seconds)


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
        "bulk_extractor": [*_BULK, "-F", str(patterns), "-o", str(folder / "be"), "-R", here],
    }
    return {name: words for name, words in known.items() if shutil.which(words[0])}


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
    lines = [f"{'contestant':32} {'GB/s':>7} {'MiB':>6}  recall, false hits"]
    for name, each in found.items():
        size = each.told.get("bytes", planted.size)
        rate = int(str(size)) / each.seconds / 1e9
        told = ""
        if "kinds" in each.told:
            told = f"{each.told['found']}/{each.told['kinds']} kinds, {each.told['false']} false"
            told += f", {each.told['refused']} refused {each.told['missed'] or ''}"
        lines.append(f"{name:32} {rate:7.3f} {each.told.get('peak', ''):>6}  {told}")
    return lines


def ratios(found: dict[str, Ran], few_people: Ran, many_people: Ran) -> list[str]:
    """Return the numbers we hold ourselves to, each with its goal."""

    def times(name: str, other: str) -> float:
        return found[other].seconds / found[name].seconds if other in found else float("nan")

    peak = max(int(str(found[name].told["peak"])) for name in CONTESTANTS)
    one, two = "raw, 20 patterns, one thread", "raw, 20 patterns, two threads"
    rows = (
        ("raw against ripgrep, one thread", times(one, "ripgrep, one thread"), "3"),
        ("raw against ripgrep, two threads", times(two, "ripgrep, two threads"), "3"),
        ("raw against cat", times(two, "cat"), "0.6"),
        ("ladder against bulk_extractor", times("ladder, two processes", "bulk_extractor"), "50"),
        ("1.2 million applicants / 1 000", many_people.seconds / few_people.seconds, "0.9 to 1.1"),
        ("numbers: 9 000 / 100", times("numbers, 100", "numbers, 9 000"), "1"),
        ("peak memory of one process, MiB", peak, "300"),
    )  # fmt: skip
    return [f"{what:34} {value:8.2f}  goal {goal}" for what, value, goal in rows]


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
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-residue-") as home:
        folder = Path(home)
        planted = corpus.build(folder / "corpus", given.seed, given.mib << 20)
        kinds = len({plant.kind for plant in planted.plants})
        load = os.getloadavg()[0]
        told = f"seed {given.seed}, {planted.size >> 20} MiB, load {load:.1f}, "
        told += f"{len(planted.plants)} plants of {kinds} kinds"
        print(told, flush=True)  # noqa: T201  what a benchmark is for
        found = measured(planted, folder)
        size = min(64 << 20, given.mib << 18)
        people = [crowd(size, given.seed, count, folder) for count in (1000, 1_200_000)]
        print("\n".join([*shown(found, planted), "", *ratios(found, *people)]))  # noqa: T201  the same


if __name__ == "__main__":
    main()
