"""A register behind HTTP on loopback, and the target file by which it is audited."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from people_register import Register, Said

OPENAPI = Path(__file__).with_name("openapi")
TARGET = """
[system]
name = "Town register"
url = "{url}"
openapi = "{openapi}"
disposable = true
host = "127.0.0.1"

[roles.clerk]
auth = "login"
request = "POST /login"
user = "clerk"
password = "${{TOWN_SECRET}}"
json = {{ user = "{{user}}", password = "{{password}}" }}
{token}
log_out.request = "DELETE /session"
lasts = 900

[roles.reviewer]
auth = "login"
request = "POST /login"
user = "reviewer"
password = "${{TOWN_SECRET}}"
json = {{ user = "{{user}}", password = "{{password}}" }}
{token}

[roles.applicant]
auth = "kept"
name = "key"

[operations.open_application]
request = "POST /items/people"
json.given_name = "{{applicant.given_name}}"
json.surname = "{{applicant.surname}}"
json.street = "{{applicant.street}}"
json.city = "{{applicant.city}}"
json.postcode = "{{applicant.postcode}}"
json.born = "{{applicant.born}}"
fields = {{ application = "data.id", record = "data.id" }}
keep.key = "data.key"

[operations.submit_document]
request = "POST /items/people/{{application}}/papers"
body = "{{document.data}}"
headers.Content-Type = "application/octet-stream"

[operations.view_document]
request = "GET /items/people/{{application}}/papers/{{index}}"
fields.data = {{ body = "bytes" }}

[operations.decide]
request = "POST /items/people/{{application}}/decision"
json.state = "{{approve:approved/denied}}"

[operations.read_record]
request = "GET /items/people/{{record}}"
fields.record = "data"

[operations.delete_record]
request = "DELETE /items/people/{{record}}"

[controls]
advance_clock = {{ request = "POST /clock", json.seconds = "{{seconds}}" }}
reset = {{ request = "POST /renew" }}

[surfaces]
store.folder = "store"
"""


class _Handler(BaseHTTPRequestHandler):
    register: ClassVar[Register]
    asked: ClassVar[list[str]]
    lock: ClassVar[threading.Lock]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two wait for each other
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.lock:
            self.asked.append(f"{self.command} {self.path}")
            said = self.register.answer(self.command, self.path, headers, body)
        self._send(said)

    def _send(self, said: Said) -> None:
        is_bytes = isinstance(said.body, bytes)
        data = said.body if is_bytes else b"" if said.body is None else _json(said.body)
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _json(said: Any) -> bytes:  # noqa: ANN401  JSON
    return json.dumps(said).encode()


@contextmanager
def serving(
    kind: type[Register], folder: Path, description: str = "register", *, cookies: bool = False
) -> Iterator[tuple[Path, list[str]]]:
    """Lend the target file of a register of this *kind*, and what it was asked."""
    store = folder / "store"
    store.mkdir()
    api = json.loads((OPENAPI / f"{description}.json").read_text(encoding="utf-8"))
    asked: list[str] = []
    inside = {"register": kind(store, api), "asked": asked, "lock": threading.Lock()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), inside))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    file = folder / "target.toml"
    url = f"http://127.0.0.1:{server.server_port}"
    token = "" if cookies else 'token = "token"'
    file.write_text(TARGET.format(url=url, openapi="/openapi.json", token=token))
    try:
        yield file, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
