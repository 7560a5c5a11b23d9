"""A bundle from the command that makes it to the commands that check and publish it."""

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from idaudit.checks.catalogue import Tier
from idaudit.checks.guard import Guard
from idaudit.command import bundling, run
from idaudit.command.main import exit_code_of
from idaudit.command.options import RunOptions
from idaudit.fixtures.canaries import Field, Mint
from idaudit.reports.renderers import RENDERERS, formats

ASKED = (
    "run",
    "--only",
    "nothing-hidden",
    "--defect",
    "carries-a-fixed-number",
    "--seed",
    "5",
    "--jobs",
    "1",
)
LEAK = Mint(5).canary(1, Field.SURNAME).text


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and what two audits of the same bad city left."""
    folder = tmp_path_factory.mktemp("bundles")
    key = str(folder / "audit.key")
    assert exit_code_of(["key", "new", key]) == 0
    for name in ("one", "two"):
        assert exit_code_of([*ASKED, "--key", key, "--out", str(folder / name)]) == 1
    return folder


@pytest.fixture
def sealed(places: Path, tmp_path: Path) -> Path:
    """A copy of the first bundle, to do with as a test likes."""
    return Path(shutil.copytree(places / "one", tmp_path / "sealed"))


def _lasting(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return what should be the same in another run: all but the time."""
    if isinstance(value, Mapping):
        passing = {"seconds", "started", "finished"}
        return {name: _lasting(item) for name, item in value.items() if name not in passing}
    return [_lasting(item) for item in value] if isinstance(value, list) else value


def test_same_seed_target_and_version_give_the_same_verdicts_and_findings(places: Path) -> None:
    """Word for word: all that differs is how long it took, and when."""
    one, two = (json.loads((places / name / "audit.json").read_bytes()) for name in ("one", "two"))
    findings = [
        found for each in one["guarantees"] for c in each["checks"] for found in c["findings"]
    ]

    assert findings
    assert _lasting(one) == _lasting(two)


