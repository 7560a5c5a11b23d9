"""Controls of a system that is not ours do what the file says, and failing ones are told."""

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idaudit.checks.sight import sweep_for, sweep_with_control
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.surfaces.surface import Surface
from idaudit.fixtures.targets.declared.system import DeclaredTarget, open_declared
from idaudit.fixtures.targets.target import Answer, Operation
from idaudit.threatmodel.errors import Inconclusive, NotOffered, SetupError, TargetUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.declared.conftest import Town

    Opened = Callable[[str], AbstractContextManager[tuple[Town, str]]]

HEAD = """
[system]
name = "town"
url = "{url}"
disposable = true
host = "127.0.0.1"
ready = "GET /health"
ready_seconds = 0.5
"""
NOTE = """
import sys
open("said", "a").write(" ".join(sys.argv[1:]) + ";")
print("first")
print("b-7")
"""


def driven(folder: Path, rest: str, url: str = "http://127.0.0.1:9") -> DeclaredTarget:
    """Return a target whose file goes on with *rest*."""
    (folder / "note.py").write_text(NOTE)
    (folder / "target.toml").write_text(
        HEAD.format(url=url) + rest.replace("PYTHON", sys.executable)
    )
    return open_declared(folder / "target.toml")


def test_commands_are_run_beside_the_file_with_what_they_need(
    tmp_path: Path, opened_town: "Opened"
) -> None:
    """A backup is called what the last line says, and a restart is over once the system answers."""
    with opened_town("any") as (town, url):
        target = driven(
            tmp_path,
            """
            [controls]
            crash.command = ["PYTHON", "note.py", "crash"]
            restart.command = ["PYTHON", "note.py", "restart"]
            settle.command = ["PYTHON", "note.py", "settle"]
            backup.command = ["PYTHON", "note.py", "backup"]
            restore.command = ["PYTHON", "note.py", "restore", "{backup}"]
            advance_clock.command = ["PYTHON", "note.py", "{seconds}"]
            reset.command = ["PYTHON", "note.py", "reset"]
            """,
            url,
        )
        backup = target.backup()
        for outcome in (backup, target.crash(), target.restart(), target.settle()):
            assert outcome.allowed
        assert target.restore(backup.fields["backup"]).allowed
        assert target.advance_clock(timedelta(days=1, seconds=0.5)).allowed
        assert target.now() - datetime.now(UTC) > timedelta(hours=23)
        with target.unused() as fresh:
            assert not fresh.shared
            assert fresh.now() - datetime.now(UTC) < timedelta(hours=1)

        said = (tmp_path / "said").read_text().split(";")
        assert said[:-1] == [
            "backup", "crash", "restart", "settle", "restore b-7", "86401", "reset",
        ]  # fmt: skip
        assert [path for _, path, _, _ in town.asked] == ["/health"] * 3
        target.close()


def test_what_the_file_does_not_say_is_not_offered(tmp_path: Path) -> None:
    """And a system without a reset is shared by all checks, and says so."""
    target = driven(tmp_path, "")

    assert target.shared
    assert not any(map(target.offers, (Operation.CRASH, Operation.BACKUP, Operation.ADVANCE_CLOCK)))
    with pytest.raises(NotOffered):
        target.crash()
    with pytest.raises(NotOffered):
        target.advance_clock(timedelta(days=1))


def test_a_command_that_fails_is_an_error_and_no_refusal(tmp_path: Path) -> None:
    """Its last words are told; one that does not end or does not exist is a slip of the file."""
    target = driven(
        tmp_path,
        """
        [controls]
        crash.command = ["PYTHON", "-c", "import sys; sys.stderr.write('no unit'); sys.exit(5)"]
        settle = { command = ["PYTHON", "-c", "import time; time.sleep(9)"], timeout = 0.2 }
        backup.command = ["./absent"]
        restart.command = ["PYTHON", "-c", ""]
        """,
    )
    crashed = target.crash()

    assert crashed.answer is Answer.ERROR
    assert crashed.reason.endswith("ended with 5: no unit")
    with pytest.raises(SetupError, match=r"not done after 0\.2 s; raise its timeout"):
        target.settle()
    with pytest.raises(SetupError, match=r"\./absent: cannot be started"):
        target.backup()
    with pytest.raises(TargetUnreachable, match=r"no answer within 0\.5 s after a restart"):
        target.restart()


