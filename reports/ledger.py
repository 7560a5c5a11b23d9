"""Where each promise is written down: the line a code-scanning page points at."""

import re
from functools import cache
from importlib.resources import files

from idaudit.threatmodel.model import Guarantee

FOLDER = "threatmodel/guarantees"

_TABLE = re.compile(r"""\[\s*["']?([a-z0-9-]+)["']?\s*\]\s*(?:#.*)?""")


def written_at(guarantee: Guarantee) -> tuple[str, int]:
    """
    Return the repository path and line of *guarantee*'s table.

    A promise that lies in no file of this suite, such as a city's own, points
    at the head of the file of its area.
    """
    return _tables().get(guarantee.id, (f"{FOLDER}/{guarantee.area.value}.toml", 1))


@cache
def _tables() -> dict[str, tuple[str, int]]:
    """Return where every table of the shipped guarantees begins."""
    folder = files("idaudit.threatmodel").joinpath("guarantees")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if head := _TABLE.fullmatch(line.strip()):
                    found[head[1]] = (f"{FOLDER}/{file.name}", number)
    return found
