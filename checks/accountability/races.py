"""A few clients at once, and a ledger that tells it line by line, in an order that can be."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from idaudit.checks.accountability.diary import entries
from idaudit.checks.case import CLERK, COUNSEL, COUNSEL_2, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import warrant_for
from idaudit.checks.probes.races.history import History, Runner, race
from idaudit.checks.probes.races.lines import Line, fault_in
from idaudit.checks.probes.races.round import Round
from idaudit.checks.retention.orders import court_order
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

TURNS = 4
Act = Callable[[], Outcome]


@check(
    guarantee="complete-ledger",
    counters=("line-lost-in-a-crash",),
    needs=(
        *ENROLMENT,
        Operation.READ_RECORD,
        Operation.PLACE_HOLD,
        Operation.REQUEST_DISCLOSURE,
        Operation.READ_LEDGER,
    ),
    tier=Tier.FULL,
)
def the_ledger_tells_a_race_as_it_was(case: Case) -> None:
    """Of acts at once no line is lost, none is invented, and none stands before what it follows."""
    file = case.enrol()
    usual = _lines_when_alone(case, file)
    known = {entry["seq"] for entry in entries(case)}
    turn = Round(case)
    acts = _acts(turn, file)
    race(*(Runner(partial(_in_turn, mine)) for mine in acts.values()))
    _must_have_been_answered(turn.log.entries)
    fault = fault_in(turn.log.entries, _lines(case, known), usual)
    case.target.tell(
        "A clerk, two of counsel and their papers come at once, again and again: some are let,"
        " some refused."
    )
    told = f"{fault.told}." if fault else ""
    case.expect(fault is None, str(fault.fault) if fault else "", told)


def _acts(turn: Round, file: File) -> Mapping[str, Sequence[Act]]:
    """Return what each of a few clients does, one after another: some of it is refused."""
    case, person = turn.case, file.applicant
    warrant = warrant_for(case, person)
    orders = [court_order(case, person, serial=number + 50) for number in range(TURNS)]
    holding = [turn.does(COUNSEL, Operation.PLACE_HOLD, each) for each in orders]
    asking = turn.does(COUNSEL_2, Operation.REQUEST_DISCLOSURE, warrant)
    prying = turn.does(CLERK, Operation.READ_RECORD, file.record)
    overstepping = turn.does(CLERK, Operation.PLACE_HOLD, orders[0])
    return {
        "counsel": holding,
        "other counsel": [asking] * TURNS,
        "clerk": [prying, overstepping] * TURNS,
    }


def _in_turn(acts: Sequence[Act]) -> None:
    for act in acts:
        act()


def _lines_when_alone(case: Case, file: File) -> Mapping[tuple[str, str], int]:
    """Return how many lines each act leaves when nobody else is there, by how it ended."""
    usual: dict[tuple[str, str], int] = {}
    turn = Round(case)
    for mine in _acts(turn, file).values():
        for act in mine[:2]:
            known = {entry["seq"] for entry in entries(case)}
            act()
            entry = turn.log.entries[-1]
            left = Counter(line.label for line in _lines(case, known))
            usual[entry.act, str(entry.answered)] = left[entry.by, entry.act, str(entry.answered)]
    return usual


def _lines(case: Case, known: set[int]) -> list[Line]:
    """Return what the ledger says since it said what is *known*; not who reads it here."""
    return [
        Line(
            entry["seq"],
            str(entry["actor"]),
            str(entry["act"]),
            str(entry["outcome"]),
            str(entry["previous"]),
            str(entry["hash"]),
        )
        for entry in entries(case)
        if entry["seq"] not in known
    ]


def _must_have_been_answered(history: History) -> None:
    """
    See that enough was answered for a ledger to tell of it.

    Raises:
        Inconclusive: hardly anybody was.

    """
    answered = [each for each in history if str(each.answered) != "unknown"]
    if len(answered) < len(history) // 2:
        raise Inconclusive(f"only {len(answered)} of {len(history)} acts at once were answered")
