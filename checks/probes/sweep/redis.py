"""Redis's dump files, which keep strings of more than twenty letters packed by LZF."""

import re
from collections.abc import Iterator

from idaudit.checks.probes.sweep.deposits import Deposit, given_up
from idaudit.checks.probes.sweep.smallpack import lzf

MAGIC = b"REDIS"
_STRING = re.compile(rb"(?=\xc3([\x00-\x7f\x80]))")
_SHORTEST = 4
_MOST = 16 << 20
_EFFORT = 4
_VAIN, _VAIN_PER_BYTE = 4 << 20, 8
"""How many bytes, and how many more for each that was seen, may be unpacked for nothing."""


class Strings:
    """The packed strings of one location that begins as a dump file."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._is_dump: bool | None = None
        self._seen = 0
        self._vain = 0

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:  # noqa: ARG002  protocol
        """Yield each string that unpacks to just the size it claims."""
        if self._is_dump is None:
            self._is_dump = start == 0 and data.startswith(MAGIC)
        if not self._is_dump:
            return
        for found in _STRING.finditer(data, max(0, self._seen - start)):
            packed, at = _length(data, found.start() + 1)
            raw, at = _length(data, at)
            if _SHORTEST <= packed < raw <= min(packed * 90, _MOST) and at + packed <= len(data):
                value = lzf(data[at : at + packed], raw)
                if len(value) == raw:
                    self._seen = start + found.start() + 1
                    yield Deposit(start + found.start(), ("lzf",), value, _EFFORT)
                    continue
                self._vain += packed
                if self._vain > _VAIN + _VAIN_PER_BYTE * (start + len(data)):
                    yield given_up(start + found.start(), ("lzf",))
                    self._is_dump = False
                    return


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Return a length of six, fourteen or thirty-two bits, and where it ends."""
    first = data[at] if at < len(data) else 0xFF
    if first < 0x40:  # noqa: PLR2004  six bits
        return first, at + 1
    if first < 0x80:  # noqa: PLR2004  fourteen bits
        return (first & 0x3F) << 8 | (data[at + 1] if at + 1 < len(data) else 0), at + 2
    return int.from_bytes(data[at + 1 : at + 5]), at + 5
