"""What the guides show of the code stands in it, and what they lead to is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md"), *ROOT.glob("*.md")])
QUOTED = re.compile(r"<!-- from (\S+) -->\n```python\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#([^)\s]+))?\)")
SHOWN = [
    (page, source, text)
    for page in PAGES
    for source, text in QUOTED.findall(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(
    ("page", "source", "text"),
    SHOWN,
    ids=[f"{page.stem}-{n}" for n, (page, *_) in enumerate(SHOWN)],
)
def test_code_that_a_page_shows_stands_where_it_says(page: Path, source: str, text: str) -> None:
    """Word for word: an example that has moved on teaches what is no longer so."""
    assert text in (ROOT / source).read_text(encoding="utf-8"), page.name


def test_the_guides_show_code() -> None:
    """The search above finds what it looks for."""
    assert len(SHOWN) >= 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """Within the project; nobody is asked beyond it."""
    text = page.read_text(encoding="utf-8")
    gone = [to for to, _ in LINK.findall(text) if not (page.parent / to).exists()]

    assert gone == []


def test_the_site_leads_to_every_page() -> None:
    """A page that no menu names is read by nobody."""
    told = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = set(_named_in(told["nav"]))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}

    assert named == pages | {"index.md"}
    assert told["theme"]["highlightjs"] is False


def _named_in(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else cast("list[object]", nav):
            yield from _named_in(each)
