"""
A server that does nothing: ``python -m idaudit.loadtests.null_server`` says its port and answers.

Whatever a generator reaches here is its own ceiling, and no city's.
"""

import asyncio
import sys
from contextlib import suppress

_BODY = b'{"status": "ok", "now": "2026-01-01T00:00:00+00:00"}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


class Nothing(asyncio.Protocol):
    """One connection: each request without a body is answered as soon as its head is there."""

    def __init__(self) -> None:
        """Nothing has been read yet."""
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every head that is complete."""
        self._read += data
        *heads, self._read = self._read.split(b"\r\n\r\n")
        assert isinstance(self._transport, asyncio.Transport)  # noqa: S101  what TCP gives
        self._transport.write(_ANSWER * len(heads))


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve())
