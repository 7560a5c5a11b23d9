"""The Mermaid diagrams hold to the grammar that code hosts draw."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from idaudit.threatmodel.diagrams.draw import diagrams
from idaudit.threatmodel.diagrams.mermaid import label, safe
from idaudit.threatmodel.diagrams.views import read_views
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.status import Standing, Status

ATTACK = load().attack
VIEWS = read_views(ATTACK)
WORDS = r'"[^"]*"'
HEX = r"#[0-9a-f]{6}"
ID = r"[a-z]+_[a-z0-9_]+"
OUTLINE = rf"(?:\(\[{WORDS}\]\)|\[\({WORDS}\)\]|\[/{WORDS}/\]|\[{WORDS}\])"
LINES = (
    r"---|title: \".*\"|flowchart LR",
    r"accTitle: .+|accDescr: .+",
    rf"subgraph {ID}\[{WORDS}\]|end",
    rf"{ID}{OUTLINE}",
    rf"{ID} (?:-->|==>)\|{WORDS}\| {ID}",
    rf"linkStyle \d+ stroke:{HEX}",
    rf"style {ID} fill:{HEX},stroke:{HEX},color:{HEX}",
    rf"classDef {ID} fill:{HEX},stroke:{HEX},color:{HEX}(?:,stroke-dasharray:[\d ]+)?",
    rf"class {ID}(?:,{ID})* {ID}",
)


@pytest.fixture(scope="module")
def drawn() -> Mapping[str, str]:
    """Every diagram, with threats that stand everywhere."""
    words = list(Status)
    every = {
        id_: Standing(threat, words[n % len(words)], "So it is.", (), ())
        for n, (id_, threat) in enumerate(ATTACK.threats.items())
    }
    return diagrams(ATTACK, every)


def grammar(text: str) -> None:
    """Hold every line to the few forms we write, and every id to its declaration."""
    every = [line.strip() for line in text.splitlines() if line.strip()]
    known, links, open_ = set[str](), 0, 0
    for line in every:
        assert any(re.fullmatch(form, line) for form in LINES), line
        open_ += line.startswith("subgraph ") - (line == "end")
        assert 0 <= open_ <= 1
        if declared := re.match(rf"(?:subgraph |classDef )?({ID})(?:[\[(]| fill)", line):
            assert declared[1] not in known, f"{declared[1]} twice"
            known.add(declared[1])
        elif link := re.fullmatch(rf"({ID}) \S+\|{WORDS}\| ({ID})", line):
            assert {link[1], link[2]} <= known, line
            links += 1
        elif styled := re.match(r"linkStyle (\d+)", line):
            assert int(styled[1]) == links - 1, line
        elif classed := re.fullmatch(rf"class (\S+) ({ID})", line):
            assert {*classed[1].split(","), classed[2]} <= known, line
    assert open_ == 0


@pytest.mark.parametrize("name", VIEWS)
def test_a_flowchart_holds_to_the_grammar(drawn: Mapping[str, str], name: str) -> None:
    """Balanced groups, each id declared once and before its use, each label quoted."""
    grammar(drawn[f"{name}.mmd"])


@pytest.mark.parametrize(
    "slip",
    [
        ('"]', "]"), ("    end\n", ""), ("e_card --", "e_cart --"), ("linkStyle 0", "linkStyle 7"),
        ("class e_", "class x_e_"),
    ],
)  # fmt: skip
def test_the_grammar_knows_a_slip(drawn: Mapping[str, str], slip: tuple[str, str]) -> None:
    """An unquoted label, an open group or an unknown id does not pass."""
    text = drawn["verification.mmd"]
    assert slip[0] in text

    with pytest.raises(AssertionError):
        grammar(text.replace(*slip, 1))


@pytest.mark.parametrize("name", VIEWS)
def test_a_flowchart_shows_what_its_view_chooses(drawn: Mapping[str, str], name: str) -> None:
    """Every element is there; flows are too, those between two panels as one arrow."""
    text, view = drawn[f"{name}.mmd"], VIEWS[name]
    arrows = Counter(re.findall(rf"({ID}) -->\|.*?\| ({ID})", text))
    panels = name == "context"
    flows = [
        (safe("b", f.source.boundary.id), safe("b", f.target.boundary.id))
        if panels
        else (safe("e", f.source.id), safe("e", f.target.id))
        for f in view.flows
    ]

    assert all(f"        {safe('e', each.id)}" in text for each in view.elements)
    assert arrows == (Counter(set(flows)) if panels else Counter(flows))


def test_the_class_of_an_element_follows_its_threats(drawn: Mapping[str, str]) -> None:
    """What no threat is aimed at stands apart here too."""
    neutral = re.search(r"class (\S+) s_neutral", drawn["context.mmd"])
    aimed = {threat.element.id for threat in ATTACK.threats.values()}

    assert neutral
    assert set(neutral[1].split(",")) == {
        safe("e", id_) for id_ in ATTACK.elements if id_ not in aimed
    }


def test_a_label_holds_nothing_that_mermaid_reads() -> None:
    """Quotes, brackets, hashes, tags and backticks become codes; words stay words."""
    assert label('a "b" [c] #d; <e> `f` & (g)') == (
        "a #34;b#34; #91;c#93; #35;d#59; #60;e#62; #96;f#96; #38; #40;g#41;"
    )
    assert label("line\nbreak") == "line break"


def test_ids_are_told_apart_and_are_no_words_of_mermaid() -> None:
    """An element called "end" would close a group."""
    assert safe("e", "end") == "e_end"
    assert len({safe("e", id_) for id_ in ATTACK.elements}) == len(ATTACK.elements)


def test_nasty_names_leave_the_grammar_whole() -> None:
    """A name with quotes and brackets is written as codes, and every line still parses."""
    nasty = 'x"] --> y["<b>#1;</b>'
    elements = {id_: replace(each, name=nasty) for id_, each in ATTACK.elements.items()}
    flows = {
        id_: replace(
            flow, what=nasty, source=elements[flow.source.id], target=elements[flow.target.id]
        )
        for id_, flow in ATTACK.flows.items()
    }  # fmt: skip
    spoilt = replace(ATTACK, elements=elements, flows=flows)

    for name, text in diagrams(spoilt, {}).items():
        if name.endswith(".mmd"):
            grammar(text)
