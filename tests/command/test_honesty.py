"""A run that could not see, or could not finish, never says "kept"."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from idaudit.command.main import exit_code_of
from idaudit.fixtures.surfaces.folder import FolderSurface
from idaudit.fixtures.surfaces.sqlite import SqliteSurface

SIGHTED = "no-scan-kept"


def _audit(out: Path, *words: str) -> tuple[int, dict[str, str]]:
    """Run the command, and return its exit code and the verdict of each promise."""
    code = exit_code_of(["run", "--jobs", "1", "--seed", "5", "--out", str(out), *words])
    return code, _verdicts(out)


def _verdicts(out: Path) -> dict[str, str]:
    audit = json.loads((out / "audit.json").read_text())
    return {each["id"]: each["verdict"] for each in audit["guarantees"]}


def test_what_can_be_seen_is_kept(tmp_path: Path) -> None:
    """With nothing sabotaged the same run says kept, so the tests below test something."""
    code, verdicts = _audit(tmp_path / "out", "--only", SIGHTED)

    assert code == 0
    assert verdicts[SIGHTED] == "kept"


@pytest.mark.parametrize("surface", [FolderSurface, SqliteSurface])
def test_a_sabotaged_positive_control_shows_nothing(
    surface: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the planted control is not found, "not found" stops counting."""
    monkeypatch.setattr(surface, "plant", lambda _self, _control: None)

    code, verdicts = _audit(tmp_path / "out", "--only", SIGHTED)

    assert code == 2
    assert verdicts[SIGHTED] == "not-shown"


def test_a_target_stopped_half_way_never_exits_as_success(tmp_path: Path) -> None:
    """Every city is killed while the checks run."""
    command = [sys.executable, "-c", "from idaudit.command.main import main; main()"]
    audit = subprocess.Popen(
        [*command, "run", "--jobs", "1", "--only", SIGHTED, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert audit.stdout is not None
    for line in audit.stdout:
        if "  pass  " in line:
            break
    _kill_children(audit.pid)
    audit.communicate(timeout=300)

    assert audit.returncode in {2, 3}
    if (tmp_path / "out").exists():
        verdicts = _verdicts(tmp_path / "out")
        assert "not-shown" in verdicts.values()
        assert "broken" not in verdicts.values()


def _kill_children(parent: int) -> None:
    """SIGKILL every process below *parent*."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    assert children, "no city was running"
    for child in map(int, children):
        _kill_children_of(child)
        os.kill(child, signal.SIGKILL)


def _kill_children_of(parent: int) -> None:
    for child in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
        os.kill(child, signal.SIGKILL)


CLOSED = '''
from idaudit.fixtures.targets.target import Answer, Operation, Outcome, Target

class ClosedCounter(Target):
    """A city that refuses everybody."""

    name, kind, disposable = "closed", "sample", True

def _refuse(self, *_words, **_named):
    return Outcome(Answer.REFUSED, "closed")

for operation in Operation:
    setattr(ClosedCounter, operation.value, _refuse)

target = ClosedCounter()
'''


def test_a_city_that_refuses_everybody_is_no_honest_city(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refusing every applicant keeps no promise: there is nothing to audit."""
    (tmp_path / "closed.py").write_text(CLOSED)

    words = ["run", "--target", str(tmp_path / "closed.py"), "--out", str(tmp_path / "out")]
    code = exit_code_of(words)

    assert code == 3
    assert "could not open a single application" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unwritable_out_is_refused_before_anything_is_driven(tmp_path: Path) -> None:
    """No audit is run whose report cannot be kept."""
    (tmp_path / "file").write_text("mine")

    code = exit_code_of(["run", "--out", str(tmp_path / "file" / "out")])

    assert code == 3
    assert (tmp_path / "file").read_text() == "mine"
