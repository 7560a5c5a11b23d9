"""From what was seen of a day to what it says of the promise: a pure function."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from idaudit.loadtests.conductor import Day
from idaudit.loadtests.limits import Limits
from idaudit.loadtests.schedule import busiest_second
from idaudit.loadtests.tape import ANSWERED, Sighting, percentile
from idaudit.threatmodel.verdict import Verdict

GUARANTEE = "holds-under-surge"
_FULL = "an hour was given away more often than it has places"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was wrong: how often, first when, and what."""

    reason: str
    sentence: str
    times: int
    first: float


@dataclass(frozen=True, slots=True)
class Met:
    """One limit, and whether it was met."""

    name: str
    wanted: str
    found: float
    met: bool
    of_generator: bool = False


def found(day: Day) -> list[Found]:
    """Return everything that was wrong, what came up most first."""
    seen = [*day.tape.sightings, *day.watch.sightings, *day.witnesses.sightings, *_counted(day)]
    times = Counter(each.reason for each in seen)
    first: dict[str, Sighting] = {}
    for each in sorted(seen, key=lambda sighting: sighting.at):
        first.setdefault(each.reason, each)
    return [
        Found(reason, first[reason].sentence, count, first[reason].at)
        for reason, count in times.most_common()
    ]


def _counted(day: Day) -> Iterator[Sighting]:
    """Yield what only counting shows: places given twice, acts without a line."""
    for hour, given in day.tape.places.items():
        if day.places is not None and given > day.places:
            told = f"{_FULL.capitalize()}: {given} of {day.places} ({hour})."
            yield Sighting("slot-booked-twice", told, day.seconds)
    lines = day.written
    for act, done in day.tape.acts.items() if lines is not None else ():
        written = lines.get(act, 0) if lines is not None else 0
        if written < done:
            who, what, _ = act.split("|")
            told = f"{done} times {who or 'somebody'} was let {what}; {written} lines say so."
            yield Sighting("ledger-line-missing", told, day.seconds)


def trials(day: Day) -> dict[str, int]:
    """Count what was looked at, by what would have been wrong."""
    counts = Counter(day.tape.trials)
    counts["ledger-line-missing"] += sum(day.tape.acts.values()) if day.written is not None else 0
    counts["slot-booked-twice"] += sum(day.tape.places.values()) if day.places is not None else 0
    counts["waiting-scan"] += len(day.watch.looks)
    counts["scan-at-rest"] += day.watch.controls
    counts["purge-starved or kill-held-up"] += day.witnesses.trials
    return {reason: count for reason, count in sorted(counts.items()) if count}


def limits_met(day: Day, limits: Limits) -> list[Met]:
    """Return every limit with what was found, those of the city first."""
    first = [step for step in day.tape.steps if step.first]
    served = 100 * sum(step.answer in ANSWERED for step in first) / max(len(first), 1)
    waited = [step.waited for step in day.tape.steps]
    late = percentile([step.late for step in first], 0.99)
    share = 100 * busiest(day) / max(day.ceiling.generator, 1e-9)
    looks = sum(day.tape.trials.values())
    return [
        Met("served", f">= {limits.served_percent:g} %", served, served >= limits.served_percent),
        _most("p50", percentile(waited, 0.5), limits.p50_seconds, "s"),
        _most("p99", percentile(waited, 0.99), limits.p99_seconds, "s"),
        _most("generator late p99", late, limits.late_p99_seconds, "s", of_generator=True),
        _most("share of its ceiling", share, limits.ceiling_percent, "%", of_generator=True),
        _most("workers lost", len(day.lost), limits.lost_workers, "", of_generator=True),
        Met("looks", f">= {limits.looks:g}", looks, looks >= limits.looks, of_generator=True),
        Met(
            "sweeps",
            f">= {limits.sweeps:g}",
            len(day.watch.looks),
            len(day.watch.looks) >= limits.sweeps,
            of_generator=True,
        ),
    ]


def busiest(day: Day) -> int:
    """Return how many requests were sent in the fullest second; or due, if that is more."""
    sent = Counter(int(step.sent) for step in day.tape.steps)
    return max(max(sent.values(), default=0), busiest_second(day.orders.arrivals()))


def verdict(day: Day, limits: Limits) -> tuple[Verdict, str]:
    """
    Return what the day says of the promise, and why.

    A counterexample stands whatever else went wrong; without one, a day that met
    the generator's limits, or was not looked at to its end, says nothing.
    """
    wrong = found(day)
    if wrong:
        return Verdict.BROKEN, f"{wrong[0].reason}: {wrong[0].sentence}"
    if why := next(_void(day, limits), ""):
        return Verdict.NOT_SHOWN, why
    return Verdict.KEPT, f"{sum(trials(day).values())} looks under load, and nothing was wrong"


def _void(day: Day, limits: Limits) -> Iterator[str]:
    if day.lost:
        share = f"{len(day.lost)} of {day.orders.workers}"
        yield f"{share} generators were lost in the midst, and their visitors never came"
    for each in limits_met(day, limits):
        if each.of_generator and not each.met:
            yield (
                f"the generator, not the city, was the bottleneck or saw too little: {each.name} "
                f"is {each.found:.3g}, wanted {each.wanted}"
            )
    yield from (f"not everything could be looked at: {each}" for each in day.unseen)
    if day.tape.faults:
        yield f"the generator itself failed: {day.tape.faults[0]}"
    if cut := sorted({*range(day.orders.workers)} - {*day.tape.finished}):
        told = ", ".join(map(str, cut))
        yield f"the day was cut short: of the generators, number {told} did not come to its end"
    if (came := day.tape.started) < (due := len(day.orders.arrivals())):
        yield f"only {came} of {due} visitors are known to have come"


def by_step(day: Day) -> Mapping[str, list[float]]:
    """Return how long each kind of step took, from when it was meant to begin."""
    took: dict[str, list[float]] = {}
    for step in day.tape.steps:
        took.setdefault(step.name, []).append(step.waited)
    return dict(sorted(took.items()))


def _most(name: str, value: float, most: float, unit: str, *, of_generator: bool = False) -> Met:
    return Met(name, f"<= {most:g} {unit}".strip(), value, value <= most, of_generator)
