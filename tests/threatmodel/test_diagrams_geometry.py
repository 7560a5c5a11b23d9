"""Nothing in a drawing lies on anything else, measured with the letters of another font."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import ImageFont

from idaudit.threatmodel.diagrams.draw import diagrams
from idaudit.threatmodel.diagrams.views import read_views
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.status import Standing, Status

ATTACK = load().attack
SVG = "{http://www.w3.org/2000/svg}"
BOXED = ("element ", "rests", "passes", "gone")
MARGIN_FOR_FONTS = 1.05  # the measuring font is Helvetica's kin; some readers have a wider one


@dataclass(frozen=True)
class Area:
    """A rectangle on the page, and what it is."""

    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: "Area") -> bool:
        """Whether both cover a common point."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: "Area") -> bool:
        """Whether *other* lies inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True)
class Label:
    """One text, and the box it belongs in, if any."""

    area: Area
    box: Area | None


@dataclass(frozen=True)
class Picture:
    """Everything of a drawing that must keep apart."""

    page: Area
    labels: tuple[Label, ...]
    boxes: tuple[Area, ...]
    badges: tuple[Area, ...]
    lines: tuple[Area, ...]  # segments of arrows, one pixel to each side
    arrows: tuple[tuple[str, frozenset[tuple[int, int]]], ...]  # the points each runs over


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font to measure with."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def measured(text: ET.Element, down: int) -> Area:
    """Return what one line of text covers."""
    size, words = int(text.attrib["font-size"]), text.text or ""
    bold = 1.06 if text.get("font-weight") == "bold" else 1
    wide = font(size).getlength(words) * bold * MARGIN_FOR_FONTS
    x, y = int(text.attrib["x"]), int(text.attrib["y"]) + down
    left = x - {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0)
    return Area(left, y - 0.75 * size, left + wide, y + 0.22 * size, words)


def rectangle(rect: ET.Element, down: int, what: str) -> Area:
    """Return what a rectangle covers."""
    x, y, wide, high = (int(rect.get(key, "0")) for key in ("x", "y", "width", "height"))
    return Area(x, y + down, x + wide, y + high + down, what)


def walked(node: ET.Element, down: int = 0, box: Area | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield every node with how far it is moved down and the box it stands in."""
    moved = re.fullmatch(r"translate\(0 (\d+)\)", node.get("transform", ""))
    down += int(moved[1]) if moved else 0
    css = node.get("class", "")
    if css.startswith(BOXED) and (rect := node.find(f"{SVG}rect")) is not None:
        box = rectangle(rect, down, node.get("data-element", css))
    yield node, down, box
    for child in node:
        yield from walked(child, down, box)


def corners(way: str, down: int) -> list[tuple[int, int]]:
    """Return the points of a path of straight lines."""
    return [(int(x), int(y) + down) for x, y in re.findall(r"(\d+) (\d+)", way)]


def segments(points: list[tuple[int, int]], what: str) -> Iterator[Area]:
    """Yield each straight part, one pixel to each side."""
    for (a, b), (c, d) in pairwise(points):
        yield Area(min(a, c) - 1, min(b, d) - 1, max(a, c) + 1, max(b, d) + 1, what)