def test_a_clock_is_moved_by_the_file_that_libfaketime_reads(tmp_path: Path) -> None:
    """Each move adds to those before, for the file holds the whole offset."""
    target = driven(tmp_path, '[controls]\nadvance_clock.faketime_file = "clock"\n')

    assert target.advance_clock(timedelta(days=30)).allowed
    assert (tmp_path / "clock").read_text() == "+2592000s\n"
    assert target.advance_clock(timedelta(seconds=60)).allowed
    assert (tmp_path / "clock").read_text() == "+2592060s\n"
    assert target.now() - datetime.now(UTC) > timedelta(days=29)


def test_every_kind_of_place_shows_its_control(tmp_path: Path) -> None:
    """A place in which a planted word is not found is one of which nothing can be said."""
    for name in ("uploads", "volumes/town/inner", "logs"):
        (tmp_path / name).mkdir(parents=True)
    with closing(sqlite3.connect(tmp_path / "db.sqlite")) as database:
        database.execute("CREATE TABLE people (name)")
        database.commit()
    (tmp_path / "logs" / "town.log").write_text("started\n")
    engine = tmp_path / "engine"
    engine.write_text(f'#!/bin/sh\n[ "$5" = town ] && echo {tmp_path}/volumes/town\n')
    engine.chmod(0o700)
    target = driven(
        tmp_path,
        f"""
        [surfaces]
        uploads.folder = "uploads"
        database.sqlite = "db.sqlite"
        log.log = ["logs/town.log"]
        printed.log_command = ["PYTHON", "-c", "print('a line')"]
        volume = {{ volume = "town", path = "inner", engine = "{engine}" }}
        objects.url = "file://{tmp_path}/uploads"
        """,
    )
    mint = Mint(4)
    seen = [each for each in target.surfaces() if each.id != "responses"]

    assert [each.id for each in seen] == [
        "uploads",
        "database",
        "log",
        "printed",
        "volume",
        "objects",
    ]
    for surface in seen:
        assert not sweep_with_control(surface, sweep_for(mint, ()), mint, disposable=True)
    assert (tmp_path / "volumes" / "town" / "inner").is_dir()


def test_a_program_that_prints_nothing_shows_nothing(tmp_path: Path) -> None:
    """Nor does one that fails: an empty log and an unread one look alike."""
    target = driven(
        tmp_path,
        """
        [surfaces]
        silent.log_command = ["PYTHON", "-c", ""]
        failing.log_command = ["PYTHON", "-c", "raise SystemExit(3)"]
        """,
    )
    silent, failing = (_named(target, each) for each in ("silent", "failing"))

    with pytest.raises(Inconclusive, match="printed nothing"):
        silent.plant(b"x")
    with pytest.raises(Inconclusive, match="ended with 3"):
        list(failing.parts())


def test_a_password_in_an_address_and_an_unknown_volume_are_slips(tmp_path: Path) -> None:
    """The one is told without being repeated, the other with the engine's own words."""
    with pytest.raises(SetupError, match=r"db\.url: carries a password; write \$\{NAME\}") as told:
        driven(tmp_path, '[surfaces]\ndb.url = "postgresql://a:hunter2@127.0.0.1/x"\n')
    assert "hunter2" not in str(told.value)
    with pytest.raises(SetupError, match=r"surfaces\.v\.volume: false knows no such volume"):
        driven(tmp_path, '[surfaces]\nv = { volume = "x", engine = "false" }\n')


def _named(target: DeclaredTarget, name: str) -> Surface:
    return next(each for each in target.surfaces() if each.id == name)
