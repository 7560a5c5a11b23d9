"""An audit as pytest shows it: ``idaudit::guarantee::check``, one item for each check."""

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import starmap
from pathlib import Path
from typing import Any, Self

import pytest

from idaudit.command.plan import Plan
from idaudit.reports.audit import Waiver
from idaudit.reports.record import CheckRecord, Finding
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.verdict import Outcome

ROOT = "idaudit"
LONGEST = 1000
"""Letters of one reason: a target has a say in it."""

Ask = Callable[[str], CheckRecord]


class Unkept(Exception):
    """A check found a counterexample, or failed itself; the words are for a reader."""


class Audit(pytest.Collector):
    """Every check of one audit, below its promise."""

    plan: Plan
    ask: Ask
    waived: dict[str, Waiver]

    @classmethod
    def of(cls, session: pytest.Session, plan: Plan, ask: Ask, waivers: tuple[Waiver, ...]) -> Self:
        """Return the audit of *plan* as a part of *session*."""
        audit: Self = cls.from_parent(session, name=ROOT, nodeid=ROOT)
        audit.plan, audit.ask = plan, ask
        audit.waived = {waiver.guarantee: waiver for waiver in waivers}
        audit.add_marker(ROOT)
        return audit

    def collect(self) -> Iterator["Promise"]:
        """Yield each promise that has checks, as the threat model orders them."""
        checks = defaultdict(list)
        for each in self.plan.checks.values():
            checks[each.guarantee].append(each.id)
        for guarantee in self.plan.programme.clauses:
            if guarantee in checks:
                yield Promise.below(self, guarantee, checks[guarantee])


class Promise(pytest.Collector):
    """The checks of one promise."""

    names: list[str]

    @classmethod
    def below(cls, audit: Audit, guarantee: str, names: list[str]) -> Self:
        """Return the promise called *guarantee*, with the checks in *names*."""
        promise: Self = cls.from_parent(audit, name=guarantee)
        promise.names = names
        return promise

    def collect(self) -> Iterator["Question"]:
        """Yield its checks."""
        for name in self.names:
            yield Question.from_parent(self, name=name)


class Question(pytest.Item):
    """One check of the system under audit."""

    record: CheckRecord | None = None

    def runtest(self) -> None:
        """Ask it; what was not shown ends as an expected failure, never as a pass."""
        audit = self.parent.parent if self.parent else None
        if not isinstance(audit, Audit):
            message = f"{self.nodeid}: stands below no audit"
            raise TypeError(message)
        with warnings.catch_warnings():
            # The session's own filters are about its own code; one that turns
            # warnings into errors would turn a city's verdict.
            warnings.resetwarnings()
            self.record = audit.ask(self.name)
        _raise_for(self.record, audit.waived.get(self.record.guarantee))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401  pytest keeps its type to itself
    ) -> Any:  # noqa: ANN401  likewise
        """Tell the story; a traceback into idaudit would tell nobody anything."""
        if isinstance(excinfo.value, Unkept):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where it stands: below no file of this project."""
        return self.path / ROOT, None, self.nodeid


def _raise_for(record: CheckRecord, waiver: Waiver | None) -> None:
    """Raise what pytest understands; what is waived or not shown is told, and not failed."""
    why = one_line(inert(record.reason), LONGEST)
    match record.outcome:
        case Outcome.PASS:
            return
        case Outcome.FAIL if waiver:
            raise pytest.xfail.Exception(f"waived: {why}: {waiver}")
        case Outcome.FAIL:
            raise Unkept("\n\n".join(starmap(_told, enumerate(record.findings, 1))) or why)
        case Outcome.INCONCLUSIVE:
            raise pytest.xfail.Exception(f"not shown: {why}")
        case _:
            raise Unkept(f"A fault of the check itself, not of the system: {why}")


def _told(number: int, finding: Finding) -> str:
    """Return one counterexample as lines of plain text."""
    story = [f"  {step}. {sentence}" for step, sentence in enumerate(finding.story, 1)]
    place = " ".join(each for each in (finding.surface, finding.location) if each)
    lines = [f"Broken ({number}): {finding.reason}", *story]
    lines += [f"  Found in: {place}"] if place else []
    lines += [f"  See it again: {finding.reproduce}"] if finding.reproduce else []
    return "\n".join(inert(line) for line in lines)
