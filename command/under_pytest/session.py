"""
One audit within one session of pytest, in its first process or in a worker.

The first process examines the target before any test, hands what it found to
the workers where there are any, gathers what they report, and judges.
"""

import json
import pickle
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import pytest

from idaudit.command.under_pytest.asked import Asked, asked_of
from idaudit.command.under_pytest.asking import Asking, Examined
from idaudit.command.under_pytest.nodes import LONGEST, ROOT, Audit, Question
from idaudit.command.under_pytest.telling import Gathered, audit_of, lines, status
from idaudit.reports.codec import decode, encode
from idaudit.reports.record import CheckRecord, OperationRecord
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.errors import SuiteError, UsageError, WaiverError

_RECORD, _CLEARED = "idaudit_record", "idaudit_cleared"


class Worker(Protocol):
    """A worker of pytest-xdist, as its first process knows it."""

    workerinput: dict[str, object]
    workeroutput: dict[str, str]


def join(config: pytest.Config) -> None:
    """Take part in the session of *config*."""
    sent: Mapping[str, bytes] | None = getattr(config, "workerinput", None)
    with _told():
        member = Session(asked_of(config)) if sent is None else Member(*_received(sent))
    config.pluginmanager.register(member, f"{ROOT}-session")


def _received(sent: Mapping[str, bytes]) -> tuple[Asked, Examined | None]:
    asked, known = pickle.loads(sent[ROOT])  # noqa: S301  sent by the process that started this one
    return asked, known


@contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong in one line, with the exit code that pytest has for it."""
    try:
        yield
    except (UsageError, WaiverError) as error:
        raise pytest.UsageError(_line(error)) from None
    except SuiteError as error:
        pytest.exit(_line(error), returncode=error.exit_code)


def _line(error: SuiteError) -> str:
    return f"idaudit: {one_line(inert(str(error)), LONGEST)}"


class Member:
    """Collects the checks, and asks those that this process is given."""

    def __init__(self, asked: Asked, known: Examined | None = None) -> None:
        """Open nothing yet."""
        self.asked = asked
        self.known = known
        self.asking = Asking(asked.options)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the audit to what the session collects, whatever its arguments name."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            audit = Audit.of(collector, self.asking.plan, self._ask, self.asked.waivers)
            report.result = [*report.result, audit]
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the whole record along, as text: a worker can send no more than that."""
        report = yield
        if call.when == "call" and isinstance(item, Question) and item.record:
            setattr(report, _RECORD, json.dumps(encode(item.record)))
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give the target back, and tell the first process what could not be cleared up."""
        cleared = self.asking.close()  # pytest-xdist asks for its output under this name
        vars(session.config)["workeroutput"][_CLEARED] = json.dumps(
            [encode(each) for each in cleared]
        )

    def _ask(self, name: str) -> CheckRecord:
        if self.known is None:
            raise pytest.UsageError(f"{name}: nobody has examined the target")
        return self.asking.ask(name, self.known)


class Session(Member):
    """The first process, which judges."""

    def __init__(self, asked: Asked) -> None:
        """Know nothing of the target yet."""
        super().__init__(asked)
        self.gathered = Gathered()
        self.verdicts: Sequence[str] = ()
        self.complaint = ""

    def pytest_report_header(self) -> str:
        """Say what is audited, so that a log tells how to do it again."""
        options = self.asked.options
        told = f"idaudit: {options.target.spec}, {options.program}, tier {options.tier.value}"
        return inert(f"{told}, seed {options.seed}, {len(self.asking.plan.checks)} checks")

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Examine the target, before any worker is started."""
        if session.config.option.collectonly:
            return
        with _told():
            self.known = self.asking.examine()
            if session.config.pluginmanager.has_plugin("dsession"):
                self.gathered.cleared += self.asking.close()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which checks the session kept."""
        self._collected(item.nodeid for item in session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the record of one check, from whichever process it comes."""
        if (sent := getattr(report, _RECORD, None)) is not None:
            self.gathered.take(decode(CheckRecord, json.loads(sent)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge; a session of which no test failed says so only where the promises hold."""
        self.gathered.cleared += self.asking.close()
        if self.known is None or not self.gathered.collected:
            return
        try:
            audit = audit_of(self.asked, self.known, self.gathered)
            self.verdicts, code = lines(audit, self.asked.options.out), status(audit)
        except SuiteError as error:
            self.complaint, code = _line(error), error.exit_code
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = code

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print every verdict, and what stands in the way of one."""
        if self.complaint:
            terminalreporter.section("idaudit", red=True)
            terminalreporter.write_line(self.complaint)
        if self.verdicts:
            terminalreporter.section("idaudit: what it found")
        for line in self.verdicts:
            terminalreporter.write_line(line)

    # -- pytest-xdist --------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Worker) -> None:
        """Send a worker what is asked and known."""
        node.workerinput[ROOT] = pickle.dumps((self.asked, self.known))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: object) -> object:
        """Deal the checks so that what belongs together stays together."""
        # Here, because only a session that has pytest-xdist asks for it.
        from idaudit.command.under_pytest.spreading import dealer  # noqa: PLC0415

        with _told():
            return dealer(config, log, self.asking.plan, anew=self.asked.options.target.anew)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember which checks a worker kept: all of them keep the same."""
        self._collected(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Worker) -> None:
        """Take what a worker says of its clearing up."""
        sent = getattr(node, "workeroutput", {}).get(_CLEARED, "[]")
        self.gathered.cleared += [decode(OperationRecord, each) for each in json.loads(sent)]

    def _collected(self, ids: Iterable[str]) -> None:
        for each in ids:
            if each.startswith(f"{ROOT}::"):
                self.gathered.collected.add(each.rpartition("::")[2].partition("@")[0])
