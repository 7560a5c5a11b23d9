"""What goes wrong on a busy day: the power, the disk, the database. Each ends by itself."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress

from idaudit.checks.probes.rush import patiently
from idaudit.fixtures.surfaces.sqlite import SqliteSurface
from idaudit.fixtures.surfaces.surface import Surface, SurfaceKind
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.threatmodel.errors import TargetUnreachable

SPELL_SECONDS = 1.5
Fault = Callable[[Target], bool]


def crash(target: Target) -> bool:
    """Fail the power, and come back on the same data."""
    if not (target.offers(Operation.CRASH) and target.disposable):
        return False
    target.crash()
    return target.restart().allowed


def slow_database(target: Target) -> bool:
    """Hold the lock of the main database for a while, as a long report does."""
    surfaces = target.surfaces()
    with ExitStack() as stack:
        for surface in surfaces:
            if isinstance(surface, SqliteSurface) and surface.path.exists():
                held = stack.enter_context(closing(sqlite3.connect(surface.path, timeout=5)))
                held.execute("BEGIN IMMEDIATE")
                break
            if surface.kind is SurfaceKind.POSTGRESQL:
                stack.enter_context(_tables_locked(surface))
                break
        else:
            return False
        time.sleep(SPELL_SECONDS)
    return True


@contextmanager
def _tables_locked(surface: Surface) -> Iterator[None]:
    """Let nobody else at a PostgreSQL database's tables."""
    import psycopg  # noqa: PLC0415  who keeps no PostgreSQL has no driver

    with psycopg.connect(getattr(surface, "owner"), autocommit=False) as owner:  # noqa: B009  of a surface that has one
        owner.execute("SET lock_timeout = '3s'")
        names = owner.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        listed = ", ".join(str(name) for (name,) in names.fetchall())
        with suppress(psycopg.errors.LockNotAvailable):
            owner.execute(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
        yield
        owner.rollback()


def full_disk(target: Target) -> bool:
    """Let no file of the system's processes grow for a while."""
    where = target.whereabouts()
    pids = [] if where is None else list(where.pids)
    with _no_growth(pids) as held:
        time.sleep(SPELL_SECONDS if held else 0)
    return bool(held)


@contextmanager
def _no_growth(pids: list[int]) -> Iterator[list[int]]:
    """Take from processes the right to make files longer, where we may."""
    before: dict[int, tuple[int, int]] = {}
    with suppress(ProcessLookupError, PermissionError):
        for pid in pids:
            before[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[pid][1]))
    try:
        yield list(before)
    finally:
        for pid, limits in before.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


FAULTS: Mapping[str, tuple[float, Fault]] = {
    "power cut": (0.40, crash),
    "slow database": (0.55, slow_database),
    "full disk": (0.70, full_disk),
}
"""When each strikes, as a share of the day; lost connections are the visitors' own."""


def strike(fault: Fault, target: Target) -> bool:
    """Let one fault strike; return whether it could."""
    struck = False
    with suppress(TargetUnreachable):
        struck = fault(target)
    return struck


def back(target: Target) -> bool:
    """Whether the system answers again."""
    return not target.offers(Operation.SETTLE) or patiently(target.settle).allowed
