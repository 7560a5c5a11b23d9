"""What the repository shows of the threat model is what the model says today."""

import hashlib
import os
from functools import cache
from pathlib import Path

import pytest

from idaudit.command.model import brief_of, court_of
from idaudit.reports.model.files import TABLE, rendered
from idaudit.threatmodel.status import honest_run

DOCS = Path(__file__).parents[1] / "docs" / "threatmodel"
SUMS = "exports.sha256"


@cache
def generated() -> dict[str, bytes]:
    """Return every file that is kept: diagrams and table whole, exports as digests."""
    court = court_of()
    brief = brief_of(court, honest_run(court.proof))
    texts = rendered(brief)
    exports = sorted(export.name for export in brief.exports)
    sums = "".join(f"{hashlib.sha256(texts[name]).hexdigest()}  {name}\n" for name in exports)
    whole = {name: texts[name] for name in (*brief.diagrams, TABLE)}
    return {**whole, SUMS: sums.encode()}


def test_the_files_in_the_repository_are_the_ones_the_model_gives() -> None:
    """
    Byte for byte, on any machine.

    ``IDAUDIT_WRITE_DOCS=1`` mends them instead of failing.
    """
    if os.environ.get("IDAUDIT_WRITE_DOCS"):
        DOCS.mkdir(exist_ok=True)
        for old in DOCS.iterdir():
            old.unlink()
        for name, text in generated().items():
            (DOCS / name).write_bytes(text)

    assert {path.name for path in DOCS.iterdir()} == set(generated())
    stale = [name for name, text in generated().items() if (DOCS / name).read_bytes() != text]
    assert stale == []


@pytest.mark.parametrize("name", ["context", "enrolment", "copies", "authority", "verification"])
def test_each_picture_is_kept_both_ways(name: str) -> None:
    """For a browser and for a wiki."""
    assert (DOCS / f"{name}.svg").is_file()
    assert (DOCS / f"{name}.mmd").is_file()
