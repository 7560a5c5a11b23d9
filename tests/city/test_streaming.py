"""A paper goes from the wire into memory and touches no file on its way, however it is sent."""

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Nursery, Town

MiB = 1024 * 1024
PAPER = os.urandom(8 * MiB)
OWN = re.compile(r".*/\w+\.sqlite(-wal|-shm|-journal)?|.*/log/city\.log|/dev/\w+")


def written(town: "Town") -> int:
    """Return how many bytes the city has ever handed to a file."""
    return int(re.search(r"wchar: (\d+)", Path(f"/proc/{town.pid}/io").read_text())[1])


def strange_files(town: "Town") -> set[str]:
    """Return the files that the city has open, or lying about, and ought not to."""
    found = {str(path) for path in (town.data / "scratch").iterdir()}
    for link in Path(f"/proc/{town.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found.add(str(link.readlink()))
    return {name for name in found if name.startswith("/") and not OWN.fullmatch(name)}


def whole() -> Iterator[bytes]:
    """Announce the length and send the paper."""
    yield f"Content-Length: {len(PAPER)}\r\n\r\n".encode()
    yield PAPER


def pieces() -> Iterator[bytes]:
    """Send the paper in chunks of odd sizes."""
    yield b"Transfer-Encoding: chunked\r\n\r\n"
    for start in range(0, len(PAPER), 99_991):
        piece = PAPER[start : start + 99_991]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


def once_invited() -> Iterator[bytes]:
    """Wait to be told that the paper may come."""
    yield f"Content-Length: {len(PAPER)}\r\nExpect: 100-continue\r\n\r\n".encode()
    yield b""
    yield PAPER


def in_halves() -> Iterator[bytes]:
    """Send half of the paper, and the rest after a pause."""
    yield f"Content-Length: {len(PAPER)}\r\n\r\n".encode()
    yield PAPER[: len(PAPER) // 2]
    yield PAPER[len(PAPER) // 2 :]


WAYS = {way.__name__: way for way in (whole, pieces, once_invited, in_halves)}
PICTURE = "image/png"
FORMS = ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]


def send(town: "Town", path: str, media_type: str, parts: Iterator[bytes]) -> tuple[int, set[str]]:
    """Send a paper part by part; return the status, and what strange files were ever seen."""
    seen: set[str] = set()
    with socket.create_connection(("127.0.0.1", town.http.base_url.port), timeout=20) as wire:
        headers = f"Authorization: Bearer {town.bearer('clerk1')}\r\nContent-Type: {media_type}\r\n"
        wire.sendall(f"POST {path} HTTP/1.1\r\nHost: city\r\n{headers}".encode())
        for number, part in enumerate(parts):
            if not part:  # told to wait
                assert wire.recv(4096).startswith(b"HTTP/1.1 100 ")
            wire.sendall(part)
            if number < 5:
                time.sleep(0.03)
                seen |= strange_files(town)
        answer = HTTPResponse(wire)
        answer.begin()
        answer.read()
    return answer.status, seen | strange_files(town)


def upload(town: "Town", way: str, media_type: str = PICTURE) -> tuple[int, set[str], int]:
    """Send a paper in one way; return the status, strange files, and the bytes written."""
    file = town.apply()
    town.settle()
    usual, before = strange_files(town), written(town)
    path = f"/applications/{file['application']}/documents"
    status, seen = send(town, path, media_type, WAYS[way]())
    return status, seen - usual, written(town) - before


@pytest.mark.parametrize("way", WAYS)
def test_a_paper_is_taken_without_a_file(town: "Town", way: str) -> None:
    """Eight megabytes come in, next to nothing is written, and no file is opened for them."""
    status, seen, wrote = upload(town, way)

    assert status == 201
    assert seen == set()
    assert wrote < MiB


@pytest.mark.parametrize("media_type", FORMS)
def test_a_form_with_a_paper_in_it_is_refused_without_a_file(town: "Town", media_type: str) -> None:
    """What a framework would spool is refused, unread and unwritten."""
    status, seen, wrote = upload(town, "pieces", media_type)

    assert status == 415
    assert seen == set()
    assert wrote < MiB


def test_looking_at_a_paper_writes_none_either(town: "Town") -> None:
    """The way out is like the way in."""
    file = town.apply()
    town.show(file, PAPER)
    town.settle()
    usual, before = strange_files(town), written(town)
    seen = town.ask("reviewer1", "GET", f"/applications/{file['application']}/documents/0")

    assert seen.content == PAPER
    assert written(town) - before < MiB
    assert strange_files(town) == usual


@pytest.fixture(scope="module")
def faithless(nursery: "Nursery") -> Iterator[Any]:
    """Lend a nursery whose cities have an interface at fault."""
    script = str(Path(__file__).with_name("faithless_doors.py"))
    raised = type(nursery)([sys.executable, script])
    yield raised
    raised.close()


def test_a_city_that_spools_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery"
) -> None:
    """A file that is deleted before it is closed is still written."""
    status, _, wrote = upload(open_town({"faithless": "spools"}, nursery=faithless), "pieces")

    assert status == 201
    assert wrote > len(PAPER)


def test_a_city_that_leaves_a_copy_is_noticed(
    open_town: "Callable[..., Town]", faithless: "Nursery"
) -> None:
    """A file in the scratch folder is seen lying there."""
    town = open_town({"faithless": "leaves_a_copy"}, nursery=faithless)
    status, seen, wrote = upload(town, "whole")

    assert status == 201
    assert seen != set()
    assert wrote > len(PAPER)
