"""Whatever a target says, a report shows it and does not obey it."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.record import Finding, RunEnd, RunRecord, SurfaceRecord
from idaudit.reports.renderers import formats, render
from idaudit.reports.table import print_verdicts
from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.verdict import Outcome

HOSTILE = [
    "\x1b[2J\x1b]8;;https://example.org\x07click\x1b]8;;\x07",
    "\x9b31mC1 control\x85",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>&amp;&lt;",
    "</style><!-- ]]> --><![CDATA[",
    "]]></failure><testcase name='forged'/>",
    "{{ 7 * 7 }}{% raw %}{0}{1}",
    "[click](javascript:alert(1)) ![x](https://example.org/x.png) <https://example.org>",
    "| forged | ✓ kept | @everyone #1 https://example.org www.example.org :tada: `code`",
    "# heading",
    "- a forged item",
    "1. a forged step",
    '=HYPERLINK("https://example.org")',
    "\t@SUM(1)",
    "+1",
    "[bold red]markup[/] [link=https://example.org]x[/link]",
    "null\x00 and \ud800 lone and \ufffe nonchar \x0b",
    "\u202egnp.exe\u2066 \u2028new line",
    "first\r\n::error::forged\nsecond",
]  # fmt: skip


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """One value of a target that means harm."""
    value = request.param
    assert isinstance(value, str)
    return value


@pytest.fixture
def audit(hostile: str, record: RunRecord, model: ThreatModel) -> Audit:
    """An audit with that value wherever a target's words can go."""
    finding = Finding(hostile, (hostile, hostile), hostile, hostile, "a1.surname", hostile, hostile)
    first, second, *rest = record.checks
    checks = (
        replace(first, outcome=Outcome.FAIL, reason=hostile, findings=(finding,)),
        replace(second, outcome=Outcome.ERROR, reason=hostile),
        *rest,
    )
    header = replace(
        record.header, target_name=hostile, target_kind=hostile, target_database=hostile,
        tier=hostile, suite_commit=hostile,
    )  # fmt: skip
    surface = SurfaceRecord(hostile, hostile, 1, True, True, False, hostile)  # noqa: FBT003  by place
    assert record.end
    end = RunEnd(record.end.finished, completed=False, why=hostile)
    return judge(RunRecord(header, record.operations, (surface,), checks, end), model)


def test_no_format_lets_a_control_character_through(audit: Audit, model: ThreatModel) -> None:
    """No terminal, browser or parser meets anything but text, tab and line break."""
    for form in formats():
        text = render(form, audit, model)

        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]", text)
        assert text.encode()


class _Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        """Read *text*."""
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag with each of its attributes."""
        self.found += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]


@pytest.mark.parametrize("form", ["html", "html-es", "matrix", "matrix-es"])
def test_the_page_gains_no_element_that_acts(audit: Audit, model: ThreatModel, form: str) -> None:
    """No script, no image, no handler, no address but the page's own anchors."""
    text = render(form, audit, model)
    found = _Tags(text).found

    assert not {tag for tag, _, _ in found} & {"script", "img", "iframe", "object", "form", "link"}
    assert not [name for _, name, _ in found if name.startswith("on")]
    assert all(value.startswith("#") for _, name, value in found if name in {"href", "src"})
    assert "49" not in text.split("<h1>")[1].split("</h1>")[0]


def test_markdown_gains_nothing_but_words(audit: Audit, model: ThreatModel) -> None:
    """No link, picture, HTML, mention or row of a table that the suite did not write."""
    text = render("md", audit, model)
    # As a code host reads it: HTML let through, bare addresses turned into links.
    tokens = list(_flat(MarkdownIt("gfm-like", {"linkify": False}).parse(text)))

    assert not {token.type for token in tokens} & {"link_open", "image", "html_inline"}
    assert {t.content.strip() for t in tokens if t.type == "html_block"} <= _code_blocks(text)
    assert len([token for token in tokens if token.type == "tr_open"]) == 1 + len(model.guarantees)
    assert not re.search(
        r"(?<!&)[@#]\w|https?://|www\.", re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    )
    # Three headlines and two steps of one story; a list inside a step would be a forgery.
    assert len([token for token in tokens if token.type == "list_item_open"]) == 3 + 2
    headings = [token for token in tokens if token.type == "heading_open"]
    assert [heading.tag for heading in headings] == ["h1", "h2", "h2"]


def _flat(tokens: list) -> Iterator:  # type: ignore[type-arg]  # markdown-it's own tokens
    """Yield tokens and what is inside them."""
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _code_blocks(text: str) -> set[str]:
    """Return the blocks in which escaped code stands."""
    found = re.findall(r"<pre><code>[^<>]*</code></pre>", text)
    return {block.strip() for block in found}


def test_junit_gains_no_case(audit: Audit, model: ThreatModel) -> None:
    """A strict parser reads it, and nothing closes an element early."""
    root = fromstring(render("junit", audit, model))  # noqa: S314  our own output

    assert len(list(root.iter("testcase"))) == len(model.guarantees)


def test_no_cell_is_a_formula(audit: Audit, model: ThreatModel) -> None:
    """A spreadsheet opened by a clerk computes nothing."""
    rows = csv.reader(io.StringIO(render("csv", audit, model), newline=""))

    for row in rows:
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)
        assert len(row) == 21


def test_sarif_messages_hold_no_link_and_no_placeholder(audit: Audit, model: ThreatModel) -> None:
    """A viewer that reads SARIF's own markup finds none."""
    for form in ("sarif", "sarif-github"):
        for result in json.loads(render(form, audit, model))["runs"][0]["results"]:
            text = result["message"]["text"]

            assert not re.search(r"(?<!\\)(\\\\)*[\[\]]", text)
            assert not re.search(r"(?<!\{)\{\d+\}(?!\})", text)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_terminal_shows_and_does_not_obey(audit: Audit, terminal: bool) -> None:  # noqa: FBT001  a parameter of pytest
    """Only the suite's own colours reach the screen, and no line is forged."""
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200, color_system=None)

    print_verdicts(audit, Path("out/report.html"), console)

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert not re.search("^::error", text, flags=re.MULTILINE)
