"""``idaudit diff``: what changed between two audits, or several systems side by side."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from idaudit.reports.comparing.change import (
    BROKEN,
    LOST,
    QUIET,
    Step,
    cautions,
    exit_code,
    steps,
)
from idaudit.reports.comparing.formats import as_csv, as_json, columns, headlines, side_by_side
from idaudit.reports.comparing.page import comparison_page
from idaudit.reports.comparing.reported import Reported, read_reported
from idaudit.reports.comparing.words import WORDS, Change
from idaudit.reports.languages.tongue import SOURCE, languages
from idaudit.reports.words import MARKS, SUBJECTS
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import Subject
from idaudit.threatmodel.verdict import Verdict

PAIR = 2
_STYLES = {Verdict.KEPT: "green", Verdict.BROKEN: "bold red", Verdict.WAIVED: "red"}


@click.command()
@click.argument("audits", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--side-by-side", "beside", is_flag=True, help="Two systems, neither the older.")
@click.option("--json", "as_", flag_value="json", help="Machine-readable.")
@click.option("--csv", "as_", flag_value="csv", help="For a spreadsheet, a column for each audit.")
@click.option("--html", "as_", flag_value="html", help="A page, for people.")
@click.option("--lang", default=SOURCE, help=f"One of {', '.join(languages())}; for the page.")
def diff(audits: tuple[Path, ...], as_: str | None, lang: str, *, beside: bool) -> int:
    """
    Say what changed from the first of two AUDITS to the second, or compare several.

    Each is a run's folder, or its audit.json. With two, leaves with 1 where a
    promise is newly broken or broken in another way, 2 where one that was kept
    is no longer shown or no longer promised, and 0 where nothing got worse.
    With more, or --side-by-side, each stands in a column of its own, and the
    answer is 0: nothing is added up.
    """
    if len(audits) < PAIR:
        raise UsageError("diff compares audits, and was given one; name at least two folders")
    read = [read_reported(path) for path in audits]
    found = steps(read[0], read[1]) if len(read) == PAIR and not beside else ()
    match as_:
        case "json":
            click.echo(as_json(read, found), nl=False)
        case "csv":
            click.echo(as_csv(read), nl=False)
        case "html":
            click.echo(comparison_page(read, found, load(), lang), nl=False)
        case _:
            _tell(read, found, Console())
    return exit_code(found)


def _tell(audits: Sequence[Reported], found: Sequence[Step], console: Console) -> None:
    """Print a comparison for a person."""
    if found:
        _print_lines(_changes(found), console)
        _print_lines(_sum(found), console)
    elif console.is_terminal:
        console.print(_beside(audits))
    else:
        _print_lines(_columns(audits), console)
    _print_lines((f"Read with care: {text}" for text in cautions(audits)), console)


def _beside(audits: Sequence[Reported]) -> Table:
    """Return each promise with the verdict of each audit in a column of its own."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("guarantee", *columns(audits)):
        table.add_column(Text(name), overflow="fold")
    for subject, verdicts in headlines(audits):
        table.add_row(Text(SUBJECTS[Subject(subject)]), *map(_word, verdicts))
    table.add_section()
    for id_, row in side_by_side(audits):
        told = (_word(said.verdict) if said else Text("unknown", style="dim") for said in row)
        table.add_row(Text(id_), *told)
    return table


def _columns(audits: Sequence[Reported]) -> Iterator[str]:
    """Yield the same as lines a build log can hold."""
    names = columns(audits)
    for id_, row in side_by_side(audits):
        verdicts = (said.verdict.value if said else "unknown" for said in row)
        told = (f"{name} {verdict}" for name, verdict in zip(names, verdicts, strict=True))
        yield f"{id_}: {', '.join(told)}"


def _word(verdict: Verdict) -> Text:
    return Text(f"{MARKS[verdict]} {verdict.value}", style=_STYLES.get(verdict, "dim"))


def _changes(found: Sequence[Step]) -> Iterator[str]:
    """Yield a line for every promise of which there is something to say, the worst last."""
    for step in sorted(found, key=lambda step: -list(Change).index(step.change)):
        if step.change not in QUIET:
            codes = [f"+{code}" for code in step.appeared] + [f"-{code}" for code in step.gone]
            told = " ".join([f"{WORDS[step.change]}: {step.guarantee}", *codes])
            why = step.after.reason if step.after and step.change in BROKEN | LOST else ""
            yield f"{told}: {why}" if why else told


def _sum(found: Sequence[Step]) -> Iterator[str]:
    """Yield how many promises went which way; nothing is left out, and nothing added up."""
    counted = Counter(step.change for step in found)
    told = [f"{counted[change]} {WORDS[change]}" for change in Change if counted[change]]
    yield ""
    yield f"{', '.join(told)}."


def _print_lines(lines: Iterator[str], console: Console) -> None:
    for line in lines:
        console.print(Text(line), soft_wrap=True)
