"""What lies in a stream as a value of its own, in the format of one database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Deposit:
    """One value made whole and undone."""

    at: int
    names: tuple[str, ...]  # how it lay there, the outermost first
    value: bytes
    effort: int = 1  # how many times dearer than its length it was to undo


def given_up(at: int, names: tuple[str, ...]) -> Deposit:
    """Return what stands for values too dear to look for: no budget allows it, so it is refused."""
    return Deposit(at, names, b"\0", effort=1 << 62)


class Carver(Protocol):
    """Finds values in the blocks of one location."""

    def carve(self, data: bytes, start: int, *, final: bool) -> Iterator[Deposit]:
        """Yield what *data*, which begins at *start* and may repeat what was seen, holds."""
        ...
