"""A database server that dies in the middle takes nothing with it that was answered for."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Town

    from tests.conftest import Housing, Nursery


@pytest.fixture
def mortal_town(
    housing: "Housing", open_town: "Callable[..., Town]", request: pytest.FixtureRequest
) -> "Iterator[Town]":
    """Lend a city whose database server can be killed without any other city's noticing."""
    if not hasattr(housing, "server"):
        # A file has no server; its like is the city's own death, in test_crash.py.
        yield open_town()
        return
    own: Any = type(housing)()
    nursery: Nursery = request.getfixturevalue("nursery")
    town = open_town({"database": own.new()}, nursery=nursery)
    town.housing = own
    yield town
    town.crash()
    own.close()
    town.housing = housing
    town.config["database"] = housing.new()


def kill_server(town: "Town") -> None:
    """Kill the server's first process, as a power cut would, and wait for the others to go."""
    server = getattr(town.housing, "server", None)
    if server is None:
        town.crash()
        return
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    os.kill(server.pid, signal.SIGKILL)
    for child in map(int, children):
        with suppress(ProcessLookupError):
            while True:
                os.kill(child, 0)
                time.sleep(0.01)


def start_server(town: "Town") -> None:
    """Start it again, on what it left."""
    server = getattr(town.housing, "server", None)
    server.start() if server is not None else town.open()


def test_no_answered_act_is_lost_with_the_server(mortal_town: "Town") -> None:
    """Records, endings and the ledger are as they were answered for; the city goes on by itself."""
    town = mortal_town
    kept, ended = town.enrol(), town.enrol()
    town.delete(ended)
    lines = len(town.must("auditor1", "GET", "/ledger")["entries"])
    kill_server(town)
    if town.housing.words:
        assert town.read(kept).status_code == 503
    start_server(town)
    for _ in range(2):  # the first may be what notices that the connection is gone
        found = town.read(kept)
    ledger = town.must("auditor1", "GET", "/ledger")

    assert found.status_code == 200
    assert town.read(ended).status_code == 404
    assert ledger["intact"] is True
    assert len(ledger["entries"]) > lines


def test_a_kill_switch_goes_on_when_its_server_is_back(mortal_town: "Town") -> None:
    """Fired before the server died, it is carried out to the end after."""
    town = mortal_town
    file = town.enrol()
    town.kill()
    kill_server(town)
    start_server(town)
    for _ in range(2):
        found = town.read(file)
    town.settle()

    assert found.status_code == 404
    assert town.must("auditor1", "GET", "/kill-certificate")["remaining"] == 0
