"""The page of the threat model says all of it, to anybody, and runs nothing."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from idaudit.reports.model.brief import Brief
from idaudit.reports.model.files import rendered
from idaudit.reports.model.page import MEANINGS, STATUSES, page
from idaudit.reports.model.tables import traceability
from idaudit.threatmodel.diagrams.draw import diagrams
from idaudit.threatmodel.exports.export import Export, Loss
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import Acquittal, Catch, Proof
from idaudit.threatmodel.status import Status, honest_run, standings
from idaudit.threatmodel.traceability import trace

MODEL = load()
THREAT = next(t for t in MODEL.threats.values() if not t.no_check_yet and "court-only" in t.breaks)
HOSTILE = "<script>alert(1)</script> =cmd|x &amp; 'quoted'"


def brief(statement: str = "It looks.") -> Brief:
    """Return the model with one check, one defect and one export."""
    check = CheckLink("a_check", "court-only", (THREAT.id,), statement)
    defect = DefectLink("one", "court-only", (THREAT.id,), check.id, "r", "idnyc-2017", statement)
    links = Links({check.id: check}, {defect.id: defect})
    proof = Proof(
        {defect.id: Catch("court-only", caught=True, by=(check.id,), reason="r")},
        {"honest:idnyc-2017": Acquittal((check.id,), ())},
    )
    stand = standings(MODEL, links, proof, honest_run(proof), date(2026, 11, 22))
    return Brief(
        model=MODEL,
        standings=stand,
        rows=trace(MODEL, links, stand),
        target="the reference city",
        diagrams=diagrams(MODEL.attack, stand),
        exports=(Export("x.json", "{}\n", (Loss("threat.draft", statement),)),),
    )


BRIEF = brief()
PAGE = page(BRIEF)


class Seen(HTMLParser):
    """Notes every tag that is open, and every attribute."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.attributes += attrs


def seen(text: str) -> Seen:
    """Return what a browser would find in *text*."""
    parser = Seen()
    parser.feed(text)
    return parser


def test_every_threat_and_every_promise_is_told() -> None:
    """Each story under each promise it breaks."""
    words = re.sub(r"\s+", " ", PAGE)
    told = words.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")

    assert [g.id for g in MODEL.guarantees.values() if f'id="{g.id}"' not in words] == []
    assert [t.id for t in MODEL.threats.values() if t.story not in told] == []
    pairs = sum(len(threat.breaks) for threat in MODEL.threats.values())
    assert len(re.findall(r'<p class="stand">', PAGE)) == pairs


def test_the_five_pictures_are_inside_the_page() -> None:
    """The page can be sent by itself."""
    assert PAGE.count('src="data:image/svg+xml;base64,') == 5
    assert [
        v for k, v in seen(PAGE).attributes if k == "src" and not str(v).startswith("data:")
    ] == []


def test_every_link_leads_to_a_place_in_the_page_or_a_file_beside_it() -> None:
    """And none out of it."""
    found = seen(PAGE)
    ids = {value for key, value in found.attributes if key == "id"}
    hrefs = [str(value) for key, value in found.attributes if key == "href"]
    files = set(rendered(BRIEF))

    assert hrefs
    assert [href for href in hrefs if href.startswith("#") and href[1:] not in ids] == []
    assert [href for href in hrefs if not href.startswith("#") and href not in files] == []


def test_the_page_runs_and_loads_nothing() -> None:
    """No script, no frame, no address."""
    assert not {"script", "iframe", "object", "link", "form"} & set(seen(PAGE).tags)
    assert [k for k, _ in seen(PAGE).attributes if k.startswith("on")] == []
    assert "default-src 'none'" in PAGE


def test_words_of_a_check_or_a_tool_are_words() -> None:
    """They render; they do not run, nor open a formula."""
    spoilt = brief(HOSTILE)
    text = page(spoilt)

    assert "script" not in seen(text).tags
    assert "&lt;script&gt;" in text
    assert "<script>" in traceability(spoilt.rows)  # a spreadsheet shows it as it is
    assert "\n=" not in traceability(brief("=cmd").rows).replace("\r", "")
    assert ",=" not in traceability(brief("=cmd").rows)


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_words_and_its_number(status: Status) -> None:
    """Even one that no threat has: none left out is none hidden."""
    number = BRIEF.count(status)

    assert MEANINGS[status] in PAGE.replace("&#39;", "'")
    block = PAGE.partition(f'<div class="s-{status}">')[2].partition("</div>")[0]
    assert f"<dt>{STATUSES[status]}</dt>" in block
    assert f"<b>{number}</b>" in block


def test_the_numbers_add_up() -> None:
    """Every threat stands somewhere, once."""
    assert sum(number for _, number in BRIEF.tally) == len(MODEL.threats)
    assert BRIEF.count(Status.HELD) == 1


def test_what_does_not_fit_an_export_is_on_the_page() -> None:
    """The reader of the other tool's file can learn what is missing."""
    told = page(
        replace(BRIEF, exports=(Export("y.json", "{}", (Loss("flow.what", "No place."),)),))
    )

    assert "flow.what" in told
    assert "No place." in told


def test_the_same_model_gives_the_same_bytes() -> None:
    """Nothing comes from the clock."""
    assert rendered(BRIEF) == rendered(brief())
