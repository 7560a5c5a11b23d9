"""Two operations that stand for each other in a target file are caught, and not by a verdict."""

import os
import sys
from pathlib import Path

import pytest

from idaudit.fixtures.targets.declared.reading import VARIABLE

sys.path.insert(0, str(Path(__file__).parent))

from exchanging import REQUESTS, exchanges

REAL = Path(__file__).parents[2] / "fixtures" / "targets" / "real"
FILES = sorted(REAL.glob("*/t*.toml"))
LEFT = {
    "directus/target": {"describe and submit_document", "open_application and submit_document"},
    "directus/tidy": {
        "describe and submit_document",
        "open_application and submit_document",
        "submit_document and decide",
        "submit_document and withdraw",
    },
    "kinto/target": {
        "open_application and submit_document",
        "submit_document and decide",
        "submit_document and withdraw",
    },
    "kinto/tidy": {"submit_document and decide", "submit_document and withdraw"},
}
"""What only a running system tells: `python -m tests.real --exchanged` asks the doctor there."""


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in FILES:
        for name in VARIABLE.findall(file.read_text(encoding="utf-8")):
            monkeypatch.setenv(name, os.environ.get(name, "8055"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_was_exchanged_is_refused_as_it_is_read(file: Path) -> None:
    """A verdict about something nobody asked would be false, and nobody would know."""
    every = list(exchanges(file))
    left = [each for each in every if not each.fault()]

    assert every
    assert {each.how for each in left} <= {REQUESTS}
    named = {f"{each.one} and {each.other}" for each in left}
    assert named == LEFT.get(f"{file.parent.name}/{file.stem}", set())
