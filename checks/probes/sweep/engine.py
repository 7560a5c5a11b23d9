"""Searching for thousands of byte patterns in one pass (vectorscan)."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pyperscan import BlockDatabase, BlockScanner, Flag, Pattern, Scan

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Needle(Generic[Label]):
    """A byte pattern of fixed length, and what finding it means."""

    expression: bytes
    length: int
    label: Label
    caseless: bool = False


def needle(literal: bytes, label: Label, *, caseless: bool = False) -> Needle[Label]:
    """Return the pattern for exactly these bytes."""
    expression = b"".join(b"\\x%02x" % byte for byte in literal)
    return Needle(expression, len(literal), label, caseless)


class Patterns(Generic[Label]):
    """Patterns compiled once; each sweep borrows a scanner of its own from them."""

    def __init__(self, needles: Iterable[Needle[Label]]) -> None:
        """Compile *needles*."""
        self.needles = tuple(needles)
        self._database = BlockDatabase(*map(_pattern, self.needles)) if self.needles else None

    def scanner(self) -> "Scanner[Label]":
        """Return a scanner; one scanner serves one thread."""
        return Scanner(self.needles, self._database)


class Scanner(Generic[Label]):
    """Finds every occurrence of every pattern in one buffer."""

    def __init__(self, needles: tuple[Needle[Label], ...], database: BlockDatabase | None) -> None:
        """Take the patterns and their compiled form."""
        self._needles = needles
        self._found: list[tuple[int, int]] = []
        self._scanner: BlockScanner | None = None
        if database is not None:
            self._scanner = database.build(self._found, _note)

    def find(self, data: bytes) -> list[tuple[int, int, Label]]:
        """Return start, end and label of each occurrence, in the order of their ends."""
        if self._scanner is None:
            return []
        self._found.clear()
        self._scanner.scan(data)
        needles = self._needles
        return [(end - needles[at].length, end, needles[at].label) for at, end in self._found]


class First:
    """
    Where one pattern first ends; most of the data is passed over at the speed of memory.

    Compiled when it is first asked for; each thread has a scanner of its own.
    """

    def __init__(self, expression: bytes) -> None:
        """Look for *expression*."""
        self._expression = expression
        self._local = threading.local()

    def end(self, data: "bytes | memoryview") -> int:
        """Return where the first occurrence in *data* ends, -1 if there is none."""
        scanner, found = self._scanner()
        found.clear()
        scanner.scan(data)
        return found[0][1] if found else -1

    @cached_property
    def _database(self) -> BlockDatabase:
        return BlockDatabase(Pattern(self._expression, Flag.DOTALL))

    def _scanner(self) -> tuple[BlockScanner, list[tuple[int, int]]]:
        if not hasattr(self._local, "scanner"):
            found: list[tuple[int, int]] = []
            self._local.scanner = self._database.build(found, _stop), found
        return self._local.scanner  # type: ignore[no-any-return] # what a thread keeps has no type


def _pattern(each: Needle[Label]) -> Pattern:
    flags = (Flag.DOTALL, Flag.CASELESS) if each.caseless else (Flag.DOTALL,)
    return Pattern(each.expression, *flags)


def _note(found: list[tuple[int, int]], index: int, _start: int, end: int) -> Scan:
    found.append((index, end))
    return Scan.Continue


def _stop(found: list[tuple[int, int]], index: int, _start: int, end: int) -> Scan:
    found.append((index, end))
    return Scan.Terminate
