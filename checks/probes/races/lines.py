"""
Whether a ledger tells a race as it was: no line lost, invented, or out of its order.

A line stands somewhere between the question and the answer it is about. So the
lines of acts that were over before others began come before the lines of those.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from idaudit.checks.probes.races.history import Answered, Entry, History
from idaudit.checks.probes.races.order import precedes

Label = tuple[str, str, str]  # who, what, how it ended


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ledger."""

    seq: int
    actor: str
    act: str
    outcome: str
    previous: str = ""
    hash: str = ""

    @property
    def label(self) -> Label:
        """What it says."""
        return (self.actor, self.act, self.outcome)


class Fault(StrEnum):
    """What can be wrong with the lines of a race."""

    LOST = "line-lost"
    INVENTED = "line-invented"
    OUT_OF_ORDER = "line-out-of-order"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, and what it is about."""

    fault: Fault
    told: str


def fault_in(
    history: History, lines: Sequence[Line], usual: Mapping[tuple[str, str], int]
) -> Finding | None:
    """
    Return what is wrong with *lines*, all there are since *history* began; None if nothing is.

    *usual* says how many lines an act leaves when it is done alone, by what was
    done and how it ended: a system may write more than one, or none.
    """
    if not _chained(lines):
        return Finding(Fault.OUT_OF_ORDER, "A line of the ledger does not follow the one before it")
    certain, possible = _expected(history, usual, unknown=False), _expected(history, usual)
    written = Counter(line.label for line in lines)
    if lost := next(iter(certain - written), None):
        return Finding(Fault.LOST, f"Too few lines of the ledger say: {_said(lost)}")
    about = Counter({label: count for label, count in written.items() if label in possible})
    if more := next(iter(about - possible), None):
        return Finding(Fault.INVENTED, f"More lines of the ledger than acts say: {_said(more)}")
    if stray := next(iter(_of_nothing(written, history, usual)), None):
        return Finding(Fault.INVENTED, f"A line of the ledger is about nothing: {_said(stray)}")
    if late := _out_of_order(history, lines, usual):
        told = f"The ledger tells it in another order than it happened in: {_said(late)}"
        return Finding(Fault.OUT_OF_ORDER, told)
    return None


def _said(label: Label) -> str:
    who, act, outcome = label
    return f"{who}, {act.replace('_', ' ')}, {outcome}"


def _chained(lines: Sequence[Line]) -> bool:
    pairs = itertools.pairwise(lines)
    return all(b.seq == a.seq + 1 and b.previous == a.hash for a, b in pairs)


def _labels(entry: Entry) -> list[Label]:
    """Return what a line may say of an act; nobody knows how one without an answer ended."""
    ends = [str(entry.answered)]
    if entry.answered is Answered.UNKNOWN:
        ends = [str(Answered.YES), str(Answered.NO), "error"]
    return [(entry.by, entry.act, end) for end in ends]


def _expected(
    history: History, usual: Mapping[tuple[str, str], int], *, unknown: bool = True
) -> Counter[Label]:
    """Count the lines there have to be; with what is *unknown*, those there may be."""
    return Counter(
        label
        for entry in history
        if unknown or entry.answered is not Answered.UNKNOWN
        for label in _labels(entry)
        for _ in range(usual.get(label[1:], 1))
    )


def _of_nothing(
    written: Counter[Label], history: History, usual: Mapping[tuple[str, str], int]
) -> Iterable[Label]:
    """Yield what lines say of our actors and acts that nobody ever asked for."""
    who, what = {entry.by for entry in history}, {act for act, _ in usual}
    asked = {label for entry in history for label in _labels(entry)}
    return (one for one in written if one[0] in who and one[1] in what and one not in asked)


def _out_of_order(
    history: History, lines: Sequence[Line], usual: Mapping[tuple[str, str], int]
) -> Label | None:
    """
    Return what the first line says that comes too early; None if all can be told apart rightly.

    Of equal acts that may be meant, the one that was over first is: whatever has
    to come after another of them has to come after it as well.
    """
    left = [each for each in history if all(usual.get(n[1:], 1) == 1 for n in _labels(each))]
    counted = {label for entry in left for label in _labels(entry)}
    for line in lines:
        if line.label not in counted:
            continue
        meant = [each for each in left if line.label in _labels(each) and not _waits(each, left)]
        if not meant:
            return line.label
        left.remove(min(meant, key=_over))
    return None


def _waits(entry: Entry, left: Sequence[Entry]) -> bool:
    """Whether something that is *left* has to be told first."""
    return any(precedes(other, entry) for other in left)


def _over(entry: Entry) -> tuple[bool, int]:
    return (entry.answered is Answered.UNKNOWN, entry.completed)
