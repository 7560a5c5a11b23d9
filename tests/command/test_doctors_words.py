"""What the doctor tells of a target holds no applicant's value either."""

import base64
from dataclasses import replace

import pytest

from idaudit.checks.doctor import Examination
from idaudit.command import examine
from idaudit.command.main import exit_code_of
from idaudit.fixtures.canaries import Field, Mint

TOKEN = Mint(5).canary(1, Field.SURNAME).text
DISGUISED = base64.b64encode(TOKEN.encode()).decode()


def test_a_name_that_a_target_repeats_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither as it is nor in disguise."""
    real = examine.examine

    def talkative(*given: object) -> Examination:
        found = real(*given)  # type: ignore[arg-type]  # handed on as they came
        first, second, *rest = found.operations
        said = (replace(first, detail=f"no {TOKEN}"), replace(second, detail=f"no {DISGUISED}"))
        return replace(found, operations=(*said, *rest))

    monkeypatch.setattr(examine, "examine", talkative)

    assert exit_code_of(["doctor", "--seed", "5", "--json"]) == 0

    told = capsys.readouterr().out
    assert TOKEN not in told
    assert DISGUISED not in told
    assert "[a1.surname]" in told
    assert "[withheld: it held a1.surname as base64" in told
