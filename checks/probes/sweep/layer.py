"""
One stream of bytes: searched as it arrives, and dug into.

Theory of operation. A *layer* is a stream of bytes at some depth: a file, or
what a gzip stream in it decodes to. It is fed blocks, of which the last
``MARGIN`` bytes are set aside and looked at again with the next block, so
nothing is lost at a seam and nothing is reported twice: every position is
judged in exactly one block. Where a block announces a container, a *stream*
starts to decode from there, through as many blocks as it takes, and feeds a
layer of its own, one deeper. Memory is bounded by the blocks in hand.
"""

from functools import partial

from idaudit.checks.probes.sweep.blocks import deflate_starts
from idaudit.checks.probes.sweep.carvers import of_a_stream, of_a_value
from idaudit.checks.probes.sweep.carving import MORE, Shape
from idaudit.checks.probes.sweep.containers import BARE, BASE64_RUN, BROTLI, HEX_RUN, Container
from idaudit.checks.probes.sweep.decoders import Costly
from idaudit.checks.probes.sweep.deposits import Deposit
from idaudit.checks.probes.sweep.headless import headless
from idaudit.checks.probes.sweep.opening import PROBE
from idaudit.checks.probes.sweep.pictures import pixels_of
from idaudit.checks.probes.sweep.reading import Reading
from idaudit.checks.probes.sweep.runs import is_hex, long_runs
from idaudit.checks.probes.sweep.streams import Carved, Follower, Stream
from idaudit.checks.probes.sweep.tags import Spelling

MARGIN = 1024
"""Bytes that must be in view behind a match to judge it: the widest token, a container's head."""

STORED_DEPTH = 2
"""
From this depth on, a stream whose first block is stored as it is stays closed.

What it stores has been seen already, in this layer and in each above it; tables
of numbers look like such streams, and would be followed into themselves. Brotli
of this kind is never opened: nothing announces it, and chance does begin so.
"""


_HEADERS = 64
"""Of gzip and zip, with a name of usual length; what is longer is opened twice."""


