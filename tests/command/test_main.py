"""What the command line answers when it is used wrongly."""

import json
from pathlib import Path

import pytest

from idaudit.command.listing import KINDS
from idaudit.command.main import exit_code_of

NOWHERE = "/proc/nowhere"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["rnu"], 64, "no command is called 'rnu'; did you mean 'run'?"),
        (["run", "--programm", "x"], 64, "--program"),
        (["run", "--program", "idnyc-2071"], 64, "did you mean 'idnyc-2017'?"),
        (["run", "--only", "no-scan-kep"], 64, "did you mean 'no-scan-kept'?"),
        (["run", "--tier", "gait"], 64, "gait"),
        (["run", "--defect", "nothing-like-it"], 64, "no defect is called"),
        (["run", "--target", "no-such.py"], 64, "no-such.py"),
        (["run", "--target", "x.py", "--defect", "y"], 64, "no defect is called"),
        (["run", "--seed", "-3"], 64, "-3"),
        (["run", "--database", "oracle"], 64, "expected sqlite, postgres"),
        (["run", "--database", "postgresql://db.example.org/"], 64, "disposable=yes"),
        (["run", "--out", NOWHERE], 3, NOWHERE),
        (["run", "--waivers", "no-such.toml"], 4, "no-such.toml"),
        (["run", "--program", "idnyc-2015", "--only", "no-scan-kept"], 64, "does not promise"),
        (["list", "guarantee"], 64, "guarantee"),
        (["matrix", "--defect", "nothing-like-it"], 64, "no defect is called"),
        (["report", "no-such-folder"], 64, "no-such-folder"),
        (["report", ".", "--format", "htm"], 64, "did you mean 'html'?"),
    ],
)
def test_a_wrong_word_gets_one_line_and_its_exit_code(
    words: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line on standard error says what is wrong; nothing is written."""
    monkeypatch.chdir(tmp_path)

    found = exit_code_of(words)

    error = capsys.readouterr().err
    assert found == code, error
    assert told in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_list_has_ids(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of thing can be listed for people and for programs."""
    assert exit_code_of(["list", kind, "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all(row["id"] and row["statement"] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
