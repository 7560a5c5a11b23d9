"""The checker of races: what some lawful order explains passes, and nothing else does."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idaudit.checks.probes.races.history import Answered, Entry, Recorder, Runner, race
from idaudit.checks.probes.races.lines import Fault, Line, fault_in
from idaudit.checks.probes.races.models import (
    COURT_LOOKS,
    FIRES,
    OWNER_LOOKS,
    Asked,
    Held,
    TwoPeople,
    end_and_return,
    hold_and_end,
)
from idaudit.checks.probes.races.order import explains, precedes
from idaudit.fixtures.targets.target import Actor, Answer, Operation, Outcome, Role

CLERK = Actor(Role.CLERK)
HOLD, END, READ = Operation.PLACE_HOLD, Operation.DELETE_RECORD, Operation.READ_RECORD
APPROVE, EDIT, COLLECT = (
    Operation.APPROVE_DISCLOSURE,
    Operation.AMEND_DISCLOSURE,
    Operation.COLLECT_DISCLOSURE,
)
YES, NO, UNKNOWN = Answered.YES, Answered.NO, Answered.UNKNOWN
APART = 10
"""Moments between two acts of a system with one door; an answer may take longer than that."""

quick = settings(max_examples=60, deadline=None)


def entry(
    act: str,
    since: int,
    until: int,
    said: object = None,
    answered: Answered = YES,
    by: str = "clerk",
) -> Entry:
    """Return one act of a history; like a recorder's, no two of its moments are the same."""
    return Entry(by, str(act), 2 * since, 2 * until + 1, answered, said)


# -- a system with one door, and clients whose questions overlap -----------------------------


def served(acts: Sequence[str]) -> Iterator[tuple[str, Answered, object]]:
    """Answer *acts* one by one, as a register does whose holds bind."""
    held, there, kept = False, True, True
    for act in acts:
        if act == HOLD:
            held = True
            yield act, YES, None
        elif act == END:
            yield act, YES, held
            there, kept = False, kept and held
        elif act == READ:
            yield act, YES if there else NO, None
        else:
            yield act, YES, kept


@st.composite
def lawful(draw: st.DrawFn) -> list[Entry]:
    """Draw a history of a system with one door: each act happens between question and answer."""
    acts = draw(st.lists(st.sampled_from([HOLD, END, READ, COURT_LOOKS]), min_size=1, max_size=6))
    history = []
    for place, (act, answered, said) in enumerate(served([str(each) for each in acts])):
        before, after = (draw(st.integers(0, 2 * APART)) for _ in range(2))
        at, lost = APART * (place + 3), draw(st.booleans()) and draw(st.booleans())
        ended = UNKNOWN if lost and act != COURT_LOOKS else answered
        told = None if ended is UNKNOWN else said
        history.append(entry(act, at - before, at + after, told, ended))
    return draw(st.permutations(history))


@quick
@given(lawful())
def test_what_a_system_with_one_door_did_is_explained(history: list[Entry]) -> None:
    """However questions overlap, and whichever answers were lost on the way."""
    assert explains(hold_and_end, Held(), history)


def by_hand(history: Sequence[Entry]) -> bool:
    """Try every order of all that was answered and any of what was not: slow, and plain."""
    sure = [each for each in history if each.answered is not UNKNOWN]
    open_ended = [each for each in history if each.answered is UNKNOWN]
    chosen = (
        [*sure, *more]
        for size in range(len(open_ended) + 1)
        for more in combinations(open_ended, size)
    )
    return any(_is_lawful(order) for those in chosen for order in permutations(those))


def _is_lawful(order: Sequence[Entry]) -> bool:
    if any(precedes(later, one) for one, later in combinations(order, 2)):
        return False
    states = {Held()}
    for each in order:
        states = {after for state in states for after in hold_and_end(state, each)}
    return bool(states)


_anything = st.builds(
    lambda act, since, long, said, answered: entry(act, since, since + long, said, answered),
    st.sampled_from([HOLD, END, READ, COURT_LOOKS]),
    st.integers(0, 30),
    st.integers(0, 15),
    st.booleans(),
    st.sampled_from([YES, YES, NO, UNKNOWN]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_anything, max_size=5))
def test_the_checker_finds_an_order_where_and_only_where_there_is_one(
    history: list[Entry],
) -> None:
    """It leaves out most orders; trying all of them comes to the same."""
    assert explains(hold_and_end, Held(), history) == by_hand(history)


@quick
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=4))
def test_what_was_held_and_is_gone_is_explained_by_nothing(looks: list[tuple[int, int]]) -> None:
    """Whoever reads meanwhile, and is refused."""
    reads = [entry(READ, since, since + long, answered=NO) for since, long in looks]
    history = [*reads, entry(HOLD, 10, 20), entry(END, 21, 40, said=True)]

    assert explains(hold_and_end, Held(), [*history, entry(COURT_LOOKS, 99, 99, said=True)])
    assert not explains(hold_and_end, Held(), [*history, entry(COURT_LOOKS, 99, 99, said=False)])


SEEDED = {
    "read after it ended": [entry(END, 1, 2, said=False), entry(READ, 3, 4)],
    "kept with no hold": [entry(END, 1, 2, said=False), entry(COURT_LOOKS, 3, 4, said=True)],
    "waits for no court": [entry(END, 1, 2, said=True), entry(HOLD, 3, 4)],
}


