"""
What one system with one door would have answered: the models of the races.

A model says no more than the promise does. A refusal changes nothing and tells
nothing, for a system may decline whatever it is too busy for; only what is given
out, and what is left in the end, has to be explained.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from idaudit.checks.probes.races.history import Answered, Entry
from idaudit.fixtures.targets.target import Operation

COURT_LOOKS = "court_looks"
OWNER_LOOKS = "owner_looks"
FIRES = "kill_fires"
ENDS = "term_ends"
"""Acts that are more than one operation, or none: what is seen when all is calm among them."""


@dataclass(frozen=True, slots=True)
class Held:
    """One record and whether a court holds it."""

    held: bool = False
    open: bool = True  # its owner reads it
    kept: bool = True  # it exists, be it for a court alone


def hold_and_end(state: Held, entry: Entry) -> Iterable[Held]:
    """Say what a hold, an end, and a look at the record may come to."""
    if entry.answered is Answered.NO:
        return (state,)
    told_to_wait = entry.said is True  # "it waits for a court", which has to have asked by then
    may_be, after = True, state
    match entry.act:
        case Operation.PLACE_HOLD:
            after = replace(state, held=True)
        case Operation.DELETE_RECORD:
            may_be = state.held or not told_to_wait
            after = replace(state, open=False, kept=state.kept and state.held)
        case Operation.READ_RECORD:
            may_be = state.open or entry.answered is Answered.UNKNOWN
        case _ if entry.act == COURT_LOOKS:
            may_be = bool(entry.said) == state.kept
    return (after,) if may_be else ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, and who has agreed to that."""

    text: str
    agreed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """A request that *needed* people have to agree to as it stands."""

    needed: int

    def __call__(self, state: Asked, entry: Entry) -> Iterable[Asked]:
        """Say what an approval, an edit, and a release may come to."""
        if entry.answered is Answered.NO:
            return (state,)
        match entry.act:
            case Operation.APPROVE_DISCLOSURE:
                return (replace(state, agreed=state.agreed | {entry.by}),)
            case Operation.AMEND_DISCLOSURE:
                return (Asked(str(entry.said)),)
            case Operation.COLLECT_DISCLOSURE if entry.answered is Answered.YES and entry.said:
                enough = len(state.agreed) >= self.needed and entry.said == state.text
                return (state,) if enough else ()
        return (state,)


def end_and_return(there: bool, entry: Entry) -> Iterable[bool]:  # noqa: FBT001  a state
    """Say what ends a record for good, by its owner, by its term, or by the kill switch."""
    if entry.answered is Answered.NO:
        return (there,)
    was_seen = entry.answered is Answered.YES
    match entry.act:
        case Operation.OPEN_APPLICATION:
            return (True,)
        case Operation.READ_RECORD if was_seen:
            return (there,) if there else ()
        case _ if entry.act in {Operation.DELETE_RECORD, FIRES, ENDS}:
            return (False,)
        case _ if entry.act in {COURT_LOOKS, OWNER_LOOKS}:
            return (there,) if there or not entry.said else ()
    return (there,)
