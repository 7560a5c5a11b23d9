"""What follows a container or a picture through the blocks that hold it."""

from collections.abc import Callable
from typing import Protocol

from idaudit.checks.probes.sweep.carving import MORE, NONE, Shape
from idaudit.checks.probes.sweep.decoders import PIECE, Costly, Decoder, Torn
from idaudit.checks.probes.sweep.reading import Reading


class Sink(Protocol):
    """Takes a stream of bytes block by block; a layer is one."""

    def feed(self, data: bytes, offset: int, *, final: bool) -> None:
        """Take *data*, which begins at *offset*."""
        ...


class Follower(Protocol):
    """Something that began at one place and needs the bytes from there on."""

    @property
    def closed(self) -> bool:
        """Whether it needs no more."""
        ...

    def follow(self, data: bytes, start: int, *, final: bool) -> None:
        """Take what of *data*, which begins at *start*, it has not yet seen."""
        ...


class Stream:
    """A container being decoded into a layer of its own."""

    def __init__(
        self,
        reading: Reading,
        decoder: Decoder,
        into: Sink,
        begin: int,
        place: int,
        form: tuple[str, ...],
    ) -> None:
        """Decode from *begin* on; *place* and *form* are what a refusal names."""
        self.closed = False
        self._reading, self._decoder, self._into = reading, decoder, into
        self._at = begin
        self._place, self._form = place, form
        self._held: list[bytes] = []
        self._held_size = 0
        self._given = 0

    def follow(self, data: bytes, start: int, *, final: bool) -> None:
        """Decode on."""
        fresh = memoryview(data)[max(0, self._at - start) :]
        self._at = max(self._at, start + len(data))
        try:
            for piece in self._decoder.pieces(fresh):
                self._take(piece)
        except Torn:
            self.closed = True
        except Costly as error:
            self._reading.refuse(self._place, self._form, str(error))
            self.closed = True
        if self.closed or self._decoder.ended or final:
            self._finish()
            self.closed = True

    def _finish(self) -> None:
        """Hand on what the decoder still holds."""
        try:
            self._take(self._decoder.rest())
        except Costly as error:
            self._reading.refuse(self._place, self._form, str(error))
        except Torn:
            pass
        self._hand_on(final=True)

    def _take(self, piece: bytes) -> None:
        """Hold *piece* until there is enough for the layer to search."""
        effort = self._decoder.effort
        given = self._given + self._held_size
        why = self._reading.spend(len(piece) * effort, given * effort)
        if why:
            raise Costly(why)
        self._held.append(piece)
        self._held_size += len(piece)
        if self._held_size >= PIECE:
            self._hand_on(final=False)

    def _hand_on(self, *, final: bool) -> None:
        data = b"".join(self._held)
        self._held.clear()
        self._held_size = 0
        self._into.feed(data, self._given, final=final)
        self._given += len(data)


class Carved:
    """A picture file of which the end is not yet in view."""

    def __init__(
        self,
        shape: Shape,
        begin: int,
        look: Callable[[bytes], None],
        refuse: Callable[[str], None],
        limit: int,
    ) -> None:
        """Gather a picture of at most *limit* bytes from *begin* on, and then *look* at it."""
        self.closed = False
        self._shape, self._at = shape, begin
        self._look, self._refuse, self._limit = look, refuse, limit
        self._gathered = bytearray()
        self._next = 0

    def follow(self, data: bytes, start: int, *, final: bool) -> None:
        """Gather on; whether the picture is whole is asked each time its size has doubled."""
        self._gathered += memoryview(data)[max(0, self._at - start) :]
        self._at = max(self._at, start + len(data))
        if len(self._gathered) < self._next and not final:
            return
        self._next = min(2 * len(self._gathered), self._limit + 1)
        whole = bytes(self._gathered)
        end = self._shape.end(whole, 0)
        if end > 0:
            self._look(whole[:end])
        elif end == MORE and len(whole) > self._limit:
            self._refuse("a picture file too large to decode")
            end = NONE
        self.closed = final or end != MORE
