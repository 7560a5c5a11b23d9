"""Operations that were exchanged in a target file are caught by its reader or by the doctor."""

import sys
from pathlib import Path

import pytest

from idaudit.fixtures.canaries import Mint

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from exchanging import REQUESTS, doubts, exchanges
from people_register import SECRET, Register
from serving import serving


def test_the_doctor_doubts_whatever_its_reader_lets_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left for a verdict to be wrong about."""
    monkeypatch.setenv("TOWN_SECRET", SECRET)
    with serving(Register, tmp_path) as (file, _):
        every = list(exchanges(file))
        caught = list(doubts(file, Mint(5)))

    assert len(every) == 30
    assert caught
    assert {wrong.how for wrong, _ in caught} == {REQUESTS}
    assert not [str(wrong) for wrong, told in caught if not told]
