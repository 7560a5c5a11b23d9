"""One sweep on several machines finds what one machine finds, whichever of them dies on the way."""

import base64
import gc
import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client

from idaudit.checks.probes.sweep import Picture, sharing
from idaudit.checks.probes.sweep.distributed import Recipe, Sealed
from idaudit.checks.probes.sweep.hit import Limits
from idaudit.command import sweeping
from idaudit.command.main import exit_code_of
from idaudit.fixtures.canaries import Field, KnownValue

START_SECONDS = 120
DASK = [sys.executable, "-m", "dask"]


@dataclass
class Cluster:
    """A scheduler on loopback, and workers that are processes of their own."""

    address: str
    home: Path
    workers: list["subprocess.Popen[bytes]"]
    stack: ExitStack

    def join(self, *, without: str = "") -> "subprocess.Popen[bytes]":
        """Start one more worker, on request one that cannot import a package."""
        words = ["worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
        words += ["--local-directory", str(self.home)]
        environment = dict(os.environ)
        if without:
            blocked = self.home / "blocked"
            (blocked / without).mkdir(parents=True)
            (blocked / without / "__init__.py").write_text("raise ModuleNotFoundError")
            environment["PYTHONPATH"] = str(blocked)
        log = self.stack.enter_context((self.home / f"worker-{len(self.workers)}").open("wb"))
        worker = subprocess.Popen([*DASK, *words], stdout=log, stderr=log, env=environment)
        self.workers.append(worker)
        return worker

    def wait_for(self, workers: int) -> None:
        """Wait until so many have ever joined."""
        until = time.monotonic() + START_SECONDS
        while self.logs().count("Registered to:") < workers:
            assert time.monotonic() < until, self.logs()
            time.sleep(0.05)

    def wait_until_idle(self) -> None:
        """Wait until every task has been done."""
        with Client(self.address, set_as_default=False) as client:
            until = time.monotonic() + START_SECONDS
            while any(client.processing().values()):
                assert time.monotonic() < until, self.logs()
                time.sleep(0.05)

    def pause(self, seconds: float, but: "subprocess.Popen[bytes]") -> None:
        """Let all other workers sleep."""
        others = [each for each in self.workers if each is not but and each.poll() is None]
        for each in others:
            each.send_signal(signal.SIGSTOP)
        waking = threading.Timer(seconds, lambda: [e.send_signal(signal.SIGCONT) for e in others])
        waking.start()
        self.stack.callback(waking.join)

    def wait_until_left(self, worker: "subprocess.Popen[bytes]") -> None:
        """Wait until the scheduler knows that *worker* is dead."""
        worker.wait()
        with Client(self.address, set_as_default=False) as client:
            until = time.monotonic() + START_SECONDS
            while len(client.nthreads()) > sum(each.poll() is None for each in self.workers):
                assert time.monotonic() < until, self.logs()
                time.sleep(0.05)
        time.sleep(0.5)  # whoever asked is told a moment later

    def logs(self) -> str:
        """Return all that scheduler and workers wrote."""
        return "".join(p.read_text() for p in self.home.iterdir() if p.is_file())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run a scheduler and two workers."""
    home = tmp_path_factory.mktemp("dask")
    words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with ExitStack() as stack:
        log = stack.enter_context((home / "scheduler").open("wb"))
        words += ["--scheduler-file", str(home / "where")]
        scheduler = subprocess.Popen([*DASK, *words], stdout=log, stderr=log)
        stack.callback(ended, scheduler)
        until = time.monotonic() + START_SECONDS
        while not (home / "where").exists() or not (home / "where").read_text().endswith("}"):
            assert time.monotonic() < until, (home / "scheduler").read_text()
            time.sleep(0.05)
        address = json.loads((home / "where").read_text())["address"]
        cluster = Cluster(address, home, [], stack)
        for _ in range(2):
            stack.callback(ended, cluster.join())
        cluster.wait_for(2)
        yield cluster


def ended(process: "subprocess.Popen[bytes]") -> None:
    """End a process of ours."""
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def minted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the canaries of sixty applicants: enough to be a crowd."""
    path = tmp_path_factory.mktemp("minted") / "canaries.json"
    assert exit_code_of(["canaries", "--count", "60", "--seed", "79", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def corpus(minted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of many files with something of somebody in most of them."""
    folder = tmp_path_factory.mktemp("corpus")
    dice = random.Random(9)  # noqa: S311  chaff
    rows = json.loads(minted.read_text())
    for number in range(24):
        some = " ".join(row["text"] for row in dice.sample(rows, 3)).encode()
        chaff = base64.b64encode(dice.randbytes(40_000))
        held = gzip.compress(some + chaff) if number % 3 else some + chaff
        (folder / f"{number:02}").write_bytes(dice.randbytes(10_000) + held)
    (folder / "locked.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + dice.randbytes(400))
    return folder


def swept(minted: Path, place: Path | str, *more: str) -> tuple[int, str | None]:
    """Return the exit code of a sweep and the JSON that it wrote."""
    out = minted.with_name("hits.json")
    out.unlink(missing_ok=True)
    words = ["sweep", "--canaries", str(minted), "--json", str(out), "--jobs", "1", *more]
    code = exit_code_of([*words, str(place)])
    gc.collect()  # a client that never connected closes itself, and not while the next one starts
    return code, out.read_text() if out.exists() else None


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand over every file by itself."""
    monkeypatch.setattr(sharing, "TOGETHER", 1)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("idle", [False, True], ids=["at work", "with answers to fetch"])
def test_a_worker_killed_on_the_way_loses_nothing_and_doubles_nothing(
    cluster: Cluster,
    minted: Path,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    idle: bool,
) -> None:
    """
    List and order are those of one process; no value is in a log, a name or an error.

    Answers that a worker has ready when it dies are made again by another one.
    """
    capsys.readouterr()
    code, alone = swept(minted, corpus)
    told = capsys.readouterr().out
    victim = cluster.join()
    cluster.wait_for(len(cluster.workers))
    steps: list[str] = []
    step = sweeping.Steps.step

    def killing(self: sweeping.Steps, name: str, outcome: str) -> None:
        step(self, name, outcome)
        steps.append(name)
        if len(steps) == 2:
            if idle:
                cluster.wait_until_idle()
                cluster.pause(2, but=victim)  # nobody makes the answers again meanwhile
            victim.send_signal(signal.SIGKILL)
            cluster.wait_until_left(victim)

    monkeypatch.setattr(sweeping.Steps, "step", killing)
    again, together = swept(minted, corpus, "--scan-on", cluster.address)

    assert (code, len(steps)) == (1, 25)
    assert (again, together) == (code, alone)
    assert len(json.loads(str(together))) > 24
    assert capsys.readouterr().out == told
    values = {word for row in json.loads(minted.read_text()) for word in row["text"].split()}
    assert not [value for value in values if len(value) > 5 and value in cluster.logs()]


def test_objects_in_a_store_are_divided_too(cluster: Cluster, minted: Path, corpus: Path) -> None:
    """Each object is read by one worker, and all of them by some."""
    place = f"dir::file://{corpus}"
    code, alone = swept(minted, place)

    assert (code, alone) != (0, "[]\n")
    assert swept(minted, place, "--scan-on", cluster.address) == (code, alone)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1", "no such thing"])
def test_a_scheduler_out_of_reach_is_one_error(
    address: str,
    minted: Path,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is told in one line, with 3, and nothing is written."""
    monkeypatch.setattr("idaudit.checks.probes.sweep.distributed.PATIENCE", 1.0)
    capsys.readouterr()

    assert swept(minted, corpus, "--scan-on", address) == (3, None)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_worker_that_is_not_fit_is_one_error(
    cluster: Cluster,
    minted: Path,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One that does not see the place, has another version or lacks the program."""
    unseen = corpus.with_name("unseen")
    wanted = ["--scan-on", cluster.address]
    monkeypatch.setattr("idaudit.command.sweeping.seen_at", lambda _: str(unseen))
    assert swept(minted, corpus, *wanted) == (3, None)
    assert f"does not see {unseen}" in capsys.readouterr().err
    monkeypatch.undo()

    monkeypatch.setattr("idaudit.checks.probes.sweep.distributed._mine", lambda: "0.0")
    assert swept(minted, corpus, *wanted) == (3, None)
    assert "expected 0.0" in capsys.readouterr().err
    monkeypatch.setattr("idaudit.checks.probes.sweep.distributed._must_be_fit", lambda *_: None)
    assert swept(minted, corpus, *wanted) == (3, None)
    assert "was asked by 0.0" in capsys.readouterr().err
    monkeypatch.undo()

    worker = cluster.join(without="idaudit")
    cluster.wait_for(len(cluster.workers))
    assert swept(minted, corpus, *wanted) == (3, None)
    assert "cannot load idaudit" in capsys.readouterr().err
    ended(worker)


def test_a_page_is_not_swept_elsewhere(minted: Path) -> None:
    """What this machine fetches no other one sees."""
    words = ["--scan-on", "tcp://127.0.0.1:1"]

    assert swept(minted, "http://127.0.0.1:1/page", *words) == (64, None)


def test_without_the_extra_the_error_names_it(
    minted: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever lacks Dask learns what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)

    assert swept(minted, corpus, "--scan-on", "tcp://127.0.0.1:1") == (3, None)
    assert "idaudit[scan]" in capsys.readouterr().err


def test_what_travels_shows_nothing_of_itself() -> None:
    """Dask writes arguments of tasks that fail into its log; these say that they are sealed."""
    known = KnownValue("Q0A1B2C3D", 4, Field.DOCUMENT_NUMBER)
    paper = Picture(6, b"the bytes of a scan", bytes(32))
    recipe = Recipe.of(5, [known], [paper], Limits())

    assert repr(Sealed.of(recipe)) == "sealed"
    assert known.text not in repr(recipe)
    data = f"<{known.text}>".encode() + hashlib.sha256(paper.data).digest()
    hits = recipe.sweep().bytes(data, "page")
    assert [hit.canary for hit in hits] == ["a4.document_number", "a6.document_bytes"]
