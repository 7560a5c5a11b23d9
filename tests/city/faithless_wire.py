"""
A nursery of cities that take whatever comes on the wire, to see that a test would notice.

``config["faithless"]`` names the one of :data:`FAULTS` that is done to the city before it opens.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect

from idaudit.fixtures.city import web
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.refusals import MALFORMED, TOO_LARGE, Refused
from idaudit.fixtures.city.routes import enrolment
from idaudit.fixtures.city.wire import Wire


async def _whole_body(request: Request, most: int) -> bytes:
    """Read all there is, and look at its size afterwards."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise Refused(MALFORMED) from None
    if len(body) > most:
        raise Refused(TOO_LARGE)
    return body


def reads_without_end() -> None:
    """Take a body whole before asking how large it may be, as a framework would."""
    web.bounded_body = _whole_body
    enrolment.bounded_body = _whole_body  # type: ignore[attr-defined]  this process is at fault


def waits_for_ever() -> None:
    """Set no clock for anybody."""
    reads_without_end()
    Wire._wait = lambda *_: None  # type: ignore[method-assign]  as above  # noqa: SLF001


FAULTS: Mapping[str, Callable[[], None]] = {
    fault.__name__: fault for fault in (reads_without_end, waits_for_ever)
}


def build(config: Mapping[str, Any]) -> City:
    """Build the city with the fault that *config* names."""
    FAULTS[config["faithless"]]()
    return City(config)


if __name__ == "__main__":
    nursery(build)
