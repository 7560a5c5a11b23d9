"""
Cutting a failing life down to the fewest steps that still fail.

Every cut is played on an unused target. In the end no step can be left out, nor
any two together; Hypothesis' own shrinker leaves idle steps in more than half
of such stories.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from idaudit.checks.probes.lifecycle.world import Step

Trace = tuple[Step, ...]
Fails = Callable[[Trace], bool]
MOST_PAIRED = 10
"""Of a longer story no two steps are left out together: there would be too many pairs."""


def shortest(trace: Sequence[Step], fails: Fails) -> Trace:
    """
    Return a part of *trace*, in its order, of which *fails* is true and of no part of it.

    Whole kinds of steps are left out first: most of a life has nothing to do
    with how it failed, and every try takes a target of its own.
    """
    best: Trace | None = _without_kinds(tuple(trace), fails)
    found: Trace = ()
    while best is not None:
        found = _without_single_steps(best, fails)
        others = itertools.chain(_plainer(found), _without_pairs(found))
        best = next((each for each in others if fails(each)), None)
    return found


def _without_kinds(best: Trace, fails: Fails) -> Trace:
    for name in dict.fromkeys(step.rule for step in reversed(best)):
        best = _if_it_fails(tuple(step for step in best if step.rule != name), best, fails)
    return best


def _without_single_steps(best: Trace, fails: Fails) -> Trace:
    shorter: Trace = ()
    while shorter != best:
        shorter = best
        for place in reversed(range(len(best))):
            best = _if_it_fails(best[:place] + best[place + 1 :], best, fails)
    return best


def _without_pairs(trace: Trace) -> Iterator[Trace]:
    """Yield *trace* without two of its steps: a hold, say, and its lifting."""
    pairs = itertools.combinations(trace, len(trace) - 2) if len(trace) <= MOST_PAIRED else ()
    yield from (each for each in pairs if each)


def _if_it_fails(candidate: Trace, best: Trace, fails: Fails) -> Trace:
    return candidate if len(candidate) < len(best) and fails(candidate) else best


def _plainer(trace: Trace) -> Iterator[Trace]:
    """Yield *trace* with the first backup, or the first person, in the place of another."""
    for place, step in enumerate(trace):
        if step.rule == "restore" and step.choice != 0:
            yield (*trace[:place], replace(step, choice=0), *trace[place + 1 :])
    slots = {step.choice for step in trace if step.rule in {"enrol", "apply"}}
    if len(slots) == 1 and slots != {0}:
        theirs = (step.choice in slots and step.rule != "restore" for step in trace)
        yield tuple(
            replace(step, choice=0) if its else step
            for step, its in zip(trace, theirs, strict=True)
        )
