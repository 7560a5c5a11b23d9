"""A town's register in thirty lines of HTTP, that lets people in by whatever way it is asked to."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

SECRET = "open-sesame"  # noqa: S105  the town's own, on loopback
BASIC = base64.b64encode(f"clerk:{SECRET}".encode()).decode()


class Town:
    """What one town remembers, and by which sign it knows a clerk."""

    secret = SECRET

    def __init__(self, sign: str) -> None:
        """*sign* is "bearer", "token", "basic", "header", "cookie", "query" or "any"."""
        self.sign = sign
        self.people: dict[str, dict[str, Any]] = {}
        self.papers: dict[str, list[tuple[str, bytes]]] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.tokens = 0
        self.key = ""
        """What applying gives out, where it is not "key-1" and so on."""

    def knows(self, path: str, headers: dict[str, str]) -> bool:
        """Whether whoever asks has shown the sign."""
        signs = {
            "bearer": headers.get("authorization") == f"Bearer {SECRET}-{self.tokens}",
            "token": headers.get("authorization") == f"Bearer {SECRET}",
            "basic": headers.get("authorization") == f"Basic {BASIC}",
            "header": headers.get("x-clerk") == SECRET,
            "cookie": f"session={SECRET}" in headers.get("cookie", ""),
            "query": parse_qs(urlsplit(path).query).get("key") == [SECRET],
        }
        return signs.get(self.sign, True)


class _Handler(BaseHTTPRequestHandler):
    town: ClassVar[Town]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.town.asked.append((self.command, self.path, headers, body))
        status, answer, more = _answered(self.town, self.command, self.path, headers, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in more:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Said = tuple[int, Any, list[tuple[str, str]]]


def _answered(  # noqa: PLR0911  one for each request
    town: Town, method: str, path: str, headers: dict[str, str], body: bytes
) -> Said:
    steps = urlsplit(path).path.strip("/").split("/")
    match method, steps:
        case "GET", ["health"]:
            return 200, {}, []
        case "POST", ["login"]:
            return _login(town, headers, body)
        case "POST", ["token"]:
            return _token(town, headers, body)
    if not town.knows(path, headers):
        return 401, {"code": "who-are-you"}, []
    if method == "POST" and steps == ["people"]:
        number = str(len(town.people) + 1)
        town.people[number] = json.loads(body)
        where = [("Location", f"/people/{number}")]
        return 201, {"data": {"id": int(number), "key": town.key or f"key-{number}"}}, where
    if steps[0] != "people" or len(steps) < 2 or steps[1] not in town.people:
        return 404, {"code": "nobody"}, []
    return _about(town, method, steps[1], steps[2:], headers, body)


def _about(  # noqa: PLR0911  one for each request
    town: Town, method: str, number: str, rest: list[str], headers: dict[str, str], body: bytes
) -> Said:
    match method, rest:
        case "GET", []:
            return 200, {"data": town.people[number]}, []
        case "PATCH", []:
            town.people[number] |= json.loads(body)
            return 200, {"data": town.people[number]}, []
        case "DELETE", []:
            del town.people[number]
            return 204, b"", []
        case (("POST" | "PUT"), ["papers"]):
            town.papers.setdefault(number, []).append(_paper(headers, body))
            return 201, {"paper": f"{number}-{len(town.papers[number])}"}, []
        case "GET", ["papers", place]:
            return 200, town.papers[number][int(place)][1], []
        case "POST", ["state"]:
            if json.loads(body).get("state") == "odd":
                return 302, {}, [("Location", "/elsewhere")]
            return 200, {"ok": json.loads(body).get("state") == "approved"}, []
    return 405, {}, []


def _paper(headers: dict[str, str], body: bytes) -> tuple[str, bytes]:
    """Return the name and the bytes of a paper, sent alone or among the parts of a form."""
    media = headers.get("content-type", "")
    if not media.startswith("multipart/"):
        return media, body
    form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {media}\r\n\r\n".encode() + body)
    part = next(each for each in form.iter_parts() if each.get_filename())
    return str(part.get_filename()), part.get_payload(decode=True)  # type: ignore[return-value]  # bytes when decoded


def _login(town: Town, headers: dict[str, str], body: bytes) -> Said:
    form = "urlencoded" in headers.get("content-type", "")
    said = (
        {name: each[0] for name, each in parse_qs(body.decode()).items()}
        if form
        else json.loads(body)
    )
    if said != {"login": "clerk", "password": SECRET}:
        return 401, {}, []
    town.tokens += 1
    cookies = [("Set-Cookie", "seen=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT")]
    return (
        200,
        {"token": f"{SECRET}-{town.tokens}"},
        [*cookies, ("Set-Cookie", f"session={SECRET}; Path=/")],
    )


def _token(town: Town, headers: dict[str, str], body: bytes) -> Said:
    form = {name: each[0] for name, each in parse_qs(body.decode()).items()}
    by_header = headers.get("authorization") == f"Basic {BASIC}"
    by_body = (form.get("client_id"), form.get("client_secret")) == ("clerk", SECRET)
    if form.get("grant_type") != "client_credentials" or not (by_header or by_body):
        return 400, {"error": "invalid_client"}, []
    town.tokens += 1
    return 200, {"access_token": f"{SECRET}-{town.tokens}", "token_type": "bearer"}, []


@contextmanager
def open_town(sign: str = "any") -> Iterator[tuple[Town, str]]:
    """Lend a town and its address."""
    town = Town(sign)
    handler = type("Handler", (_Handler,), {"town": town})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield town, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def opened_town() -> Callable[[str], AbstractContextManager[tuple[Town, str]]]:
    """Lend what opens a town that knows its clerk by one sign."""
    return open_town
