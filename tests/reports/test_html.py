"""``report.html`` can be read by anybody, on anything, without asking for anything."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from idaudit.reports import words
from idaudit.reports.audit import Audit
from idaudit.reports.bundle.basis import basis_of, model_of
from idaudit.reports.judge import judge
from idaudit.reports.page import TOLD
from idaudit.reports.record import Finding, OperationRecord, RunRecord, SurfaceRecord
from idaudit.reports.renderers import render
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Verdict

_BLOCKS = {"p", "dd", "li", "div", "h1", "h2", "h3", "h4", "h5"}
_VOID = {"meta", "br", "link", "img", "hr", "input"}


class _Page(HTMLParser):
    """The page as a browser takes it in: tags that close, ids, links, headings, words."""

    def __init__(self, text: str) -> None:
        """Read *text*."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.headings: list[int] = []
        self.tags: Counter[str] = Counter()
        self.unclosed: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        named = dict(attrs)
        self.ids += [str(named["id"])] if "id" in named else []
        self.links += [str(named["href"])] if "href" in named else []
        self.labels += [str(named["aria-labelledby"])] if "aria-labelledby" in named else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.tags[tag] += 1
        self.words += " " if tag in _BLOCKS else ""
        self.unclosed += [] if tag in _VOID else [tag]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.handle_starttag(tag, attrs)
        self.unclosed.pop()

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the one opened last."""
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what a person reads."""
        if "style" not in self.unclosed:
            self.words += data


@pytest.fixture
def rich_run(broken: RunRecord) -> RunRecord:
    """The broken run on a system of which much could not be seen."""
    unseen = (
        SurfaceRecord("papers", "folder", 0, declared=True, probed=False, control_found=False),
        SurfaceRecord("log", "log", 9, declared=True, probed=True, control_found=False),
    )
    ops = (OperationRecord("place_hold", offered=False, works=False, detail="no such call"),)
    return replace(broken, surfaces=(*broken.surfaces, *unseen), operations=ops)


def _page(run: RunRecord, model: ThreatModel) -> _Page:
    """Return the page of *run*, fully closed."""
    page = _Page(render("html", judge(run, model), model))
    assert page.unclosed == []
    page.words = re.sub(r"\s+", " ", page.words)
    return page


def test_every_link_leads_to_something_on_the_page(rich_run: RunRecord, model: ThreatModel) -> None:
    """A finding leads to its evidence, a mark to its promise, a promise to its source."""
    page = _page(rich_run, model)

    assert Counter(page.ids).most_common(1)[0][1] == 1
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert set(page.labels) <= set(page.ids)
    assert {"#check-1", "#surface-1", "#no-scan-kept", "#source-ll35"} <= set(page.links)


def test_headings_never_skip_a_level(rich_run: RunRecord, model: ThreatModel) -> None:
    """Who hears the page can find their way by its headings."""
    levels = _page(rich_run, model).headings

    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_broken_promise_is_told_from_beginning_to_end(
    rich_run: RunRecord, model: ThreatModel
) -> None:
    """What happened, where it was found, in what form, and how to see it again."""
    text = _page(rich_run, model).words

    for part in (
        "Reference city broke 1 promise",
        "Of 4 promises put to the test, 3 were kept, 1 broken. 1 further promise went untested.",
        "scan-survives",
        "A clerk opened an application.",
        "papers.data#4",
        "a7.document_bytes",
        "gzip/verbatim",
        "idaudit run --only no-scan-kept --seed 7",
        "12 trials, 3 planted values found again",
        "shall destroy copies of records",
    ):
        assert part in text


def test_a_kept_promise_says_what_might_have_been_missed(
    record: RunRecord, model: ThreatModel
) -> None:
    """Four applicants and no fault: more than half of all people could be struck unseen."""
    first, *rest = record.checks
    told = replace(first, bounds=("At most 0.0020 bytes are kept for each byte shown.",))

    text = _page(replace(record, checks=(told, *rest)), model).words

    assert "met 4 applicants: a fault that strikes by chance fewer than 53 people in 100" in text
    assert "At most 0.0020 bytes are kept for each byte shown." in text


def test_what_was_not_shown_says_why(rich_run: RunRecord, model: ThreatModel) -> None:
    """A promise, a place and an operation that could not be judged each have their reason."""
    text = _page(rich_run, model).words

    assert "A card's chip cannot be read by this version." in text
    assert "1 of 3 places could be searched" in text
    assert "What lies in papers, log. These places could not be searched." in text
    assert "place hold (no such call)." in text
    assert "That nobody took a picture of the screen." in text
    assert "This programme takes no bookings." in text


def test_a_verdict_is_always_a_word(kept_audit: Audit, model: ThreatModel) -> None:
    """Neither colour nor shape alone carries a verdict, in the page or in its marks."""
    text = render("html", kept_audit, model)

    for verdict in Verdict:
        assert f'id="m-{verdict}"' in text
    for promise in model.guarantees.values():
        verdict = next(o.verdict for o in kept_audit.guarantees if o.guarantee == promise.id)
        assert f'<span class="hidden">{words.VERDICTS[verdict]}: {promise.plain}</span>' in text


