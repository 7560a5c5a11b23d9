"""The generators as processes: one by itself, or a first and its workers, met on this machine."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from idaudit.loadtests.orders import Orders
from idaudit.loadtests.tape import Tape
from idaudit.threatmodel.errors import SetupError

_GENERATOR = "idaudit.loadtests.generator"
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Crew:
    """The processes of one day."""

    orders: Orders
    folder: Path
    first: subprocess.Popen[str]
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

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

    def lost(self) -> list[int]:
        """Return the workers that ended by a signal or an error in the midst of the day."""
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
def crew(orders: Orders) -> Iterator[Crew]:
    """Start the generators that *orders* ask for, and see to it that all of them end."""
    with tempfile.TemporaryDirectory(prefix="idaudit-load-") as name:
        folder = Path(name)
        met = replace(orders, port=orders.port or _free_port())
        met.write(folder / "orders.json")
        alone = orders.workers == 1
        first = _start(folder, "alone" if alone else "first")
        whole = Crew(met, folder, first)
        try:
            for number in range(0 if alone else orders.workers):
                whole.workers.append(_start(folder, "worker", str(number)))
            yield whole
        finally:
            for each in (first, *whole.workers):
                _end(each)


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
