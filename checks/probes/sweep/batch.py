"""
Many small values at one go.

A database has more cells than a sweep has time to look at one by one. They are
laid side by side and searched together; only those in which anything shows up,
or which might be a container without a magic, are then read singly.
"""

from collections.abc import Iterator, Sequence

from idaudit.checks.probes.sweep import snappy
from idaudit.checks.probes.sweep.containers import (
    ANY_ZLIB,
    BARE,
    BASE64_RUN,
    BLOCK,
    BROTLI,
    HEX_RUN,
    Container,
)
from idaudit.checks.probes.sweep.decoders import Costly, Torn
from idaudit.checks.probes.sweep.letters import spelt_out
from idaudit.checks.probes.sweep.packers import brotli_beginning
from idaudit.checks.probes.sweep.reading import Instruments
from idaudit.checks.probes.sweep.runs import long_runs
from idaudit.checks.probes.sweep.sieve import Values
from idaudit.checks.probes.sweep.written import SHORTEST
from idaudit.fixtures.surfaces.surface import Part

SMALL = 2048
"""What is longer is read by itself."""

FULL = 512 * 1024


class Batch:
    """Small values, waiting to be searched together."""

    def __init__(self) -> None:
        """Begin empty."""
        self._parts: list[Part] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """Whether it is time to search."""
        return self._size >= FULL

    def add(self, part: Part) -> None:
        """Lay *part* beside the others."""
        self._parts.append(part)
        self._size += len(part.data) + _EACH

    def suspects(self, instruments: Instruments) -> list[Part]:
        """Empty the batch and return the parts that must be read by themselves, in order."""
        parts, self._parts, self._size = self._parts, [], 0
        return [parts[number] for number in suspects([part.data for part in parts], instruments)]


_EACH = 64  # bytes that a value takes besides its own


def suspects(values: Sequence[bytes], instruments: Instruments) -> list[int]:
    """Return, in order, which of the *values* must be read by themselves."""
    found = {number for number, value in enumerate(values) if len(value) >= SMALL}
    small = [(n, value) for n, value in enumerate(values) if SHORTEST <= len(value) < SMALL]
    return sorted(found | _suspicious(small, instruments, instruments.limits.depth))


def _suspicious(
    values: Sequence[tuple[int, bytes]], instruments: Instruments, depth: int
) -> set[int]:
    """
    Return the numbers of the values in which anything shows up, or which may be containers.

    Digests in hex fill whole tables, and many look like a stream of which no
    more is there. What comes out of them is laid side by side again, for as
    many levels as a sweep goes down.
    """
    if not values or not depth:
        return {number for number, _ in values}
    together = Values.of([value for _, value in values])
    found = set(_showing(values, together, instruments))
    told: list[tuple[int, bytes]] = []
    for container, likely in together.beginnings():
        for number, value in [values[at] for at in likely]:
            given = b"" if number in found else _told(container, value)
            if given is None:
                found.add(number)
            elif len(given) >= SHORTEST:
                told.append((number, given))
    left = [each for each in told if each[0] not in found]
    return found | _suspicious(left, instruments, depth - 1)


def _showing(
    values: Sequence[tuple[int, bytes]], together: Values, instruments: Instruments
) -> Iterator[int]:
    """Yield the numbers of the values in which anything shows up; a container, if it is one."""
    data = together.data
    shown: list[tuple[int, object]] = [(at, sign) for at, _, sign in instruments.scanner.find(data)]
    shown += [(at, None) for at, _, _ in instruments.known.find(data)]
    shown += [(at, None) for at in long_runs(data)]
    for (place, sign), (at, begin) in zip(
        shown, together.holding([at for at, _ in shown]), strict=True
    ):
        number, value = values[at]
        if not isinstance(sign, Container) or _opens(sign, value, place - begin):
            yield number


def _opens(container: Container, value: bytes, at: int) -> bool:
    try:
        return container.begins(value, at) is not None
    except (Costly, Torn):
        return True


def _told(container: Container, value: bytes) -> bytes | None:
    """Return what *value* says if it is that *container*; None where it must be read by itself."""
    try:
        if container is HEX_RUN or container is BASE64_RUN:
            return spelt_out(value, hexadecimal=container is HEX_RUN)
        if container is BARE or container is ANY_ZLIB or container is BROTLI:
            begun = brotli_beginning if container is BROTLI else container.beginning
            given = begun(value)
            return given if len(given) <= SMALL else None
    except (Costly, Torn):
        return None
    begins = snappy.opens(value) if container is BLOCK else _opens(container, value, 0)
    return None if begins else b""
