"""The account of one day as plain data: what ``load.json`` holds and the page is drawn from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from idaudit.loadtests import findings
from idaudit.loadtests.conductor import Day
from idaudit.loadtests.limits import Limits
from idaudit.loadtests.tape import ANSWERED, percentile, percentiles
from idaudit.threatmodel.verdict import Verdict

LOAD_SCHEMA = "idaudit/load/v1"
_BUCKETS = 60


def account(day: Day, limits: Limits) -> dict[str, Any]:
    """Tell everything about *day*; nothing in it is an applicant's."""
    verdict, reason = findings.verdict(day, limits)
    met = findings.limits_met(day, limits)
    return {
        "schema": LOAD_SCHEMA,
        "shape": day.orders.shape,
        "surge": day.orders.surge,
        "seconds": day.orders.seconds,
        "workers": day.orders.workers,
        "seed": day.orders.seed,
        "guarantee": {
            "id": findings.GUARANTEE,
            "verdict": verdict.value,
            "reason": reason,
            "findings": [asdict(each) for each in findings.found(day)],
            "trials": findings.trials(day),
        },
        "left_out": day.left_out,
        "held": _held(day),
        "latency": {
            "all": percentiles([step.waited for step in day.tape.steps]),
            "steps": {
                name: {"count": len(took), **percentiles(took)}
                for name, took in findings.by_step(day).items()
            },
        },
        "generator": _generator(day),
        "limits": [asdict(each) for each in met],
        "faults": [{"what": what, "at": at} for what, at in day.struck.items()],
        "series": _series(day),
        "surfaces": _surfaces(day),
        "looks": day.watch.looks,
        "exit_code": exit_code(verdict, [each.met for each in met if not each.of_generator]),
    }


def exit_code(verdict: Verdict, met: Sequence[bool]) -> int:
    """Return 1 for a broken promise or a limit the city missed, 2 for what was not shown."""
    if verdict is Verdict.BROKEN:
        return 1
    if verdict is not Verdict.KEPT:
        return 2
    return 0 if all(met) else 1


def _held(day: Day) -> dict[str, Any]:
    answers = Counter(step.answer for step in day.tape.steps)
    seconds = max(max((step.ended for step in day.tape.steps), default=0), day.orders.seconds)
    return {
        "due": len(day.orders.arrivals()),
        "came": day.tape.started,
        "requests": len(day.tape.steps),
        "answered": sum(answers[each] for each in ANSWERED),
        "errors": answers["error"],
        "answered_per_second": sum(answers[each] for each in ANSWERED) / seconds,
        "busiest_second": findings.busiest(day),
        "connections_lost": len(day.tape.cut_off),
    }


def _generator(day: Day) -> dict[str, Any]:
    first = [step.late for step in day.tape.steps if step.first]
    return {
        "ceiling_per_second": day.ceiling.generator,
        "wrk_per_second": day.ceiling.wrk,
        "late": percentiles(first),
        "lost_workers": day.lost,
        "faults": day.tape.faults[:5],
    }


def _series(day: Day) -> dict[str, list[float | None]]:
    """Return what happened in each small part of the day."""
    last = max([step.ended for step in day.tape.steps] + [day.orders.seconds])
    width = last / _BUCKETS
    buckets: list[list[int]] = [[] for _ in range(_BUCKETS)]
    for place, step in enumerate(day.tape.steps):
        buckets[min(int(step.ended / width), _BUCKETS - 1)].append(place)
    steps = [[day.tape.steps[place] for place in bucket] for bucket in buckets]
    waited = [[step.waited for step in bucket] for bucket in steps]
    wrong = Counter(min(int(each.first / width), _BUCKETS - 1) for each in findings.found(day))
    return {
        "at": [width * (place + 0.5) for place in range(_BUCKETS)],
        "answered": [sum(s.answer in ANSWERED for s in bucket) / width for bucket in steps],
        "errors": [sum(s.answer == "error" for s in bucket) / width for bucket in steps],
        "p50": [percentile(each, 0.5) if each else None for each in waited],
        "p99": [percentile(each, 0.99) if each else None for each in waited],
        "wrong": [float(wrong[place]) for place in range(_BUCKETS)],
    }


def _surfaces(day: Day) -> dict[str, Any]:
    names = sorted({name for each in day.watch.weights for name in each.bytes})
    return {
        "at": [each.at for each in day.watch.weights],
        "bytes": {name: [each.bytes.get(name) for each in day.watch.weights] for name in names},
    }
