"""The README shows what the command really says."""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from idaudit.command.main import cli
from idaudit.fixtures.defects.registry import every_defect

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```text\n\$ idaudit([^\n]*) --help\n(.*?)```", re.DOTALL)


def _help(words: str) -> str:
    asked = [*words.split(), "--help"]
    done = CliRunner().invoke(cli, asked, prog_name="idaudit", terminal_width=100)
    assert done.exit_code == 0
    return done.output.strip()


def test_each_help_text_of_the_readme_is_the_commands_own() -> None:
    """
    A reader who copies from the README is not told of options that are gone.

    ``IDAUDIT_WRITE_README=1`` mends the README instead of failing.
    """
    text = README.read_text()
    if os.environ.get("IDAUDIT_WRITE_README"):
        text = BLOCK.sub(lambda m: f"```text\n$ idaudit{m[1]} --help\n{_help(m[1])}\n```", text)
        README.write_text(text)

    blocks = dict(BLOCK.findall(text))

    assert set(blocks) == {""}
    assert {words: shown.strip() for words, shown in blocks.items()} == {
        words: _help(words) for words in blocks
    }


def test_the_readme_stays_short() -> None:
    """Nobody reads a long README."""
    assert len(README.read_text().splitlines()) <= 140


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"])
def test_what_the_readme_links_to_exists(name: str) -> None:
    """Its links lead somewhere."""
    assert f"({name})" in README.read_text()
    assert (README.parent / name).is_file()


def test_the_defect_the_readme_shows_can_be_audited() -> None:
    """A reader's first try must not end in an error."""
    shown = re.findall(r"--defect ([a-z][a-z-]+)", README.read_text())

    assert shown
    assert set(shown) <= set(every_defect())
