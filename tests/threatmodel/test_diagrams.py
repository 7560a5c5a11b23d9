"""The diagrams show everything they choose, in the colours of what was found, and nothing else."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from idaudit.threatmodel.diagrams.draw import diagrams
from idaudit.threatmodel.diagrams.marks import LOOKS
from idaudit.threatmodel.diagrams.svg import INK, SOFT
from idaudit.threatmodel.diagrams.tallies import tallies
from idaudit.threatmodel.diagrams.views import read_views
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.status import Standing, Status

ATTACK = load().attack
VIEWS = read_views(ATTACK)
SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert('x')</script> & \"y\" [z] #1; ]]> -->\u0007"


def standing(status: Status, **changed: Status) -> dict[str, Standing]:
    """Return every threat at *status*, but for those *changed*, named with underscores."""
    named = {id_.replace("_", "-"): word for id_, word in changed.items()}
    return {
        id_: Standing(threat, named.get(id_, status), "So it is.", (), ())
        for id_, threat in ATTACK.threats.items()
    }


def mixed() -> dict[str, Standing]:
    """Return threats that stand everywhere."""
    words = list(Status)
    return {
        id_: Standing(threat, words[number % len(words)], "So it is.", (), ())
        for number, (id_, threat) in enumerate(ATTACK.threats.items())
    }


@pytest.fixture(scope="module")
def drawn() -> Mapping[str, str]:
    """Every diagram, with threats that stand everywhere."""
    return diagrams(ATTACK, mixed())


def digest(texts: Mapping[str, str]) -> str:
    """Return one number for all of *texts*, in their order."""
    return hashlib.sha256("\0".join(f"{k}\0{v}" for k, v in texts.items()).encode()).hexdigest()


def looks(svg: str, kind: str) -> dict[str, str]:
    """Return the class of every element, or flow, that *svg* draws."""
    groups = ET.fromstring(svg).iter(f"{SVG}g")  # noqa: S314  our own
    return {
        g.attrib[f"data-{kind}"]: g.attrib["class"] for g in groups if f"data-{kind}" in g.attrib
    }


def test_there_are_five_diagrams_in_two_formats(drawn: Mapping[str, str]) -> None:
    """Context, enrolment, copies, authority and verification, as SVG and as Mermaid."""
    names = ("context", "enrolment", "copies", "authority", "verification")

    assert sorted(drawn) == sorted(f"{name}.{end}" for name in names for end in ("svg", "mmd"))


def test_the_same_model_gives_the_same_bytes(drawn: Mapping[str, str]) -> None:
    """Neither a second run nor the order of the standings changes a byte."""
    backwards = dict(reversed(mixed().items()))

    assert diagrams(ATTACK, backwards) == drawn


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_bytes_do_not_hang_on_hashing(drawn: Mapping[str, str], seed: str) -> None:
    """Another process, which hashes otherwise, draws the same."""
    script = (
        "import hashlib\n"
        "from idaudit.threatmodel.diagrams.draw import diagrams\n"
        "from idaudit.threatmodel.loader import load\n"
        "from idaudit.threatmodel.status import Standing, Status\n"
        "attack, words = load().attack, list(Status)\n"
        "every = {i: Standing(t, words[n % len(words)], 'So it is.', (), ())"
        " for n, (i, t) in enumerate(attack.threats.items())}\n"
        "texts = diagrams(attack, every)\n"
        "whole = '\\0'.join(f'{k}\\0{v}' for k, v in texts.items()).encode()\n"
        "print(hashlib.sha256(whole).hexdigest())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    there = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert there.stdout.strip() == digest(drawn)


@pytest.mark.parametrize("name", VIEWS)
def test_a_diagram_shows_exactly_what_it_chooses(drawn: Mapping[str, str], name: str) -> None:
    """Every element and every flow of a view is in its picture, and no other."""
    view, svg = VIEWS[name], drawn[f"{name}.svg"]

    assert set(looks(svg, "element")) == {each.id for each in view.elements}
    assert set(looks(svg, "flow")) == {each.id for each in view.flows}


def test_every_element_and_every_flow_is_in_some_picture(drawn: Mapping[str, str]) -> None:
    """Nothing of the model stays undrawn."""
    pictures = [text for name, text in drawn.items() if name.endswith(".svg")]
    elements = {id_ for svg in pictures for id_ in looks(svg, "element")}
    flows = {id_ for svg in pictures for id_ in looks(svg, "flow")}

    assert elements == set(ATTACK.elements)
    assert flows == set(ATTACK.flows)


def test_every_power_is_in_the_authority_map(drawn: Mapping[str, str]) -> None:
    """So is every paper that is held out for one."""
    svg = drawn["authority.svg"]
    held_out = [i for each in ATTACK.authority_boundaries.values() for i in each.instruments]

    assert set(looks(svg, "authority")) == set(ATTACK.authority_boundaries)
    assert svg.count('class="paper"') == len(held_out)


def test_the_copies_map_tells_what_may_rest_and_what_must_not(drawn: Mapping[str, str]) -> None:
    """A filled folder for each kind that may rest; an empty one for each that only arrives."""
    arriving = {
        (flow.target.id, kind.id, flow.target.kind == "external")
        for flow in ATTACK.flows.values()
        for kind in flow.data
        if kind.subject and kind.id not in flow.target.holds
    }
    svg = drawn["copies.svg"]

    assert svg.count('class="rests"') == sum(len(e.holds) for e in ATTACK.elements.values())
    assert svg.count('class="passes"') == sum(not outside for *_, outside in arriving)
    assert svg.count('class="gone"') == sum(outside for *_, outside in arriving)
    assert "until the end of the visit" in " ".join(ET.fromstring(svg).itertext())  # noqa: S314


@pytest.mark.parametrize("id_", [next(iter(ATTACK.threats)), "release-fetched-again"])
def test_one_standing_changes_exactly_what_it_is_aimed_at(id_: str) -> None:
    """One threat seen to happen colours its element and its flow, and nothing else."""
    threat, name = ATTACK.threats[id_], id_.replace("-", "_")
    before = diagrams(ATTACK, standing(Status.HELD))
    after = diagrams(ATTACK, standing(Status.HELD, **{name: Status.REALISED}))

    for picture in (each for each in before if each.endswith(".svg")):
        for kind, aimed in (("element", threat.element), ("flow", threat.flow)):
            was, now = looks(before[picture], kind), looks(after[picture], kind)
            changed = {each for each in was if was[each] != now[each]}
            assert changed == ({aimed.id} & set(was) if aimed else set())
            assert all(now[each] == f"{kind} realised" for each in changed)


def test_what_is_drawn_has_the_colour_of_its_class(drawn: Mapping[str, str]) -> None:
    """The class says where it stands, and the ink says the same, and no other status."""
    inks = {f"{status or 'neutral'}": of.ink for status, of in LOOKS.items()}
    told = {ink for ink in inks.values() if ink not in (INK, SOFT)}

    for name in VIEWS:
        for each in ET.fromstring(drawn[f"{name}.svg"]).iter(f"{SVG}g"):  # noqa: S314  our own
            kind, _, status = each.get("class", "").partition(" ")
            if kind in ("element", "flow", "crossing"):
                used = {value for node in each.iter() for value in node.attrib.values()}
                assert inks[status] in used
                assert not (told - {inks[status]}) & used


def test_the_worst_standing_gives_the_colour() -> None:
    """Among many threats that are held, one that was not run is what the picture tells."""
    aimed = [t.id for t in ATTACK.threats.values() if t.element.id == "registry"]
    every = standing(Status.HELD, **{aimed[0].replace("-", "_"): Status.NOT_RUN})
    found = tallies(ATTACK, every).elements["registry"]

    assert found.worst is Status.NOT_RUN
    assert found.words == f"1 not run · {len(aimed) - 1} held"
    assert found.brief.split() == ["1", "not", "run", "of", str(len(aimed))]


def test_a_threat_nobody_speaks_of_was_not_run() -> None:
    """Silence never counts as held."""
    assert tallies(ATTACK, {}).elements["registry"].worst is Status.NOT_RUN


def test_what_no_threat_is_aimed_at_is_neutral(drawn: Mapping[str, str]) -> None:
    """Grey says that nobody looked here, and not that all is well."""
    aimed = {threat.element.id for threat in ATTACK.threats.values()}
    shown = looks(drawn["context.svg"], "element")

    assert {id_ for id_, css in shown.items() if css == "element neutral"} == set(shown) - aimed


def test_a_picture_stands_alone(drawn: Mapping[str, str]) -> None:
    """No script, no style, nothing from outside, and a name for those who cannot see."""
    for name, svg in drawn.items():
        if not name.endswith(".svg"):
            continue
        root = ET.fromstring(svg)  # noqa: S314  our own
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
            "svg", "title", "desc", "g", "rect", "circle", "path", "text",
        }  # fmt: skip
        assert not re.search(r"href|url\(|@import|style=| on\w+=", svg)
        assert root.attrib["role"] == "img"
        assert title is not None and title.text and desc is not None and desc.text  # noqa: PT018
        assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]


def test_every_number_is_whole(drawn: Mapping[str, str]) -> None:
    """A fraction is where two machines first differ."""
    for name, svg in drawn.items():
        if name.endswith(".svg"):
            for each in ET.fromstring(svg).iter():  # noqa: S314  our own
                assert not [
                    v for k, v in each.attrib.items() if k[:4] != "data" and re.search(r"\d\.\d", v)
                ]


def test_every_status_has_a_mark_and_a_word_in_the_legend(drawn: Mapping[str, str]) -> None:
    """Colour never speaks alone: the legend gives each status its mark, its word and its count."""
    for name in VIEWS:
        root = ET.fromstring(drawn[f"{name}.svg"])  # noqa: S314  our own
        entries = [g for g in root.iter(f"{SVG}g") if g.get("class", "").startswith("status ")]
        shapes = {
            tuple((each.tag, each.get("r")) for each in entry.iter() if each.tag != f"{SVG}text")
            for entry in entries
        }
        assert len(entries) == len(Status)
        assert len({"".join(entry.itertext()) for entry in entries}) == len(Status)
        assert len(shapes) >= len(Status) - 1


def spoilt(attack: AttackModel) -> AttackModel:
    """Return *attack* with a nasty text wherever it has one."""
    elements = {
        id_: replace(each, name=NASTY, what=NASTY, holds=dict.fromkeys(each.holds, NASTY),
                     boundary=replace(each.boundary, name=NASTY, what=NASTY))
        for id_, each in attack.elements.items()
    }  # fmt: skip
    data = {id_: replace(kind, name=NASTY) for id_, kind in attack.data.items()}
    flows = {
        id_: replace(flow, what=NASTY, data=tuple(data[kind.id] for kind in flow.data),
                     source=elements[flow.source.id], target=elements[flow.target.id])
        for id_, flow in attack.flows.items()
    }  # fmt: skip
    powers = {
        id_: replace(each, what=NASTY, limit=NASTY, holder=elements[each.holder.id],
                     over=tuple(elements[one.id] for one in each.over),
                     instruments=tuple(replace(i, title=NASTY) for i in each.instruments))
        for id_, each in attack.authority_boundaries.items()
    }  # fmt: skip
    trust = {
        id_: replace(each, name=NASTY, what=NASTY) for id_, each in attack.trust_boundaries.items()
    }
    return replace(
        attack, elements=elements, data=data, flows=flows, authority_boundaries=powers,
        trust_boundaries=trust,
    )  # fmt: skip


def test_whatever_the_model_says_renders_as_words(drawn: Mapping[str, str]) -> None:
    """A name that is a script stays a name: no tag, no attribute, no broken document."""
    for name, text in diagrams(spoilt(ATTACK), mixed()).items():
        if name.endswith(".mmd"):
            assert "<script" not in text
            continue
        here, before = ET.fromstring(text), ET.fromstring(drawn[name])  # noqa: S314  our own
        assert {each.tag for each in here.iter()} == {each.tag for each in before.iter()}
        assert {k for each in here.iter() for k in each.attrib} == {
            k for each in before.iter() for k in each.attrib
        }
        assert "<script>alert('x')</script>" in "".join(here.itertext())


def test_a_paper_answered_otherwise_by_a_stricter_programme_says_so(
    drawn: Mapping[str, str],
) -> None:
    """What the statute releases, a promise of "a warrant only" may refuse."""
    papers = [
        " ".join(text.text or "" for text in group.iter(f"{SVG}text"))
        for group in ET.fromstring(drawn["authority.svg"]).iter(f"{SVG}g")  # noqa: S314  our own
        if group.get("class") == "paper"
    ]
    stricter = [i for i in ATTACK.instruments.values() if i.warrant_only != i.outcomes[0]]

    assert stricter
    assert sum("where only a warrant releases" in paper for paper in papers) == len(stricter)
