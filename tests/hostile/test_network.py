"""
A whole audit, in a network that has nothing but itself, calls nobody else.

There the kernel counts each packet for which there is no way out, whoever sent
it: a call abroad, a question to a name server. The count is shown to work first.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.programs("ip", "unshare")

INSIDE = """
import json, subprocess, sys
from pathlib import Path

def stray():
    v4 = [each.split() for each in Path("/proc/net/snmp").read_text().splitlines()]
    ip = dict(zip(*[each for each in v4 if each[0] == "Ip:"]))
    v6 = dict(each.split() for each in Path("/proc/net/snmp6").read_text().splitlines())
    return int(ip["OutNoRoutes"]) + int(v6["Ip6OutNoRoutes"])

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
before = stray()
"""
TELL = """
print(json.dumps({"stray": stray() - before, "code": code}))
"""
BEACON = """
import socket
try:
    socket.create_connection(("198.51.100.7", 443), 1)
except OSError as error:
    code = error.errno
"""
NAME = """
import socket
line = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
try:
    line.sendto(b"a surname", ("2001:db8::1", 53))
except OSError as error:
    code = error.errno
"""
AUDIT = """
from idaudit.command.main import exit_code_of
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()):
    code = exit_code_of(sys.argv[1:])
"""
LURED = """
import importlib.util, io, contextlib
described = importlib.util.spec_from_file_location("register", sys.argv[1])
register = importlib.util.module_from_spec(described)
sys.modules["register"] = register
described.loader.exec_module(register)
from idaudit.command.main import exit_code_of
code = 99
for turn in sys.argv[3:]:
    folder = Path(sys.argv[2], turn)
    folder.mkdir()
    with register.running(register.TURNS[turn], "198.51.100.7:80") as address:
        (folder / "target.py").write_text(register.ADAPTER.format(name="lure", address=address))
        words = ["--target", str(folder / "target.py"), "--only", "holds-under-surge"]
        with contextlib.redirect_stdout(io.StringIO()):
            words += ["--seed", "1", "--out", str(folder / "out")]
            code = min(code, exit_code_of(["run", *words]))
"""


def _alone(program: str, *words: str) -> dict[str, int]:
    """Run *program* in a network of its own; return what it told."""
    as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    unshare = shutil.which("unshare")
    assert unshare is not None
    done = subprocess.run(
        [unshare, *as_root, "--net", sys.executable, "-c", INSIDE + program + TELL, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr and not os.environ.get("IDAUDIT_EVERY_PROGRAM"):
        pytest.skip(f"not run: the kernel lets us make no network ({done.stderr.strip()})")
    assert done.returncode == 0, done.stderr
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("program", [BEACON, NAME], ids=["a call", "a datagram by IPv6"])
def test_a_call_abroad_would_be_counted(program: str) -> None:
    """A program that calls an address of documentation is seen doing so."""
    assert _alone(program)["stray"] > 0


def test_an_audit_of_the_city_calls_nobody_but_the_city(tmp_path: Path) -> None:
    """Nursery, city, doctor, checks and reports: no packet is meant for anywhere but loopback."""
    words = ("--seed", "5", "--jobs", "1", "--only", "no-use-trail", "--out", str(tmp_path / "out"))

    told = _alone(AUDIT, "run", *words)

    assert told == {"stray": 0, "code": 0}


def test_an_audit_of_a_target_that_lures_follows_nowhere(tmp_path: Path) -> None:
    """Redirects, ids and words that lead abroad move no packet there."""
    script = str(Path(__file__).with_name("register.py"))

    told = _alone(LURED, script, str(tmp_path), "elsewhere", "address-for-an-id", "words")

    assert told["stray"] == 0
    assert told["code"] in {1, 2}
