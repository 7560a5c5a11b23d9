"""
A small register over HTTP, and every way in which one is let turn hostile.

It keeps what it promises as long as nothing is changed about its answers. A
*turn* changes an answer before it is sent: the head, the body, or how it goes.
"""

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

ADAPTER = '''
"""An adapter as people write them: it believes what it is told, and quotes nothing."""

from idaudit.fixtures.surfaces.responses import ResponsesSurface
from idaudit.fixtures.targets.target import Answer, Outcome, Role, Target
from idaudit.fixtures.targets.wire import Wire, fields_of


class Register(Target):
    name, kind, disposable, many_at_once = {name!r}, "sample", True, True

    def __init__(self):
        self.wire = Wire("http://{address}", read_seconds=2, answer_seconds=4)

    def surfaces(self):
        return (ResponsesSurface({name!r}, lambda: self.wire.exchanges),)

    def exchanges(self):
        return self.wire.exchanges

    def close(self):
        self.wire.close()

    def _ask(self, by, method, path, body=None):
        who = "" if by.role is Role.PUBLIC else f"{{by.role.value}}-{{by.number}}"
        exchange = self.wire.call(method, path, bearer=who, body=body)
        if exchange.status >= 400:
            return Outcome(Answer.REFUSED, fields_of(exchange)["code"], exchanges=(exchange,))
        return Outcome(Answer.ALLOWED, fields=fields_of(exchange), exchanges=(exchange,))

    def now(self):
        from datetime import datetime
        return datetime.fromisoformat(fields_of(self.wire.call("GET", "/now"))["now"])

    def open_application(self, applicant, by, *, channel="counter", extra=None):
        body = {{**applicant.record(), "owner": f"applicant-{{applicant.index}}"}}
        return self._ask(by, "POST", "/applications", body)

    def submit_document(self, application, document, by):
        return self._ask(by, "POST", f"/applications/{{application}}/documents", document.data)

    def decide(self, application, by, *, approve):
        path = f"/applications/{{application}}/decision"
        return self._ask(by, "POST", path, {{"approve": approve}})

    def read_record(self, record, by):
        return self._ask(by, "GET", f"/records/{{record}}")


target = Register()
'''

Answer = tuple[int, dict[str, str], bytes]
Turn = Callable[["Register", str, dict[str, Any]], "Answer | None"]
"""What is said instead of an answer to a path, or None where it is said as it is."""


@dataclass
class Register:
    """What a register holds, and how it turns."""

    turn: Turn
    decoy: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, who: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer as an honest register does."""
        if path == "/now":
            return 200, {"now": "2017-02-01T15:00:00+00:00"}
        if path == "/applications":
            with self.lock:
                number = str(next(self.numbers))
            self.people[number] = json.loads(body)
            return 201, {"application": number, "record": number}
        found = re.fullmatch(r"/(applications|records)/(\d+)(/\w+)?", path)
        if not found or found[2] not in self.people:
            return 404, {"code": "not-found"}
        if method == "GET" and self.people[found[2]]["owner"] != who:
            return 403, {"code": "not-yours"}
        return 200, {"record": {k: v for k, v in self.people[found[2]].items() if k != "owner"}}


@contextmanager
def running(turn: Turn, decoy: str) -> Iterator[str]:
    """Run a register that turns; return its address."""
    register = Register(turn, decoy)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            who = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, fields = register.answer(self.command, self.path, who, sent)
            turned = register.turn(register, self.path, fields)
            status, head, body = turned or (status, {}, json.dumps(fields).encode())
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **head}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # whoever asked has hung up
                self.close_connection = True

        do_GET = do_POST = _do  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


WORDS = (
    '\x1b[2J\x1b]0;owned\x07 <script>alert(1)</script> =HYPERLINK("http://x") ]]></failure> '
    "[click](javascript:alert(1)) {{ 7 * 7 }} \u202egnp.exe \x9b31m | forged | ::error::forged"
)
"""What every part of a report must show and none obey."""


def _as(body: bytes, head: dict[str, str] | None = None, status: int = 200) -> Turn:
    """Return a turn that says *body* whenever a record is read."""

    def turn(register: Register, path: str, fields: dict[str, Any]) -> Answer | None:
        del fields
        told = {k: v.replace("{decoy}", register.decoy) for k, v in (head or {}).items()}
        return (status, told, body) if path.startswith("/records") else None

    return turn


def _opening(**given: object) -> Turn:
    """Return a turn that gives out these ids for each application."""

    def turn(register: Register, path: str, fields: dict[str, Any]) -> Answer | None:
        told = {
            name: value.replace("{decoy}", register.decoy) if isinstance(value, str) else value
            for name, value in given.items()
        }
        body = json.dumps({**fields, **told}).encode()
        return (201, {}, body) if path == "/applications" else None

    return turn


def _stalls(_: Register, path: str, fields: dict[str, Any]) -> None:
    del fields
    if path.startswith("/records"):
        time.sleep(2.5)


def _differs(register: Register, path: str, fields: dict[str, Any]) -> Answer | None:
    """Answer each reading with another status and other fields."""
    del fields
    if not path.startswith("/records"):
        return None
    number = next(register.numbers)
    return (200, 404, 500, 418)[number % 4], {}, json.dumps({"record": {str(number): 1}}).encode()


def _now(when: object) -> Turn:
    told = json.dumps({"now": when}).encode()
    return lambda _, path, __: (200, {}, told) if path == "/now" else None


def _words(_: Register, path: str, fields: dict[str, Any]) -> Answer | None:
    """Put harm into every word there is: reasons, fields, headers."""
    del fields
    if not path.startswith("/records"):
        return None
    body = json.dumps({"code": WORDS, WORDS: WORDS, "record": {WORDS: WORDS}}).encode()
    return 403, {"X-Name": "=1+1 <script>"}, body


HARMLESS = {
    "clock-of-the-last-day": _now("9999-12-31T23:59:59+00:00"),
    "clock-before-time": _now("0001-01-01T00:00:00+14:00"),
    "clock-of-no-time": _now([{"\x1b": None}]),
}
"""What this register may do and still keep what is asked: nobody needs its clock for that."""

TURNS: dict[str, Turn] = {
    "stalls": _stalls,
    "endless": _as(bytes((16 << 20) + 1)),
    "bomb": _as(gzip.compress(bytes(20 << 20)), {"Content-Encoding": "gzip"}),
    "nested": _as(b'{"record":' + b"[" * 50_000),
    "no-text": _as(b'{"record": "\xff\xfe"}'),
    "half-letters": _opening(record="\ud800"),
    "elsewhere": _as(b"{}", {"Location": "http://{decoy}/"}, 307),
    "address-for-an-id": _opening(record="/../..//{decoy}/"),
    "lines-for-an-id": _opening(application="1\r\nHost: {decoy}\r\n\r\n"),
    "wrong-kinds": _opening(application=None, record={"a": [1.5, {}]}),
    "differs": _differs,
    "status-999": _as(b"{}", None, 999),
    "words": _words,
}
"""Ways to turn, none of which may ever look like a promise that was kept."""
