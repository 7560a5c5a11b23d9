"""Whatever a target does, a whole audit of it ends, tells the truth and harms nobody."""

import csv
import io
import json
import re
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from register import ADAPTER, HARMLESS, TURNS, WORDS, Turn, running

from idaudit.command.main import exit_code_of
from idaudit.fixtures.hostile.line import Line
from idaudit.fixtures.hostile.server import Server
from idaudit.reports.outputs import EVIDENCE, FILES

ASKED = "holds-under-surge"
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _audit(turn: Turn, folder: Path, name: str = "register") -> tuple[int, str]:
    """Audit a register that turns; return the exit code and the verdict on what was asked."""
    decoy = Server(Line.answer)
    with running(turn, decoy.address) as address:
        file = folder / "target.py"
        file.write_text(ADAPTER.format(name=name, address=address))
        words = ["--target", str(file), "--only", ASKED, "--out", str(folder / "out")]
        code = exit_code_of(["run", "--seed", "1", *words])
    decoy.close()
    assert decoy.calls == 0, "a host was called that nobody asked to audit"
    if code == 3:  # there was nobody to audit, and no report says otherwise
        assert not (folder / "out").exists()
        return code, "not-shown"
    told = json.loads((folder / "out" / "audit.json").read_text())["guarantees"]
    return code, next(each["verdict"] for each in told if each["id"] == ASKED)


def _texts(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return all that was written or printed; nothing else may be there."""
    printed = capsys.readouterr().out
    assert exit_code_of(["report", str(folder / "out"), "--format", "csv"]) == 0
    written = {path.name: path.read_text() for path in (folder / "out").iterdir()}
    assert set(written) <= {*FILES, EVIDENCE}
    beside = {path.name for path in folder.iterdir()}
    assert beside <= {"target.py", "out", "__pycache__"}
    return {**written, "terminal": printed, "csv": capsys.readouterr().out}


def _expect_inert(texts: dict[str, str]) -> None:
    """Expect that every output is what it claims to be, and obeys nobody."""
    for name, text in texts.items():
        assert not CONTROLS.search(text), name
    for name in ("report.html", "summary.md"):
        assert "<script>alert" not in texts[name]
    for name in ("audit.json", "sarif.json", "sarif-github.json"):
        json.loads(texts[name])
    fromstring(texts["junit.xml"])  # noqa: S314  our own output
    for row in csv.reader(io.StringIO(texts["csv"], newline="")):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


@pytest.mark.parametrize("turn", [None, *HARMLESS])
def test_an_honest_register_keeps_its_promise(turn: str | None, tmp_path: Path) -> None:
    """With nothing turned, or what does not matter, it is kept: the tests below test something."""
    assert _audit(HARMLESS[turn] if turn else lambda *_: None, tmp_path) == (0, "kept")


@pytest.mark.parametrize("turn", TURNS)
def test_a_hostile_register_never_keeps_its_promise(
    turn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit ends with a report that says so, writes nowhere else, and calls nobody else."""
    code, verdict = _audit(TURNS[turn], tmp_path)

    assert verdict in {"not-shown", "broken"}
    assert code in {1, 2, 3}
    if code == 3:
        assert not CONTROLS.search(capsys.readouterr().err)
    else:
        _expect_inert(_texts(tmp_path, capsys))


def test_harm_in_every_word_of_a_target_is_shown_and_not_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own name, its surfaces' names and its reasons reach every output as mere words."""
    _audit(TURNS["words"], tmp_path, name=WORDS)

    texts = _texts(tmp_path, capsys)
    _expect_inert(texts)
    assert "alert(1)" in texts["audit.json"], "the words never came as far as a report"


REFUSES = f"""
from idaudit.fixtures.targets.target import Answer, Outcome, Target

class Shut(Target):
    def open_application(self, *words, **named):
        return Outcome(Answer.REFUSED, {(WORDS + " [/] [bold]")!r})

target = Shut()
"""


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_no_complaint_moves_the_terminal(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a target says to be refused with is shown where people look first."""
    (tmp_path / "shut.py").write_text(REFUSES)

    code = exit_code_of([command, "--target", str(tmp_path / "shut.py")])

    told = "".join(capsys.readouterr())
    assert code == 3
    assert not CONTROLS.search(told)
    assert "alert(1)" in told.replace("\n", "").replace(" ", "")


def test_no_name_of_a_file_moves_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sweep prints where it found something, and the finder is not led by the place."""
    listed, place = tmp_path / "canaries.json", tmp_path / "place"
    assert exit_code_of(["canaries", "--count", "1", "--seed", "1", "--out", str(listed)]) == 0
    text = json.loads(listed.read_text())[0]["text"]
    place.mkdir()
    (place / WORDS.replace("/", "")[:200]).write_text(text)

    code = exit_code_of(["sweep", "--canaries", str(listed), "--jobs", "1", str(place)])

    told = "".join(capsys.readouterr())
    assert code == 1
    assert "found: " in told
    assert not CONTROLS.search(told)


def test_a_reason_of_megabytes_is_cut(tmp_path: Path) -> None:
    """A report is for people, and its making is not for a target to slow down."""
    reason = json.dumps({"code": "no " * 1_000_000}).encode()

    _, verdict = _audit(lambda _, path, __: (403, {}, reason) if "/r" in path else None, tmp_path)

    assert verdict == "not-shown"
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_size < 2 << 20, path.name


LENT = """
from idaudit.fixtures.targets.target import Answer, Outcome, Target

class Lent(Target):
    def __init__(self):
        self.records, self.asked = [], 0

    def open_application(self, *words, **named):
        self.records.append("r")
        return Outcome(Answer.ALLOWED, fields={"application": "a", "record": "r"})

    def delete_record(self, record, by):
        self.asked += 1
        if self.asked == 1:  # the doctor's own attempt
            return Outcome(Answer.REFUSED, "not now")
        self.records.clear()
        return Outcome(Answer.ALLOWED, fields={"deferred": False})

    def close(self):
        print("left:", self.records)

target = Lent()
"""


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_lent_system_is_given_back_empty(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is asked of a system that is kept, no made-up person stays in it."""
    (tmp_path / "lent.py").write_text(LENT)
    out = ["--only", ASKED, "--out", str(tmp_path / "out")] if command == "run" else []

    exit_code_of([command, "--target", str(tmp_path / "lent.py"), *out])

    assert "left: []" in capsys.readouterr().out
