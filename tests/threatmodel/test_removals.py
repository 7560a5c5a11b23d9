"""A source or a flow that is taken out of the files stops the loader, which names who needed it."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from idaudit.threatmodel.errors import ModelError
from idaudit.threatmodel.loader import load, load_from
from idaudit.threatmodel.sources import cited

MODEL = load()
KEEPERS = ("guarantees/", "programmes/", "vocabularies/", "limits", "instruments", "boundaries")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one copy of the real model, which each test spoils and mends."""
    folder = tmp_path_factory.mktemp("shelf") / "threatmodel"
    skipped = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(Path(str(files("idaudit.threatmodel"))), folder, ignore=skipped)
    return folder


def without(file: Path, id_: str, folder: Path) -> str:
    """Return what the loader of *folder* says once the table *id_* is cut out of *file*."""
    whole = file.read_text(encoding="utf-8")
    head, mark, rest = whole.partition(f"[{id_}]\n")
    assert mark, f"{file.name} holds no [{id_}]"
    following = rest.find("\n[")
    file.write_text(head + (rest[following:] if following >= 0 else ""), encoding="utf-8")
    try:
        with pytest.raises(ModelError) as caught:
            load_from(folder)
    finally:
        file.write_text(whole, encoding="utf-8")
    return str(caught.value)


@pytest.mark.parametrize("id_", MODEL.sources)
def test_a_source_that_is_taken_away_is_missed_by_what_rested_on_it(shelf: Path, id_: str) -> None:
    """The file that cites it is named, and the source."""
    said = without(shelf / "sources.toml", id_, shelf)

    assert repr(id_) in said
    assert said.split(":")[0].startswith(KEEPERS)


@pytest.mark.parametrize("id_", MODEL.attack.flows)
def test_a_flow_that_is_taken_away_is_missed_by_the_threat_on_it(shelf: Path, id_: str) -> None:
    """The threat, or the reason for a blank segment, that named it."""
    said = without(shelf / "flows.toml", id_, shelf)

    assert repr(id_) in said
    assert said.startswith(("threats/", "segments.toml"))


def test_every_source_is_cited() -> None:
    """Which is why none can go unnoticed."""
    assert cited(MODEL) == frozenset(MODEL.sources)