class Layer:
    """One stream of bytes at one depth."""

    def __init__(
        self,
        reading: Reading,
        form: tuple[str, ...] = (),
        origin: int = -1,
        *,
        value: bool = False,
    ) -> None:
        """
        Belong to *reading*; *origin* is where the outermost container began, -1 outside any.

        A single *value* holds no pages of a database.
        """
        self._reading = reading
        self._form = form
        self._origin = origin
        self._judged = 0
        self._end = 0
        self._tail = b""
        self._followers: list[Follower] = []
        self._carvers = of_a_value() if value else of_a_stream()
        self._opened = -1

    def feed(self, data: bytes, offset: int, *, final: bool) -> None:
        """Search *data*, which begins at *offset* and may repeat what was fed before."""
        data, start = self._joined(data, offset)
        self._end = start + len(data)
        horizon = self._end if final else max(self._judged, self._end - MARGIN)
        for follower in self._followers:
            follower.follow(data, start, final=final)
        self._followers = [each for each in self._followers if not each.closed]
        if self._judged == 0 < horizon:
            for container in headless(data, whole=final):
                self._open(container, data, 0, 0, final=final)
        self._search(data, start, horizon, final=final)
        self._dig(data, start, horizon, final=final)
        for carver in self._carvers:
            for deposit in carver.carve(data, start, final=final):
                self._unearth(deposit)
        self._judged = horizon
        self._tail = data[-2 * MARGIN :]

    def _joined(self, data: bytes, offset: int) -> tuple[bytes, int]:
        """Return *data* with as much before it as a match at its beginning needs."""
        if offset > self._end:  # a hole, or a location that does not begin at 0
            self._judged, self._end, self._tail = offset, offset, b""
        if offset <= max(0, self._judged - MARGIN):
            return data, offset
        return self._tail + data[self._end - offset :], self._end - len(self._tail)

    def _search(self, data: bytes, start: int, horizon: int, *, final: bool) -> None:
        """Judge every sign and every known value that begins before *horizon*."""
        low, high = self._judged - start, horizon - start
        instruments = self._reading.instruments
        for at, end, sign in instruments.scanner.find(data):
            if low <= at < high:
                match sign:
                    case Spelling():
                        place = self._place(start + at)
                        self._reading.token(sign, data, at, end, self._form, place)
                    case Container():
                        self._open(sign, data, start, at, final=final)
                    case Shape():
                        self._carve(sign, data, start, at, final=final)
        for at, end, trace in instruments.known.find(data):
            if low <= at < high and trace.bounded(data, at, end):
                self._reading.trace(trace, self._form, self._place(start + at))

    def _dig(self, data: bytes, start: int, horizon: int, *, final: bool) -> None:
        """Open long runs of base64 or hex letters, whatever they hold."""
        for at in long_runs(data):
            if max(1, self._judged) <= start + at < horizon:
                run = HEX_RUN if is_hex(data[at : at + 256]) else BASE64_RUN
                self._open(run, data, start, at, final=final)

        if self._reading.limits.deep:
            low = max(1, self._judged - start)
            for at in deflate_starts(data[low : horizon - start + PROBE]):
                # A stream with a header has been opened by it, a few bytes before.
                if low + at < horizon - start and start + low + at > self._opened + _HEADERS:
                    self._open(BARE, data, start, low + at, final=final)

    def _unearth(self, deposit: Deposit) -> None:
        """Search a value that a carver made whole."""
        form = (*self._form, *deposit.names)
        cost = len(deposit.value) * deposit.effort
        deep = "containers nested too deep" if len(form) > self._reading.limits.depth else ""
        why = deep or self._reading.spend(cost, 0)
        if why:
            self._reading.refuse(self._place(deposit.at), form, why)
        else:
            layer = Layer(self._reading, form, self._place(deposit.at), value=True)
            layer.feed(deposit.value, 0, final=True)

    def _open(self, sign: Container, data: bytes, start: int, at: int, *, final: bool) -> None:
        """Follow the container at *at* if it is one."""
        place = self._place(start + at)
        try:
            begin = sign.begins(data, at)
        except Costly as error:
            self._reading.refuse(place, (*self._form, sign.name), str(error))
            return
        if begin is None or (begin.stored and (sign is BROTLI or len(self._form) >= STORED_DEPTH)):
            return
        self._opened = max(self._opened, start + at)
        form = (*self._form, *begin.names)
        if len(form) > self._reading.limits.depth:
            self._reading.refuse(place, form, "containers nested too deep")
        elif len(self._followers) >= self._reading.limits.streams:
            self._reading.refuse(place, form, "too many containers open at one time")
        elif self._reading.exhausted:
            self._reading.refuse(place, form, self._reading.exhausted)
        else:
            into = Layer(self._reading, form, place)
            stream = Stream(self._reading, begin.decoder(), into, start + begin.at, place, form)
            self._begin(stream, data, start, final=final)

    def _carve(self, shape: Shape, data: bytes, start: int, at: int, *, final: bool) -> None:
        """Look at the picture at *at*, now or once its end is in view."""
        if not self._reading.instruments.gallery and not shape.exact:
            return
        end = shape.end(data, at)
        place = self._place(start + at)
        if end > 0:
            self._look(shape, data[at:end], place)
        elif end == MORE and self._gathering() >= self._reading.limits.pictures:
            self._reading.refuse(place, self._form, "too many pictures open at one time")
        elif end == MORE:
            refuse = partial(self._reading.refuse, place, self._form)
            look = partial(self._look, shape, place=place)
            limit = self._reading.limits.picture_bytes
            picture = Carved(shape, start + at, look, refuse, limit)
            self._begin(picture, data, start, final=final)

    def _gathering(self) -> int:
        """Return how many pictures are open; each holds all of it that was seen."""
        return sum(isinstance(each, Carved) for each in self._followers)

    def _look(self, shape: Shape, data: bytes, place: int) -> None:
        """Compare a picture with the planted papers, and read its pixels where they are exact."""
        self._reading.picture(data, self._form, place)
        if shape.exact:
            pixels = pixels_of(data, self._reading.limits.pixels)
            self._unearth(Deposit(place, ("pixels",), pixels))

    def _begin(self, follower: Follower, data: bytes, start: int, *, final: bool) -> None:
        follower.follow(data, start, final=final)
        if not follower.closed:
            self._followers.append(follower)

    def _place(self, position: int) -> int:
        """Return what a hit at *position* of this layer calls its offset."""
        return position if self._origin < 0 else self._origin
