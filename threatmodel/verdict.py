"""
What can be said of one promise, and which saying outweighs which.

The words are those of the design's contract. A total order makes composition
simple: the worst verdict of several stands for them all, so one violation is
never averaged away and one blind spot never hides behind ten successes.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What this run says of one guarantee, the best first."""

    KEPT = "kept"
    NOT_APPLICABLE = "not-applicable"
    ATTESTED = "attested"
    LAWFUL_HOLD = "lawful-hold"
    WAIVED = "waived"
    NOT_SHOWN = "not-shown"
    BROKEN = "broken"


class Outcome(StrEnum):
    """How one check ended, the best first."""

    PASS = "pass"  # noqa: S105  an outcome, not a password
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"


class Assurance(StrEnum):
    """How deep the suite could look when it judged."""

    BLACK_BOX = "black-box"
    GREY_BOX = "grey-box"
    STATEMENT = "statement"


_VERDICTS = list(Verdict)
_OUTCOMES = list(Outcome)


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that stands for all of *verdicts*; none at all shows nothing."""
    return max(verdicts, key=_VERDICTS.index, default=Verdict.NOT_SHOWN)


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that stands for all of *outcomes*; none at all is inconclusive."""
    return max(outcomes, key=_OUTCOMES.index, default=Outcome.INCONCLUSIVE)
