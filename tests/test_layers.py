"""Imports run one way."""

import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _lint(config: Path) -> subprocess.CompletedProcess[str]:
    lint = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint is not None, "import-linter is not installed"
    return subprocess.run(
        [lint, "--no-cache", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_room_imports_against_the_grain() -> None:
    """Every contract of the layers holds."""
    done = _lint(ROOT / "pyproject.toml")

    assert done.returncode == 0, done.stdout
    assert "3 kept, 0 broken" in done.stdout


def test_a_contract_turned_upside_down_is_broken(tmp_path: Path) -> None:
    """The contracts can fail: with two layers swapped, they do."""
    config = (ROOT / "pyproject.toml").read_text()
    upper, lower = '    "idaudit.command",\n', '    "idaudit.threatmodel",\n'
    swapped = config.replace(upper, "@").replace(lower, upper).replace("@", lower)
    (tmp_path / "pyproject.toml").write_text(swapped)

    done = _lint(tmp_path / "pyproject.toml")

    assert done.returncode == 1, done.stdout
    assert "1 broken" in done.stdout


def test_the_city_may_import_no_other_part_of_its_room() -> None:
    """The contract names every neighbour of the city, so a new one is not forgotten."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    named = {
        module
        for contract in contracts["contracts"]
        if contract["type"] == "forbidden" and "idaudit.fixtures.city" in contract["source_modules"]
        for module in contract["forbidden_modules"]
    }
    neighbours = {
        f"idaudit.fixtures.{each.stem}"
        for each in (ROOT / "fixtures").iterdir()
        if (each / "__init__.py").is_file() or each.suffix == ".py"
    } - {"idaudit.fixtures.__init__", "idaudit.fixtures.city"}

    assert neighbours <= named


def test_no_two_helpers_of_the_tests_bear_one_name() -> None:
    """They are imported by it alone, so the second would get the first one's place."""
    modules = [each for each in (ROOT / "tests").rglob("*.py") if not each.stem.startswith("test_")]
    names = Counter(
        each.stem for each in modules if each.stem not in {"conftest", "__init__", "__main__"}
    )

    assert [name for name, count in names.items() if count > 1] == []
