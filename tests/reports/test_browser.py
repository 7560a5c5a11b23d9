"""The pages in a real browser: by phone, tablet and desk, in light and dark, and on paper."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import WIDTHS, chromium, opened, violations
from playwright.sync_api import Browser

from idaudit.reports.comparing.change import steps
from idaudit.reports.comparing.page import comparison_page
from idaudit.reports.comparing.reported import read_reported
from idaudit.reports.judge import judge
from idaudit.reports.languages.tongue import languages
from idaudit.reports.record import (
    CheckRecord,
    Finding,
    OperationRecord,
    PlannedCheck,
    RunRecord,
    SurfaceRecord,
)
from idaudit.reports.renderers import in_language, render
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

pytestmark = pytest.mark.programs("chromium")
STORY = ("Clerk 1 opens an application for applicant 1.", "The application is over; a scan stays.")
FINDING = Finding(
    "scan-at-rest", STORY, "scratch", f"appeal-{'Vj' * 40}@16", "a1.document_bytes", "verbatim",
    "idaudit run --target reference --program idnyc-2017 --tier gate --only no-scan-kept --seed 3",
)  # fmt: skip
PLACES = (
    ("registry", "sqlite", True, True, True, "journal_mode: wal"),
    ("scratch", "folder", True, True, True, ""),
    ("warehouse", "folder", True, False, False, "permission denied"),
    ("log", "log", True, True, False, "the planted line was not found"),
    ("undeclared-file-1", "file", False, False, False, "/srv/notes is open"),
    ("elsewhere", "unknown", False, False, False, "it tells no processes"),
)

SHORT = {
    "no-scan-kept", "retention-term", "photo-apart", "no-temporary-copy", "closed-list",
    "subject-notice", "own-record-rights",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Lend one browser to every test of this module."""
    with chromium() as running:
        yield running


def _check(number: int, guarantee: str) -> CheckRecord:
    """Return one check: most pass; some fail, could not judge, or ended in an error."""
    outcome = list(Outcome)[min(number, 3)] if number < 4 else Outcome.PASS
    findings = (FINDING,) * 6 if outcome is Outcome.FAIL else ()
    return CheckRecord(
        f"promise_{number}_is_kept_by_this_system", guarantee, outcome, "something went wrong"
        if outcome in {Outcome.ERROR, Outcome.INCONCLUSIVE} else "", 12, 1.5, 3, 4 + number,
        ("At most 0.0006 bytes are kept for each byte of paper shown (95 % bound, 4 batches).",),
        findings,
    )  # fmt: skip


def _run(record: RunRecord, model: ThreatModel) -> RunRecord:
    """Return a run of *model*'s promises with every kind of verdict, place and story."""
    clauses = model.programmes["idnyc-2017"].clauses
    asked = [name for name, clause in clauses.items() if clause.applies][:-1]
    checks = tuple(_check(number, name) for number, name in enumerate(asked))
    surfaces = tuple(
        SurfaceRecord(id_, kind, 1234, declared, probed, found, note)
        for id_, kind, declared, probed, found, note in PLACES
    )
    header = replace(
        record.header,
        program="idnyc-2017",
        planned=tuple(PlannedCheck(check.id, check.guarantee) for check in checks),
        selected=tuple(asked),
    )
    ops = (OperationRecord("place_hold", offered=False, works=False, detail="no such call"),)
    return RunRecord(header, ops, surfaces, checks, record.end)


def _some(model: ThreatModel, names: set[str]) -> ThreatModel:
    """Return *model* with the promises *names* only: what axe asks takes long on a long page."""
    programme = model.programmes["idnyc-2017"]
    clauses = {name: clause for name, clause in programme.clauses.items() if name in names}
    guarantees = {name: promise for name, promise in model.guarantees.items() if name in names}
    programmes = {programme.id: replace(programme, clauses=clauses)}
    return replace(model, guarantees=guarantees, programmes=programmes, limits=model.limits[:2])


def _pages(run: RunRecord, model: ThreatModel, folder: Path) -> dict[str, Path]:
    """Write the page of *run* in every language."""
    audit = judge(run, model)
    paths = {language: folder / f"report.{language}.html" for language in languages()}
    for language, path in paths.items():
        path.write_text(render(in_language("html", language), audit, model), encoding="utf-8")
    return paths


@pytest.fixture
def pages(record: RunRecord, tmp_path: Path) -> dict[str, Path]:
    """Return the page of every promise that ships, in every language."""
    model = load()
    return _pages(_run(record, model), model, tmp_path)


