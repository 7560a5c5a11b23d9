"""
How a check is declared: once, beside its code.

A check is a function whose name is a present-tense sentence about the system;
that name is its only id. The decorator files it in :data:`CATALOGUE` under
that id together with the promise it judges and what it needs to judge it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from idaudit.fixtures.targets.target import Operation

Function = TypeVar("Function", bound=Callable[..., None])

DESTRUCTIVE = frozenset(
    {
        Operation.ADVANCE_CLOCK,
        Operation.CRASH,
        Operation.RESTART,
        Operation.RESTORE,
        Operation.RUN_RETENTION,
        Operation.ORDER_KILL,
        Operation.SIGN_KILL,
    }
)
"""What is only ever done to a target that says it is disposable."""

ENROLMENT = (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.DECIDE)
"""What it takes to have a cardholder."""


class Tier(StrEnum):
    """How much time a run may take, the least first; a tier includes those before it."""

    GATE = "gate"
    FULL = "full"
    DEEP = "deep"

    def includes(self, other: "Tier") -> bool:
        """Whether a run at this tier also runs a check of tier *other*."""
        tiers = list(Tier)
        return tiers.index(other) <= tiers.index(self)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One check, as the plan, the matrix and the reports know it."""

    id: str
    guarantee: str
    counters: tuple[str, ...]  # ids of the threats it would see happening
    needs: frozenset[Operation]
    tier: Tier
    sees: bool  # looks into surfaces, so it owes a positive control
    module: str
    summary: str
    over_tls: bool = False  # shakes hands itself, so it wants an address over TLS

    @property
    def destructive(self) -> bool:
        """Whether it does to the target what only a disposable one may suffer."""
        return bool(self.needs & DESTRUCTIVE)

    @property
    def at_the_door(self) -> bool:
        """Whether it asks in words of its own: it wants people, and what can be asked about."""
        return self.needs >= {*ENROLMENT, Operation.DESCRIBE}

    @property
    def cannot_do_without(self) -> frozenset[Operation]:
        """What it needs in any system; at the door not every one hands out cards."""
        return self.needs - {Operation.ISSUE_CARD} if self.at_the_door else self.needs


CATALOGUE: dict[str, Declaration] = {}


def check(
    *,
    guarantee: str,
    counters: Iterable[str] = (),
    needs: Iterable[Operation] = (),
    tier: Tier = Tier.GATE,
    sees: bool = False,
    over_tls: bool = False,
) -> Callable[[Function], Function]:
    """
    File the decorated function as a check of *guarantee*.

    *counters* names the threats that it would see happening. *needs* names
    every operation the check performs; one it performs unasked is an error of
    the check. *sees* says that it looks into surfaces: without a positive
    control found, such a check shows nothing. *over_tls* says that it shakes hands itself.

    Raises:
        ValueError: two checks bear one name, or one has no docstring.

    """

    def file(function: Function) -> Function:
        name = function.__name__
        if name in CATALOGUE and CATALOGUE[name].module != function.__module__:
            message = f"check {name!r} is declared in {CATALOGUE[name].module} and again"
            raise ValueError(f"{message} in {function.__module__}; rename one")
        text = inspect.getdoc(function)
        if not text:
            raise ValueError(f"check {name!r} in {function.__module__} says nothing; document it")
        CATALOGUE[name] = Declaration(
            id=name,
            guarantee=guarantee,
            counters=tuple(counters),
            needs=frozenset(needs),
            tier=tier,
            sees=sees,
            over_tls=over_tls,
            module=function.__module__,
            summary=" ".join(text.split("\n\n")[0].split()),
        )
        return function

    return file


def every_check() -> dict[str, Declaration]:
    """Import every module of checks and return the full catalogue, sorted by id."""
    room = importlib.import_module("idaudit.checks")
    for area in pkgutil.iter_modules(room.__path__, "idaudit.checks."):
        if not area.ispkg or area.name.endswith(".probes"):
            continue
        folder = importlib.import_module(area.name)
        for module in pkgutil.iter_modules(folder.__path__, f"{area.name}."):
            importlib.import_module(module.name)
    return dict(sorted(CATALOGUE.items()))
