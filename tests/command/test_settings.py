"""What ``idaudit.toml`` may say."""

from pathlib import Path

import pytest

from idaudit.command.main import cli, exit_code_of
from idaudit.command.settings import read_settings
from idaudit.threatmodel.errors import UsageError


def test_no_file_sets_nothing(tmp_path: Path) -> None:
    """The file is optional."""
    assert read_settings(tmp_path, cli) == {}


def test_a_table_sets_the_defaults_of_its_command(tmp_path: Path) -> None:
    """What it says is what the command line would have said."""
    (tmp_path / "idaudit.toml").write_text('[run]\nprogram = "idnyc-2015"\nseed = 7\n')

    assert read_settings(tmp_path, cli) == {"run": {"program": "idnyc-2015", "seed": 7}}


def test_an_option_is_set_by_the_name_the_command_line_gives_it(tmp_path: Path) -> None:
    """However the code calls it inside."""
    (tmp_path / "idaudit.toml").write_text('[matrix]\njson = "m.json"\n[spec]\nformat = "csv"\n')

    assert read_settings(tmp_path, cli) == {"matrix": {"path": "m.json"}, "spec": {"shape": "csv"}}


def test_what_a_table_sets_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way: the file, the command, its output."""
    (tmp_path / "idaudit.toml").write_text('[spec]\nformat = "csv"\nprogram = "philadelphia"\n')
    monkeypatch.chdir(tmp_path)

    assert exit_code_of(["spec"]) == 0
    assert capsys.readouterr().out.startswith("programme,number,id,")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[rnu]\n", "[rnu] is no command's table; did you mean 'run'?"),
        ("run = 3\n", "[run] is no command's table"),
        ("[run]\nprogramm = 'x'\n", "[run] programm: no such option; did you mean 'program'?"),
        ("[run]\nseed = 'x'\n", "[run] seed: expected int, found str"),
        ("[run]\nseed = true\n", "[run] seed: expected int, found bool"),
        ("[run\n", "not TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, told: str) -> None:
    """The message names the file, the key and the mend."""
    (tmp_path / "idaudit.toml").write_text(text)

    with pytest.raises(UsageError) as error:
        read_settings(tmp_path, cli)

    assert str(error.value).startswith("idaudit.toml: ")
    assert told in str(error.value)
