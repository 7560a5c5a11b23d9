"""Let an editable install see each top-level folder as a part of ``idaudit``."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LinkRooms(BuildHookInterface):
    """Link each room below ``.editable/idaudit`` before an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """A wheel needs no links: ``sources`` has already named its rooms."""
        if version != "editable":
            return
        package = Path(self.root, ".editable", "idaudit")
        package.mkdir(parents=True, exist_ok=True)
        for room in map(Path, self.build_config.only_include):
            link = package / room.name
            if link.is_symlink() or link.exists():
                continue
            # Relative, so that a moved checkout keeps working.
            link.symlink_to(Path("..", "..", room.name), target_is_directory=True)
