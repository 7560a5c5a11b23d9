"""
What each hostile case takes, by the clock and in memory.

Prints the tables of ``docs/hostile-targets.md``; with ``--write``, puts them
there. Run as ``python tests/benchmarks/hostile.py``; some minutes. Each case is
met in a process of its own, with a tenth of the usual patience: 3 s for one
silence, 12 s for a whole call; stores have what ``fixtures/hostile/store.py`` gives them.
"""

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from idaudit.checks.probes.sweep import Sweep
from idaudit.command.main import exit_code_of
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.hostile.catalogue import MISDEEDS, STORES
from idaudit.fixtures.hostile.misdeed import Misdeed
from idaudit.fixtures.hostile.places import PRECIOUS, TRAPS
from idaudit.fixtures.hostile.server import Server, serving
from idaudit.fixtures.targets.scratch import cheapest_folder
from idaudit.fixtures.targets.wire import Wire, fields_of
from idaudit.threatmodel.errors import SuiteError

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "hostile-targets.md"
MARKS = "<!-- measured -->", "<!-- /measured -->"

sys.path.insert(0, str(ROOT / "tests" / "hostile"))
from register import ADAPTER, HARMLESS, TURNS, Turn, running  # noqa: E402  beside the tests of it

Row = tuple[str, str, str, float, float]


def apart(act: Callable[[], str]) -> tuple[str, float, float]:
    """Do *act* in a process of its own; return what it says, its seconds and its MiB."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
        before, started = _status("VmRSS"), time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            said = act()
        took = said, time.perf_counter() - started, (_status("VmHWM") - before) / 1024
        os.write(writing, json.dumps(took).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said, seconds, memory = json.loads(pipe.read())
    os.waitpid(child, 0)
    return said, seconds, max(0.0, memory)


def _status(name: str) -> int:
    told = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+)", told)
    assert found
    return int(found[1])


def _called(misdeed: Misdeed, server: Server, decoy: Server) -> str:
    url = f"{'https' if misdeed.secure else 'http'}://{server.address}"
    with closing(Wire(url, read_seconds=3, answer_seconds=12)) as wire:
        try:
            path = misdeed.path.replace("{decoy}", decoy.address)
            exchange = wire.call("POST" if misdeed.sends else "GET", path, body=misdeed.sends)
            fields_of(exchange)
        except SuiteError as error:
            return type(error).__name__
        return f"read, {exchange.status}"


def servers() -> Iterator[Row]:
    """Yield a row for each server that misbehaves."""
    for misdeed in MISDEEDS.values():
        with serving(misdeed.serve) as (server, decoy):
            yield misdeed.id, misdeed.does, *apart(lambda: _called(misdeed, server, decoy))  # noqa: B023  done at once
            assert not decoy.calls


def places() -> Iterator[Row]:
    """Yield a row for each place that means harm, swept as a run would."""
    for trap in TRAPS.values():
        ground = Path(tempfile.mkdtemp(dir=cheapest_folder()))
        (ground / PRECIOUS).write_text("")
        (ground / "place").mkdir()
        place = trap.lay(ground / "place")

        def swept() -> str:
            try:
                return f"{len(Sweep(Mint(1)).surface(place))} hits"  # noqa: B023  done at once
            except SuiteError as error:
                return type(error).__name__

        yield trap.id, trap.does, *apart(swept)
        subprocess.run([shutil.which("rm") or "rm", "-rf", str(ground)], check=True)


def stores() -> Iterator[Row]:
    """Yield a row for each store that turns, read as a sweep would."""
    for store in STORES.values():
        with serving(store.serve) as (server, decoy):

            def read() -> str:
                try:
                    size = sum(len(part.data) for part in store.declared(server.address).parts())  # noqa: B023  done at once
                except SuiteError as error:
                    return type(error).__name__
                return f"read, {size} bytes"

            yield store.id, store.does, *apart(read)
            assert not decoy.calls


def audits() -> Iterator[Row]:
    """Yield a row for a whole audit of a register that turns in each way."""
    turns: dict[str, Turn] = {"not at all": lambda *_: None, **HARMLESS, **TURNS}
    for name, turn in turns.items():
        with running(turn, "127.0.0.1:9") as address, tempfile.TemporaryDirectory() as folder:
            file, out = Path(folder, "target.py"), Path(folder, "out")
            file.write_text(ADAPTER.format(name="register", address=address))
            words = ["run", "--target", str(file), "--only", "holds-under-surge"]
            words += ["--seed", "1", "--out", str(out)]
            code, seconds, memory = apart(lambda: f"exit {exit_code_of(words)}")  # noqa: B023  done at once
            yield name, "a whole audit of a register that turns so", code, seconds, memory


def table(title: str, rows: Iterator[Row]) -> str:
    """Return *rows* as a table, printed as they come."""
    lines = [f"## {title}\n", "| case | it … | ends in | s | MiB |", "|---|---|---|---:|---:|"]
    for name, does, ends, seconds, memory in rows:
        lines.append(f"| `{name}` | {does} | {ends} | {seconds:.2f} | {memory:.0f} |")
        print(lines[-1], flush=True)  # noqa: T201  what a benchmark is for
    return "\n".join(lines) + "\n"


def main() -> None:
    """Meet every case."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true", help="put the tables into the docs")
    write = asked.parse_args().write
    told = "\n".join(
        (
            table(f"{len(MISDEEDS)} servers", servers()),
            table(f"{len(TRAPS)} places", places()),
            table(f"{len(STORES)} stores", stores()),
            table(f"{1 + len(HARMLESS) + len(TURNS)} whole audits", audits()),
        )
    )
    if write:
        text = DOC.read_text(encoding="utf-8")
        before, rest = text.split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        DOC.write_text(f"{before}{MARKS[0]}\n\n{told}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
