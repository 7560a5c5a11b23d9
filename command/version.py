"""The version of the suite, written once, and the commit it was run from."""

import subprocess
from pathlib import Path

__version__ = "0.1.0"


def commit() -> str:
    """Return the commit of the checkout this runs from, or "" for an installed wheel."""
    room = Path(__file__).resolve().parent
    if not (room.parent / ".git").exists():
        return ""
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607  whichever git is on the path
        cwd=room,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()
