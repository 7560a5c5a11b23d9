"""Outputs appear whole or not at all, and nothing of anybody else's is replaced."""

import json
from pathlib import Path

import pytest

from idaudit.reports import folder
from idaudit.reports.audit import Audit
from idaudit.reports.evidence import EvidenceWriter
from idaudit.reports.outputs import FILES, write_outputs
from idaudit.reports.record import RunRecord
from idaudit.threatmodel.errors import SetupError
from idaudit.threatmodel.model import ThreatModel


def _names(folder: Path) -> set[str]:
    """Return what lies in *folder*."""
    return {entry.name for entry in folder.iterdir()}


def test_every_output_is_written_where_none_was(
    tmp_path: Path, kept_audit: Audit, model: ThreatModel
) -> None:
    """The folder and its parents are made, and nothing temporary stays."""
    out = tmp_path / "reports" / "latest"

    write_outputs(kept_audit, model, out)

    assert _names(out) == set(FILES)
    assert _names(out.parent) == {"latest"}


def test_a_later_run_replaces_an_earlier_one(
    tmp_path: Path, kept_audit: Audit, broken_audit: Audit, model: ThreatModel
) -> None:
    """All files are of the same run."""
    write_outputs(kept_audit, model, tmp_path / "out")
    write_outputs(broken_audit, model, tmp_path / "out")

    assert json.loads((tmp_path / "out/audit.json").read_text())["summary"]["broken"] == 1
    assert "broke 1 promise" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert _names(tmp_path) == {"out"}


def test_the_evidence_stays_beside_the_verdicts(
    tmp_path: Path, kept_audit: Audit, model: ThreatModel, record: RunRecord
) -> None:
    """A run that wrote its evidence into the folder finds it there afterwards."""
    out = tmp_path / "out"
    out.mkdir()
    with EvidenceWriter(out / "evidence.jsonl") as writer:
        writer.write(record.header)
    before = (out / "evidence.jsonl").read_bytes()

    write_outputs(kept_audit, model, out, evidence=out / "evidence.jsonl")

    assert (out / "evidence.jsonl").read_bytes() == before
    assert _names(out) == {*FILES, "evidence.jsonl"}


@pytest.mark.parametrize("name", ["notes.txt", "audit.json", "evidence.jsonl"])
def test_what_no_run_wrote_is_not_replaced(
    tmp_path: Path, kept_audit: Audit, model: ThreatModel, name: str
) -> None:
    """Neither a file we do not know nor one that only bears a name of ours."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")

    with pytest.raises(SetupError, match="move them away"):
        write_outputs(kept_audit, model, tmp_path / "out")

    assert (tmp_path / "out" / name).read_text() == "mine"
    assert _names(tmp_path / "out") == {name}


def test_a_stray_file_among_ours_is_not_lost(
    tmp_path: Path, kept_audit: Audit, model: ThreatModel
) -> None:
    """Somebody's notes beside an old report are theirs."""
    write_outputs(kept_audit, model, tmp_path / "out")
    (tmp_path / "out/notes.txt").write_text("mine")

    with pytest.raises(SetupError, match=r"notes\.txt"):
        write_outputs(kept_audit, model, tmp_path / "out")


def test_a_place_that_cannot_be_written_is_a_setup_error(
    tmp_path: Path, kept_audit: Audit, model: ThreatModel
) -> None:
    """A file in the way, above or in place of the folder, is named."""
    (tmp_path / "file").write_text("mine")

    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(SetupError, match="file"):
            write_outputs(kept_audit, model, out)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path,
    kept_audit: Audit,
    broken_audit: Audit,
    model: ThreatModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that fills up halfway shows the earlier run, whole."""
    out = tmp_path / "out"
    write_outputs(kept_audit, model, out)
    before = {entry.name: entry.read_bytes() for entry in out.iterdir()}
    real = folder._write  # noqa: SLF001  the one place where a disk can fill up

    def fill_up(path: Path, text: bytes) -> None:
        if path.name == "junit.xml":
            raise OSError(28, "No space left on device")
        real(path, text)

    monkeypatch.setattr(folder, "_write", fill_up)
    with pytest.raises(SetupError, match="No space left"):
        write_outputs(broken_audit, model, out)

    assert {entry.name: entry.read_bytes() for entry in out.iterdir()} == before
    assert _names(tmp_path) == {"out"}


def test_a_swap_that_fails_puts_the_old_report_back(
    tmp_path: Path,
    kept_audit: Audit,
    broken_audit: Audit,
    model: ThreatModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The moment between the two renames is the only one without a report."""
    out = tmp_path / "out"
    write_outputs(kept_audit, model, out)
    real = Path.rename

    def refuse_the_new(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(SetupError, match="Permission denied"):
        write_outputs(broken_audit, model, out)

    assert json.loads((out / "audit.json").read_text())["summary"]["broken"] == 0
    assert _names(tmp_path) == {"out"}
