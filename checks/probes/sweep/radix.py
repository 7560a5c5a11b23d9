"""Forms that write whole groups of bits or bytes as letters: base64, base32, base85 and kin."""

import base64
import binascii
import re
from collections.abc import Iterator

from idaudit.checks.probes.sweep.codecs import CONTEXT, Around, Core

BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BASE64_LETTERS = BASE64 + b"-_"
BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BREAKS = re.compile(rb"[\r\n\t ]+|\\r|\\n|=\r?\n|\\(?=/)")
_LINES = re.compile(rb"[\r\n\t ]+")


class Radix:
    """A form of whole groups of bits, base64 or base32, perhaps broken into lines."""

    def __init__(
        self, name: str, letters: bytes, also: bytes = b"", *, folds: bool = False
    ) -> None:
        """Write five or six bits as one of *letters*; *also* are other signs for the last ones."""
        self.name = name
        self.folds = folds
        self._wide = len(letters) == len(BASE64)
        self._bits, self._bytes, self._letters = (6, 3, 4) if self._wide else (5, 5, 8)
        standard = BASE64 if self._wide else BASE32
        self._into = bytes.maketrans(standard, letters)
        signs = standard + (standard[-len(also) :] if also else b"")
        self._from = bytes.maketrans(letters + also, signs)
        both = letters + also + (letters.lower() if folds else b"")
        self._no_letter = re.compile(b"[^" + re.escape(both) + b"]")

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per alignment: the letters that depend on *plain* alone."""
        for before in range(self._bytes):
            first = -(-before * 8 // self._bits)
            last = (before + len(plain)) * 8 // self._bits
            yield Core(self._encoded(bytes(before) + plain)[first:last], first)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Decode the unbroken run of letters around the core, line breaks left out."""
        before = _BREAKS.sub(b"", data[max(0, start - CONTEXT) : start])
        after = _BREAKS.sub(b"", data[end : end + CONTEXT])
        before = self._no_letter.split(before)[-1]
        after = self._no_letter.split(after)[0]
        # Groups are counted back from the core, which begins *phase* letters into one.
        nought = self._into[BASE64[:1][0] :][:1]
        head = before[(len(before) - phase) % self._letters :].rjust(phase, nought)
        head = head if len(before) >= phase else before.rjust(phase, nought)
        text = head + data[start:end] + after
        plain = self._decoded(text[: len(text) // self._letters * self._letters])
        return Around(plain, len(head) * self._bits // 8)

    def _encoded(self, plain: bytes) -> bytes:
        letters = base64.b64encode(plain) if self._wide else base64.b32encode(plain)
        return letters.translate(self._into)

    def _decoded(self, text: bytes) -> bytes:
        text = (text.upper() if self.folds else text).translate(self._from)
        try:
            return binascii.a2b_base64(text) if self._wide else base64.b32decode(text)
        except (binascii.Error, ValueError):
            return b""


class Base85:
    """
    Four bytes as five letters, by any of the three alphabets in use.

    Only groups that lie wholly inside a tag are certain. One group is no
    evidence by itself, so a find counts only if the whole tag can be read.
    """

    folds = False

    def __init__(self, name: str, letters: bytes) -> None:
        """Write by *letters*, the digits from 0 to 84."""
        self.name = name
        self._letters = letters
        self._digit = {letter: digit for digit, letter in enumerate(letters)}
        self._no_letter = re.compile(b"[^" + re.escape(letters) + b"]")

    def cores(self, plain: bytes) -> Iterator[Core]:
        """Yield one core per alignment; its phase counts the letters of *plain* before it."""
        for cut in range(4):
            whole = plain[cut : cut + (len(plain) - cut) // 4 * 4]
            yield Core(b"".join(map(self._group, _parts(whole, 4))), cut)

    def read(self, data: bytes, start: int, end: int, phase: int) -> Around:
        """Decode the groups before, in and behind the core."""
        before = self._no_letter.split(_LINES.sub(b"", data[max(0, start - CONTEXT) : start]))[-1]
        after = self._no_letter.split(_LINES.sub(b"", data[end : end + CONTEXT]))[0]
        before = before[len(before) % 5 :]
        tail = after[len(after) // 5 * 5 :]
        last = self._bytes(tail.ljust(5, self._letters[-1:]))[: max(0, len(tail) - 1)]
        groups = _parts(before + data[start:end] + after[: len(after) // 5 * 5], 5)
        plain = b"".join(map(self._bytes, groups)) + last
        return Around(plain, len(before) // 5 * 4 - phase, sure=False)

    def _group(self, four: bytes) -> bytes:
        number = int.from_bytes(four)
        return bytes(self._letters[number // 85**place % 85] for place in (4, 3, 2, 1, 0))

    def _bytes(self, five: bytes) -> bytes:
        number = 0
        for letter in five:
            number = number * 85 + self._digit[letter]
        return (number & 0xFFFFFFFF).to_bytes(4)


def _parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))
