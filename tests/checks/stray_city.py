"""
A nursery of cities that put something down where nobody has said they would.

``config["stray"]`` is a folder elsewhere.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from idaudit.fixtures.city.badges import Actor
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.forms import ApplicationForm
from idaudit.fixtures.city.intake import Intake, Opened
from idaudit.fixtures.city.nursery import nursery

STRAY: dict[str, Path] = {}
"""Of this process: a city is a fork."""

_NEW = os.O_CREAT | os.O_APPEND | os.O_WRONLY


class NotesEverybody(Intake):
    """Each applicant's name goes into three notebooks; two of them are kept open."""

    def open(self, form: ApplicationForm, actor: Actor) -> Opened:
        """Open as always, and note who it was."""
        name = form.surname.encode() + b"\n"
        os.write(os.open(STRAY["elsewhere"] / "notebook", _NEW), name)
        os.write(os.open(STRAY["elsewhere"] / "removed", _NEW), name)
        (STRAY["elsewhere"] / "removed").unlink()
        (STRAY["own"] / "beside").write_bytes(name)
        return super().open(form, actor)


def build(config: Mapping[str, Any]) -> City:
    """Build the city, with its notebooks where it is told to have them."""
    settings = dict(config)
    STRAY.update(elsewhere=Path(settings.pop("stray")), own=Path(settings["data"]))
    return City(settings, replace={Intake: NotesEverybody})


if __name__ == "__main__":
    nursery(build)
