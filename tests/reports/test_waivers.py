"""A waiver is read strictly: an acceptance nobody can read accepts nothing."""

from datetime import date
from pathlib import Path

import pytest

from idaudit.reports.audit import Waiver
from idaudit.reports.waivers import read_waivers
from idaudit.threatmodel.errors import WaiverError
from idaudit.threatmodel.model import ThreatModel

TODAY = date(2026, 3, 1)
GOOD = """
[[waiver]]
guarantee = "no-scan-kept"
reason = "The scanner is replaced in May."
owner = "Chief privacy officer"
expires = 2026-06-30
"""


def _file(folder: Path, text: str) -> Path:
    """Write a file of waivers."""
    path = folder / "waivers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_waiver_is_read(tmp_path: Path, model: ThreatModel) -> None:
    """Guarantee, reason, owner and last day, as written."""
    expected = Waiver(
        "no-scan-kept",
        "The scanner is replaced in May.",
        "Chief privacy officer",
        date(2026, 6, 30),
    )

    assert read_waivers(_file(tmp_path, GOOD), model, TODAY) == (expected,)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("no-scan-kept", "no-scan-kep", "did you mean 'no-scan-kept'"),
        ("2026-06-30", "2026-02-28", "expired on 2026-02-28"),
        ("2026-06-30", '"2026-06-30"', "expected a date"),
        ("2026-06-30", "2026-06-30T09:00:00Z", "expected a date"),
        ('owner = "Chief privacy officer"', "", "expected guarantee, reason, owner, expires"),
        ("owner", "boss", "expected guarantee, reason, owner, expires"),
        ('"Chief privacy officer"', '"  "', "expected some words"),
        ('"Chief privacy officer"', "7", "expected some words"),
        ("[[waiver]]", "[[waivers]]", "unknown entry 'waivers'"),
        ("[[waiver]]", "[waiver]", r"holds no \[\[waiver\]\] table"),
        ("expires =", "expires", "is not TOML"),
        (GOOD, "", r"holds no \[\[waiver\]\] table"),
        (GOOD, GOOD + GOOD, "twice"),
    ],
)
def test_a_waiver_that_does_not_hold_is_an_error(
    tmp_path: Path, model: ThreatModel, before: str, after: str, said: str
) -> None:
    """The message names the file and what is wrong, and the exit code is 4."""
    with pytest.raises(WaiverError, match=said) as error:
        read_waivers(_file(tmp_path, GOOD.replace(before, after, 1)), model, TODAY)

    assert "waivers.toml: " in str(error.value)
    assert error.value.exit_code == 4


def test_a_file_that_is_not_there_waives_nothing(tmp_path: Path, model: ThreatModel) -> None:
    """A mistyped path must not read as an empty file."""
    with pytest.raises(WaiverError, match="cannot be read"):
        read_waivers(tmp_path / "nowhere.toml", model, TODAY)
