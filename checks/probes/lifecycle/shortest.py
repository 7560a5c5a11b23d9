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
    """
    Return a part of *trace*, in its order, of which *fails* is true and of no part of it.

    Whole kinds of steps are left out first: most of a life has nothing to do
    with how it failed, and every try takes a target of its own.
    """
    best = tuple(trace)
    for name in dict.fromkeys(step.rule for step in reversed(best)):
        best = _if_it_fails(tuple(step for step in best if step.rule != name), best, fails)
    shorter: Trace = ()
    while shorter != best:
        shorter = best
        for place in reversed(range(len(best))):
            best = _if_it_fails(best[:place] + best[place + 1 :], best, fails)
    return next((each for each in _plainer(best) if fails(each)), best)


def _if_it_fails(candidate: Trace, best: Trace, fails: Fails) -> Trace:
    return candidate if len(candidate) < len(best) and fails(candidate) else best


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
