"""
Whoever interrupts a run is told the truth about it, and nothing of it is left behind.

The command runs as a process of its own, as it does for people, and gets real
signals. What belongs to it is known by a mark in its environment.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from idaudit.command.interrupts import Interrupted, Interrupts
from idaudit.command.main import exit_code_of
from idaudit.fixtures.hostile.line import Line
from idaudit.fixtures.hostile.server import serving

COMMAND = [sys.executable, "-c", "from idaudit.command.main import main; main()"]
PATIENCE = 300
DEFECTS = ("clerks-read-closed-files", "asks-for-income", "closes-its-books", "answers-slowly")


class Command:
    """One running command, in a session of its own, with a folder of its own for what it drops."""

    def __init__(self, folder: Path, *words: str) -> None:
        """Start it."""
        self.mark = f"IDAUDIT_MARK={folder}/{time.monotonic_ns()}"
        self.scratch = folder / "scratch"
        self.scratch.mkdir(exist_ok=True)
        name, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, name: value, "TMPDIR": str(self.scratch)},
        )
        self.said: list[str] = []
        self.complained = ""

    def wait_for(self, words: str) -> None:
        """Read on until a line holds *words*."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return
        pytest.fail(f"{words!r} was never said: {self.said} {self.process.stderr}")

    def send(self, number: signal.Signals, *, to_all: bool = False) -> None:
        """Send a signal to it, or, as a terminal does, to all its processes."""
        (os.killpg if to_all else os.kill)(self.process.pid, number)

    def end(self) -> int:
        """Wait for its end, and return what it left with."""
        rest, self.complained = self.process.communicate(timeout=PATIENCE)
        self.said.append(rest)
        return self.process.returncode

    def left_behind(self) -> list[str]:
        """Return the command line of each process of it that is still there."""
        found = []
        for each in Path("/proc").iterdir():
            if each.name.isdigit() and int(each.name) != self.process.pid:
                try:
                    if self.mark.encode() in (each / "environ").read_bytes().split(b"\0"):
                        found.append((each / "cmdline").read_text())
                except OSError:
                    continue
        return found


@contextmanager
def command(folder: Path, *words: str) -> Iterator[Command]:
    """Run a command until the end of the block, whatever becomes of the test."""
    running = Command(folder, *words)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def _eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def _run(folder: Path, *words: str, jobs: int = 1) -> tuple[str, ...]:
    out = str(folder / "out")
    only = ("--only", "no-use-trail", "--only", "retention-term")
    return ("run", "--seed", "5", "--jobs", str(jobs), "--out", out, *only, *words)


LASTING = """
import time
from idaudit.fixtures.targets.target import Answer, Outcome, Target

class Lasting(Target):
    name, kind, disposable = "lasting", "sample", False

    def __init__(self):
        self.records, self.opened = {}, 0

    def open_application(self, applicant, by, *, channel="counter", extra=None):
        self.opened += 1
        self.records[f"r{self.opened}"] = applicant.index
        ids = {"application": f"a{self.opened}", "record": f"r{self.opened}"}
        return Outcome(Answer.ALLOWED, fields=ids)

    def read_record(self, record, by):
        print("hanging", flush=True)
        time.sleep(600)

    def delete_record(self, record, by):
        known = self.records.pop(record, None) is not None
        return Outcome(Answer.ALLOWED if known else Answer.REFUSED, fields={"deferred": False})

    def close(self):
        print(f"left with {len(self.records)} records", flush=True)

target = Lasting()
"""


def _lasting(folder: Path) -> tuple[str, ...]:
    """Write a target file for a system that goes on being used, and hangs when a record is read."""
    (folder / "lasting.py").write_text(LASTING)
    return ("--target", str(folder / "lasting.py"))


def _told(folder: Path) -> tuple[dict[str, str], str]:
    """Return the verdicts of the report that was left, and why it says that it is not whole."""
    audit = json.loads((folder / "out" / "audit.json").read_text())
    assert not audit["completed"]
    lines = (folder / "out" / "evidence.jsonl").read_text().splitlines()
    end = json.loads(lines[-1])["record"]
    assert not end["completed"]
    for name in ("report.html", "summary.md"):
        assert "interrupted" in (folder / "out" / name).read_text()
    return {each["id"]: each["verdict"] for each in audit["guarantees"]}, end["why"]


