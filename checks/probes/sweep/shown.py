"""Text as PDF shows it: pieces of a word in brackets, moved a little apart from each other."""

import re
from collections.abc import Iterator

from idaudit.checks.probes.sweep.deposits import Deposit
from idaudit.checks.probes.sweep.engine import First

_ARRAY = re.compile(rb"\[((?:\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|[-+.\d\s])+)\] ?TJ")
_PIECE = re.compile(rb"\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f\s]*)>")
_MARK = First(rb"\] ?TJ")


class Shown:
    """The text of one content stream, its pieces joined."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._seen = 0

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:  # noqa: ARG002  protocol
        """Yield all text that *data* shows in pieces, each array on a line."""
        if _MARK.end(data) < 0:
            return
        lines, begin = [], -1
        for found in _ARRAY.finditer(data, max(0, self._seen - start)):
            pieces = [_bytes(*piece.groups()) for piece in _PIECE.finditer(found[1])]
            self._seen = start + found.end()
            if len(pieces) > 1:
                begin = start + found.start() if begin < 0 else begin
                lines.append(b"".join(pieces))
        if lines:
            yield Deposit(begin, ("shown",), b"\n".join(lines))


def _bytes(letters: bytes | None, digits: bytes | None) -> bytes:
    if letters is not None:
        return re.sub(rb"\\(.)", rb"\1", letters)
    joined = b"".join((digits or b"").split())
    return bytes.fromhex(joined[: len(joined) // 2 * 2].decode())
