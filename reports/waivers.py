"""
Waivers: a promise known to be broken, accepted by a named owner until a date.

Strict both ways. A waiver that cannot be read, has expired, or names no
guarantee is an error, and so is one that waives nothing (the judge sees to
that): an old waiver must never lie in wait for the next violation.

.. code-block:: toml

    [[waiver]]
    guarantee = "photo-apart"
    reason = "Photos move to their own store in March."
    owner = "Chief privacy officer"
    expires = 2026-03-31
"""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from idaudit.reports.audit import Waiver
from idaudit.threatmodel.errors import WaiverError, did_you_mean
from idaudit.threatmodel.model import ThreatModel

_TEXTS = ("guarantee", "reason", "owner")
_FIELDS = (*_TEXTS, "expires")


def read_waivers(path: Path, model: ThreatModel, today: date) -> tuple[Waiver, ...]:
    """Return the waivers in *path*, or raise :class:`WaiverError` naming what is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WaiverError(
            f"{path}: cannot be read ({error.strerror}); name an existing file"
        ) from error
    except ValueError as error:
        raise WaiverError(f"{path}: is not TOML: {error}") from error
    try:
        waivers = tuple(_waiver(entry) for entry in _entries(data))
        return in_force(waivers, model, today)
    except WaiverError as error:
        raise WaiverError(f"{path}: {error}") from error


def in_force(waivers: Sequence[Waiver], model: ThreatModel, day: date) -> tuple[Waiver, ...]:
    """Return *waivers* if every one holds on *day* and is about a known guarantee."""
    seen = set()
    for waiver in waivers:
        if waiver.guarantee not in model.guarantees:
            hint = did_you_mean(waiver.guarantee, model.guarantees)
            raise WaiverError(f"waives {waiver.guarantee!r}, which is no guarantee's id{hint}")
        if waiver.expires < day:
            raise WaiverError(
                f"the waiver of {waiver.guarantee!r} expired on {waiver.expires}; keep the "
                f"promise, or ask {waiver.owner} to accept it anew"
            )
        if waiver.guarantee in seen:
            raise WaiverError(f"waives {waiver.guarantee!r} twice; keep one of the two")
        seen.add(waiver.guarantee)
    return tuple(waivers)


def _entries(data: dict[str, object]) -> list[object]:
    """Return the file's ``[[waiver]]`` tables."""
    for name in data.keys() - {"waiver"}:
        raise WaiverError(f"has an unknown entry {name!r}; expected only [[waiver]] tables")
    entries = data.get("waiver")
    if not isinstance(entries, list) or not entries:
        raise WaiverError("holds no [[waiver]] table; leave --waivers out where nothing is waived")
    return entries


def _waiver(entry: object) -> Waiver:
    """Return one table as a waiver."""
    if not isinstance(entry, dict) or entry.keys() != set(_FIELDS):
        found = ", ".join(entry) if isinstance(entry, dict) else entry
        raise WaiverError(f"a waiver has the fields {found}; expected {', '.join(_FIELDS)}")
    for name in _TEXTS:
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise WaiverError(f"a waiver's {name} is {entry[name]!r}; expected some words")
    expires = entry["expires"]
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise WaiverError(f"a waiver expires on {expires!r}; expected a date like 2026-03-31")
    return Waiver(entry["guarantee"], entry["reason"], entry["owner"], expires)
