"""What an installed wheel is, far from any checkout."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["checks", "command", "fixtures", "loadtests", "reports", "threatmodel"]


def _run(*words: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    offline = ("--quiet", "--no-deps", "--no-build-isolation")
    _run(sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment, far from the checkout, with nothing but the wheel and its needs."""
    home = tmp_path_factory.mktemp("far-away")
    _run(sys.executable, "-m", "venv", home / "venv", cwd=home)
    python = home / "venv" / "bin" / "python"
    locked = ("--require-hashes", "-r", ROOT / "requirements" / "run.txt")
    _run(python, "-m", "pip", "install", "--quiet", *locked, cwd=home)
    _run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=home)
    return home


def test_the_wheel_holds_nothing_beside_idaudit(wheel: Path) -> None:
    """No file of the wheel lies outside ``idaudit/`` and its own metadata."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"idaudit"}
    assert {name.split("/")[1] for name in names if name.startswith("idaudit/")} == set(ROOMS)
    assert "idaudit/__init__.py" not in names


def test_every_room_says_that_it_is_typed(wheel: Path) -> None:
    """A namespace has no ``py.typed`` of its own, so each room carries one."""
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {f"idaudit/{room}/py.typed" for room in ROOMS} <= names


@pytest.mark.parametrize("room", ROOMS)
def test_no_bare_room_can_be_imported(installed: Path, room: str) -> None:
    """A folder's generic name stays free for others."""
    python = installed / "venv" / "bin" / "python"

    _run(python, "-c", f"import {room}", cwd=installed, code=1)
    _run(python, "-c", f"import idaudit.{room}", cwd=installed)


def test_the_installed_wheel_audits_the_reference_city(installed: Path) -> None:
    """``idaudit run`` needs no checkout."""
    only = ("--only", "two-person-release", "--seed", "1", "--out", "audit")

    _run(installed / "venv" / "bin" / "idaudit", "run", *only, cwd=installed)

    audit = json.loads((installed / "audit" / "audit.json").read_text())
    verdicts = {each["id"]: each["verdict"] for each in audit["guarantees"]}
    assert len(verdicts) == 40
    assert verdicts["two-person-release"] == "kept"


def test_the_installed_wheel_offers_its_options_to_pytest(installed: Path) -> None:
    """``pytest --idaudit-target`` is there wherever the wheel is."""
    told = _run(installed / "venv" / "bin" / "pytest", "--help", cwd=installed)

    assert "--idaudit-target=FILE" in told


def test_lock_files_name_no_registry() -> None:
    """Where a package comes from is the reader's own choice."""
    for locked in (ROOT / "requirements").glob("*.txt"):
        text = locked.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
