"""
What people go through from the form to the card, compared with somebody like them.

A class of people has it harder if each of its members is refused, sent round a
longer way or marked where a sister, who differs in nothing else, is not. What
befalls one alone may be a sample that the system draws of everybody, so others
like them are sent after; only what befalls all is believed.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from idaudit.checks.case import CLERK, REVIEWER, Case
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

GOING = (
    Operation.OPEN_APPLICATION,
    Operation.SUBMIT_DOCUMENT,
    Operation.VIEW_DOCUMENT,
    Operation.DECIDE,
    Operation.ISSUE_CARD,
)
"""What it takes to go from the form to the card."""

OTHERS = 7
"""How many more pairs have to differ alike; by samples of one in ten, hardly ever."""

_ANOTHER_REVIEWER = Actor(Role.REVIEWER, 2)
_MARK = re.compile(r"[a-z][a-z_-]{2,30}")
_NO_MARKS = frozenset({"content-type", "server", "date", "vary", "connection"})
_OF_THEMSELVES = frozenset({"face", "barcode", "carried", "record", "number", "data", "owner_key"})

Papers = Callable[[Applicant], Applicant]
"""Changes what papers somebody shows."""


Marks = frozenset[tuple[str, ...]]
_REFUSED, _LONGER = ("refused",), ("longer",)


@dataclass(frozen=True, slots=True)
class Way:
    """How far somebody got, how they were answered, and what stood in the answers."""

    refused_at: str  # the first step that was declined; "" if none was
    again: bool  # that another reviewer had to be asked
    marks: Marks

    @property
    def through(self) -> bool:
        """Whether they got their card."""
        return not self.refused_at

    def against(self, sister: "Way") -> Marks:
        """
        Return what sets this way apart from the *sister*'s, as marks; nothing, if she had it hard.

        That it ends in a refusal, or was longer, is the only mark of such a way.
        """
        if not sister.through or sister.again:
            return frozenset()
        if not self.through:
            return frozenset({_REFUSED})
        if self.again:
            return frozenset({_LONGER})
        only_here = {("only here", *mark) for mark in self.marks - sister.marks}
        return frozenset(only_here | {("only there", *mark) for mark in sister.marks - self.marks})


def unchanged(person: Applicant) -> Applicant:
    """Let everybody show what they have."""
    return person


def went(case: Case, person: Applicant) -> Way:
    """Send *person* from the form to the card."""
    case.meet(person)
    target, marks, again = case.target, set[tuple[str, ...]](), False
    sent = {word for paper in person.documents for word in _spelt(paper.kind.value)}

    def asked(step: str, outcome: Outcome) -> Outcome:
        sent.update(_sent(outcome))
        marks.update((step, mark) for mark in _marks(case.answered(outcome), sent))
        return outcome

    opened = asked("form", target.open_application(person, CLERK))
    if not opened.allowed:
        return Way("form", again, frozenset(marks))
    application = str(opened.fields["application"])
    for paper in person.documents:
        if not asked("papers", target.submit_document(application, paper, CLERK)).allowed:
            return Way("papers", again, frozenset(marks))
    asked("look", target.view_document(application, 0, REVIEWER))
    decided = asked("decision", target.decide(application, REVIEWER, approve=True))
    if not decided.allowed:
        again = _decides_again(case, application)
        if not again:
            return Way("decision", again, frozenset(marks))
    card = asked("card", target.issue_card(application, CLERK))
    return Way("" if card.allowed else "card", again, frozenset(marks))


class Sister:
    """Somebody who goes first, and whom others are like in all but one respect."""

    def __init__(self, case: Case, usual: Differences, papers: Papers = unchanged) -> None:
        """
        Send the sister, whose *papers* may be changed before.

        Raises:
            Inconclusive: she does not get through herself.

        """
        self._case, self._usual, self._papers = case, usual, papers
        self._person = case.people.next(**usual)
        self._way = went(case, papers(self._person))
        if not self._way.through or self._way.again:
            step = self._way.refused_at or "decision"
            raise Inconclusive(f"nobody to compare with gets past the {step} at once")

    def harder(
        self, member: Differences, papers: Papers = unchanged, *, but_at: str = ""
    ) -> tuple[str, Way]:
        """
        Return how a *member* of a class has it harder than she, and how far they got.

        "refused", "longer", "marked" or "". What stands in the answers *but_at* one
        step is left out: a rule may count papers there.
        """
        case = self._case
        way = went(case, papers(self._like(self._person, member)))
        apart = _without(way.against(self._way), but_at)
        for _ in range(OTHERS if apart else 0):
            another = case.people.next(**self._usual)
            other = went(case, papers(self._like(another, member)))
            apart &= other.against(went(case, self._papers(another)))
        kinds: dict[tuple[str, ...], str] = {_REFUSED: "refused", _LONGER: "longer"}
        return next((kinds.get(mark, "marked") for mark in apart), ""), way

    def _like(self, person: Applicant, member: Differences) -> Applicant:
        return self._case.people.twin(person, apart=True, **member)


def _without(marks: Marks, step: str) -> Marks:
    return frozenset(mark for mark in marks if len(mark) == 1 or mark[1] != step)


def _decides_again(case: Case, application: str) -> bool:
    """Whether asking once more, or asking another reviewer, gets the approval after all."""
    for reviewer in (REVIEWER, _ANOTHER_REVIEWER):
        with suppress(NotOffered):  # not every system has so many reviewers
            decide = case.target.decide(application, reviewer, approve=True)
            if case.answered(decide).allowed:
                return True
    return False


def _spelt(kind: str) -> Iterator[str]:
    yield kind
    yield kind.replace("-", "_")


def _sent(outcome: Outcome) -> Iterator[str]:
    """Yield the words that were sent: an answer that repeats them marks nobody."""
    for exchange in outcome.exchanges:
        yield from exchange.request_headers.values()
        with suppress(ValueError):  # a paper's own bytes
            yield from (str(value) for _, value in _leaves(json.loads(exchange.request_body)))


def _marks(outcome: Outcome, sent: set[str]) -> Iterator[str]:
    """
    Yield what may mark an answer: the names of its fields and headers, and some values.

    Such as are one plain word, "manual-review", or yes or no, and were not sent.
    """
    said: list[tuple[str, object]] = []
    for exchange in outcome.exchanges:
        said += [(f"header {name.lower()}", value) for name, value in exchange.headers.items()]
        with suppress(ValueError):  # a paper's own bytes
            said += _leaves(json.loads(exchange.body))
    said += _leaves(dict(outcome.fields))
    for name, value in said:
        word = isinstance(value, str) and _MARK.fullmatch(value) and value not in sent
        if name.removeprefix("header ") not in _NO_MARKS:
            yield f"{name} {value}" if word or isinstance(value, bool) else name


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, object]]:  # noqa: ANN401  any JSON
    match value:
        case Mapping():
            for key, inner in value.items():
                if key not in _OF_THEMSELVES:
                    yield from _leaves(inner, f"{name}.{key}")
        case list() | tuple():
            for inner in value:
                yield from _leaves(inner, name)
        case _:
            yield name, value
