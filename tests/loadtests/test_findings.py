"""What a day says of the promise follows from what was seen, and from nothing else."""

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.target import Target
from idaudit.loadtests.account import account, exit_code
from idaudit.loadtests.ceiling import Ceiling
from idaudit.loadtests.conductor import Day
from idaudit.loadtests.findings import found, limits_met, verdict
from idaudit.loadtests.limits import Limits, read_limits
from idaudit.loadtests.orders import Orders
from idaudit.loadtests.tape import Sighting, Step, Tape, percentile, percentiles
from idaudit.loadtests.watch import Watch, Weighed
from idaudit.loadtests.witnesses import Witnesses
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Verdict

LIMITS = Limits(90, 2, 20, 0.5, 80, 0, 20, 2)
TERMS = load().programmes["idnyc-2017"].terms


def a_day() -> Day:
    """Return a day on which all went well."""
    steps = [
        Step("public: read_record", n / 10, n / 10, n / 10 + 0.05, "allowed", first=True)
        for n in range(100)
    ]
    orders = Orders("normal-day", 1.0, 10.0, 1, 1)
    tape = Tape(steps=steps, started=len(orders.arrivals()), finished=[0])
    tape.trials = Counter({"anothers-data": 100})
    tape.acts = Counter({"|read_record|allowed": 100})
    tape.places = Counter({"centre-1 nine": 20})
    watch = Watch(Target(), Mint(1), papers_may_wait=False)
    watch.looks, watch.controls = [1.0, 5.0, 10.0], 7
    watch.weights = [Weighed(1.0, {"registry": 10, "keys": 5}), Weighed(2.0, {"registry": 12})]
    return Day(
        orders=orders,
        tape=tape,
        watch=watch,
        witnesses=Witnesses(Target(), Mint(1), TERMS),
        ceiling=Ceiling(1000.0, None),
        places=20,
        written={"|read_record|allowed": 100},
        seconds=10.0,
    )


def test_a_day_on_which_all_went_well_keeps_the_promise() -> None:
    """And it says how often it looked."""
    kept, why = verdict(a_day(), LIMITS)

    assert kept is Verdict.KEPT
    assert "230 looks" in why
    assert account(a_day(), LIMITS)["exit_code"] == 0


def _mixed(day: Day) -> None:
    day.tape.sightings.append(Sighting("anothers-data", "Somebody is answered wrongly.", 3.0))


def _paper(day: Day) -> None:
    day.watch.sightings.append(Sighting("waiting-scan", "A paper lies there.", 2.0))


def _starved(day: Day) -> None:
    day.witnesses.sightings.append(Sighting("purge-starved", "It is still shown.", 8.0))


def _unwritten(day: Day) -> None:
    day.written = {"|read_record|allowed": 99}


def _overbooked(day: Day) -> None:
    day.tape.places["centre-1 nine"] += 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (_mixed, "anothers-data"),
        (_paper, "waiting-scan"),
        (_starved, "purge-starved"),
        (_unwritten, "ledger-line-missing"),
        (_overbooked, "slot-booked-twice"),
    ],
)
def test_whatever_is_seen_breaks_the_promise(wrong: Callable[[Day], None], reason: str) -> None:
    """One counterexample is enough, whoever saw it, and whatever the generator's own troubles."""
    day = a_day()
    day.lost = [1]
    wrong(day)

    broken, why = verdict(day, LIMITS)

    assert broken is Verdict.BROKEN
    assert why.startswith(reason)
    assert [each.reason for each in found(day)] == [reason]
    assert account(day, LIMITS)["exit_code"] == 1


def _late(day: Day) -> None:
    day.tape.steps = [
        dataclasses.replace(s, sent=s.due + 2, ended=s.due + 3) for s in day.tape.steps
    ]


def _slow_generator(day: Day) -> None:
    day.ceiling = Ceiling(12.0, 900.0)


def _lost(day: Day) -> None:
    day.lost = [0]


def _hardly_looked(day: Day) -> None:
    day.tape.trials = Counter()


def _blind(day: Day) -> None:
    day.unseen = ["the sweep did not find its own control on 'keys'"]


def _failed(day: Day) -> None:
    day.tape.faults = ["looks at one's own record: KeyError: 'x'"]


def _cut_short(day: Day) -> None:
    day.tape.finished = []


def _unheard(day: Day) -> None:
    day.tape.started -= 1


@pytest.mark.parametrize(
    ("void", "told"),
    [
        (_late, "generator late p99"),
        (_slow_generator, "share of its ceiling"),
        (_lost, "1 of 1 generators were lost"),
        (_hardly_looked, "looks is 0"),
        (_blind, "not everything could be looked at"),
        (_failed, "the generator itself failed"),
        (_cut_short, "cut short"),
        (_unheard, "visitors are known to have come"),
    ],
)
def test_a_day_that_met_the_generators_limits_says_nothing(
    void: Callable[[Day], None], told: str
) -> None:
    """Nothing was wrong, and that is no verdict where the suite itself was the bottleneck."""
    day = a_day()
    void(day)

    nothing, why = verdict(day, LIMITS)

    assert nothing is Verdict.NOT_SHOWN
    assert told in why
    assert account(day, LIMITS)["exit_code"] == 2


def test_a_slow_city_keeps_its_promise_and_misses_its_limit() -> None:
    """Speed may give way; that it did is told, and the exit code says so too."""
    day = a_day()
    day.tape.steps = [dataclasses.replace(s, ended=s.due + 30) for s in day.tape.steps]

    met = {each.name: each.met for each in limits_met(day, LIMITS)}

    assert verdict(day, LIMITS)[0] is Verdict.KEPT
    assert (met["p50"], met["p99"], met["served"]) == (False, False, True)
    assert account(day, LIMITS)["exit_code"] == 1
    assert exit_code(Verdict.KEPT, [True, True]) == 0


def test_waiting_counts_from_when_the_visitor_meant_to_begin() -> None:
    """A visitor who was due while the city stood still waited for that, too."""
    step = Step("clerk: decide", due=1.0, sent=4.0, ended=4.5, answer="allowed")

    assert step.waited == 3.5
    assert step.late == 3.0


def test_percentiles_are_exact() -> None:
    """The least value that so great a share does not exceed, and no interpolation."""
    values = [float(n) for n in range(1, 1001)]

    assert percentiles(values) == {"p50": 500.0, "p99": 990.0, "p99.9": 999.0}
    assert percentile([7.0], 0.99) == 7.0
    assert math.isnan(percentile([], 0.5))


def test_a_tape_travels_and_adds_up() -> None:
    """Two generators' tapes are one, and telling it twice tells nothing twice."""
    one, other, both = a_day().tape, a_day().tape, Tape()
    came = one.started
    _mixed(dataclasses.replace(a_day(), tape=one))
    one.cut_off, other.faults = [5], ["x"]
    both.take(json.loads(json.dumps(one.drained())))
    both.take(json.loads(json.dumps(other.drained())))
    both.take(one.drained())

    assert (len(both.steps), both.started, both.finished) == (200, 2 * came, [0, 0])
    assert both.acts["|read_record|allowed"] == 200
    assert (len(both.sightings), both.cut_off, both.faults) == (1, [5], ["x"])
    assert one == Tape()


def test_the_limits_that_ship_can_be_read_and_others_have_to_be_whole(tmp_path: Path) -> None:
    """A file that says less or more than is asked is refused."""
    own = tmp_path / "limits.toml"
    own.write_text("[city]\nserved_percent = 1\n")

    assert read_limits().lost_workers == 0
    with pytest.raises(UsageError, match="expected exactly"):
        read_limits(own)
