"""
Sweeping many files at once, each in the first process that is free.

What a sweep knows is built once and inherited by the processes, so a table of
millions of keys lies in memory only once.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.pool import Pool
from pathlib import Path

from idaudit.checks.probes.sweep.hit import Hit, Refusal
from idaudit.checks.probes.sweep.sweep import Sweep
from idaudit.fixtures.surfaces.files import column_parts, file_parts, file_size
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.fixtures.surfaces.surface import Column, Part, Surface, SurfaceKind
from idaudit.threatmodel.errors import Inconclusive

TOGETHER = 8 << 20
"""Files up to so many bytes are handed over together."""

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Share:
    """Some files of one place, or a store of another kind, to be swept by one process."""

    surface: str
    files: tuple[tuple[str, Path], ...]  # location and path
    size: int
    store: Surface | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one share held."""

    share: Share
    hits: Sequence[Hit]
    alone: Sequence[Hit]
    refused: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class OneFile:
    """One file by itself: its name and its bytes."""

    id: str
    location: str
    path: Path
    kind: SurfaceKind = SurfaceKind.FOLDER
    moves: bool = False

    def parts(self) -> Iterator[Part]:
        """Yield the name, then the bytes."""
        yield Part(f"{self.location} (name)", self.path.name.encode("utf-8", "surrogateescape"))
        yield from file_parts(self.path, self.location)

    def size(self) -> int:
        """Return the bytes of the file."""
        return file_size(self.path)

    def plant(self, control: bytes) -> None:  # noqa: ARG002  protocol
        """Refuse: what somebody handed over to be looked at is not written to."""
        raise Inconclusive(f"{self.id}: nothing is planted in a file that was handed over")

    def uproot(self) -> None:
        """Take nothing away, for nothing was planted."""


class Files:
    """The files of one share as one surface, so that small ones are searched together."""

    kind = SurfaceKind.FOLDER
    moves = False

    def __init__(self, share: Share) -> None:
        """Read the files of *share*."""
        self.id = share.surface
        self.databases: list[OneFile] = []
        self.refused: list[Refusal] = []
        self._share = share

    def parts(self) -> Iterator[Part]:
        """Yield the parts of each file, and go on behind one that cannot be read."""
        for location, path in self._share.files:
            file = OneFile(self.id, location, path)
            try:
                for part in file.parts():
                    if part.offset == 0 and part.data.startswith(_SQLITE):
                        self.databases.append(file)
                    yield part
            except Inconclusive as error:
                self.refuse(file, error)

    def refuse(self, file: OneFile, error: Exception) -> None:
        """Note why one file was not looked into."""
        self.refused.append(Refusal(self.id, file.location, 0, (), str(error)))

    def size(self) -> int:
        """Return the bytes of all files."""
        return self._share.size

    def plant(self, control: bytes) -> None:  # noqa: ARG002  protocol
        """Refuse: what somebody handed over to be looked at is not written to."""
        raise Inconclusive(f"{self.id}: nothing is planted in files that were handed over")

    def uproot(self) -> None:
        """Take nothing away, for nothing was planted."""


def shares(surface: str, files: Iterable[tuple[str, Path]]) -> Iterator[Share]:
    """Yield *files*, location and path each, in shares of about one size."""
    together: list[tuple[str, Path]] = []
    size = 0
    for location, path in files:
        together.append((location, path))
        size += file_size(path)
        if size >= TOGETHER:
            yield Share(surface, tuple(together), size)
            together, size = [], 0
    if together:
        yield Share(surface, tuple(together), size)


@contextmanager
def sweeping(
    prepare: Callable[[], Sweep], jobs: int
) -> Iterator[Callable[[Sequence[Share]], Iterator[Found]]]:
    """Lend a function that sweeps shares in *jobs* processes and yields each as it is done."""
    _prepared.append(prepare())
    try:
        if jobs == 1:
            yield lambda every: map(_swept, every)
        else:
            forked = multiprocessing.get_context("fork")
            with forked.Pool(jobs, initializer=_undisturbed) as pool:
                yield lambda every: _largest_first(pool, every)
    finally:
        _prepared.clear()


_prepared: list[Sweep] = []
"""The sweep that processes inherit; a list, for it is filled before they begin."""


def _undisturbed() -> None:
    """Leave Ctrl-C to whoever started this process, and end at once when they say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _largest_first(pool: Pool, every: Sequence[Share]) -> Iterator[Found]:
    return pool.imap_unordered(_swept, sorted(every, key=lambda share: -share.size))


def _swept(share: Share) -> Found:
    """Sweep one share with the sweep that was prepared."""
    return sweep_share(_prepared[0], share)


def sweep_share(sweep: Sweep, share: Share) -> Found:
    """Return what one share holds, in the eyes of *sweep*."""
    sweep.refused, sweep.alone = [], []
    files = Files(share)
    hits = sweep.surface(files) + (_store(sweep, share.store) if share.store else [])
    for each in files.databases:
        try:
            hits += sweep.surface(Cells(each.id, each.location, each.path))
        except (Inconclusive, OSError) as error:
            files.refuse(each, error)
    return Found(share, hits, sweep.alone, [*sweep.refused, *files.refused])


def _store(sweep: Sweep, store: Surface) -> list[Hit]:
    """Sweep a store that is no file."""
    try:
        return sweep.surface(store)
    except Inconclusive as error:
        sweep.refused.append(Refusal(store.id, "", 0, (), str(error)))
        return []


@dataclass(frozen=True, slots=True)
class Cells(OneFile):
    """The cells of an SQLite database, without the bytes of its files: those are files too."""

    def parts(self) -> Iterator[Part]:
        """Yield each cell."""
        for column in self.columns():
            yield from column_parts(column)

    def files(self) -> Iterator[Part]:
        """Yield nothing: cells are all there is."""
        return iter(())

    def columns(self) -> Iterator[Column]:
        """Yield all cells, under the file's name and their own."""
        for column in SqliteSurface(self.id, self.path, patience=1.0).columns():
            yield replace(column, name=f"{self.location}:{column.name}")
