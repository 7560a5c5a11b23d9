"""Each format of a specification can be read by what it was made for, and by nothing as code."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from idaudit.command.contract import adapter_contract
from idaudit.command.linking import links
from idaudit.reports import words
from idaudit.reports.spec.build import build
from idaudit.reports.spec.document import Spec
from idaudit.reports.spec.formats import FORMATS
from idaudit.threatmodel.loader import load

PROGRAMMES = tuple(load().programmes)
VOID = {"meta", "br", "link", "img", "hr", "input"}
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)></style><!--",
    "a | b | c",
    "[click](javascript:alert(1)) ![x](https://example.org/x.png)",
    "{{ 7 * 7 }} {% raw %} {0} {promises} {{ insert: param, x }}",
    "# heading",
    "- item",
    "``` `code` ***bold***",
    "\x1b[2J\u202egnp.exe",
    "@SUM(1)",
)
NAMES = {"id", "code", "kind", "guarantee", "needs", "counters", "caught_by", "breaks", "name"}
NAMES |= {
    "realises",
    "programme",
    "tier",
    "by",
    "binds",
    "number",
    "area",
    "subject",
    "raw",
    "terms",
}


class _Page(HTMLParser):
    """A page as a browser takes it in."""

    def __init__(self, text: str) -> None:
        """Read *text*."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.headings: list[int] = []
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.unclosed: list[str] = []
        self.cells: list[int] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        named = dict(attrs)
        self.ids += [str(named["id"])] if "id" in named else []
        self.links += [str(named["href"])] if "href" in named else []
        self.labels += [str(named["aria-labelledby"])] if "aria-labelledby" in named else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.attributes |= set(named)
        self.tags[tag] += 1
        if tag == "tr":
            self.cells.append(0)
        if tag in {"td", "th"}:
            self.cells[-1] += int(named.get("colspan") or 1)
        self.unclosed += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the one opened last."""
        assert self.unclosed.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        """Keep what a person reads."""
        if "style" not in self.unclosed:
            self.words += data


def _poisoned(value: object, poison: str) -> object:
    """Return *value* with *poison* in every text in it that is not a name others point to."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return f"{poison} {value}" if value else value
    if isinstance(value, tuple):
        return tuple(_poisoned(item, poison) for item in value)
    if isinstance(value, dict):
        return {key: _poisoned(item, poison) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        texts = {
            each.name: _poisoned(getattr(value, each.name), poison)
            for each in fields(value)
            if each.name not in NAMES or not _points(getattr(value, each.name))
        }
        return replace(value, **texts)
    return value


def _points(value: object) -> bool:
    """Whether *value* names something else, or several."""
    return isinstance(value, str) or (
        isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    )


@cache
def _spec(program: str) -> Spec:
    model = load()
    return build(model, model.programmes[program], links(), adapter_contract())


@cache
def _hostile(poison: str, shape: str) -> str:
    spec = _poisoned(_spec("statute"), poison)
    assert isinstance(spec, Spec)
    return FORMATS[shape](spec)


@cache
def _page(program: str) -> _Page:
    return _Page(FORMATS["html"](_spec(program)))


@pytest.mark.parametrize("program", PROGRAMMES)
def test_every_link_of_the_page_leads_to_something_on_it(program: str) -> None:
    """The page is one file; a link that leads out of it, or nowhere, helps nobody."""
    page = _page(program)

    assert page.unclosed == []
    assert Counter(page.ids).most_common(1)[0][1] == 1
    assert {link[:1] for link in page.links} == {"#"}
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert set(page.labels) <= set(page.ids)


@pytest.mark.parametrize("program", PROGRAMMES)
def test_headings_never_skip_a_level(program: str) -> None:
    """Who hears the page can find their way by its headings."""
    levels = _page(program).headings

    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("program", PROGRAMMES)
def test_the_page_needs_neither_network_nor_script(program: str) -> None:
    """A clerk opens it from a disk that is connected to nothing."""
    text = FORMATS["html"](_spec(program))

    assert '<html lang="en">' in text
    assert "default-src 'none'" in text
    assert not {"script", "img", "iframe", "link", "object"} & set(_page(program).tags)
    assert not re.search(r"\bsrc=|url\(|@import|https?:", text.split("</style>")[0])


@pytest.mark.parametrize("program", PROGRAMMES)
def test_every_row_of_every_table_is_as_wide_as_its_head(program: str) -> None:
    """A cell too many shifts a column under the wrong heading, and nobody notices."""
    for text in (FORMATS["html"](_spec(program)), _rendered(FORMATS["md"](_spec(program)))):
        for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
            assert len(set(_Page(table).cells)) == 1


@pytest.mark.parametrize("program", PROGRAMMES)
def test_every_link_of_the_markdown_leads_to_something_in_it(program: str) -> None:
    """GitHub follows the anchors we set, not the ones it makes of headings."""
    page = _Page(_rendered(FORMATS["md"](_spec(program))))

    assert page.unclosed == []
    assert page.links
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(after <= before + 1 for before, after in pairwise(page.headings))


@pytest.mark.parametrize("program", PROGRAMMES)
def test_page_and_markdown_say_the_same_in_the_same_order(program: str) -> None:
    """Whoever attaches the one and reads the other has agreed to the same thing."""
    spec = _spec(program)
    page, paper = FORMATS["html"](spec), _rendered(FORMATS["md"](spec))

    def told(text: str) -> list[str]:
        heads = re.findall(r"<h[1-3][^>]*>(.*?)</h[1-3]>", text, re.DOTALL)
        return [_Page(head).words for head in heads]

    topics = [words.SUBJECTS[topic.subject] for topic in spec.topics]
    assert [head for head in told(page) if head not in topics] == told(paper)


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_the_page_shows_hostile_words_and_does_not_obey_them(poison: str) -> None:
    """A model is a file somebody sends; what stands in it is never markup."""
    text = _hostile(poison, "html")
    page, honest = _Page(text), _page("statute")

    assert page.unclosed == []
    assert page.tags == honest.tags
    assert page.attributes == honest.attributes
    assert page.ids == honest.ids
    assert page.links == honest.links
    assert not set("\x1b\u202e") & set(text)
    if poison.isprintable():
        assert page.words.count(poison) > len(_spec("statute").requirements)


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_the_markdown_shows_hostile_words_and_does_not_obey_them(poison: str) -> None:
    """No forged row, heading, link or picture, whatever a statement says."""
    page = _Page(_rendered(_hostile(poison, "md")))
    honest = _Page(_rendered(FORMATS["md"](_spec("statute"))))

    assert page.unclosed == []
    assert page.tags == honest.tags
    assert page.attributes == honest.attributes
    assert page.links == honest.links
    assert page.cells == honest.cells
    if poison.isprintable():
        assert " ".join(page.words.split()).count(poison) > len(_spec("statute").requirements)


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_no_spreadsheet_takes_a_cell_for_a_formula(poison: str) -> None:
    """A reader of the table runs nothing by opening it (OWASP, CSV injection)."""
    rows = list(csv.reader(io.StringIO(_hostile(poison, "csv"))))

    assert len({len(row) for row in rows}) == 1
    assert len(rows) == len(_spec("statute").catalogue) + 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert not set("\x1b\u202e\n\r") & set(cell)


def test_a_cell_that_looks_like_a_formula_still_says_what_it_said() -> None:
    """The quote before it is all that was added."""
    assert "'=cmd|' /C calc'!A0 The system asks for no immigration" in _hostile(HOSTILE[0], "csv")


@pytest.mark.parametrize("shape", ["oscal-catalog", "oscal-profile"])
@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_oscal_carries_hostile_words_as_words(poison: str, shape: str) -> None:
    """Its prose is Markdown, so a tag or a parameter's place in it would be obeyed."""
    strings = list(_strings(json.loads(_hostile(poison, shape))))
    props = {value for key, value in strings if key == "value"}

    assert not set("\x1b\u202e") & set("".join(value for _, value in strings))
    for key, value in strings:
        if key in {"prose", "title", "text", "usage", "remarks", "label"}:
            assert not re.search(r"<\w|(?<!\\)\[|(?<!\\)`", value), value
            inserts = re.findall(r"\{\{ insert: param, ([\w-]+) \}\}", value)
            assert all(name.startswith("term-") for name in inserts)
    assert all(value == value.strip() and value for value in props)


def _strings(value: object, key: str = "") -> list[tuple[str, str]]:
    """Return every text in a JSON value with the key it stands under."""
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, list):
        return [each for item in value for each in _strings(item, key)]
    if isinstance(value, dict):
        return [each for name, item in value.items() for each in _strings(item, name)]
    return []


def _rendered(text: str) -> str:
    """Return Markdown as GitHub would show it, our anchors included."""
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
