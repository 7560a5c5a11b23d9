"""What was done to a target, remembered beside it, for comparison with its ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from idaudit.checks.case import AUDITOR, Case
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role

_OUTSIDERS = frozenset({Role.APPLICANT, Role.PUBLIC})
Line = tuple[str, ...]  # who, what, how it ended


def entries(case: Case) -> Sequence[Mapping[str, Any]]:
    """Return the ledger, oldest first; it has to be readable for the check to mean anything."""
    return list(case.must(case.target.read_ledger(AUDITOR)).fields["entries"])


class Diary:
    """Acts on the target of a case, and knows what its ledger has to say afterwards."""

    def __init__(self, case: Case) -> None:
        """Begin after whatever the ledger says already."""
        self._case = case
        self._done: Counter[Line] = Counter()
        self._known = {entry["seq"] for entry in entries(case)}

    def act(
        self,
        operation: Operation,
        by: Actor,
        *arguments: Any,  # noqa: ANN401  passed through unread
        **more: Any,  # noqa: ANN401  likewise
    ) -> Outcome:
        """Do *operation* and remember who did what and how it ended."""
        outcome = self._case.answered(
            getattr(self._case.target, operation)(*arguments, by=by, **more)
        )
        self.remember(operation, by, outcome)
        return outcome

    def remember(self, operation: Operation, by: Actor, outcome: Outcome) -> None:
        """Remember what was done by other hands."""
        self._done[_line(by, operation, outcome.answer)] += 1

    def missing(self) -> Sequence[Line]:
        """Return what was done and is in no line of the ledger; further lines are no fault."""
        lines = [
            _line(entry["actor"], entry["act"], entry["outcome"])
            for entry in entries(self._case)
            if entry["seq"] not in self._known
        ]
        written, whoever = Counter(lines), Counter(line[1:] for line in lines)
        done = Counter({line: count for line, count in self._done.items() if line[0]})
        by_anyone: Counter[tuple[str, ...]] = Counter()
        for line, count in self._done.items():
            by_anyone[line[1:]] += count
        return [
            *(line for line in done if written[line] < done[line]),
            *(("", *line) for line in by_anyone if whoever[line] < by_anyone[line]),
        ]

    def expect_all_written(self, reason: str) -> None:
        """Expect a line for every act, with who did it and how it ended."""
        missing = self.missing()
        who, act, outcome = missing[0] if missing else ("", "", "")
        self._case.expect(
            not missing,
            reason,
            f"No line of the ledger says of {who or 'anybody'}:"
            f" {act.replace('_', ' ')}, {outcome}.",
        )


def _line(by: object, act: str, outcome: str) -> Line:
    """Return one act; who is outside the house is left out, for the ledger may not name them."""
    outside = isinstance(by, Actor) and by.role in _OUTSIDERS
    return ("" if outside else str(by), str(act), str(outcome))