def test_kept_is_never_said_where_a_promise_went_untested(
    kept_audit: Audit, model: ThreatModel
) -> None:
    """The roster has a promise nobody could judge; the documents have none."""
    (_, documents, derived, roster) = render("html", kept_audit, model).split('class="word"')

    assert "<span>Not shown</span>" in roster
    assert "<span>Kept</span>" in documents
    assert "<span>Kept</span>" in derived


def test_the_title_claims_no_more_than_was_tested(kept_audit: Audit) -> None:
    """Four of six promises were judged, and the title says that it speaks of those."""
    assert words.title(kept_audit) == "Reference city kept all 4 promises put to the test"
    assert words.finding(kept_audit) == (
        "Of 4 promises put to the test, 4 were kept. 1 further promise went untested."
    )


def test_a_run_cut_short_says_so_at_the_top(rich_run: RunRecord, model: ThreatModel) -> None:
    """Before any verdict, and with the time it never finished."""
    text = _page(replace(rich_run, end=None), model).words

    assert text.index("The run did not finish.") < text.index("The documents")
    assert "Finished never" in text


def test_many_findings_are_told_once_and_counted(
    broken: RunRecord, model: ThreatModel, finding: Finding
) -> None:
    """One counterexample is enough; a thousand would bury the next promise."""
    first, *rest = broken.checks
    many = replace(broken, checks=(replace(first, findings=(finding,) * 1_000), *rest))
    page = _page(many, model)

    assert page.tags["h5"] == TOLD
    assert f"{1_000 - TOLD} more findings like these are in audit.json." in page.words


def test_the_page_forbids_itself_to_load_or_run(kept_audit: Audit, model: ThreatModel) -> None:
    """One file, no network: the policy says so and the page has no need of more."""
    text = render("html", kept_audit, model)

    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"<script|<link|@import|url\((?!#)|https?://", text)


def test_the_same_audit_renders_the_same_bytes(broken_audit: Audit, model: ThreatModel) -> None:
    """A report can be compared with the one that was published."""
    assert render("html", broken_audit, model) == render("html", broken_audit, model)


def test_the_shipped_model_renders_whole(record: RunRecord) -> None:
    """All promises of every shipped programme, their sources and limits."""
    model = load()
    for program in model.programmes:
        header = replace(record.header, program=program, planned=(), selected=())
        page = _page(replace(record, header=header, checks=()), model)

        assert page.tags["article"] == len(model.guarantees)
        assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_a_bundle_renders_to_the_same_page_as_the_run(record: RunRecord) -> None:
    """A bundle holds the promises and not the whole model, and verify writes the page again."""
    model = load()
    header = replace(record.header, program="idnyc-2017", planned=(), selected=())
    audit = judge(replace(record, header=header, checks=()), model)
    carried = model_of(basis_of(audit, model))

    assert "Photograph vault" in render("html", _with_photos(audit), model)
    for form in ("html", "html-es"):
        assert render(form, _with_photos(audit), carried) == render(
            form, _with_photos(audit), model
        )


def _with_photos(audit: Audit) -> Audit:
    """Return *audit* with one place that the threat model knows."""
    photos = SurfaceRecord("photos", "sqlite", 9, declared=True, probed=True, control_found=True)
    return replace(audit, surfaces=(photos,))


def _palettes() -> list[dict[str, str]]:
    """Return the stylesheet's colours: light, dark, print."""
    css = files("idaudit.reports").joinpath("templates/report.css").read_text(encoding="utf-8")
    roots = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", root)) for root in roots]


def _luminance(colour: str) -> float:
    """Return relative luminance, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "sheet", "broken-wash"])
@pytest.mark.parametrize("ink", ["ink", "muted", "link", "kept", "broken", "unshown", "idle"])
def test_every_text_can_be_read_on_its_ground(theme: int, ground: str, ink: str) -> None:
    """WCAG AA asks 4.5 to 1 for text, in light, in dark and on paper."""
    palette = _palettes()[theme]
    one, other = sorted((_luminance(palette[ink]), _luminance(palette[ground])))

    assert (other + 0.05) / (one + 0.05) >= 4.5


def test_a_place_nobody_declared_is_told_as_seen_and_not_searched(
    rich_run: RunRecord, model: ThreatModel
) -> None:
    """It has a row of its own, and a paragraph under what the audit does not establish."""
    stray = SurfaceRecord("undeclared-file-1", "file", 9, False, False, False, "/srv/notes is open")  # noqa: FBT003  declared, probed, control found
    text = _page(replace(rich_run, surfaces=(*rich_run.surfaces, stray)), model).words
    searched, _, limits = text.rpartition("What this audit does not establish")

    assert "Seen while the system was driven, and not declared; not searched." in searched
    assert "What lies in 1 place seen and not declared" in limits
    assert "undeclared-file-1: /srv/notes is open." in limits
    assert "not declared" not in _page(rich_run, model).words


def test_a_target_that_tells_no_processes_is_told(rich_run: RunRecord, model: ThreatModel) -> None:
    """Nobody looked for other places, and that is no place of its own."""
    nowhere = SurfaceRecord("elsewhere", "unknown", 0, False, False, False, "it tells no processes")  # noqa: FBT003  likewise
    text = _page(replace(rich_run, surfaces=(*rich_run.surfaces, nowhere)), model).words
    before = _page(rich_run, model).words

    assert "Whether data rests in a place that the system did not name." in text
    assert "It tells no processes." in text
    told = re.compile(r"\d of \d places could be searched")
    assert told.findall(text) == told.findall(before) != []
