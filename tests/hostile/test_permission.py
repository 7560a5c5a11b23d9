"""An audit is set on nobody but the system it was meant for."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from idaudit.command.main import exit_code_of
from idaudit.fixtures.hostile.server import serving
from idaudit.fixtures.targets.permission import refuse_unnamed
from idaudit.fixtures.targets.target import Target
from idaudit.fixtures.targets.wire import Wire
from idaudit.threatmodel.errors import TargetUnreachable, UsageError

ABROAD = "8.8.8.8"
"""A public address; no packet is sent to it."""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect every address that would be connected to, and connect to none."""
    found: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        found.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return found


@pytest.mark.parametrize("public", [False, True])
def test_a_public_address_is_called_only_if_that_is_allowed(
    public: bool,  # noqa: FBT001  a parameter of pytest
    called: list[str],
) -> None:
    """A mistyped digit must not set an audit on a stranger."""
    wire = Wire(f"http://{ABROAD}", public=public)
    told = "ConnectError" if public else "a public address, and nobody allowed"
    with closing(wire), pytest.raises(TargetUnreachable, match=told):
        wire.call("GET", "/")

    assert called == ([ABROAD] if public else [])


def test_a_name_that_changes_its_mind_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers for a name may send the next connection abroad."""
    known = socket.getaddrinfo
    leads_to = ["127.0.0.1"]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *rest, **named: known(leads_to[0], *rest, **named)
    )
    with serving(lambda line: line.answer()) as (server, _):
        port = server.address.partition(":")[2]
        with closing(Wire(f"http://city.example:{port}")) as wire:
            assert wire.call("GET", "/").status == 200
            leads_to[0] = ABROAD
            with pytest.raises(TargetUnreachable, match="public address"):
                wire.call("GET", "/")


class Disposable(Target):
    """A target that drives whatever address it was given."""

    disposable = True

    def __init__(self, url: str, host: str = "") -> None:
        """Hold a wire, as adapters do."""
        self.wire = Wire(url)
        self.host = host


@pytest.mark.parametrize(
    ("url", "host", "refused"),
    [
        ("http://127.0.0.1:8000", "", False),
        ("http://localhost:8000", "", False),
        ("http://[::1]:8000", "", False),
        ("http://copy.city.example", "copy.city.example", False),
        ("http://city.example", "copy.city.example", True),
        ("http://10.0.0.7", "", True),
    ],
)
def test_another_machine_is_destroyed_only_by_its_name(
    url: str,
    host: str,
    refused: bool,  # noqa: FBT001  a parameter of pytest
) -> None:
    """`disposable` was said of the copy; a URL of the real city must not inherit it."""
    target = Disposable(url, host)
    if refused:
        with pytest.raises(UsageError, match="name what may be destroyed"):
            refuse_unnamed(target, "city.py")
    else:
        refuse_unnamed(target, "city.py")


FILE = """
from idaudit.fixtures.targets.target import Target
from idaudit.fixtures.targets.wire import Wire

class City(Target):
    disposable = True
    def __init__(self):
        self.wire = Wire("http://10.255.255.1:8000")

target = City()
"""


def test_a_run_on_an_unnamed_machine_ends_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent, and the line says what to write where."""
    (tmp_path / "city.py").write_text(FILE)

    words = ["run", "--target", str(tmp_path / "city.py"), "--out", str(tmp_path / "out")]
    code = exit_code_of(words)

    assert code == 64
    assert "host = '10.255.255.1'" in capsys.readouterr().err