@pytest.fixture
def short_pages(record: RunRecord, tmp_path: Path) -> dict[str, Path]:
    """Return a page with one promise for each verdict, and every sort of place and story."""
    model = _some(load(), SHORT)
    return _pages(_run(record, model), model, tmp_path)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_sticks_out_and_nobody_needs_scripts(
    browser: Browser, pages: dict[str, Path], language: str, width: int
) -> None:
    """With scripts off and no network every verdict is there, and no line is wider than it."""
    with opened(browser, pages[language], width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.locator("article").count() == 40
        assert all(page.locator(".topic .word").all_inner_texts())
        assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("name", "scheme"), [("phone", "dark"), ("tablet", "light"), ("desk", "dark")]
)
def test_axe_finds_nothing_that_keeps_a_reader_out(
    browser: Browser, short_pages: dict[str, Path], language: str, name: str, scheme: str
) -> None:
    """WCAG 2.2 A and AA and axe's own good practice, in both languages, at three widths."""
    with opened(browser, short_pages[language], WIDTHS[name], scheme, script=True) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

        assert violations(page) == []


@pytest.mark.parametrize(("language", "name"), [("en", "desk"), ("es", "phone")])
def test_the_matrix_keeps_no_reader_out(
    browser: Browser, record: RunRecord, tmp_path: Path, language: str, name: str
) -> None:
    """The page that a procurement files is read by the same people."""
    model = _some(load(), SHORT)
    page = tmp_path / "matrix.html"
    text = render(in_language("matrix", language), judge(_run(record, model), model), model)
    page.write_text(text, encoding="utf-8")
    with opened(browser, page, WIDTHS[name], script=True) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= WIDTHS[name]
        assert violations(shown) == []


@pytest.mark.parametrize(("language", "name"), [("en", "phone"), ("es", "desk")])
def test_a_comparison_keeps_no_reader_out(
    browser: Browser, record: RunRecord, tmp_path: Path, language: str, name: str
) -> None:
    """Before and after, with every change told and each promise side by side."""
    model = _some(load(), SHORT)
    run = _run(record, model)
    fixed = [replace(check, outcome=Outcome.PASS, findings=()) for check in run.checks]
    audits = []
    for number, each in enumerate((replace(run, checks=tuple(fixed)), run)):
        path = tmp_path / f"{number}.json"
        path.write_text(render("json", judge(each, model), model), encoding="utf-8")
        audits.append(read_reported(path))
    page = tmp_path / "comparison.html"
    page.write_text(comparison_page(audits, steps(*audits), model, language), encoding="utf-8")
    with opened(browser, page, WIDTHS[name], script=True) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= WIDTHS[name]
        assert violations(shown) == []


def test_axe_would_have_found_something(browser: Browser, tmp_path: Path) -> None:
    """A page with a picture nobody hears of, and grey on grey, is refused twice over."""
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><html><title>x</title><main><img src='x.png'>"
                   "<p style='color:#bbb'>grey</p></main></html>")  # fmt: skip
    with opened(browser, bad, 800, script=True) as page:
        found = {each.partition(":")[0] for each in violations(page)}

    assert {"image-alt", "color-contrast", "html-has-lang"} <= found


@pytest.mark.parametrize("language", languages())
def test_paper_shows_what_a_screen_folds_away(
    browser: Browser, pages: dict[str, Path], language: str
) -> None:
    """Printed to PDF, every folded part is open: a reader of paper cannot click."""
    with opened(browser, pages[language], 800) as page:
        page.emulate_media(media="print")
        boxes = page.locator("details > .story, details > ul").evaluate_all(
            "every => every.map(each => each.getBoundingClientRect().height)"
        )
        printed = page.pdf(format="Letter", print_background=True)

    assert len(boxes) > 40
    assert min(boxes) > 0
    assert printed.startswith(b"%PDF")
    assert 5 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 80


def test_a_folded_story_opens_to_whoever_follows_the_keyboard(
    browser: Browser, pages: dict[str, Path]
) -> None:
    """The first thing that Tab reaches leads past the masthead; a fold opens by the keyboard."""
    with opened(browser, pages["en"], 1280) as page:
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("href") == "#main"
        summary = page.locator("article summary").first
        summary.focus()
        page.keyboard.press("Enter")

        assert page.locator("article details").first.get_attribute("open") is not None


def test_a_city_with_a_hundred_findings_is_told_in_two_megabytes(
    record: RunRecord,
) -> None:
    """Each promise tells a few stories in full, so no city's failings make the page a burden."""
    model = load()
    run = _run(record, model)
    fallen = [replace(check, outcome=Outcome.FAIL, findings=(FINDING,) * 4) for check in run.checks]
    audit = judge(replace(run, checks=tuple(fallen)), model)

    assert sum(len(check.findings) for one in audit.guarantees for check in one.checks) > 100
    for language in languages():
        assert len(render(in_language("html", language), audit, model).encode()) < 2_000_000
