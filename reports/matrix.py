"""
``matrix.html``: what a procurement officer files, a row for each promise.

Promise, verdict, how deep was looked, evidence, standards, waiver and its end;
nothing is added up, and nothing averaged into a score.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from idaudit.reports.audit import Audit, Judgement
from idaudit.reports.jinja import environment
from idaudit.reports.languages.tongue import tongue
from idaudit.reports.page import Page, Promise, arrange
from idaudit.reports.renderers import speaker
from idaudit.reports.sheet import numbered_checks
from idaudit.threatmodel.model import Area, Clause, Guarantee, Source, ThreatModel


@dataclass(frozen=True, slots=True)
class Mapped:
    """One standard behind a promise: the ids that were checked, and those that were not."""

    source: Source
    known: tuple[str, ...]
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    judgement: Judgement
    guarantee: Guarantee
    clause: Clause
    numbers: tuple[int, ...]  # of its evidence, as the report counts
    findings: int
    standards: tuple[Mapped, ...]


@speaker("matrix")
def matrix(audit: Audit, model: ThreatModel, language: str) -> str:
    """Render the page in *language*."""
    page = arrange(audit, model, tongue(language))
    template = environment(language).get_template("matrix.html")
    return template.render(page=page, families=_families(page))


def _families(page: Page) -> list[tuple[Area, list[Line]]]:
    """Return the rows, by area."""
    numbers = numbered_checks(page.audit)
    return [
        (family.area, [_line(promise, page.model, numbers) for promise in family.promises])
        for family in page.families
    ]


def _line(promise: Promise, model: ThreatModel, numbers: Mapping[tuple[str, str], int]) -> Line:
    """Return one row."""
    judgement, guarantee = promise.judgement, promise.guarantee
    return Line(
        judgement=judgement,
        guarantee=guarantee,
        clause=promise.clause,
        numbers=tuple(numbers[guarantee.id, check.id] for check in judgement.checks),
        findings=sum(len(check.findings) for check in judgement.checks),
        standards=tuple(_standards(guarantee, model)),
    )


def _standards(guarantee: Guarantee, model: ThreatModel) -> Iterator[Mapped]:
    for source in model.sources.values():
        known = guarantee.standards.get(source.id, ())
        unverified = guarantee.unverified_standards.get(source.id, ())
        if known or unverified:
            yield Mapped(source, known, unverified)
