"""What can be held of the container and the hook without a builder."""

import shlex
from pathlib import Path

import yaml
from click.testing import CliRunner

from idaudit.command.main import cli

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "Containerfile"
ROOMS = {"checks", "command", "fixtures", "loadtests", "reports", "threatmodel"}


def _orders() -> list[tuple[str, list[str]]]:
    lines = [line for line in CONTAINER.read_text().splitlines() if line and line[0] != "#"]
    return [(line.split(maxsplit=1)[0], shlex.split(line)[1:]) for line in lines]


def _last_stage() -> list[tuple[str, list[str]]]:
    orders = _orders()
    last = max(n for n, (word, _) in enumerate(orders) if word == "FROM")
    return orders[last:]


def test_everything_that_is_copied_exists_and_every_room_is() -> None:
    """A file that was moved would be missed only by whoever builds."""
    own = [rest for word, rest in _orders() if word == "COPY" and not rest[0].startswith("--")]
    sources = {source for rest in own for source in rest[:-1]}

    assert [source for source in sorted(sources) if not (ROOT / source).exists()] == []
    assert sources >= ROOMS


def test_nobody_in_it_is_root() -> None:
    """The last user is a number, so that whoever runs it can tell that it is not root."""
    users = [rest for word, rest in _last_stage() if word == "USER"]

    assert users == [["10001:10001"]]
    after = _last_stage()[[word for word, _ in _last_stage()].index("USER") :]
    assert not [word for word, _ in after if word in {"RUN", "COPY", "ADD"}]


def test_it_is_locked_and_names_no_registry() -> None:
    """What is installed is fixed, and where from is the builder's choice."""
    text = CONTAINER.read_text()
    installed = [line for line in text.splitlines() if "pip install" in line]

    assert all("--require-hashes" in line or "--no-deps" in line for line in installed)
    assert "://" not in text
    assert "index" not in text
    assert not [word for word, _ in _orders() if word == "ADD"]


def test_it_is_the_command_and_leaves_its_reports_in_out() -> None:
    """Words after the image's name are idaudit's."""
    last = _last_stage()

    assert ("VOLUME", ["/out"]) in last
    assert ("WORKDIR", ["/out"]) in last
    assert 'ENTRYPOINT ["/idaudit/bin/idaudit"]' in CONTAINER.read_text()


def test_the_hook_runs_a_command_that_there_is() -> None:
    """It takes no file names: the whole model is held."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *words = shlex.split(hook["entry"])

    assert program == "idaudit"
    assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0
    assert hook["pass_filenames"] is False
