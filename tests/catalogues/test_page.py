"""The page in Spanish of a real audit: nothing of ours in it is English, save what is quoted."""

from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from idaudit.command.cities import City
from idaudit.command.matrix import checks_of
from idaudit.fixtures.defects.registry import Defect, every_defect
from idaudit.reports.judge import judge
from idaudit.reports.record import PlannedCheck, RunEnd, RunHeader, RunRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Assurance

SEED = 3
DEFECTS = ("keeps-the-denied-for-appeals", "has-no-read-log", "backs-up-open-papers")
_VOID = frozenset({"meta", "br", "use", "path", "rect", "circle", "link", "img"})
QUOTED = frozenset({"also", "machine", "more", "source", "sources"})
"""Laws keep their names and words, a machine its own, and the way to English is in English."""
_PROSE = 3


class _Foreign(HTMLParser):
    """Collects what a page marks as English, outside its sources and the machine's own words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool, bool]] = []  # tag, English, quoted
        self.found: Counter[str] = Counter()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element, unless it has no end."""
        told = dict(attrs)
        _, english, quoted = self.open[-1] if self.open else ("", False, False)
        if tag not in _VOID:
            english = told.get("lang", "en" if english else "") == "en"
            classes = {*(told.get("class") or "").split(), told.get("aria-labelledby")}
            quoted = quoted or bool(classes & QUOTED)
            self.open.append((tag, english, quoted))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass what holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep what is English and of several words."""
        if self.open and self.open[-1][1] and not self.open[-1][2] and len(data.split()) >= _PROSE:
            self.found[data.strip()] += 1


def test_a_parser_that_sees_nothing_proves_nothing() -> None:
    """A sentence marked as English is found; one within the sources is a quotation."""
    page = '<p>Sí <span lang="en">This is not translated.</span></p><p class="source">{}</p>'

    found = _Foreign(page.format('<q lang="en">shall destroy all of it</q>')).found
    assert found == {"This is not translated.": 1}


def _page(defect: Defect) -> str:
    """Audit a defective city by the check that catches it, and return its page in Spanish."""
    checks = checks_of(
        City(defect.id, defect.programme, defect), SEED, (defect.breaks,), (defect.caught_by,)
    )
    started = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    plan = tuple(PlannedCheck(each.id, each.guarantee) for each in checks)
    header = RunHeader(
        "0.2.0", "", "Reference city", "reference", "sqlite", Assurance.GREY_BOX, defect.programme,
        "gate", SEED, started, plan, (defect.breaks,),
    )  # fmt: skip
    model = load()
    audit = judge(RunRecord(header, checks=checks, end=RunEnd(started, completed=True)), model)
    return render("html-es", audit, model)


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_page_of_a_defective_city_is_spanish_throughout(defect: str) -> None:
    """Stories, names of checks, reasons and bounds: what stays English came from the system."""
    page = _page(every_defect()[defect])

    assert 'class="story"' in page
    assert _Foreign(page).found == {}
