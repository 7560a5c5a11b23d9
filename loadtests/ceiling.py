"""The generator's own ceiling, measured against a server that does nothing, and wrk's beside it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from idaudit.threatmodel.errors import SetupError

_SECONDS = 1.5
_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How many requests a second can be sent at all, by these generators and by wrk."""

    generator: float
    wrk: float | None  # None where wrk is not installed


def measured(workers: int, seconds: float = _SECONDS) -> Ceiling:
    """Measure so many generators at the same moment, and then wrk."""
    with nothing() as url:
        words = [sys.executable, "-m", "idaudit.loadtests.flood", url, str(seconds)]
        floods = [
            subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own
            for _ in range(workers)
        ]
        told = [each.communicate()[0] for each in floods]
        if any(each.returncode for each in floods):
            raise SetupError("load: the generator could not be measured against a null server")
        return Ceiling(sum(map(float, told)), _wrk(url, seconds))


@contextmanager
def nothing() -> Iterator[str]:
    """Serve nothing; yield where."""
    words = [sys.executable, "-m", "idaudit.loadtests.null_server"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  our own
        try:
            assert server.stdout is not None  # noqa: S101  piped above
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


def _wrk(url: str, seconds: float) -> float | None:
    program = shutil.which("wrk")
    if program is None:
        return None
    words = [program, "-t1", "-c20", f"-d{max(round(seconds), 1)}s", url]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout  # noqa: S603  found on the path
    found = _RATE.search(told)
    return float(found[1]) if found else None
