"""Whoever may not bring a paper or picture is told so before sending it."""

import json
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Town

MiB = 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"
PICTURE = "image/png"


def announced(town: "Town", who: str | None, line: str, *headers: str) -> tuple[int, str]:
    """Send a head and nothing of its body; return what is answered, once the city hangs up."""
    bearer = [f"Authorization: Bearer {town.bearer(who)}"] if who else []
    head = "\r\n".join([line + " HTTP/1.1", "Host: city", *bearer, *headers, "", ""])
    with socket.create_connection(("127.0.0.1", town.http.base_url.port), timeout=10) as wire:
        wire.sendall(head.encode())
        answer = HTTPResponse(wire)
        answer.begin()
        said = json.loads(answer.read())
        assert wire.recv(1) == b""
    return answer.status, said["code"]


def paper(town: "Town", application: str, who: str | None, media_type: str) -> tuple[int, str]:
    """Announce a paper of one MiB."""
    line = f"POST /applications/{application}/documents"
    length, kind = f"Content-Length: {MiB}", f"Content-Type: {media_type}"
    return announced(town, who, line, length, kind)


def sealed(town: "Town") -> dict[str, Any]:
    """Return an application that was given up under a court's hold."""
    file = town.apply()
    town.hold(file)
    town.delete(file)
    return file


def decided(town: "Town") -> dict[str, Any]:
    """Return an application that was approved."""
    file = town.apply()
    town.decide(file)
    return file


def full(town: "Town") -> dict[str, Any]:
    """Return an application with as many papers as there may be."""
    file = town.apply()
    for _ in range(10):
        town.show(file, b"a paper").raise_for_status()
    return file


def unknown(town: "Town") -> dict[str, Any]:
    """Return an application that does not exist."""
    del town
    return {"application": "no-such-application"}


REFUSED: dict[str, tuple[Callable[["Town"], dict[str, Any]], str | None, str, tuple[int, str]]] = {
    "there is no such application": (unknown, "clerk1", PICTURE, (404, "not-found")),
    "nor one for a form": (unknown, "clerk1", MULTIPART, (404, "not-found")),
    "sealed off": (sealed, "clerk1", MULTIPART, (403, "sealed")),
    "decided": (decided, "clerk1", MULTIPART, (409, "not-open")),
    "of somebody else": (lambda town: town.apply(), "reviewer1", MULTIPART, (404, "not-found")),
    "of nobody": (lambda town: town.apply(), None, MULTIPART, (401, "not-signed-in")),
    "in a form": (lambda town: town.apply(), "clerk1", MULTIPART, (415, "wrong-media-type")),
    "of no kind": (lambda town: town.apply(), "clerk1", "text/plain", (415, "wrong-media-type")),
    "one too many": (full, "clerk1", PICTURE, (409, "too-many-papers")),
}


@pytest.mark.parametrize(("prepare", "who", "media_type", "told"), REFUSED.values(), ids=REFUSED)
def test_a_paper_that_will_be_refused_need_not_be_sent(
    town: "Town",
    prepare: "Callable[[Town], dict[str, Any]]",
    who: str | None,
    media_type: str,
    told: tuple[int, str],
) -> None:
    """The answer comes on the head alone, and then the line is closed."""
    assert paper(town, prepare(town)["application"], who, media_type) == told


def test_who_asks_first_is_told_not_to_send(town: "Town") -> None:
    """Nobody is invited to send what will be refused, or more than is taken."""
    file = town.apply()
    invited = "Expect: 100-continue"
    path = f"POST /applications/{file['application']}/documents"
    kinds = f"Content-Type: {MULTIPART}", f"Content-Type: {PICTURE}"
    long = f"Content-Length: {8 * MiB + 1}"

    assert announced(town, "clerk1", path, invited, long, kinds[0]) == (415, "wrong-media-type")
    assert announced(town, "clerk1", path, invited, long, kinds[1]) == (413, "too-large")
    assert town.acts().count(("clerk:clerk1", "submit_document", "refused")) == 2


def test_a_photograph_that_will_be_refused_need_not_be_sent(town: "Town") -> None:
    """It is a body like any other."""
    file, length = town.apply(), f"Content-Length: {MiB}"
    path, kind = f"PUT /applications/{file['application']}/photo", "Content-Type: image/jpeg"
    form = f"Content-Type: {MULTIPART}"

    assert announced(town, "clerk1", path, length, form) == (415, "wrong-media-type")
    assert announced(town, "reviewer1", path, length, kind) == (403, "wrong-role")
    nowhere = "PUT /applications/no-such-application/photo"
    assert announced(town, "clerk1", nowhere, length, kind) == (404, "not-found")
