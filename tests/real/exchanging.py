"""
Target files in which two operations stand for each other, as a slip of the hand leaves them.

Most are refused as they are read, by what a request sends, gives back or is
asked with; of the rest the doctor has to say that one of the two does not work.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from idaudit.checks.doctor import examine
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.declared.reading import expanded, read_target_file, shape
from idaudit.fixtures.targets.declared.rules import faults
from idaudit.fixtures.targets.declared.system import DeclaredTarget

TABLES, REQUESTS = "tables", "requests"
_TOO_LONG = ("crash", "backup", "restore", "advance_clock")
"""Controls that are not what is exchanged, and take their time."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One target file after one slip."""

    one: str
    other: str
    how: str
    """Whole tables, or only the (last) request line of each."""
    raw: Mapping[str, Any]

    def __str__(self) -> str:
        """Name it: "decide and withdraw (requests)"."""
        return f"{self.one} and {self.other} ({self.how})"

    def fault(self) -> str:
        """Return why the file is refused before anything is asked, "" where it is not."""
        file = shape().validate_json(json.dumps(self.raw, default=str), strict=True)
        return next((f"{key}: {what}" for key, what in faults(file, expanded(file.system.url))), "")


def exchanges(path: Path) -> Iterator[Exchanged]:
    """Yield the file at *path* with each two of its operations exchanged, in both ways."""
    read_target_file(path)
    right = tomllib.loads(path.read_text(encoding="utf-8"))
    for one, other in combinations(right["operations"], 2):
        for how, exchange in ((TABLES, _tables), (REQUESTS, _requests)):
            wrong = deepcopy(right)
            exchange(wrong["operations"], one, other)
            if wrong != right:
                yield Exchanged(one, other, how, wrong)


def _tables(operations: dict[str, Any], one: str, other: str) -> None:
    operations[one], operations[other] = operations[other], operations[one]


def _requests(operations: dict[str, Any], one: str, other: str) -> None:
    first, second = (
        steps[-1] if isinstance(steps := operations[name], list) else steps for name in (one, other)
    )
    first["request"], second["request"] = second["request"], first["request"]


def working(raw: Mapping[str, Any], folder: Path, mint: Mint) -> dict[str, str]:
    """Return which operations the doctor finds working ("") in a system, or why not, by name."""
    file = shape().validate_json(json.dumps(_hurried(raw), default=str), strict=True)
    system = DeclaredTarget(file, folder)
    try:
        with system.unused() as target:
            found = examine(target, mint, Applicants(mint, target.now().date()))
    finally:
        system.close()
    return {each.operation: "" if each.works else each.detail for each in found.operations}


def doubts(path: Path, mint: Mint) -> Iterator[tuple[Exchanged, list[str]]]:
    """
    Yield what reading lets through, with what the doctor says of it at the running system.

    It is caught where anything works no more that works as the file stands.
    """
    folder = path.absolute().parent
    left = [each for each in exchanges(path) if not each.fault()]
    right = working(tomllib.loads(path.read_text(encoding="utf-8")), folder, mint) if left else {}
    for wrong in left:
        now = working(wrong.raw, folder, mint)
        yield (
            wrong,
            [f"{name}: {now[name]}" for name, why in right.items() if now[name] and not why],
        )


def _hurried(raw: Mapping[str, Any]) -> dict[str, Any]:
    controls = {k: each for k, each in raw.get("controls", {}).items() if k not in _TOO_LONG}
    return {**raw, "controls": controls}
