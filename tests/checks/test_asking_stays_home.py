"""However hostile a description or an answer, only the target is asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from idaudit.checks.case import PUBLIC
from idaudit.checks.probes.fuzz.asking import Voice
from idaudit.checks.probes.fuzz.described import described
from idaudit.checks.probes.fuzz.exploring import Depth, explored


class _Bystander(BaseHTTPRequestHandler):
    """Somebody else's server; what it is asked is counted."""

    asked: ClassVar[list[str]]
    leads: ClassVar[str] = ""

    def do_GET(self) -> None:
        """Lead on to elsewhere, or answer."""
        self.asked.append(self.path)
        self.send_response(302 if self.leads else 200)
        if self.leads:
            self.send_header("Location", self.leads)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def server(leads: str = "") -> Iterator[tuple[str, list[str]]]:
    """Lend the address of a server that *leads* elsewhere, and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (_Bystander,), {"asked": asked, "leads": leads})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", asked
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def api(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description of one question, with an answer and a part of this *schema*."""
    number = {"name": "id", "in": "query", "schema": schema}
    answer = {"description": "it", "content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "read", "parameters": [number], "responses": {"200": answer}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/people": {"get": operation}},
    }


@pytest.mark.parametrize("word", ["$ref", "$dynamicRef", "$id"])
def test_nothing_a_description_points_at_is_fetched(word: str) -> None:
    """A description may name any host there is; reading it must call up none."""
    with server() as (url, asked):
        schema = {word: f"{url}/schema.json", "type": "integer"}
        assert described(api(schema))[0].label == "GET /people"
        assert asked == []


def test_no_redirect_is_followed_while_exploring(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may lead to any host, and the environment may name a proxy; neither is asked."""
    with server() as (elsewhere, strayed), server(f"{elsewhere}/x") as (url, asked):
        monkeypatch.setenv("http_proxy", elsewhere)
        voice = Voice(PUBLIC, {})
        depth = Depth(examples=2, chains=1, steps=2, seconds=60)
        seen = list(explored(api({"type": "integer"}), url, 5, lambda *_: (voice, {}), [], depth))

    assert asked
    assert {each.status for each in seen} == {302}
    assert strayed == []
