"""The nursery raises cities that are apart, quick, and gone when it goes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town


def lives(pid: int) -> bool:
    """Whether a process exists; a reaped one does not, a zombie would."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ends(pid: int) -> bool:
    """Whether a process ends within a few seconds."""
    until = time.monotonic() + 5
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not lives(pid)


def test_cities_of_one_nursery_share_nothing(open_town: "Callable[..., Town]") -> None:
    """A record, a key and a number of one are nothing to the other."""
    one, two = open_town(), open_town()
    file, other = one.enrol(), two.enrol()

    assert one.pid != two.pid
    assert file["card"]["number"] != other["card"]["number"]
    assert two.ask(file["owner_key"], "GET", f"/records/{file['record']}").status_code == 404
    assert (one.data / "log" / "city.log").exists()


def test_a_killed_city_is_reaped_and_its_siblings_live(
    nursery: "Nursery", open_town: "Callable[..., Town]"
) -> None:
    """No zombie stays behind, and the nursery goes on raising cities."""
    one, two = open_town(), open_town()
    one.crash()

    assert not lives(one.pid)
    assert two.http.get("/health").status_code == 200
    assert open_town().http.get("/health").status_code == 200
    assert nursery.process.poll() is None


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_the_cities_go_when_the_nursery_goes(
    nursery: "Nursery", open_town: "Callable[..., Town]", how: str
) -> None:
    """Whether it is let go or killed, none of its cities is left behind."""
    own = type(nursery)([sys.executable, "-m", "idaudit.fixtures.city", "--nursery"])
    pids = [open_town(nursery=own).pid for _ in range(2)]
    assert all(map(lives, pids))
    if how == "killed":
        own.process.kill()
    own.close()

    assert all(map(ends, pids))


@pytest.mark.parametrize(
    "line", ['{"data": "/proc/none"}', "{}", "no JSON", '{"data": "/proc/x", "secret": "00"}']
)
def test_a_city_that_cannot_start_says_why_and_the_nursery_lives(
    nursery: "Nursery", open_town: "Callable[..., Town]", line: str
) -> None:
    """One bad line costs one answer."""
    nursery.process.stdin.write(line + "\n")
    nursery.process.stdin.flush()
    answer = json.loads(nursery.process.stdout.readline())

    assert set(answer) == {"error"}
    assert open_town().http.get("/health").status_code == 200


def test_one_city_runs_without_a_nursery(open_town: "Callable[..., Town]", tmp_path: Path) -> None:
    """Configuration in, one line out, and a clean end when told to stop."""
    config = open_town().config | {"data": str(tmp_path / "alone")}
    with subprocess.Popen(
        [sys.executable, "-m", "idaudit.fixtures.city"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write(json.dumps(config))
        process.stdin.close()
        said = json.loads(process.stdout.readline())
        process.terminate()
        process.wait(10)

    assert said["pid"] == process.pid
    assert not list((tmp_path / "alone").glob("*-wal"))


def test_nothing_is_spilt_beside_the_city(open_town: "Callable[..., Town]") -> None:
    """The process's own place for temporary files is the scratch folder, and it stays empty."""
    town = open_town()
    town.enrol()
    opened = [fd for fd in Path(f"/proc/{town.pid}/fd").iterdir() if fd.name != "2"]
    files = {path for path in map(os.readlink, opened) if path.startswith("/")}
    written = {path for path in files if not path.startswith(("/dev", str(town.data)))}

    assert written == set()
    assert list((town.data / "scratch").iterdir()) == []


def test_a_fresh_city_is_there_in_a_moment(open_town: "Callable[..., Town]") -> None:
    """The best of five costs less than an interpreter that only reads the city's code."""
    open_town()
    alone = [sys.executable, "-c", "import idaudit.fixtures.city.application"]

    assert _best_of_five(open_town) < _best_of_five(lambda: subprocess.run(alone, check=True))


def _best_of_five(step: "Callable[[], object]") -> float:
    """Return the least that *step* took, in seconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)
