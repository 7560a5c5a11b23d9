"""Runs of base64, base85 or hex letters, decoded however long they are."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

import pybase64

from idaudit.checks.probes.sweep.decoders import Decoder, Torn
from idaudit.checks.probes.sweep.radix import BASE64_LETTERS

_SLICE = 1 << 16
_FIRST_SLICE = 1 << 12
"""Most runs are short, and the first slice tells."""


class Letters:
    """
    A run of base64 or hex letters, line breaks left out.

    JSON writes a line break as two characters and may escape a slash; both
    occur in real dumps, and both are undone.
    """

    effort = 1

    def __init__(self, *, hexadecimal: bool) -> None:
        """Start one run."""
        self.ended = False
        self._hexadecimal = hexadecimal
        self._foreign = _NOT_HEX if hexadecimal else _NOT_BASE64
        self._decoded = binascii.unhexlify if hexadecimal else _from64
        self._group = 2 if hexadecimal else 4
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode: any letters are a run."""
        return b"".join(self.pieces(data)) + self.rest()

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode up to the first byte that belongs to no run."""
        start, size = 0, _FIRST_SLICE
        while start < len(data) and not self.ended:
            yield self._given(bytes(data[start : start + size]))
            start, size = start + size, _SLICE

    def rest(self) -> bytes:
        """Return the last bytes of a run whose end is not a whole group."""
        left, self._left = self._left.rstrip(b"\\"), b""
        if self._hexadecimal or len(left) < 2:  # noqa: PLR2004  six bits are no byte
            return b""
        return binascii.a2b_base64(left.ljust(4, b"="))

    def _given(self, part: bytes) -> bytes:
        """Decode *part*; only where that fails is it searched for the byte that ends the run."""
        letters, left = self._grouped(part)
        try:
            given = None if self._foreign.search(left) else self._decoded(letters)
        except ValueError:
            given = None
        if given is None:
            self.ended = True
            letters, left = self._grouped(self._foreign.split(part, 1)[0])
            given = self._decoded(letters)
        self._left = left
        return given

    def _grouped(self, part: bytes) -> tuple[bytes, bytes]:
        """Return the letters that make whole groups, and those that do not."""
        letters = self._left + part
        if not self._hexadecimal:
            letters = _standard(letters)
        letters = letters.replace(b"\n", b"").replace(b"\r", b"")
        whole = len(letters.rstrip(b"\\")) // self._group * self._group
        return letters[:whole], letters[whole:]


def _standard(letters: bytes) -> bytes:
    """Undo what JSON escapes, but for a last backslash, and the two letters made for addresses."""
    if b"\\" in letters:
        halved = b"\\" if letters.endswith(b"\\") else b""
        letters = letters.replace(b"\\r", b"").replace(b"\\n", b"").replace(b"\\", b"") + halved
    return letters.replace(b"-", b"+").replace(b"_", b"/")


def _from64(letters: bytes) -> bytes:
    """Decode whole groups without padding, which stands nowhere but where a run ends."""
    if b"=" in letters:
        raise ValueError
    return pybase64.b64decode(letters, validate=True)


_NOT_BASE64 = re.compile(rb"[^%s\r\n\\]" % re.escape(BASE64_LETTERS))
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f\r\n]")


class Brief:
    """The first bytes of a stream, and no more."""

    def __init__(self, make: Callable[[], Decoder], most: int) -> None:
        """Give what *most* bytes of the stream yield."""
        self._decoder = make()
        self._left = most

    @property
    def effort(self) -> int:
        """That of the stream."""
        return self._decoder.effort

    @property
    def ended(self) -> bool:
        """Whether the stream is complete, or enough of it was read."""
        return self._left <= 0 or self._decoder.ended

    def head(self, data: memoryview) -> bytes | None:
        """Return what the stream begins with."""
        return self._decoder.head(data)

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode as much as is left to read."""
        left, self._left = self._left, self._left - len(data)
        yield from self._decoder.pieces(data[: max(0, left)])

    def rest(self) -> bytes:
        """Return what the stream holds back."""
        return self._decoder.rest()


class Ascii85:
    """A run of ascii85 in Adobe's manner, up to its ``~>`` or the first byte that is no letter."""

    effort = 1

    def __init__(self) -> None:
        """Start one run."""
        self.ended = False
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode: letters are a run, anything else is none."""
        try:
            return b"".join(self.pieces(data)) + self.rest()
        except Torn:
            return None

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode whole groups of five."""
        for start in range(0, len(data), _SLICE):
            part = bytes(data[start : start + _SLICE])
            end = _NOT_85.search(part)
            letters = self._left + part[: end.start() if end else None].translate(None, _BLANK)
            whole = _groups(letters)
            letters, self._left = letters[:whole], letters[whole:]
            yield _from85(letters)
            if end is not None:
                self.ended = True
                return

    def rest(self) -> bytes:
        """Return the last bytes of a run whose end is not a whole group."""
        left, self._left = self._left, b""
        return _from85(left) if len(left) > 1 else b""


_BLANK = b"\r\n\t \0"
_NOT_85 = re.compile(rb"[^!-uz\r\n\t \0]")


def _groups(letters: bytes) -> int:
    """Return how many *letters* make whole groups; a ``z`` stands for four NULs and is one."""
    last = letters.rfind(b"z") + 1
    return last + (len(letters) - last) // 5 * 5


def _from85(letters: bytes) -> bytes:
    try:
        return base64.a85decode(letters)
    except ValueError as error:
        raise Torn from error


def spelt_out(value: bytes, *, hexadecimal: bool) -> bytes:
    """Return what a run says that is all of *value*: as a rule there is nothing to leave out."""
    try:
        return binascii.unhexlify(value) if hexadecimal else _whole64(value)
    except ValueError:
        run = Letters(hexadecimal=hexadecimal)
        return b"".join(run.pieces(memoryview(value))) + run.rest()


def _whole64(value: bytes) -> bytes:
    return pybase64.b64decode(value, validate=True)


def base64_run() -> Decoder:
    """Return a decoder for a run of base64 letters."""
    return Letters(hexadecimal=False)


def hex_run() -> Decoder:
    """Return a decoder for a run of hex digits."""
    return Letters(hexadecimal=True)


def ascii85_run() -> Decoder:
    """Return a decoder for a run of ascii85 letters."""
    return Ascii85()