@pytest.mark.parametrize(
    ("jobs", "number", "to_all"),
    [
        pytest.param(1, signal.SIGTERM, False, id="sigterm"),
        pytest.param(2, signal.SIGINT, True, id="ctrl-c-with-workers"),
    ],
)
def test_an_interrupted_run_tells_what_it_saw(
    jobs: int,
    number: signal.Signals,
    to_all: bool,  # noqa: FBT001  a parameter of pytest
    tmp_path: Path,
) -> None:
    """What did not run is not shown, the report says why, and no process or folder is left."""
    with command(tmp_path, *_run(tmp_path, jobs=jobs)) as running:
        running.wait_for("  pass  ")
        running.send(number, to_all=to_all)
        code = running.end()

    verdicts, why = _told(tmp_path)
    assert code == 128 + number
    assert why == f"the run was interrupted ({number.name})"
    assert "not-shown" in verdicts.values()
    assert "broken" not in verdicts.values()
    assert "Traceback" not in running.complained
    assert running.left_behind() == []
    assert list(running.scratch.iterdir()) == []


def test_a_run_interrupted_before_its_first_check_shows_nothing(tmp_path: Path) -> None:
    """It is told all the same, and the people it had made up are gone from a lasting system."""
    with command(tmp_path, *_run(tmp_path, *_lasting(tmp_path))) as running:
        running.wait_for("hanging")
        running.send(signal.SIGTERM)
        code = running.end()

    verdicts, why = _told(tmp_path)
    assert (code, why) == (143, "the run was interrupted (SIGTERM)")
    assert "kept" not in verdicts.values()
    assert "left with 0 records" in "".join(running.said)
    assert running.left_behind() == []
    assert list(running.scratch.iterdir()) == []


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    """Nobody has to wait for a target that does not let itself be closed."""
    with command(tmp_path, *_run(tmp_path, jobs=2)) as running:
        running.wait_for("  pass  ")
        running.send(signal.SIGINT, to_all=True)
        running.send(signal.SIGINT, to_all=True)
        time.sleep(0.05)  # two that come as one are one
        running.send(signal.SIGINT, to_all=True)
        code = running.end()

    assert code == 130
    assert not (tmp_path / "out").exists()
    _eventually(lambda: running.left_behind() == [])


def test_a_run_ends_when_its_time_is_over(tmp_path: Path) -> None:
    """However a target stalls, an audit takes no longer than it was given; it exits as judged."""
    stalls = _lasting(tmp_path)
    with command(tmp_path, *_run(tmp_path, "--minutes", "0.05", *stalls)) as running:
        code = running.end()

    verdicts, why = _told(tmp_path)
    assert code == 2
    assert why == "the run was interrupted: its time was over (0.05 minutes)"
    assert "kept" not in verdicts.values()
    assert "left with 0 records" in "".join(running.said)


def test_an_interrupted_matrix_proves_nothing(tmp_path: Path) -> None:
    """What was found is shown, no matrix is written, and no worker is left."""
    words = ("matrix", "--jobs", "2", "--json", str(tmp_path / "matrix.json"))
    words += tuple(f"--defect={each}" for each in DEFECTS)
    with command(tmp_path, *words) as running:
        running.wait_for("caught")
        running.send(signal.SIGINT, to_all=True)
        code = running.end()

    assert code == 130
    assert "Interrupted" in "".join(running.said)
    assert not (tmp_path / "matrix.json").exists()
    assert "Traceback" not in running.complained
    assert running.left_behind() == []
    assert list(running.scratch.iterdir()) == []


def test_an_interrupted_sweep_calls_nothing_clean(tmp_path: Path) -> None:
    """It leaves as interrupted, and writes no list that could pass for all there is."""
    listed, found = tmp_path / "canaries.json", tmp_path / "hits.json"
    words = ["canaries", "--count", "1", "--seed", "1", "--out", str(listed)]
    assert exit_code_of(words) == 0
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "file").write_text("nothing")
    with serving(Line.hang) as (server, _):
        words = ["--canaries", str(listed), "--jobs", "2", "--json", str(found)]
        places = (str(tmp_path / "place"), f"http://{server.address}/")
        with command(tmp_path, "sweep", *words, *places) as running:
            _eventually(lambda: server.calls > 0)
            running.send(signal.SIGINT, to_all=True)
            code = running.end()

    assert code == 130
    assert "interrupted" in "".join(running.said) + running.complained
    assert not found.exists()
    assert "Traceback" not in running.complained
    assert running.left_behind() == []


def test_what_is_held_is_interrupted_afterwards() -> None:
    """A line of evidence is written whole, and then the run ends."""
    interrupts, done = Interrupts(), []

    def write() -> None:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("whole")

    with interrupts.watching():
        with pytest.raises(Interrupted):
            write()
        assert interrupts.why == "the run was interrupted (SIGINT)"

    assert done == ["whole"]
    assert interrupts.code == 130
