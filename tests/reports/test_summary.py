"""``summary.md`` says the verdict first and never grows past what is shown."""

from dataclasses import replace

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.markdown import BUDGET
from idaudit.reports.record import Finding, RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.model import ThreatModel


def test_the_verdict_comes_first(broken_audit: Audit, model: ThreatModel) -> None:
    """The first line is the finding, the headlines follow, then the story."""
    text = render("md", broken_audit, model)

    assert text.startswith("# Reference city broke 1 promise\n")
    assert text.index("**The documents: ✗ broken.**") < text.index("1. A clerk opened")
    assert "| `court-only` | ✓ kept | 1 check passed in 12 trials |" in text
    assert "The roster itself: ? not shown.**" in text
    assert "Cut short here" not in text


def test_a_summary_too_long_is_cut_and_says_so(
    broken: RunRecord, model: ThreatModel, finding: Finding
) -> None:
    """A build server drops a longer one whole, so its end states how much is missing."""
    first, *rest = broken.checks
    long = replace(finding, story=("é" * 399,) * 50)
    audit = judge(replace(broken, checks=(replace(first, findings=(long,) * 100), *rest)), model)

    text = render("md", audit, model)

    assert BUDGET * 0.9 < len(text.encode()) <= BUDGET
    assert text.startswith("# Reference city broke 1 promise\n")
    parts_left = int(text.rsplit("**Cut short here:** ", 1)[1].split(" ", 1)[0])
    assert parts_left == 100 - text.count("**scan") + 1 + 6 + 1


def test_a_run_cut_short_says_so_before_any_promise(record: RunRecord, model: ThreatModel) -> None:
    """Nobody should read a list of kept promises before that."""
    text = render("md", judge(replace(record, end=None), model), model)

    assert text.index("**The run did not finish:**") < text.index("## Every promise")
