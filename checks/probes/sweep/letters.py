"""Runs of base64, base85 or hex letters, decoded however long they are."""

import base64
import binascii
import re
from collections.abc import Iterator

from idaudit.checks.probes.sweep.decoders import Decoder, Torn
from idaudit.checks.probes.sweep.radix import BASE64_LETTERS

_SLICE = 64 * 1024


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
        self._letters = (_HEX if hexadecimal else BASE64_LETTERS + b"\\") + b"\r\n"
        self._group = 2 if hexadecimal else 4
        self._left = b""

    def head(self, data: memoryview) -> bytes | None:
        """Decode: any letters are a run."""
        return b"".join(self.pieces(data)) + self.rest()

    def pieces(self, data: memoryview) -> Iterator[bytes]:
        """Decode up to the first byte that belongs to no run."""
        for start in range(0, len(data), _SLICE):
            part = bytes(data[start : start + _SLICE])
            # Looking for what is left without the letters is many times faster than a search.
            mixed = part.translate(None, self._letters)
            end = self._foreign.search(part) if mixed else None
            if end is not None:
                part = part[: end.start()]
            yield self._decoded(part)
            if end is not None:
                self.ended = True
                return

    def rest(self) -> bytes:
        """Return the last bytes of a run whose end is not a whole group."""
        left, self._left = self._left, b""
        if self._hexadecimal or len(left) < 2:  # noqa: PLR2004  six bits are no byte
            return b""
        return binascii.a2b_base64(left.ljust(4, b"="))

    def _decoded(self, part: bytes) -> bytes:
        if b"\\" in part:
            part = part.replace(b"\\r", b"").replace(b"\\n", b"")
        letters = self._left + part.translate(_STANDARD, b"\r\n\\")
        whole = len(letters) // self._group * self._group
        letters, self._left = letters[:whole], letters[whole:]
        return binascii.unhexlify(letters) if self._hexadecimal else binascii.a2b_base64(letters)


_STANDARD = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = re.compile(rb"[^%s\r\n\\]" % re.escape(BASE64_LETTERS))
_HEX = b"0123456789ABCDEFabcdef"
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f\r\n]")


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


def base64_run() -> Decoder:
    """Return a decoder for a run of base64 letters."""
    return Letters(hexadecimal=False)


def hex_run() -> Decoder:
    """Return a decoder for a run of hex digits."""
    return Letters(hexadecimal=True)


def ascii85_run() -> Decoder:
    """Return a decoder for a run of ascii85 letters."""
    return Ascii85()