def test_a_bundle_is_verified_from_nothing_but_itself(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each thing checked, and success though a promise was broken."""
    code = exit_code_of(["verify", str(sealed)])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line.split()[1] for line in lines] == [
        "signature", "files", "evidence", "verdicts", "reports", "programme", "reliance",
    ]  # fmt: skip
    assert "1 broken" in lines[3]


def test_the_key_can_be_named_by_file_or_by_id(
    places: Path, sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key published on paper is as good as one in a file; a wrong one ends the matter."""
    public = str(places / "audit.key.pub")
    assert exit_code_of(["key", "show", public]) == 0
    known = capsys.readouterr().out.strip()

    assert exit_code_of(["verify", str(sealed), "--key", known]) == 0
    assert exit_code_of(["verify", str(sealed), "--key", public]) == 0
    capsys.readouterr()
    assert exit_code_of(["verify", str(sealed), "--key", "0" * 64]) == 3
    assert f"signed by {known}; expected 000" in capsys.readouterr().err
    assert exit_code_of(["verify", str(sealed), "--key", "no-such.pub"]) == 64


@pytest.mark.parametrize("name", ["evidence.jsonl", "audit.intoto.jsonl", "report.html"])
def test_a_changed_bundle_gets_one_line_and_exit_code_3(
    sealed: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the file and what to do."""
    (sealed / name).write_bytes((sealed / name).read_bytes()[:-2])

    assert exit_code_of(["verify", str(sealed)]) == 3
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{sealed}/{name}: " in error
    assert "get the bundle anew" in error


def test_a_bundle_past_its_day_leaves_with_2(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing in it is wrong; it no longer shows what it showed."""
    monkeypatch.setattr(bundling, "_today", lambda: date(2100, 1, 1))

    assert exit_code_of(["verify", str(sealed)]) == 2
    assert "past  reliance   ended on" in capsys.readouterr().out


def test_a_public_variant_is_made_checked_and_tied_to_the_sealed_one(
    places: Path, sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It verifies by itself, and against the sealed one, and against no other."""
    public = str(tmp_path / "public")

    assert exit_code_of(["publish", str(sealed), "--out", public]) == 0
    assert "made for this once" in capsys.readouterr().out
    assert exit_code_of(["verify", public, "--sealed", str(sealed)]) == 0
    assert "ok    sealed" in capsys.readouterr().out
    assert exit_code_of(["verify", public, "--sealed", str(places / "two")]) == 3
    told = (tmp_path / "public" / "evidence.jsonl").read_text()
    assert "idaudit run --target" in (sealed / "evidence.jsonl").read_text()
    assert "idaudit run --target" not in told


def test_a_changed_bundle_is_not_published(sealed: Path, tmp_path: Path) -> None:
    """A public variant of a forgery would launder it."""
    (sealed / "summary.md").write_text("All is well.", encoding="utf-8")

    assert exit_code_of(["publish", str(sealed), "--out", str(tmp_path / "public")]) == 3
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("shape", ["oscal", "oscal-plan", "intoto", "json", "csv"])
def test_a_bundle_is_told_in_every_format(
    sealed: Path, shape: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """From its evidence, without the system."""
    assert exit_code_of(["report", str(sealed), "--format", shape]) == 0

    told = capsys.readouterr().out
    assert "nothing-hidden" in told
    if shape.startswith("oscal"):
        assert json.loads(told)


@pytest.fixture
def again(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that observes what the first one did, without driving a city again."""

    def observe(_options: object, _plan: object, evidence: Path, *_: object) -> None:
        shutil.copyfile(places / "one" / "evidence.jsonl", evidence)

    monkeypatch.setattr(run, "gather", observe)


@pytest.mark.usefixtures("again")
def test_a_report_with_an_applicants_value_is_never_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One name in one file of many, and none of them is written."""
    formats()
    honest = RENDERERS["md"]
    monkeypatch.setitem(RENDERERS, "md", lambda audit, model: honest(audit, model) + LEAK)
    out = tmp_path / "out"

    assert exit_code_of([*ASKED, "--out", str(out)]) == 70

    error = capsys.readouterr().err
    assert "summary.md: holds a1.surname" in error
    assert LEAK not in error
    assert not out.exists()
    monkeypatch.setitem(RENDERERS, "md", honest)
    assert exit_code_of([*ASKED, "--out", str(out)]) == 1


def test_no_file_of_a_bundle_holds_a_value(sealed: Path) -> None:
    """The finished files, as they lie there, hold none of the run's canaries."""
    Guard(Mint(5)).inspect({path.name: path.read_bytes() for path in sealed.iterdir()})


@pytest.mark.usefixtures("again")
def test_what_is_signed_follows_from_key_and_tier(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate is signed with a key or not at all; the longer tiers always are."""
    assert exit_code_of([*ASKED, "--out", str(tmp_path / "gate")]) == 1
    assert not (tmp_path / "gate" / "audit.intoto.jsonl").exists()
    assert exit_code_of(["verify", str(tmp_path / "gate")]) == 3

    full = ["--tier", "full", "--out", str(tmp_path / "full")]
    assert exit_code_of([*ASKED, *full]) == 1
    assert exit_code_of(["verify", str(tmp_path / "full")]) == 0

    monkeypatch.setenv("IDAUDIT_KEY", str(places / "audit.key"))
    assert exit_code_of([*ASKED, "--valid-for", "30", "--out", str(tmp_path / "named")]) == 1
    assert (
        exit_code_of(["verify", str(tmp_path / "named"), "--key", str(places / "audit.key.pub")])
        == 0
    )
    basis = json.loads((tmp_path / "named" / "basis.json").read_bytes())
    assert basis["relied_on_until"] < json.loads((tmp_path / "full/basis.json").read_bytes())[
        "relied_on_until"
    ]  # fmt: skip


def test_a_key_that_does_not_open_is_said_before_anything_is_driven(tmp_path: Path) -> None:
    """Nobody waits ten minutes to hear of it."""
    out = tmp_path / "out"

    assert exit_code_of([*ASKED, "--key", str(tmp_path / "none"), "--out", str(out)]) == 64
    assert not out.exists()


def test_a_key_can_be_set_for_every_run(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``idaudit.toml`` names it, as it names every other option."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "idaudit.toml").write_text('[run]\nkey = "none.key"\n')

    assert exit_code_of([*ASKED, "--out", "out"]) == 64
    assert RunOptions(key=places / "audit.key", tier=Tier.GATE).key


def test_wrong_words_get_their_usual_codes(tmp_path: Path) -> None:
    """The new commands answer as the old ones do."""
    assert exit_code_of(["verify", str(tmp_path / "nowhere")]) == 64
    assert exit_code_of(["verify", str(tmp_path)]) == 3
    assert exit_code_of(["publish", str(tmp_path)]) == 64
    assert exit_code_of(["key", "new", str(tmp_path / "no" / "key")]) == 3
    assert exit_code_of(["key", "show", str(tmp_path / "none")]) == 64
