"""
A nursery of cities that can be made to die at any step.

While the file ``config["fuse"]`` exists and says n, the city dies, as of a power
cut, instead of taking its n-th step from now; a step is a commit or a flush.
"""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.store import Store


def build(config: Mapping[str, Any]) -> City:
    """Build a good city that burns down its fuse."""
    fuse = Path(config["fuse"])

    def step(*_: object) -> None:
        if not fuse.exists():
            return
        left = int(fuse.read_text())
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        fuse.write_text(str(left - 1))

    settle = Store.settle

    def settle_mortally(store: Store) -> None:
        step()
        settle(store)

    event.listen(Engine, "commit", step)
    Store.settle = settle_mortally  # type: ignore[method-assign]  this process is for dying
    return City(config)


if __name__ == "__main__":
    nursery(build)
