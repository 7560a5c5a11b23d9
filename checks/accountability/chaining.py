"""
How a ledger ties its lines together: worked out from the lines, and done again by a forger.

Who owns the machine owns the formula too. So a forger is let find it, which is
no secret, and only what is kept elsewhere can give the forgery away.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
Seal = Callable[[Line], str]

PARTS = ("seq", "at", "actor", "act", "outcome", "previous")
"""What a line says, but for its own hash, in the order of the contract."""

_DIGESTS = ("sha256", "sha512", "sha3_256", "blake2b", "sha1")


def seal_of(lines: Sequence[Line]) -> Seal | None:
    """Return what makes the hash of a line, as found in all *lines*; None if nothing known does."""
    known = (_Seal(digest, write) for digest in _DIGESTS for write in _WRITINGS)
    return next((each for each in known if all(each(line) == line["hash"] for line in lines)), None)


def _array(line: Line) -> bytes:
    said = [line[name] for name in PARTS]
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def _object(line: Line) -> bytes:
    said = {name: line[name] for name in PARTS}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()


def _joined(line: Line) -> bytes:
    return "|".join(str(line[name]) for name in PARTS).encode()


_WRITINGS = (_array, _object, _joined)


@dataclass(frozen=True, slots=True)
class _Seal:
    """One way to make a line's hash."""

    digest: str
    write: Callable[[Line], bytes]

    def __call__(self, line: Line) -> str:
        return hashlib.new(self.digest, self.write(line)).hexdigest()


GUESS: Seal = _Seal(_DIGESTS[0], _array)
"""What a forger tries who does not know how a ledger makes its hashes."""
