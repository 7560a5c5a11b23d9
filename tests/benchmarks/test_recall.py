"""On a corpus nobody has seen before, everything planted is found and nothing else."""

import os
import secrets
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.fixtures.surfaces.folder import FolderSurface

sys.path.insert(0, str(Path(__file__).parent))
import corpus

SIZE = 12 << 20


@pytest.fixture(scope="module")
def seed() -> int:
    """Return a seed nobody has tried; IDAUDIT_CORPUS_SEED names one to try again."""
    return int(os.environ.get("IDAUDIT_CORPUS_SEED") or secrets.randbelow(1 << 32))


def test_everything_planted_is_found_and_nothing_else(seed: int, tmp_path: Path) -> None:
    """Of every kind each plant is found in its file, and no hit names anybody who was not there."""
    print(f"IDAUDIT_CORPUS_SEED={seed}")  # noqa: T201  shown where the test fails
    planted = corpus.build(tmp_path, seed, SIZE)
    sweep = Sweep(planted.mint, planted.known, planted.pictures, Limits())
    hits = sweep.surface(FolderSurface("corpus", tmp_path))

    seen: dict[str, set[int | None]] = defaultdict(set)
    for hit in hits:
        seen[hit.location].add(hit.applicant)
    there: dict[str, set[int | None]] = defaultdict(lambda: {None})
    for plant in planted.plants:
        there[plant.file].add(plant.applicant)
    false = [hit for hit in hits if hit.applicant not in there.get(hit.location, set())]

    assert corpus.missed(planted.plants, seen) == []
    assert false == []
    assert sweep.refused == []
    assert len({plant.kind for plant in planted.plants}) >= 55
    assert len(planted.plants) >= 120
