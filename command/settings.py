"""
The options of a command, from the command line or from ``idaudit.toml``.

What the command line says wins; what neither says has a default.
"""

import tomllib
from pathlib import Path
from typing import Any

from idaudit.threatmodel.errors import UsageError, did_you_mean

SETTINGS_FILE = "idaudit.toml"
KNOWN: dict[str, dict[str, type]] = {
    "run": {
        "target": str,
        "program": str,
        "tier": str,
        "only": list,
        "seed": int,
        "out": str,
        "waivers": str,
        "database": str,
        "jobs": int,
    },
    "doctor": {"target": str, "program": str, "seed": int},
    "matrix": {"jobs": int, "json": str, "seed": int},
}


def read_settings(folder: Path) -> dict[str, dict[str, Any]]:
    """
    Return the defaults that ``idaudit.toml`` in *folder* sets, by command.

    Raises:
        UsageError: the file is not TOML, or sets what no command takes.

    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name}: not TOML: {error}") from error
    for command, options in settings.items():
        _check(path, command, options)
    return settings


def _check(path: Path, command: str, options: object) -> None:
    """Refuse a table or key that means nothing, or a value of the wrong kind."""
    if command not in KNOWN or not isinstance(options, dict):
        hint = did_you_mean(command, KNOWN)
        raise UsageError(f"{path.name}: [{command}] is no command's table{hint}")
    for key, value in options.items():
        wanted = KNOWN[command].get(key)
        if wanted is None:
            hint = did_you_mean(key, KNOWN[command])
            raise UsageError(f"{path.name}: [{command}] {key}: no such option{hint}")
        if not isinstance(value, wanted) or isinstance(value, bool):
            found = type(value).__name__
            raise UsageError(
                f"{path.name}: [{command}] {key}: expected {wanted.__name__}, found {found}"
            )
