"""Collecting checks: by what they say of themselves, and under their one true name."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

import idaudit.checks
from idaudit.checks.catalogue import CATALOGUE

CHECKS = Path(idaudit.checks.__file__).resolve().parent
"""The folder of this room, wherever it is installed."""


class CheckModule(pytest.Module):
    """A module of checks, imported by its one true name."""

    def _getobj(self) -> ModuleType:
        # pytest's private name, pinned by one of our own tests. Importing by
        # path would make a second copy, and the catalogue would fill twice.
        inside = self.path.resolve().relative_to(CHECKS).with_suffix("")
        return importlib.import_module(".".join(("idaudit.checks", *inside.parts)))

    def istestfunction(self, obj: object, name: str) -> bool:
        """Tell a check by what it says of itself, not by its name."""
        return name in CATALOGUE and callable(obj) and CATALOGUE[name].module == obj.__module__

    def istestclass(self, obj: object, name: str) -> bool:  # noqa: ARG002  pytest's signature
        """No class is a check."""
        return False
