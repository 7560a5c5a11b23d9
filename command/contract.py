"""The adapter contract as data: read off the types that adapters are written against."""

import inspect
import re
from collections.abc import Callable, Mapping

from idaudit.fixtures.surfaces.surface import SurfaceKind
from idaudit.fixtures.targets.meanings import CONTROLS, MEANINGS, ROLES
from idaudit.fixtures.targets.operation import Operation
from idaudit.fixtures.targets.target import Target
from idaudit.reports.spec.contract import AdapterContract, Offer

_CODE = re.compile(r"``([^`]*)``|:\w+:`~?([^`]*)`")
_FINER = re.compile(r"`|;")  # names fields, or says what an answer means
_STRESS = re.compile(r"\*(\w+)\*")

SURFACES: Mapping[str, str] = {
    "folder": "A folder, with the names and the bytes of every file below it.",
    "sqlite": "A SQLite database, with its rows and with the raw bytes of its files.",
    "postgresql": (
        "A PostgreSQL database: the rows of every table, as a login sees them that may read all."
    ),
    "log": "The files a log is written to, with those set aside when it grew long.",
    "responses": "Everything the system has answered, header by header and byte by byte.",
    "objects": (
        "Files behind an address, such as an object store: the name, the notes and the bytes of "
        "each, and every earlier version that the store still keeps."
    ),
    "redis": "A Redis database, key by key, or the files in which it saves its keys.",
    "mariadb": (
        "A MariaDB or MySQL database: the rows of every table with what they were before, or the "
        "folder in which the server keeps them."
    ),
    "memory": "The working memory of a running program and of all it has started.",
    "outgoing": "Whom a running program calls up, and what can be seen of what it says.",
}
"""The kinds of place that can be looked into, for somebody who buys such a system."""

STATEMENTS: Mapping[str, str] = {
    "disposable": (
        "Says that everything in this system may be destroyed. Without it nothing destructive is "
        "run and no control is planted, and whatever depends on that is not shown."
    ),
    "many_at_once": (
        "Says that several people may act through the adapter at the same moment. Without it "
        "nothing is shown of what happens when everybody comes at once."
    ),
    "unused": "Lends a fresh, empty copy of the system for each check, where one can be had.",
    "now": "Tells the system's own time.",
    "whereabouts": (
        "Names the processes, the folders and the addresses of the system, so that a place it "
        "uses and did not declare can be seen."
    ),
    "same_human": "Names two logins that belong to one person, so that both can be tried.",
}
"""What an adapter says of its system, besides what it offers and where its data rests."""


def adapter_contract() -> AdapterContract:
    """Read the contract off the types every adapter shares."""
    return AdapterContract(
        operations=tuple(_offer(each) for each in Operation if each not in CONTROLS),
        controls=tuple(_offer(each) for each in Operation if each in CONTROLS),
        surfaces=tuple(Offer(kind.value, SURFACES[kind.value]) for kind in SurfaceKind),
        roles=tuple(Offer(role.value, meaning) for role, meaning in ROLES.items()),
        statements=tuple(Offer(name, text) for name, text in STATEMENTS.items()),
    )


def _offer(operation: Operation) -> Offer:
    meaning = MEANINGS[operation]
    return Offer(
        id=operation.value,
        meaning=meaning.sentence,
        detail=_detail(getattr(Target, operation.value)),
        by=tuple(role.value for role in meaning.by),
    )


def _detail(method: Callable[..., object]) -> str:
    """Return what a method's docstring says beyond one plain clause, without its markup."""
    text = " ".join((inspect.getdoc(method) or "").split())
    if not _FINER.search(text):
        return ""
    return _STRESS.sub(r"\1", _CODE.sub(lambda found: f"“{found[1] or found[2]}”", text))
