"""What the cities of these tests keep their registries in: each kind the city knows."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from idaudit.fixtures.surfaces.postgresql import PostgresSurface
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.fixtures.targets.postgres_server import OwnServer

PROGRAMS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """
    Leave out, by name and with the reason, a test whose programs this machine lacks.

    CI installs them all and says so with ``IDAUDIT_EVERY_PROGRAM``: there a missing
    one fails the test, and no skip can pass for a success.
    """
    wanted = [name for mark in item.iter_markers("programs") for name in mark.args]
    missing = [name for name in wanted if not shutil.which(name, path=PROGRAMS)]
    if not missing:
        return
    told = f"not run: {', '.join(missing)} not installed on this machine (see .ci/run)"
    if os.environ.get("IDAUDIT_EVERY_PROGRAM"):
        pytest.fail(told, pytrace=False)
    pytest.skip(told)


class Nursery:
    """One process that forks the cities of a whole session."""

    def __init__(self, command: list[str]) -> None:
        """Start the process."""
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def raise_city(self, config: dict[str, Any]) -> dict[str, Any]:
        """Fork one city and return what it says of itself."""
        self.process.stdin.write(json.dumps(config) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """Let the cities go, by closing the line they hang on."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class OnSqlite:
    """A file in the city's own folder."""

    words: tuple[str, ...] = ()
    refusal = sqlite3.IntegrityError
    overwrites = True

    def new(self) -> str | None:
        """Name nothing: the city makes its file."""
        return None

    @contextmanager
    def connected(self, config: dict[str, Any]) -> Iterator[sqlite3.Connection]:
        """Lend a connection to the registry, as a thief of the disk would have it."""
        path = Path(config["data"]) / "city.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            yield connection

    def at_rest(self, config: dict[str, Any]) -> bytes:
        """Return nothing: all of it is in the city's folder."""
        del config
        return b""

    def surface(self, config: dict[str, Any]) -> SqliteSurface:
        """Return the registry as the suite sees it."""
        return SqliteSurface("registry", Path(config["data"]) / "city.sqlite")

    @contextmanager
    def locked(self, config: dict[str, Any]) -> Iterator[None]:
        """Hold the registry's lock."""
        with self.connected(config) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def forget(self, config: dict[str, Any]) -> None:
        """Leave it to whoever removes the folder."""

    def close(self) -> None:
        """Leave nothing."""


class OnPostgres:
    """A database of its own on a server of ours."""

    refusal = psycopg.IntegrityError
    overwrites = False  # a random id stays in dead space; what it stood for does not open

    def __init__(self) -> None:
        """Start the server."""
        self.server = OwnServer()
        self.template = self.server.create()
        self.words = ("--template", self.server.city_url(self.template))

    def new(self) -> str | None:
        """Copy the template."""
        return self.server.city_url(self.server.create(self.template))

    @contextmanager
    def connected(self, config: dict[str, Any]) -> Iterator[psycopg.Connection]:
        """Lend a connection to the registry, as the server's owner has it."""
        with psycopg.connect(self.server.owner_url(_name(config))) as connection:
            yield connection

    def at_rest(self, config: dict[str, Any]) -> bytes:
        """Return every byte of the database's files and of the log, as they lie there now."""
        with self.connected(config) as connection:
            [(number,)] = connection.execute(
                "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
            ).fetchall()
        data = self.server.folder()
        files = [*(data / "base" / str(number)).iterdir(), *(data / "pg_wal").iterdir()]
        return b"\0".join(path.read_bytes() for path in files if path.is_file())

    def surface(self, config: dict[str, Any]) -> PostgresSurface:
        """Return the registry as the suite sees it."""
        name = _name(config)
        return PostgresSurface(
            "registry", self.server.reader_url(name), self.server.owner_url(name)
        )

    @contextmanager
    def locked(self, config: dict[str, Any]) -> Iterator[None]:
        """Hold a lock on the ledger."""
        with self.connected(config) as connection:
            connection.execute("LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE")
            yield

    def forget(self, config: dict[str, Any]) -> None:
        """Drop the database."""
        self.server.drop(_name(config))

    def close(self) -> None:
        """Stop the server."""
        self.server.close()


Housing = OnSqlite | OnPostgres


@pytest.fixture(scope="session", params=[OnSqlite, OnPostgres], ids=["sqlite", "postgresql"])
def housing(request: pytest.FixtureRequest) -> Iterator[Housing]:
    """Lend what cities keep their registries in; what a city does is tested on each kind."""
    housing: Housing = request.param()
    yield housing
    housing.close()


@pytest.fixture(scope="session")
def nursery(housing: Housing) -> Iterator[Nursery]:
    """Lend the nursery of this session."""
    nursery = Nursery([sys.executable, "-m", "idaudit.fixtures.city", "--nursery", *housing.words])
    yield nursery
    nursery.close()


def _name(config: dict[str, Any]) -> str:
    return str(config["database"]).partition("?")[0].rpartition("/")[2]
