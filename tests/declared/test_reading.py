"""Whatever is wrong with a target file is one line that names file, key and mend."""

import json
import os
import tomllib
from pathlib import Path

import jsonschema
import pytest

from idaudit.command.main import exit_code_of
from idaudit.fixtures.targets.declared.reading import read_target_file, schema
from idaudit.threatmodel.errors import SetupError

GOOD = """
[system]
name = "town"
url = "http://127.0.0.1:8000"
[roles.clerk]
auth = "bearer"
token = "${CLERK_TOKEN}"
[operations.read_record]
request = "GET /people/{record}"
fields.record = "data"
"""
SLIPS = tomllib.loads(Path(__file__).with_name("slips.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_one_line_with_its_mend(
    slip: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 3 before anything was asked of the system."""
    wrong = SLIPS[slip]
    file = tmp_path / "target.toml"
    text = GOOD.replace(wrong.get("old", GOOD), wrong["new"])
    file.write_text(text)

    assert text != GOOD
    with pytest.raises(SetupError, match=wrong["told"]) as raised:
        read_target_file(file, {})
    assert str(raised.value).startswith(f"{file}: ")
    if slip in {"not TOML", "no system", "a field nowhere"}:
        assert exit_code_of(["doctor", "--target", str(file)]) == 3
        assert capsys.readouterr().err.count("\n") == 1


def test_two_requests_that_were_exchanged_are_told_before_either_is_asked(tmp_path: Path) -> None:
    """A record that is deleted by reading it, or read by deleting it, is a slip and no finding."""
    file = tmp_path / "target.toml"
    file.write_text(GOOD + '[operations.delete_record]\nrequest = "GET /people/{record}"\n')

    with pytest.raises(SetupError, match=r"delete_record\.request: is asked with GET alone"):
        read_target_file(file, {})


def test_the_schema_for_editors_takes_what_the_reader_takes() -> None:
    """An editor marks what the reader would refuse, as far as shape goes, and nothing else."""
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    real = Path(__file__).parents[2] / "fixtures" / "targets" / "real"
    for text in (GOOD, *(each.read_text() for each in real.glob("*/t*.toml"))):
        validator.validate(tomllib.loads(text))
    for wrong in (GOOD.replace("name =", "nam ="), GOOD.replace("${CLERK_TOKEN}", "abc")):
        assert not validator.is_valid(tomllib.loads(wrong))


def test_the_schema_that_ships_is_the_codes_own() -> None:
    """`make docs` writes it anew."""
    page = Path(__file__).parents[2] / "docs" / "target.schema.json"
    text = json.dumps(schema(), indent=1) + "\n"
    if os.environ.get("IDAUDIT_WRITE_DOCS"):
        page.write_text(text, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text
