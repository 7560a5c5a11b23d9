"""A copy of the real model to spoil, and what the loader says about it."""

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.loader import load_from

MODEL = Path(str(files("idaudit.threatmodel")))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the real model, to spoil."""
    ours = tmp_path / "threatmodel"
    shutil.copytree(MODEL, ours, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return ours


@pytest.fixture
def refusal(copy: Path) -> Callable[[str, str, str], str]:
    """Make one slip in one file of the copy, and return what the loader says about it."""

    def make(name: str, was: str, becomes: str) -> str:
        file = copy / name
        text = file.read_text(encoding="utf-8")
        assert was in text, f"{name} no longer holds {was!r}: mend this test"
        file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
        with pytest.raises(ModelError) as caught:
            load_from(copy)
        return str(caught.value)

    return make
