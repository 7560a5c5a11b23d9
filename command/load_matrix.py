"""Every city that fails only in a crowd, put to a day of load: each has to be caught there too."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from idaudit.checks.catalogue import every_check
from idaudit.command.lenders import TargetChoice
from idaudit.command.load import LoadOptions, run_load
from idaudit.fixtures.defects.registry import Defect, every_defect
from idaudit.loadtests.findings import GUARANTEE
from idaudit.loadtests.orders import Orders
from idaudit.threatmodel.errors import SetupError

SHAPE, SECONDS = "all-at-once", 12.0
_CUT_OFF = 40  # in a hundred uploads: so short a day would have few
_SURGE = 1.5
_SCANS = (300_000, 500_000)  # enough to come in many pieces
_PAPERS = frozenset({"half-done-scan", "waiting-scan", "scan-at-rest"})
"""A paper that is left is seen at several moments under load; whichever comes first is right."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a day of load said of one city."""

    id: str
    lawful: bool
    right: bool
    told: str


def crowd_cities(only: Sequence[str] = ()) -> Iterator[Defect]:
    """Yield the cities that fail, or only look so, when many come at once."""
    for each in every_defect().values():
        concerned = GUARANTEE in each.near if each.lawful else _takes_a_crowd(each)
        if concerned and (not only or each.id in only):
            yield each


def _takes_a_crowd(defect: Defect) -> bool:
    """Whether a crowd brings it out: one form alone can press on a city too."""
    own = every_check()[defect.caught_by].module
    return defect.breaks == GUARANTEE and own.rpartition(".")[2].startswith("surge")


def loaded(defect: Defect, seed: int, seconds: float = SECONDS) -> Loaded:
    """Play one day in the city of *defect*."""
    orders = Orders(
        shape=SHAPE,
        surge=_SURGE,
        seconds=seconds,
        seed=seed,
        workers=1,
        holders=8,
        cut_off_percent=_CUT_OFF,
        scans=_SCANS,
        drain_seconds=15,
    )
    with tempfile.TemporaryDirectory(prefix="idaudit-") as out:
        options = LoadOptions(
            target=TargetChoice(defect=defect.id),
            program=defect.programme,
            orders=orders,
            cardholders=0,
            out=Path(out),
            limits=None,
            faults=True,
        )
        try:
            told = run_load(options, Console(quiet=True))
        except SetupError as error:
            return Loaded(defect.id, defect.lawful, right=False, told=str(error))
    return judged(defect, told)


def judged(defect: Defect, told: dict[str, Any]) -> Loaded:
    """Say whether a day told of one city what it had to tell."""
    reasons = {each["reason"] for each in told["guarantee"]["findings"]}
    wanted = _PAPERS if defect.reason in _PAPERS else frozenset({defect.reason})
    right = not reasons if defect.lawful else bool(reasons & wanted)
    heard = ", ".join(sorted(reasons)) or told["guarantee"]["verdict"]
    return Loaded(defect.id, defect.lawful, right, heard)


def run_load_matrix(only: Sequence[str], seed: int, console: Console) -> bool:
    """Play a day in each of these cities, one after another; return whether all went right."""
    said = []
    for defect in crowd_cities(only):
        day = loaded(defect, seed)
        said.append(day)
        word = (
            {True: "left alone", False: "FLAGGED"}
            if day.lawful
            else {True: "caught", False: "MISSED"}
        )
        console.print(
            f"{word[day.right]:<11} {day.id:<32} {day.told}", markup=False, highlight=False
        )
    return bool(said) and all(each.right for each in said)
