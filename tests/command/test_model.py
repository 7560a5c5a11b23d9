"""``idaudit threatmodel``: passes as shipped, and with anything missing says what and stops."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from idaudit.command import model as command
from idaudit.command.linking import links
from idaudit.command.main import exit_code_of
from idaudit.threatmodel.links import Links
from idaudit.threatmodel.loader import load, load_from
from idaudit.threatmodel.model import ThreatModel

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run the command in an empty folder; return its exit code and all it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        code = exit_code_of(["threatmodel", *words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_the_shipped_model_passes_and_says_where_the_threats_stand(say: Say) -> None:
    """Without --out nothing is written."""
    code, told = say()

    assert code == 0, told
    assert "gates passed" in told
    assert "held off" in told
    assert list(Path().iterdir()) == []


def test_out_is_filled_with_pictures_exports_and_tables(say: Say) -> None:
    """Whole, and a second time in place of the first."""
    for _ in range(2):
        code, told = say("--out", "d")
        assert code == 0, told

    names = {path.name for path in Path("d").iterdir()}
    assert names >= {"index.html", "threats.json", "traceability.csv"}
    for view in ("context", "enrolment", "copies", "authority", "verification"):
        assert {f"{view}.svg", f"{view}.mmd"} <= names
    assert {"threat-dragon.json", "owasp-threat-model.json"} <= names
    assert [path.name for path in Path().iterdir()] == ["d"]


def test_the_table_has_no_empty_cell(say: Say) -> None:
    """Guarantee, threat, check, defect, control: each says something."""
    say("--out", "d")
    rows = list(csv.DictReader(io.StringIO(Path("d/traceability.csv").read_text("utf-8"))))

    assert len(rows) > len(load().threats)
    assert [row for row in rows if not all(value.strip() for value in row.values())] == []


def test_the_data_agrees_with_the_model(say: Say) -> None:
    """Every threat once, each with its status and a sentence."""
    say("--out", "d")
    told = json.loads(Path("d/threats.json").read_text("utf-8"))

    assert [each["id"] for each in told["threats"]] == list(load().threats)
    assert sum(told["tally"].values()) == len(told["threats"])
    assert all(each["because"] for each in told["threats"])
    assert set(told["losses"]) == {
        path.name for path in Path("d").glob("*.json") if path.name != "threats.json"
    }


def test_somebody_elses_folder_is_left_alone(say: Say) -> None:
    """Exit 3, one line, and their file as it was."""
    Path("d").mkdir()
    Path("d/notes.txt").write_text("mine")

    code, told = say("--out", "d")

    assert code == 3
    assert "notes.txt" in told
    assert Path("d/notes.txt").read_text() == "mine"


def test_a_check_that_is_gone_stops_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1; the check, its defects and its threats are named; nothing is written."""
    ours = links()
    gone = next(iter(ours.checks.values()))
    fewer = Links({i: c for i, c in ours.checks.items() if i != gone.id}, ours.defects)
    monkeypatch.setattr(command, "links", lambda: fewer)

    code, told = say("--out", "d")

    assert code == 1
    assert f"check {gone.id}: It was proven and is gone; lost its cover: " in told
    assert gone.counters[0] in told
    assert not Path("d").exists()


def test_a_defect_that_is_gone_stops_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1; the defect is named, and the check it proved."""
    ours = links()
    gone = next(iter(ours.defects.values()))
    fewer = Links(ours.checks, {i: d for i, d in ours.defects.items() if i != gone.id})
    monkeypatch.setattr(command, "links", lambda: fewer)

    code, told = say("--out", "d")

    assert code == 1
    assert f"defect {gone.id}: It was proven and is gone" in told
    assert gone.caught_by in told


def test_a_threat_that_is_gone_stops_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1; the threat is named, and the check that pointed at it."""
    check = next(iter(links().checks.values()))
    gone = check.counters[0]
    attack = load().attack
    fewer = replace(attack, threats={i: t for i, t in attack.threats.items() if i != gone})
    _lend(monkeypatch, replace(load(), read_attack=lambda: fewer))

    code, told = say()

    assert code == 1
    assert f"threat {gone}: It is gone" in told
    assert f"check {check.id}: It points at the threat {gone}, which is gone." in told


@pytest.mark.parametrize(
    ("file", "id_", "missed_by"),
    [
        ("sources.toml", "ll35-2014", "guarantees/"),
        ("flows.toml", "application", "threats/"),
    ],
)
def test_a_source_or_flow_that_is_gone_stops_it(
    say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, id_: str, missed_by: str
) -> None:
    """Exit 64, one line: which table of which file had rested on it."""
    folder = tmp_path / "spoilt"
    skipped = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(Path(str(files("idaudit.threatmodel"))), folder, ignore=skipped)
    whole = (folder / file).read_text("utf-8")
    head, _, rest = whole.partition(f"[{id_}]\n")
    (folder / file).write_text(head + rest[rest.find("\n[") :], "utf-8")
    monkeypatch.setattr(command, "load", lambda: load_from(folder))

    code, told = say("--out", "d")

    assert code == 64
    assert repr(id_) in told
    assert missed_by in told
    assert told.count("\n") == 1
    assert not Path("d").exists()


def test_a_run_of_a_bad_city_shows_which_threat_happened(say: Say) -> None:
    """The threats are judged by the evidence of that run, and no others are called held."""
    ours = links()
    broken = [each for each in ours.defects.values() if each.breaks == "court-only"]
    defect = next(each for each in broken if ours.checks[each.caught_by].tier == "gate")
    words = ["run", "--defect", defect.id, "--only", "court-only", "--seed", "1", "--out", "run"]
    assert exit_code_of(words) == 1

    code, told = say("--audit", "run", "--out", "d")

    found = json.loads(Path("d/threats.json").read_text("utf-8"))
    status = {each["id"]: each["status"] for each in found["threats"]}
    assert code == 0, told
    assert {status[id_] for id_ in defect.realises} == {"realised"}
    held = [id_ for id_, word in status.items() if word == "held"]
    assert all("court-only" in load().threats[id_].breaks for id_ in held)
    assert "seen happening" in told


@pytest.mark.parametrize(
    "words", [["--matrix", "no.json"], ["--audit", "no-such-run"]], ids=["matrix", "audit"]
)
def test_what_cannot_be_read_is_one_line(say: Say, words: list[str]) -> None:
    """With the file in it."""
    code, told = say(*words)

    assert code == 64
    assert words[1] in told
    assert told.count("\n") == 1


def _lend(monkeypatch: pytest.MonkeyPatch, model: ThreatModel) -> None:
    def lent(*_: Any) -> ThreatModel:  # noqa: ANN401  the loader takes nothing
        return model

    monkeypatch.setattr(command, "load", lent)
