"""
Cutting a failing life down to the fewest steps that still fail.

Every cut is played on an unused target. In the end no single step can be left
out; Hypothesis' own shrinker leaves idle steps in more than half of such stories.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from idaudit.checks.probes.lifecycle.world import Step

Trace = tuple[Step, ...]
Fails = Callable[[Trace], bool]


def shortest(trace: Sequence[Step], fails: Fails) -> Trace:
    """Return a shortest part of *trace*, in its order, of which *fails* is still true."""
    best = tuple(trace)
    while (shorter := _first(_cuts(best), fails)) is not None:
        best = shorter
    return _first(_plainer(best), fails) or best


def _first(candidates: Iterator[Trace], fails: Fails) -> Trace | None:
    return next((each for each in candidates if fails(each)), None)


def _cuts(trace: Trace) -> Iterator[Trace]:
    """Yield *trace* with ever smaller parts left out, those at its end first."""
    size = len(trace) // 2
    while size:
        for end in range(len(trace), 0, -size):
            yield trace[: max(end - size, 0)] + trace[end:]
        size //= 2


def _plainer(trace: Trace) -> Iterator[Trace]:
    """Yield *trace* with the first person in the place of the only other."""
    slots = {step.choice for step in trace if step.rule in {"enrol", "apply"}}
    if len(slots) == 1 and slots != {0}:
        (only,) = slots
        theirs = (step.choice == only and step.rule != "restore" for step in trace)
        yield tuple(
            replace(step, choice=0) if its else step
            for step, its in zip(trace, theirs, strict=True)
        )
