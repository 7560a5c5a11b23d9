"""The numbers a day of load has to meet, from ``limits.toml`` or a file of one's own."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from idaudit.threatmodel.errors import UsageError

_NAMES = {
    "city": {"served_percent", "p50_seconds", "p99_seconds"},
    "generator": {"late_p99_seconds", "ceiling_percent", "lost_workers"},
    "enough": {"looks", "sweeps"},
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the city, the generator and the looking have to reach."""

    served_percent: float
    p50_seconds: float
    p99_seconds: float
    late_p99_seconds: float
    ceiling_percent: float
    lost_workers: float
    looks: float
    sweeps: float


def read_limits(path: Path | None = None) -> Limits:
    """
    Read *path*, or what ships.

    Raises:
        UsageError: it cannot be read, or does not say exactly what is asked.

    """
    where = str(path or "limits.toml")
    try:
        text = path.read_text() if path else _shipped()
        said = tomllib.loads(text)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{where}: {error}; expected TOML with the limits of a load") from error
    names = {table: set(values) for table, values in said.items()}
    if names != _NAMES:
        raise UsageError(f"{where}: names {names}; expected exactly {_NAMES}")
    return Limits(
        **{name: float(value) for table in said.values() for name, value in table.items()}
    )


def _shipped() -> str:
    return files("idaudit.loadtests").joinpath("limits.toml").read_text()
