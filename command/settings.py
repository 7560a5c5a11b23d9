"""
The options of a command, from the command line or from ``idaudit.toml``.

What the command line says wins; what neither says has a default.
"""

import tomllib
from pathlib import Path
from typing import Any

import click

from idaudit.threatmodel.errors import UsageError, did_you_mean

SETTINGS_FILE = "idaudit.toml"


def read_settings(folder: Path, commands: click.Group) -> dict[str, dict[str, Any]]:
    """
    Return the defaults that ``idaudit.toml`` in *folder* sets, by command and parameter.

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
    return {name: _defaults(path, commands, name, said) for name, said in settings.items()}


def _defaults(path: Path, commands: click.Group, name: str, said: object) -> dict[str, Any]:
    """Return what one table sets, under the names its command knows its options by."""
    if name not in commands.commands or not isinstance(said, dict):
        hint = did_you_mean(name, commands.commands)
        raise UsageError(f"{path.name}: [{name}] is no command's table{hint}")
    known = {
        word.removeprefix("--"): option
        for option in commands.commands[name].params
        if isinstance(option, click.Option) and not option.is_flag
        for word in option.opts
    }
    for key, value in said.items():
        _check(path, name, key, value, known)
    return {str(known[key].name): value for key, value in said.items()}


def _check(path: Path, name: str, key: str, value: object, known: dict[str, click.Option]) -> None:
    """Refuse a key that means nothing, or a value of the wrong kind."""
    if key not in known:
        hint = did_you_mean(key, known)
        raise UsageError(f"{path.name}: [{name}] {key}: no such option{hint}")
    wanted = _kind(known[key])
    if not isinstance(value, wanted) or isinstance(value, bool):
        found = type(value).__name__
        raise UsageError(f"{path.name}: [{name}] {key}: expected {wanted.__name__}, found {found}")


def _kind(option: click.Option) -> type:
    """Return what TOML must give for *option*."""
    if option.multiple:
        return list
    return int if isinstance(option.type, click.types.IntParamType) else str
