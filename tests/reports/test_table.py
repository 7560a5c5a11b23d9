"""The terminal shows every verdict and ends with what to read next."""

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.record import RunRecord
from idaudit.reports.table import print_verdicts
from idaudit.threatmodel.model import ThreatModel

REPORT = Path("/a/long/path/that/no/terminal/may/wrap/reports/out/latest/report.html")


def _printed(audit: Audit, *, terminal: bool) -> str:
    """Return what is printed on a narrow screen."""
    file = io.StringIO()
    print_verdicts(audit, REPORT, Console(file=file, force_terminal=terminal, width=60))
    return file.getvalue()


def test_a_build_log_gets_one_plain_line_per_promise(broken_audit: Audit) -> None:
    """Searchable, unwrapped, the worst nearest the end."""
    lines = _printed(broken_audit, terminal=False).splitlines()

    assert lines[5] == "broken: no-scan-kept: scan-survives: The scan stayed."
    assert lines[7:10] == [
        "The documents: broken.",
        "What is derived from them: kept.",
        "The roster itself: not-shown. 1 of 3 promises about this stays unjudged.",
    ]
    assert lines[-1] == f"Report: {REPORT}"
    assert not [line for line in lines if "\x1b" in line]


def test_a_terminal_gets_a_table_with_every_verdict_in_words(broken_audit: Audit) -> None:
    """Colour repeats what the word says, and the path stays in one piece."""
    text = _printed(broken_audit, terminal=True)

    assert "✗ broken" in text
    assert "✓ kept" in text
    assert "\x1b[" in text
    for judgement in broken_audit.guarantees:
        assert judgement.guarantee in text
    assert str(REPORT) in text


def test_a_run_cut_short_is_said_at_the_end(record: RunRecord, model: ThreatModel) -> None:
    """The last lines of a log are the ones that are read."""
    text = _printed(judge(replace(record, end=None), model), terminal=False)

    assert "The run did not finish: the run was cut short" in text
