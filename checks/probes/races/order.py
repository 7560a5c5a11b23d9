"""
Whether some lawful order explains a history: the checker, a pure function.

After Wing and Gong (1993), as Jepsen's checkers do it: take whatever may have
come next, ask the model what it would have answered, and go back where that is
not what was said. What nobody was answered may have happened at any time since
it was asked for, or never.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from idaudit.checks.probes.races.history import Answered, Entry, History

State = TypeVar("State", bound=Hashable)
Step = Callable[[State, Entry], Iterable[State]]
"""What may be the case after an act that was answered so; nothing, if it cannot have been."""


def explains(step: Step[State], begin: State, history: History) -> bool:
    """Whether acts done one by one from *begin*, in an order true to the clock, answer so."""
    everything = frozenset(range(len(history)))
    waiting, seen = [(everything, begin)], {(everything, begin)}
    while waiting:
        left, state = waiting.pop()
        if all(history[each].answered is Answered.UNKNOWN for each in left):
            return True
        for place in _may_be_next(history, left):
            for after in step(state, history[place]):
                found = (left - {place}, after)
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
    return False


def _may_be_next(history: History, left: frozenset[int]) -> list[int]:
    """Return what had been asked for before anything that is *left* was over."""
    known = (each for each in left if history[each].answered is not Answered.UNKNOWN)
    first_over = min(history[each].completed for each in known)
    return [each for each in left if history[each].invoked < first_over]


def precedes(one: Entry, other: Entry) -> bool:
    """Whether *one* was over before *other* began."""
    return one.answered is not Answered.UNKNOWN and one.completed < other.invoked
