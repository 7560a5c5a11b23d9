"""
A recount: every exchange that was observed, and what ledger and report must say of it.

It counts what was asked and answered, by the target's own clock before and
after, and never reads the target's books to know what happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from idaudit.checks.accountability.diary import entries
from idaudit.checks.accountability.quarters import COUNTED, Quarter
from idaudit.checks.case import CLERK, COMMISSIONER, COUNSEL, COUNSEL_2, REVIEWER, Case, File
from idaudit.checks.disclosure.desk import EVERYBODY, approve, told_of, warrant_for
from idaudit.fixtures.instruments import i_200
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

OWED_ONE_LINE = (
    Operation.READ_RECORD,
    Operation.REQUEST_DISCLOSURE,
    Operation.COLLECT_DISCLOSURE,
)
"""What is a look, a release or a refusal, and owed exactly one line in the ledger."""

_TOLERANCE = timedelta(minutes=1)
_OUTSIDERS = frozenset({Role.APPLICANT, Role.PUBLIC})


@dataclass(frozen=True, slots=True)
class Act:
    """One exchange, and between which moments it was."""

    operation: Operation
    by: Actor
    answer: str
    since: datetime
    until: datetime

    def quarter(self, zone: ZoneInfo) -> Quarter:
        """
        Return the quarter it was in.

        Raises:
            Inconclusive: the quarter ended while it was under way.

        """
        one, other = (Quarter.at(each, zone) for each in (self.since, self.until))
        if one != other:
            raise Inconclusive("the quarter ended during one exchange: nobody can say which it is")
        return one


@dataclass(slots=True)
class Recount:
    """Acts on the target of a case and counts, beside its books."""

    case: Case
    acts: list[Act] = field(default_factory=list)
    released: list[tuple[Act, Act]] = field(default_factory=list)  # asked for, and fetched
    _known: frozenset[int] = frozenset()
    _serial: int = 0

    @classmethod
    def beside_the_ledger(cls, case: Case) -> "Recount":
        """Begin after whatever the ledger says already."""
        return cls(case, _known=frozenset(int(line["seq"]) for line in entries(case)))

    # -- what is done --------------------------------------------------------------

    def act(self, operation: Operation, by: Actor, *arguments: Any) -> Outcome:  # noqa: ANN401  passed through unread
        """Do *operation*, and remember when it was and how it ended."""
        since = self.case.target.now()
        outcome = self.case.answered(getattr(self.case.target, operation)(*arguments, by=by))
        self.acts.append(Act(operation, by, outcome.answer, since, self.case.target.now()))
        return outcome

    def open(self) -> File:
        """Let somebody apply."""
        person = self.case.applicant(size=4_000)
        opened = self.case.must(self.act(Operation.OPEN_APPLICATION, CLERK, person)).fields
        return File(person, str(opened["application"]), str(opened["record"]))

    def enrol(self) -> File:
        """Let somebody apply, show their papers and be approved."""
        file, target = self.open(), self.case.target
        for paper in file.applicant.documents:
            self.case.must(target.submit_document(file.application, paper, CLERK))
        self.case.must(target.decide(file.application, REVIEWER, approve=True))
        return file

    def look(self, file: File) -> None:
        """Let the owner read their record, and a clerk try to."""
        self.case.must(self.act(Operation.READ_RECORD, file.owner, file.record))
        self.act(Operation.READ_RECORD, CLERK, file.record)

    def refuse(self, file: File) -> None:
        """
        Bring an agency's own paper.

        Raises:
            Inconclusive: the desk takes it up, so that nothing is refused.

        """
        self._serial += 1
        who, today = file.applicant.named(), self.case.today
        paper = i_200(who, fields=("street",), today=today, serial=self._serial)
        if self.act(Operation.REQUEST_DISCLOSURE, COUNSEL, paper).allowed:
            raise Inconclusive("the desk takes agency papers up, so it denies nothing to count")

    def ask(self, file: File) -> str:
        """Bring a judge's warrant, and have everybody agree; return the disclosure."""
        paper = warrant_for(self.case, file.applicant)
        taken = self.case.must(self.act(Operation.REQUEST_DISCLOSURE, COUNSEL, paper))
        approve(self.case, str(taken.fields["disclosure"]), COUNSEL_2, COMMISSIONER)
        return str(taken.fields["disclosure"])

    def fetch(self, disclosure: str, file: File, asked: Act) -> None:
        """
        Fetch what a judge's warrant opened.

        Raises:
            Inconclusive: that opens nothing, whoever agrees.

        """
        for another in (None, *EVERYBODY):
            if another:
                approve(self.case, disclosure, another)
            handed_out = self.act(Operation.COLLECT_DISCLOSURE, COUNSEL, disclosure)
            if handed_out.allowed and told_of(handed_out.fields["released"], file.applicant):
                self.released.append((asked, self.acts[-1]))
                return
        raise Inconclusive("a judge's warrant with every approval did not open whom it names")

    def release(self, file: File) -> None:
        """Ask under a judge's warrant, and fetch."""
        place = len(self.acts)
        disclosure = self.ask(file)
        self.fetch(disclosure, file, self.acts[place])

    # -- what the report must say --------------------------------------------------

    def counts(self, quarter: Quarter, zone: ZoneInfo) -> Mapping[str, int]:
        """Return what happened in *quarter*, but for persons asked for in another."""
        inside = [act for act in self.acts if act.quarter(zone) == quarter]
        asked = [act for act in inside if act.operation is Operation.REQUEST_DISCLOSURE]
        numbers = {
            "applications": sum(act.operation is Operation.OPEN_APPLICATION for act in inside),
            "requests": len(asked),
            "denials": sum(act.answer == "refused" for act in asked),
            "persons_by_warrant": sum(
                {quarter} == {each.quarter(zone) for each in both} for both in self.released
            ),
        }
        return {**dict.fromkeys(COUNTED, 0), **numbers}

    def between(self, zone: ZoneInfo) -> int:
        """Return how many were asked for in one quarter and handed out in another."""
        return sum(len({each.quarter(zone) for each in both}) > 1 for both in self.released)

    # -- what the ledger must say --------------------------------------------------

    def expect_each_once(self) -> None:
        """Expect exactly one line for each look, release and refusal, at its own time."""
        done = [act for act in self.acts if act.operation in OWED_ONE_LINE]
        written = [line for line in entries(self.case) if self._is_owed(line)]
        for key in dict.fromkeys((act.operation, act.answer) for act in done):
            acts = [act for act in done if (act.operation, act.answer) == key]
            lines = [line for line in written if (line["act"], line["outcome"]) == key]
            self._expect_as_often("anybody", key, len(acts), len(lines))
            for who in dict.fromkeys(act.by for act in acts if act.by.role not in _OUTSIDERS):
                by = sum(act.by == who for act in acts), _by(who, lines)
                self._expect_as_often(str(who), key, *by)
            self._expect_in_time(acts, lines)

    def _is_owed(self, line: Mapping[str, Any]) -> bool:
        return int(line["seq"]) not in self._known and line["act"] in OWED_ONE_LINE

    def _expect_as_often(self, who: str, key: tuple[str, str], done: int, written: int) -> None:
        what = f"{key[0].replace('_', ' ')}, {key[1]}"
        told = f"Of {who} it was seen {done} times and is written {written} times: {what}."
        self.case.expect(written >= done, "lost-from-ledger", told)
        self.case.expect(written <= done, "stands-twice", told)

    def _expect_in_time(self, done: Sequence[Act], written: Sequence[Mapping[str, Any]]) -> None:
        """Expect each line to bear the time of its exchange, to the minute."""
        for act, line in zip(done, written, strict=True):
            at = datetime.fromisoformat(str(line["at"]))
            if at.tzinfo is None:
                self.case.bound("The ledger writes times without their zone; they were not read.")
                return
            in_time = act.since - _TOLERANCE <= at <= act.until + _TOLERANCE
            told = "A line of the ledger bears another time than its exchange had."
            self.case.expect(in_time, "wrong-time", told)


def _by(who: Actor, lines: Sequence[Mapping[str, Any]]) -> int:
    return sum(str(line["actor"]) == str(who) for line in lines)
