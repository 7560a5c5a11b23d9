"""
The run's evidence on disk: append-only JSON Lines, chained line to line.

Each line carries the SHA-256 of the line before it, so that one dropped,
edited or reordered line shows. Whoever rewrites every line after it is stopped
only by a signature over the last one, which the signed bundle carries.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

from idaudit.reports.codec import decode, encode, mapped
from idaudit.reports.record import (
    EVIDENCE_SCHEMA,
    CheckRecord,
    OperationRecord,
    RunEnd,
    RunHeader,
    RunRecord,
    SurfaceRecord,
)
from idaudit.threatmodel.errors import SetupError, UsageError

Entry = RunHeader | OperationRecord | SurfaceRecord | CheckRecord | RunEnd
T = TypeVar("T", bound=Entry)

_KINDS: dict[str, type[Entry]] = {
    "run": RunHeader,
    "operation": OperationRecord,
    "surface": SurfaceRecord,
    "check": CheckRecord,
    "end": RunEnd,
}
_NAMES = {entry: name for name, entry in _KINDS.items()}
_FIRST = "0" * 64


class EvidenceError(UsageError):
    """A file of evidence is damaged, edited or not evidence at all."""


class EvidenceWriter:
    """
    Writes one run's evidence, a line at a time.

    A process that is killed leaves every line it finished. *redact* is applied
    to every text before it is written: the caller, who knows the planted
    values, takes them out there.
    """

    def __init__(self, path: Path, redact: Callable[[str], str] = str) -> None:
        """Begin a new file; evidence is never written over."""
        try:
            self._file: BinaryIO = path.open("xb")
        except OSError as error:
            raise SetupError(
                f"{path}: cannot begin the evidence ({error.strerror}); expected a path in a "
                "writable folder where no file lies yet; name another folder"
            ) from error
        self._redact = redact
        self._previous = _FIRST
        self._last = ""

    def write(self, entry: Entry) -> None:
        """Append *entry*; the header comes first and nothing follows the end."""
        kind = _NAMES[type(entry)]
        if out_of_place := _out_of_place(kind, self._last):
            raise ValueError(f"evidence: {out_of_place}")
        line = _line(kind, self._previous, mapped(entry, self._redact))
        self._file.write(line)
        self._file.flush()
        self._previous, self._last = hashlib.sha256(line).hexdigest(), kind

    def __enter__(self) -> Self:
        """Lend the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; a run that raised gets no end line and so judges as cut short."""
        self._file.close()


def read_evidence(path: Path) -> RunRecord:
    """
    Return the run that *path* holds, or raise :class:`EvidenceError`.

    A run that was cut short reads fine, without an end; so does one whose very
    last line was torn in the writing.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"{path}: cannot be read ({error.strerror}); expected a file of evidence"
        ) from error
    return parse_evidence(data, path)


def parse_evidence(data: bytes, path: Path) -> RunRecord:
    """Return the run that *data*, the content of *path*, holds; as :func:`read_evidence`."""
    reading = _Reading(path)
    for line in data.split(b"\n")[:-1]:  # what follows the last newline was torn in the writing
        reading.take(line)
    return reading.record()


@dataclass(slots=True)
class _Reading:
    """What has been read of one file so far."""

    path: Path
    number: int = 0
    previous: str = _FIRST
    last: str = ""
    entries: list[Entry] = field(default_factory=list)

    def take(self, line: bytes) -> None:
        """Read one more line."""
        self.number += 1
        try:
            kind, previous, entry = _parse(line)
        except ValueError as error:
            raise self._wrong(str(error)) from error
        if previous != self.previous:
            raise self._wrong(
                "its digest of the line before does not match that line; a line was dropped, "
                "edited or moved here"
            )
        if out_of_place := _out_of_place(kind, self.last):
            raise self._wrong(out_of_place)
        self.entries.append(entry)
        self.previous, self.last = hashlib.sha256(line + b"\n").hexdigest(), kind

    def record(self) -> RunRecord:
        """Return what was read as one run."""
        if not self.entries:
            raise EvidenceError(f"{self.path}: holds no whole line; expected the header of a run")
        return RunRecord(
            header=self._all(RunHeader)[0],
            operations=self._all(OperationRecord),
            surfaces=self._all(SurfaceRecord),
            checks=self._all(CheckRecord),
            end=next(iter(self._all(RunEnd)), None),
        )

    def _all(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, kind))

    def _wrong(self, what: str) -> EvidenceError:
        return EvidenceError(
            f"{self.path}:{self.number}: {what}; use the evidence as the run left it"
        )


def write_evidence(record: RunRecord) -> bytes:
    """Return *record* as a file of evidence."""
    entries: list[Entry] = [record.header, *record.operations, *record.surfaces, *record.checks]
    lines, previous = [], _FIRST
    for entry in [*entries, *([record.end] if record.end else [])]:
        lines.append(_line(_NAMES[type(entry)], previous, entry))
        previous = hashlib.sha256(lines[-1]).hexdigest()
    return b"".join(lines)


def _line(kind: str, previous: str, entry: Entry) -> bytes:
    """Return one line; plain ASCII, so that no byte of it can move a terminal."""
    data = {"kind": kind, "previous": previous, "record": encode(entry)}
    return json.dumps(data, allow_nan=False).encode("ascii") + b"\n"


def _parse(line: bytes) -> tuple[str, str, Entry]:
    """Return one line's kind, the digest it carries, and its record."""
    try:
        data = json.loads(line, parse_constant=_no_number)
    except ValueError:
        raise ValueError("is not JSON; expected one JSON object a line") from None
    if not isinstance(data, dict) or data.keys() != {"kind", "previous", "record"}:
        raise ValueError("is no line of evidence; expected exactly kind, previous and record")
    if (kind := data["kind"]) not in _KINDS:
        raise ValueError(f"is of unknown kind {kind!r}; expected one of {', '.join(_KINDS)}")
    entry = decode(_KINDS[kind], data["record"])
    if isinstance(entry, RunHeader) and entry.schema != EVIDENCE_SCHEMA:
        raise ValueError(f"has schema {entry.schema!r}; this version reads {EVIDENCE_SCHEMA!r}")
    return kind, data["previous"], entry


def _no_number(word: str) -> object:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(word)


def _out_of_place(kind: str, last: str) -> str:
    """Say why a line of *kind* cannot follow one of kind *last*; ``""`` where it can."""
    if (kind == "run") != (last == ""):
        return "a run begins with its header, and has one"
    return "nothing may follow the end of a run" if last == "end" else ""
