"""
A nursery of cities whose interface is at fault, to see that a test would notice.

``config["faithless"]`` says what of :data:`FAULTS` is done to the city before it opens.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.types import Message, Receive, Scope, Send

from idaudit.fixtures.city.accesslog import AccessLog
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.doorkeeper import Doorkeeper
from idaudit.fixtures.city.forms import Forms
from idaudit.fixtures.city.frontage import Frontage
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.papertray import PaperTray
from idaudit.fixtures.city.refusals import Reason
from idaudit.fixtures.city.routes import enrolment


def echoes() -> None:
    """Say in a problem what was wrong with the form."""
    usual, told = Frontage.declined, []
    read = Forms.read

    def remember(self: Forms, form: type[BaseModel], body: bytes) -> BaseModel:
        told[:] = [body.decode(errors="replace")]
        return read(self, form, body)

    def explained(
        self: Frontage, request: Request, reason: Reason, allowed: Iterable[str] = ()
    ) -> JSONResponse:
        answer = usual(self, request, reason, allowed)
        said = {"type": "", "title": told[0] if told else "", "status": reason.status}
        return JSONResponse(
            said | {"code": reason.code}, reason.status, media_type=answer.media_type
        )

    Forms.read = remember  # type: ignore[method-assign]  this process is for being at fault
    Frontage.declined = explained  # type: ignore[method-assign]  likewise


def logs_bodies() -> None:
    """Keep what was sent for whoever looks after the system."""
    read = Forms.read

    def noted(self: Forms, form: type[BaseModel], body: bytes) -> BaseModel:
        self.city.log.write(body.decode(errors="replace"))  # type: ignore[attr-defined]  set below
        return read(self, form, body)

    def take(self: Forms, city: City) -> None:
        self.city = city  # type: ignore[attr-defined]  for noted

    Forms.__init__, Forms.read = take, noted  # type: ignore[method-assign]  as above


def logs_paths() -> None:
    """Log the path as it came."""
    AccessLog.line = lambda _, scope, status: (  # type: ignore[method-assign]  as above
        f"{scope['method']} {scope['path']} {status}"
    )


def breaks_on_odd_letters() -> None:
    """Fall over whatever is not plain English."""
    read = Forms.read

    def brittle(self: Forms, form: type[BaseModel], body: bytes) -> BaseModel:
        if b"\\u" in body or not body.isascii():
            raise ValueError("an odd letter")
        return read(self, form, body)

    Forms.read = brittle  # type: ignore[method-assign]  as above


def through(change: Callable[[Scope, Message], None]) -> None:
    """Let *change* have every answer as it begins."""
    usual = Doorkeeper.__call__

    async def changed(self: Doorkeeper, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                change(scope, message)
            await send(message)

        await usual(self, scope, receive, answer)

    Doorkeeper.__call__ = changed  # type: ignore[method-assign]  as above


def names_the_caller() -> None:
    """Tell each caller in a header who they are."""

    def name(_: Scope, message: Message) -> None:
        message["headers"] = [*message["headers"], (b"set-cookie", b"who=clerk1")]

    through(name)


def answers_more_than_it_says() -> None:
    """Answer a correction with a status nobody wrote down."""

    def accept(scope: Scope, message: Message) -> None:
        if (scope["method"], message["status"]) == ("PATCH", 200):
            message["status"] = 203

    through(accept)


def shares_a_buffer() -> None:
    """Read every paper into the same buffer, which saves memory."""
    buffer = bytearray()

    async def into_the_buffer(request: Request, most: int) -> bytes:
        del most
        buffer.clear()
        async for piece in request.stream():
            buffer.extend(piece)
        return bytes(buffer)

    enrolment.bounded_body = into_the_buffer  # type: ignore[attr-defined]  as above


def spools() -> None:
    """Let large bodies wait on disk, as a framework would."""
    usual = enrolment.bounded_body  # type: ignore[attr-defined]  as above

    async def spooled(request: Request, most: int) -> bytes:
        body = await usual(request, most)
        with tempfile.TemporaryFile() as file:
            file.write(body)
            file.flush()
            file.seek(0)
            return file.read()

    enrolment.bounded_body = spooled  # type: ignore[attr-defined]  as above


def leaves_a_copy() -> None:
    """Keep each paper in the scratch folder until it is decided."""
    put = PaperTray.put

    def copied(self: PaperTray, row: Any, paper: Any, points: int) -> int:  # noqa: ANN401  as usual
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(paper.content)
        return put(self, row, paper, points)

    PaperTray.put = copied  # type: ignore[method-assign]  as above


FAULTS: dict[str, Callable[[], None]] = {
    fault.__name__: fault
    for fault in (
        echoes,
        logs_bodies,
        logs_paths,
        breaks_on_odd_letters,
        names_the_caller,
        answers_more_than_it_says,
        shares_a_buffer,
        spools,
        leaves_a_copy,
    )
}


def build(config: Mapping[str, Any]) -> City:
    """Build the city with the faults that *config* names."""
    for fault in config["faithless"].split():
        FAULTS[fault]()
    return City(config)


if __name__ == "__main__":
    nursery(build)
