"""
Whatever lies in a place, looking into it ends, and touches nothing that is not the target's.

Each case is made of real files in a folder of its own; what may not be read is
met as somebody who is not root.
"""

import gzip
import os
import shutil
import subprocess
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from idaudit.checks.probes.sweep import Limits, Sweep
from idaudit.fixtures.canaries import Cohort, Field, Mint
from idaudit.fixtures.hostile.places import KEPT, PRECIOUS, TRAPS, Place
from idaudit.fixtures.targets.scratch import cheapest_folder
from idaudit.threatmodel.errors import Inconclusive

NOBODY = 65534
MEMORY = 96 << 20
SECRET = b"the auditor's own"
MINT = Mint(5)
CONTROL = MINT.canary(0, Field.UNASKED, cohort=Cohort.CONTROL).text.encode()


@pytest.fixture
def ground() -> Iterator[Path]:
    """Lend a folder that anybody may enter, with something of the auditor's in it."""
    # What lies in it may be too deep for pytest, and for Python, to take away.
    folder = Path(tempfile.mkdtemp(prefix="idaudit-hostile-", dir=cheapest_folder()))
    folder.chmod(0o755)
    (folder / PRECIOUS).write_bytes(SECRET)
    (folder / "place").mkdir()
    yield folder
    removed = shutil.which("rm")
    assert removed is not None
    subprocess.run([removed, "-rf", "--", str(folder)], check=True)


@contextmanager
def nobody(ground: Path) -> Iterator[None]:
    """Be nobody in particular until the end of the block, where this is root."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(ground / "place", NOBODY, NOBODY)
    for each in (ground / "place").iterdir():
        os.chown(each, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _bytes(place: Place) -> tuple[int, bool]:
    """Return how many bytes were given, and whether what is rightly kept was among them."""
    size, found = 0, False
    for part in place.parts():
        size += len(part.data)
        found |= KEPT in part.data
        assert SECRET not in part.data, "what is the auditor's was read"
    return size, found


def _plants(place: Place) -> None:
    """Plant a control, find it, and take it away."""
    place.plant(CONTROL)
    try:
        assert any(CONTROL in part.data for part in place.parts())
    finally:
        place.uproot()


@pytest.mark.parametrize("name", TRAPS)
def test_a_hostile_place_is_read_or_refused(name: str, ground: Path) -> None:
    """What cannot be read is said to be so; the rest is read whole, and nothing outside it."""
    trap = TRAPS[name]
    place = trap.lay(ground / "place")
    with nullcontext() if trap.as_root else nobody(ground):
        if trap.read:
            with pytest.raises(Inconclusive, match=trap.read):
                _bytes(place)
        else:
            size, found = _bytes(place)
            assert size < 256 << 20, "a hole was read"
            assert found or not any(KEPT in each.read_bytes() for each in _files(ground))

    assert (ground / PRECIOUS).read_bytes() == SECRET


@pytest.mark.parametrize("name", [name for name, trap in TRAPS.items() if not trap.read])
def test_a_control_goes_into_the_place_or_nowhere(name: str, ground: Path) -> None:
    """No pipe blocks whoever plants, and no link leads them into a file of their own."""
    trap = TRAPS[name]
    place = trap.lay(ground / "place")
    if trap.planted:
        with pytest.raises(Inconclusive, match=trap.planted):
            _plants(place)
    else:
        _plants(place)

    assert (ground / PRECIOUS).read_bytes() == SECRET
    assert {each.name for each in ground.iterdir()} == {PRECIOUS, "place"}


@pytest.mark.parametrize(
    "name", [each for each in TRAPS if TRAPS[each].as_root and each != "deeper"]
)
def test_a_sweep_of_a_hostile_place_ends(name: str, ground: Path) -> None:
    """It finds nothing that is not there, in bounded memory, or says what it could not read."""
    trap = TRAPS[name]
    place = trap.lay(ground / "place")
    sweep = Sweep(MINT)
    tracemalloc.start()
    try:
        with pytest.raises(Inconclusive, match=trap.read) if trap.read else nullcontext():
            assert sweep.surface(place) == []
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < MEMORY


def test_a_trace_behind_a_terabyte_of_nothing_is_found(ground: Path) -> None:
    """Stepping over holes loses no byte that was ever written."""
    canary = MINT.canary(7, Field.SURNAME).text.encode()
    with (ground / "place" / "sparse").open("wb") as file:
        file.truncate(1 << 40)
        for at in (0, 100 << 20, (1 << 40) - len(canary)):
            file.seek(at)
            file.write(canary)
    place = TRAPS["links-in-circles"].lay(ground / "place")

    hits = Sweep(MINT).surface(place)

    assert [hit.offset for hit in hits] == [0, 100 << 20, (1 << 40) - len(canary)]


def test_a_hole_does_not_widen_what_may_be_unpacked(ground: Path) -> None:
    """A bomb beside a terabyte of nothing is given what a small file is given."""
    bomb = gzip.compress(bytes(50 << 20), 1)
    with (ground / "place" / "sparse").open("wb") as file:
        file.truncate(1 << 40)
        file.seek((1 << 40) - len(bomb))
        file.write(bomb)
    sweep = Sweep(MINT, limits=Limits(budget=1 << 20, per_byte=1))

    sweep.surface(TRAPS["pipe"].lay(ground / "place"))

    assert any("decodes to more" in refusal.why for refusal in sweep.refused)


def _files(ground: Path) -> list[Path]:
    """Return the files that lie in the place itself, none of them large."""
    return [
        each
        for each in (ground / "place").iterdir()
        if each.is_file() and not each.is_symlink() and each.stat().st_size < 1 << 20
    ]