@pytest.mark.parametrize("history", SEEDED.values(), ids=SEEDED)
def test_an_answer_that_no_order_gives_is_noticed(history: list[Entry]) -> None:
    """And it is none where the two were under way at once."""
    at_once = [replace(each, invoked=0, completed=9) for each in history]

    assert not explains(hold_and_end, Held(), history)
    assert explains(hold_and_end, Held(), at_once)


# -- approvals, and ends that stay ended -------------------------------------------------------


def released(*acts: Entry, said: str = "narrow") -> bool:
    """Whether two people can have agreed to what was released after *acts*."""
    return explains(TwoPeople(2), Asked("narrow"), [*acts, entry(COLLECT, 50, 51, said)])


def test_two_people_agree_to_one_text() -> None:
    """To the text that is released: an edit between them, or one who agrees twice, is not two."""
    one, other = (entry(APPROVE, at, at + 1, by=who) for at, who in ((1, "one"), (5, "other")))
    edit = entry(EDIT, 3, 4, "wide")
    meanwhile = replace(edit, invoked=0)

    assert released(one, other)
    assert not released(one, replace(one, invoked=10, completed=13))
    assert not released(one, edit, other, said="wide")
    assert released(one, meanwhile, other, said="wide")


def test_nothing_comes_back_after_its_end() -> None:
    """Not after a switch that fired before anybody looked; while it fires both may be seen."""
    fires, looks = entry(FIRES, 1, 5), entry(OWNER_LOOKS, 6, 7, said=True)

    assert not explains(end_and_return, True, [fires, looks])  # noqa: FBT003  a state
    meanwhile = [fires, replace(looks, invoked=4)]
    assert explains(end_and_return, True, meanwhile)  # noqa: FBT003  a state


# -- the lines of a ledger -----------------------------------------------------------------------

USUAL = {("read_record", "allowed"): 1, ("read_record", "refused"): 1, ("place_hold", "allowed"): 1}


def chained(labels: Sequence[tuple[str, str, str]]) -> list[Line]:
    """Return lines that say so, each following the one before."""
    return [Line(n, *label, previous=f"h{n - 1}", hash=f"h{n}") for n, label in enumerate(labels)]


def label_of(act: Entry) -> tuple[str, str, str]:
    """Return what a line says of *act*."""
    return (act.by, act.act, str(act.answered))


@st.composite
def written(draw: st.DrawFn) -> list[Entry]:
    """Draw what several did and were answered, in the order in which it was done."""
    acts = st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(USUAL)))
    history = []
    for place, (by, (act, answered)) in enumerate(draw(st.lists(acts, min_size=2, max_size=7))):
        before, after = (draw(st.integers(0, 2 * APART)) for _ in range(2))
        at = APART * (place + 3)
        history.append(entry(act, at - before, at + after, None, Answered(answered), by))
    return history


@quick
@given(written(), st.data())
def test_a_ledger_that_tells_it_as_it_was_is_believed_and_no_other(
    history: list[Entry], data: st.DataObject
) -> None:
    """A line less, a line more, a line of nobody's act, a torn chain: each is noticed."""
    told = [label_of(each) for each in history]
    place = data.draw(st.integers(0, len(told) - 1))
    asked = data.draw(st.permutations(history))
    less, more = told[:place] + told[place + 1 :], [*told, told[place]]
    torn = chained(told)
    torn[place] = replace(torn[place], hash="forged")

    assert fault_in(asked, chained(told), USUAL) is None
    assert _fault(asked, chained(less)) is Fault.LOST
    assert _fault(asked, chained(more)) is Fault.INVENTED
    assert _fault(asked, torn) is (Fault.OUT_OF_ORDER if place < len(told) - 1 else None)


def _fault(history: list[Entry], lines: list[Line]) -> Fault | None:
    found = fault_in(history, lines, USUAL)
    return found.fault if found else None


def test_a_ledger_in_an_order_that_cannot_be_is_noticed() -> None:
    """What was over before the other began stands before it; where both were under way, either."""
    one, other = entry(HOLD, 1, 2, by="a"), entry(READ, 3, 4, by="b")
    turned = chained([label_of(other), label_of(one)])

    assert _fault([one, other], turned) is Fault.OUT_OF_ORDER
    assert _fault([replace(one, completed=7), other], turned) is None


def test_a_line_about_what_nobody_did_is_noticed() -> None:
    """Known people, known acts, and nobody did that."""
    history = [entry(HOLD, 1, 2, by="a"), entry(READ, 3, 4, by="b")]
    lines = chained([*(label_of(each) for each in history), ("b", "place_hold", "allowed")])

    assert _fault(history, lines) is Fault.INVENTED


# -- recording -----------------------------------------------------------------------------------


def test_a_race_is_written_down_with_who_was_under_way_with_whom() -> None:
    """Two who start together overlap, or follow each other; whoever follows is known to."""
    log = Recorder()

    def act(by: str) -> None:
        log.ask(by, READ, lambda: Outcome(Answer.ALLOWED))

    race(Runner(lambda: act("a")), Runner(lambda: act("b")), meanwhile=[lambda: act("looker")])
    act("late")
    late = log.entries[-1]

    assert {each.by for each in log.entries} == {"a", "b", "looker", "late"}
    assert all(precedes(each, late) for each in log.entries[:-1])
    assert all(each.invoked < each.completed for each in log.entries)
