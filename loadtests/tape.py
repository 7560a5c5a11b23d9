"""What the generator saw: every step with the time it was due, and all that was wrong with it."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

ANSWERED = ("allowed", "refused")


@dataclass(frozen=True, slots=True)
class Step:
    """One request, in seconds from the start of the day."""

    name: str  # who does what: "clerk: decide"
    due: float
    sent: float
    ended: float
    answer: str  # allowed, refused, error, or unreachable
    first: bool = False  # whether it is the first of its journey, which nobody had to wait for

    @property
    def waited(self) -> float:
        """Return how long it took from when it was meant to begin."""
        return self.ended - self.due

    @property
    def late(self) -> float:
        """Return how long after it was due the generator sent it: the generator's own fault."""
        return self.sent - self.due


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something no city may do, and when it did."""

    reason: str
    sentence: str
    at: float


@dataclass(slots=True)
class Tape:
    """Everything one generator saw, or several of them together."""

    steps: list[Step] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)  # "who|what|how it ended": owed a line
    places: Counter[str] = field(default_factory=Counter)  # bookings given, by hour
    trials: Counter[str] = field(default_factory=Counter)  # what was looked at, by reason
    faults: list[str] = field(default_factory=list)  # of the generator itself
    started: int = 0
    cut_off: list[int] = field(default_factory=list)  # whose connection was lost in the midst
    finished: list[int] = field(default_factory=list)  # workers that came to their share's end
    lacked: dict[str, str] = field(default_factory=dict)  # who could not do what there, and why

    def drained(self) -> dict[str, Any]:
        """Return everything so far as plain data, and begin anew."""
        told = {
            "steps": [[s.name, s.due, s.sent, s.ended, s.answer, s.first] for s in self.steps],
            "sightings": [[s.reason, s.sentence, s.at] for s in self.sightings],
            "acts": dict(self.acts),
            "places": dict(self.places),
            "trials": dict(self.trials),
            "faults": list(self.faults),
            "started": self.started,
            "cut_off": list(self.cut_off),
            "finished": list(self.finished),
            "lacked": dict(self.lacked),
        }
        for each in fields(self):
            setattr(
                self, each.name, 0 if each.default_factory is MISSING else each.default_factory()
            )
        return told

    def take(self, told: dict[str, Any]) -> None:
        """Add what another generator told."""
        self.steps += [Step(*each) for each in told["steps"]]
        self.sightings += [Sighting(*each) for each in told["sightings"]]
        self.faults += told["faults"]
        for name in ("acts", "places", "trials"):
            getattr(self, name).update(told[name])
        self.started += told["started"]
        self.cut_off += told["cut_off"]
        self.finished += told["finished"]
        self.lacked |= told["lacked"]


def percentile(values: Iterable[float], share: float) -> float:
    """Return the exact percentile: the least value that so great a *share* do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the middle, the ninety-ninth and the last in a thousand."""
    return {name: percentile(values, at) for name, at in MARKS.items()}


MARKS = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
