"""The generators as processes: one by itself, or a first and its workers, here or elsewhere."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from idaudit.loadtests.orders import Orders
from idaudit.loadtests.tape import Tape
from idaudit.threatmodel.errors import SetupError

_GENERATOR = "idaudit.loadtests.generator"
_ELSEWHERE_SECONDS = 900.0  # until the other machines have come, started by hand


@dataclass(slots=True)
class Crew:
    """The processes of one day."""

    orders: Orders
    folder: Path
    first: subprocess.Popen[str]
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    elsewhere: bool = False  # whether the workers run on machines of their own

    def hear(self, word: str) -> None:
        """
        Wait until the first generator says *word*.

        Raises:
            SetupError: it ended without saying it.

        """
        assert self.first.stdout is not None  # noqa: S101  piped when it was started
        said = self.first.stdout.readline().strip()
        if said != word:
            raise SetupError(f"load: the generators did not get as far as {word!r}: {self._why()}")

    def begin(self) -> None:
        """Let the day begin, and return once it has."""
        assert self.first.stdin is not None  # noqa: S101  piped when it was started
        self.first.stdin.write("go\n")
        self.first.stdin.flush()
        self.hear("begun")

    def busy(self) -> bool:
        """Whether the day still goes on."""
        return self.first.poll() is None

    def lost(self, tape: Tape) -> list[int]:
        """
        Return the workers that ended by a signal or an error in the midst of the day.

        Of those elsewhere, whoever did not come to the end of their share is lost to us.
        """
        if self.elsewhere:
            return sorted({*range(self.orders.workers)} - {*tape.finished})
        return [n for n, each in enumerate(self.workers) if each.poll() not in (None, 0)]

    def told(self) -> Tape:
        """
        Return what all of them saw together.

        Raises:
            SetupError: the first ended without writing it down.

        """
        tape, out = Tape(), self.folder / "tape.json"
        if not out.exists():
            raise SetupError(f"load: the generators left nothing behind: {self._why()}")
        tape.take(json.loads(out.read_text()))
        return tape

    def _why(self) -> str:
        for each in (self.first, *self.workers):
            with suppress(subprocess.TimeoutExpired):
                each.wait(5)
        words = [path.read_text().strip() for path in sorted(self.folder.glob("*.err"))]
        return next((said.splitlines()[-1] for said in words if said), "it said nothing")


@contextmanager
def crew(orders: Orders, *, elsewhere: bool = False) -> Iterator[Crew]:
    """
    Start the generators that *orders* ask for, and see to it that all of them end.

    Workers *elsewhere* are started there, by :func:`work`, and met at the orders' host.
    """
    with tempfile.TemporaryDirectory(prefix="idaudit-load-") as name:
        folder = Path(name)
        met = replace(orders, port=orders.port or _free_port())
        if elsewhere:
            met = replace(met, meeting_seconds=_ELSEWHERE_SECONDS)
        met.write(folder / "orders.json")
        alone = orders.workers == 1 and not elsewhere
        first = _start(folder, "alone" if alone else "first")
        whole = Crew(met, folder, first, elsewhere=elsewhere)
        try:
            for number in range(0 if alone or elsewhere else orders.workers):
                whole.workers.append(_start(folder, "worker", str(number)))
            yield whole
        finally:
            for each in (first, *whole.workers):
                _end(each)


def work(orders: Orders, number: int) -> NoReturn:
    """Be worker *number* for a first generator on another machine, and nothing else from now on."""
    words = [sys.executable, "-m", _GENERATOR, orders.said(), "worker", "-", str(number)]
    os.execv(sys.executable, words)  # noqa: S606  our own interpreter, our own module


def _start(folder: Path, *role: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", _GENERATOR, str(folder / "orders.json"), role[0]]
    words += [str(folder / "tape.json"), *role[1:]]
    with (folder / f"{'-'.join(role)}.err").open("w") as complaints:
        return subprocess.Popen(  # noqa: S603  our own interpreter, our own module
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        )


def _end(process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 2
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.communicate()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port
