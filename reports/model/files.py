"""The folder that ``idaudit threatmodel`` fills: rendered first, then put in place in one move."""

import json
from pathlib import Path

from idaudit.reports.folder import Kind, read_file, replace_folder
from idaudit.reports.model.brief import Brief
from idaudit.reports.model.page import page
from idaudit.reports.model.tables import SCHEMA, standings_json, traceability
from idaudit.threatmodel.errors import SetupError

PAGE, DATA, TABLE = "index.html", "threats.json", "traceability.csv"


def rendered(brief: Brief) -> dict[str, bytes]:
    """Return every file, by name."""
    texts = {
        PAGE: page(brief),
        DATA: standings_json(brief),
        TABLE: traceability(brief.rows),
        **brief.diagrams,
        **{export.name: export.text for export in brief.exports},
    }
    return {name: text.encode() for name, text in texts.items()}


def write_model(brief: Brief, out: Path) -> tuple[str, ...]:
    """
    Fill *out* with every file and return their names.

    Raises:
        SetupError: it is not ours, or cannot be written; *out* is as it was.

    """
    texts = rendered(brief)
    replace_folder(out, texts, _kind(frozenset(texts)))
    return tuple(texts)


def _kind(names: frozenset[str]) -> Kind:
    return Kind("threat model", "threat model", names, _is_ours, f"no {SCHEMA}")


def _is_ours(out: Path) -> bool:
    try:
        return bool(json.loads(read_file(out / DATA))["schema"] == SCHEMA)
    except (SetupError, ValueError, TypeError, KeyError):
        return False
