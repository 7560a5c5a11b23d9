"""A race told in sentences: who asked for what, what was under way meanwhile, how it ended."""

from collections.abc import Mapping

from idaudit.checks.case import Case
from idaudit.checks.probes.races.history import Answered, Entry, History
from idaudit.checks.probes.races.models import COURT_LOOKS, ENDS, FIRES, OWNER_LOOKS
from idaudit.fixtures.targets.target import Operation

_DOES: Mapping[str, str] = {
    Operation.DELETE_RECORD: "asks for the end of their record",
    Operation.READ_RECORD: "reads their record",
    Operation.CORRECT_RECORD: "corrects their record",
    Operation.PLACE_HOLD: "enters a court's order to preserve it",
    Operation.APPROVE_DISCLOSURE: "approves the request",
    Operation.AMEND_DISCLOSURE: "edits the request",
    Operation.COLLECT_DISCLOSURE: "collects what is released",
    Operation.OPEN_APPLICATION: "opens an application",
    Operation.DECIDE: "approves an application",
    Operation.RESTORE: "restores a backup",
    FIRES: "gives the last signature under a kill order",
    ENDS: "lets the time pass after which an open application ends",
}
_SEEN: Mapping[str, tuple[str, str]] = {
    COURT_LOOKS: ("a court's paper opens the record", "no court's paper opens the record"),
    OWNER_LOOKS: ("the record is there", "the record is gone"),
}
_TOLD: Mapping[tuple[bool, Answered], str] = {
    (False, Answered.YES): "Then {by}: {does}.",
    (False, Answered.NO): "Then {by}: {does}; that is refused.",
    (False, Answered.UNKNOWN): "Then {by}: {does}; nobody says whether it was done.",
    (True, Answered.YES): "Meanwhile {by}: {does}.",
    (True, Answered.NO): "Meanwhile {by}: {does}; that is refused.",
    (True, Answered.UNKNOWN): "Meanwhile {by}: {does}; nobody says whether it was done.",
}


def tell(case: Case, history: History) -> None:
    """Tell *history* in the order in which things were asked for."""
    in_order = sorted(history, key=lambda each: each.invoked)
    for place, entry in enumerate(in_order):
        case.target.tell(_sentence(entry, in_order[:place]))


def _sentence(entry: Entry, before: History) -> str:
    if entry.act in _SEEN:
        there, gone = _SEEN[entry.act]
        return f"When all is calm, {there if entry.said else gone}."
    under_way = any(each.completed > entry.invoked for each in before)
    does = _DOES.get(entry.act, "does something else")
    return _TOLD[under_way, entry.answered].format(by=entry.by, does=does)
