"""The wire of a crowd: Locust's fast client in the place of ours, and nothing is remembered."""

import ssl
from collections.abc import Collection, Mapping
from functools import partial
from urllib.parse import urlsplit

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError
from geventhttpclient.url import URL

from idaudit.fixtures.targets.bounds import CONNECT_SECONDS
from idaudit.fixtures.targets.target import Exchange
from idaudit.fixtures.targets.wire import NO_CERTIFICATES, Wire, encoded
from idaudit.threatmodel.errors import TargetUnreachable

AT_ONCE = 1000
"""Connections at the same moment; a pool that is too small would queue visitors unseen."""


class BriefWire(Wire):
    """Speaks to one target for many visitors at once."""

    def __init__(
        self,
        base_url: str,
        seconds: float = 30.0,
        *,
        trust: ssl.SSLContext = NO_CERTIFICATES,
        public: bool = False,
    ) -> None:
        """Wait no longer than *seconds* for an answer, as a visitor would."""
        super().__init__(base_url, trust=trust, public=public)
        self._within = urlsplit(base_url).path.rstrip("/")
        self._fast = HTTPClient.from_url(
            URL(base_url),
            concurrency=AT_ONCE,
            connection_timeout=CONNECT_SECONDS,
            network_timeout=seconds,
            headers={"Accept-Encoding": "identity", "User-Agent": "idaudit"},
            ssl_context_factory=partial(_given, trust),
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        bearer: str | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        hide: Collection[str] = (),
    ) -> Exchange:
        """Send one request; nothing is hidden, for nothing is kept."""
        del hide
        content, media = encoded(body)
        said = {**media, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        said.update(headers or {})
        try:
            answer = self._fast.request(method, self._within + path, content or b"", said)
            content = bytes(answer.read())
        except (OSError, HTTPParseError) as error:  # a connection that was closed is an OSError
            raise TargetUnreachable(f"{method} {path}: {type(error).__name__}: {error}") from error
        told = {str(name).lower(): str(value) for name, value in answer.items()}
        return Exchange(method, path, answer.status_code, said, b"", told, content)

    def close(self) -> None:
        """Let go of the connections."""
        self._fast.close()
        super().close()


def _given(trust: ssl.SSLContext, **_: object) -> ssl.SSLContext:
    """Return *trust*, whatever certificates the client would have believed by itself."""
    return trust