def run_over(points: list[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Return the middles of all grid steps of a way: two ways that share one lie on each other."""
    steps = set()
    for (a, b), (c, d) in pairwise(points):
        for x in range(min(a, c) + 6, max(a, c) - 5, 12):
            steps.add((x, b))
        for y in range(min(b, d) + 6, max(b, d) - 5, 12):
            steps.add((a, y))
    return frozenset(steps)


def picture(svg: str) -> Picture:
    """Take a drawing apart."""
    root = ET.fromstring(svg)  # noqa: S314  our own
    labels, badges, arrows = (
        list[Label](),
        list[Area](),
        list[tuple[str, frozenset[tuple[int, int]]]](),
    )
    boxes, lines = dict[int, Area](), list[Area]()
    for node, down, box in walked(root):
        css = node.get("class", "")
        if box and css.startswith(BOXED):
            boxes[id(node)] = box
        if node.tag == f"{SVG}text":
            labels.append(Label(measured(node, down), box))
        if css == "badge":
            disc = node.find(f"{SVG}circle")
            x, y, r = (int(disc.attrib[key]) for key in ("cx", "cy", "r"))
            badges.append(Area(x - r, y + down - r, x + r, y + down + r, "badge"))
        if css.startswith(("flow ", "crossing ")) and (line := node.find(f"{SVG}path")) is not None:
            points, what = corners(line.attrib["d"], down), str(sorted(node.attrib.items()))
            lines += segments(points, what)
            arrows.append((what, run_over(points)))
    page = rectangle(root, 0, "page")
    return Picture(
        page, tuple(labels), tuple(boxes.values()), tuple(badges), tuple(lines), tuple(arrows)
    )


def longwinded(attack: AttackModel) -> AttackModel:
    """Return *attack* with every name and sentence longer than any we write."""
    more, elements = " and whatever else there may ever be", {}
    for id_, each in attack.elements.items():
        holds = {kind: until + more for kind, until in each.holds.items()}
        elements[id_] = replace(each, name=each.name + more, holds=holds)
    flows = {
        id_: replace(
            flow, what=flow.what + more * 2,
            source=elements[flow.source.id], target=elements[flow.target.id],
        )
        for id_, flow in attack.flows.items()
    }  # fmt: skip
    powers = {
        id_: replace(
            each, what=each.what + more, limit=each.limit + more * 3,
            holder=elements[each.holder.id], over=tuple(elements[one.id] for one in each.over),
        )
        for id_, each in attack.authority_boundaries.items()
    }  # fmt: skip
    return replace(attack, elements=elements, flows=flows, authority_boundaries=powers)


@cache
def pictures(kind: str) -> Mapping[str, Picture]:
    """Return every drawing of one model, taken apart."""
    words = list(Status)
    standings = {
        id_: Standing(threat, words[n % len(words)], "So it is.", (), ())
        for n, (id_, threat) in enumerate(ATTACK.threats.items())
    }
    if kind == "not-run":
        standings = {}
    attack = longwinded(ATTACK) if kind == "longwinded" else ATTACK
    drawn = diagrams(attack, standings)
    return {name[:-4]: picture(text) for name, text in drawn.items() if name.endswith(".svg")}


every_picture = pytest.mark.parametrize("kind", ["as-it-ships", "not-run", "longwinded"])
every_view = pytest.mark.parametrize("name", list(read_views(ATTACK)))


@every_picture
@every_view
def test_no_two_labels_overlap(kind: str, name: str) -> None:
    """What is written can be read."""
    labels = [label.area for label in pictures(kind)[name].labels]

    assert len(labels) > 30
    assert not [(a.what, b.what) for a, b in combinations(labels, 2) if a.meets(b)]


@every_picture
@every_view
def test_no_label_leaves_its_box_or_the_page(kind: str, name: str) -> None:
    """A name that is long makes its box higher, and is not cut."""
    shown = pictures(kind)[name]
    boxed = [label for label in shown.labels if label.box]

    assert boxed
    assert not [label for label in boxed if label.box and not label.box.holds(label.area)]
    assert not [label for label in shown.labels if not shown.page.holds(label.area)]


@every_picture
@every_view
def test_no_two_boxes_overlap(kind: str, name: str) -> None:
    """Each place, party and process stands by itself."""
    shown = pictures(kind)[name]

    assert len(shown.boxes) > 3
    assert not [(a.what, b.what) for a, b in combinations(shown.boxes, 2) if a.meets(b)]
    assert all(shown.page.holds(box) for box in shown.boxes)


@every_picture
@pytest.mark.parametrize("name", ["context", "enrolment", "verification"])
def test_a_number_hides_nothing(kind: str, name: str) -> None:
    """The numbers on the arrows keep clear of each other, of boxes and of words."""
    shown = pictures(kind)[name]
    words = [label.area for label in shown.labels if not label.area.what.isdigit()]

    assert not [pair for pair in combinations(shown.badges, 2) if pair[0].meets(pair[1])]
    for badge in shown.badges:
        assert not [other for other in (*shown.boxes, *words) if badge.meets(other)]


@every_picture
@pytest.mark.parametrize("name", ["context", "enrolment", "verification"])
def test_no_arrow_runs_over_words_or_boxes_or_along_another(kind: str, name: str) -> None:
    """Arrows may cross, but each can be followed from end to end."""
    shown = pictures(kind)[name]
    words = [label.area for label in shown.labels if not label.area.what.isdigit()]

    assert shown.arrows
    assert not [(line.what, w.what) for line in shown.lines for w in words if line.meets(w)]
    assert not [(a[0], b[0]) for a, b in combinations(shown.arrows, 2) if a[1] & b[1]]
    for line in shown.lines:
        inner = (
            Area(b.left + 2, b.top + 2, b.right - 2, b.bottom - 2, b.what) for b in shown.boxes
        )
        assert not [box.what for box in inner if line.meets(box)]


def test_the_measuring_sees_an_overlap() -> None:
    """Two lines written on each other, and one out of its box, are found."""
    body = (
        '<g class="element held"><rect x="0" y="0" width="60" height="30"/>'
        '<text x="4" y="20" font-size="14">much too long for this box</text></g>'
        '<text x="40" y="22" font-size="14">on top of it</text>'
    )
    shown = picture(f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">{body}</svg>')
    one, other = shown.labels

    assert one.area.meets(other.area)
    assert one.box
    assert not one.box.holds(one.area)
