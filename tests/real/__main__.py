"""
Audits systems that no one here wrote: ``python -m tests.real [NAME]… [--only CONFIGURATION]``.

Each is installed from its own registry into a folder of its own, started on
loopback, audited in each of its configurations, compared with what its
``expected.toml`` says, and stopped. It ends with 1 where anything differs.

With ``--exchanged`` the doctor is asked instead about each two operations that
stand for each other in its target file and that reading it lets through.
"""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent))

from comparing import Expected, differences, expectations
from exchanging import doubts

from idaudit.checks.catalogue import Tier
from idaudit.command.lenders import TargetChoice
from idaudit.command.options import RunOptions
from idaudit.command.run import run_audit
from idaudit.fixtures.canaries import Mint

ROOT = Path(__file__).parents[2]
REAL = ROOT / "fixtures" / "targets" / "real"
SEED = 7
"""How much scans weigh follows from it, and so what weighing them can tell."""
HOME = ROOT / "reports" / "out" / "real"


def main() -> int:
    """Audit each system that is named, or all of them."""
    known = sorted(each.parent.name for each in REAL.glob("*/expected.toml"))
    asked = argparse.ArgumentParser(prog="python -m tests.real")
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    asked.add_argument("--home", type=Path, default=HOME, help="where they are installed")
    asked.add_argument("--seed", type=int, default=SEED, help="a fresh one shows other people")
    asked.add_argument("--only", default="", metavar="CONFIGURATION", help="such as: usual, tidy")
    asked.add_argument(
        "--exchanged", action="store_true", help="ask the doctor about slips, and audit nothing"
    )
    words = asked.parse_args()
    if unknown := set(words.names) - set(known):
        asked.error(
            f"no system is called {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    console = Console()
    wrong = 0
    for name in words.names or known:
        every = expectations(REAL / name / "expected.toml")
        for each in (one for one in every if words.only in {"", one.name}):
            do = slipped if words.exchanged else audited
            wrong += do(name, each, words.home / name, words.seed, console)
    console.print("as expected" if not wrong else f"{wrong} differences", style="bold")
    return 1 if wrong else 0


def audited(name: str, expected: Expected, home: Path, seed: int, console: Console) -> int:
    """Audit one configuration, say where it differs, and return in how many places."""
    console.rule(f"{name}, {expected.name}")
    console.print(expected.because, markup=False)
    out = home / f"report-{expected.name}"
    with running(name, expected.environment, home, console):
        choice = TargetChoice(str(REAL / name / expected.target))
        options = RunOptions(choice, expected.program, Tier.GATE, seed=seed, out=out)
        run_audit(options, console)
    found = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    told = list(differences(expected, found))
    for line in told:
        console.print(f"differs: {line}", markup=False)
    kept, broken = len(expected.passes), len(expected.fails)
    console.print(f"{kept} checks to pass, {broken} to fail: {len(told)} differ (seed {seed})")
    return len(told)


def slipped(name: str, expected: Expected, home: Path, seed: int, console: Console) -> int:
    """Exchange two operations of its file after the other; return how many nobody notices."""
    console.rule(f"{name}, {expected.name}, exchanged")
    missed = 0
    with running(name, expected.environment, home, console):
        for wrong, told in doubts(REAL / name / expected.target, Mint(seed)):
            console.print(f"{wrong}: {'; '.join(told) or 'nobody notices'}", markup=False)
            missed += not told
    return missed


@contextmanager
def running(
    name: str, environment: Mapping[str, str], home: Path, console: Console
) -> Iterator[None]:
    """Install and start one system, with secrets of this run alone; stop it at the end."""
    home.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    os.environ.update(
        {
            "REAL_HOME": str(home.absolute()),
            "REAL_PORT": str(_free_port()),
            "REAL_PYTHON": sys.executable,
            **{f"REAL_SECRET_{number}": secrets.token_hex(16) for number in range(1, 5)},
            **environment,
        }
    )
    try:
        with console.status(f"{name}: installing and starting (the first time takes minutes)"):
            _do(name, "install")
        yield
    finally:
        _do(name, "stop")
        os.environ.clear()
        os.environ.update(before)


def _do(name: str, verb: str) -> None:
    done = subprocess.run([sys.executable, "recipe.py", verb], cwd=REAL / name, check=False)
    if done.returncode:
        sys.exit(f"{name}: {verb} ended with {done.returncode}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
