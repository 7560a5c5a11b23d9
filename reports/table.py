"""The verdicts on a terminal, or as plain lines where there is none."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from idaudit.reports import words
from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.codec import mapped
from idaudit.reports.text import inert, one_line
from idaudit.threatmodel.verdict import Verdict

_STYLES = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "bold red",
    Verdict.WAIVED: "red",
    Verdict.NOT_SHOWN: "yellow",
}


def print_verdicts(audit: Audit, report: Path, console: Console) -> None:
    """Print every verdict, the three headlines, and where the report lies."""
    harmless = mapped(audit, inert)
    if console.is_terminal:
        console.print(_table(harmless))
    else:
        _print_lines(_lines(harmless), console)
    _print_lines(_ending(harmless, report), console)


def _table(audit: Audit) -> Table:
    """Return the table a terminal shows; every cell is text, never markup."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("guarantee", "verdict", "reason"):
        table.add_column(name, no_wrap=name != "reason", overflow="fold")
    for judgement in words.worst_last(audit.guarantees):
        style = _STYLES.get(judgement.verdict, "dim")
        verdict = f"{words.MARKS[judgement.verdict]} {judgement.verdict.value}"
        table.add_row(
            Text(judgement.guarantee), Text(verdict, style=style), Text(_reason(judgement))
        )
    return table


def _lines(audit: Audit) -> Iterator[str]:
    """Yield the same as lines a build log can hold and a person can search."""
    for judgement in words.worst_last(audit.guarantees):
        yield f"{judgement.verdict.value}: {judgement.guarantee}: {_reason(judgement)}"


def _ending(audit: Audit, report: Path) -> Iterator[str]:
    """Yield the headlines and the report's path."""
    yield ""
    if not audit.completed:
        yield f"The run did not finish: {one_line(audit.why_incomplete)}"
    for line in audit.headlines:
        yield f"{words.SUBJECTS[line.subject]}: {one_line(f'{line.verdict}. {line.note}')}"
    yield one_line(words.finding(audit))
    yield f"Report: {one_line(inert(str(report)))}"


def _reason(judgement: Judgement) -> str:
    """Return why, on one line."""
    return one_line(str(judgement.waiver) if judgement.waiver else judgement.reason)


def _print_lines(lines: Iterator[str], console: Console) -> None:
    """Print whole lines; a path that is wrapped cannot be clicked or copied."""
    for line in lines:
        console.print(Text(line), soft_wrap=True)
