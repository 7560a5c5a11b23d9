"""What looks for the formats of databases in a stream of bytes."""

from idaudit.checks.probes.sweep.deposits import Carver
from idaudit.checks.probes.sweep.postgres import Pages
from idaudit.checks.probes.sweep.redis import Strings
from idaudit.checks.probes.sweep.shown import Shown
from idaudit.checks.probes.sweep.sqlitepages import Databases
from idaudit.checks.probes.sweep.wal import Log


def of_a_stream() -> tuple[Carver, ...]:
    """Return what looks into a file, or into what a container yields: a backup holds pages too."""
    return Pages(), Log(), Databases(), Strings(), Shown()


def of_a_value() -> tuple[Carver, ...]:
    """Return what looks into a single value."""
    return (Shown(),)
