"""
The copies map: every place that a paper, a photograph or a record comes to.

"We keep no documents" was never "we keep nothing", so papers, what is derived
from them and the roster each have a column of their own. What may rest there is
a filled folder that says until when; what only arrives is an empty one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from idaudit.threatmodel.basis import Subject
from idaudit.threatmodel.diagrams.folders import GAP, Item, draw_folder, folder, items, sample
from idaudit.threatmodel.diagrams.node import SHAPES
from idaudit.threatmodel.diagrams.page import INNER, MARGIN, Drawing
from idaudit.threatmodel.diagrams.place import draw_place, place_of
from idaudit.threatmodel.diagrams.svg import GROUND, INK, PAPER, RULE, SOFT, group, tag, text
from idaudit.threatmodel.diagrams.tallies import Tallies
from idaudit.threatmodel.diagrams.views import View
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import Element, ElementKind

_PLACE, _ITEM, _FIRST = 238, 170, 100
_ABREAST = (1, 1, 3)  # folders side by side in each column
_COLUMNS = tuple(count * (_ITEM + GAP) + GAP for count in _ABREAST)
_SUBJECTS: tuple[tuple[Subject | None, ...], ...] = (
    (Subject.DOCUMENTS,), (Subject.DERIVED,), (Subject.ROSTER, None),
)  # fmt: skip
_HEADS = (
    ("Place", "and what is aimed at it"),
    ("Documents", "papers and their pictures"),
    ("Derived from them", "readings, face templates"),
    ("The roster itself", "who is on file, and everything that tells of them"),
)


@dataclass(frozen=True, slots=True)
class Atlas:
    """What the copies map is drawn from."""

    view: View
    attack: AttackModel
    found: Tallies

    def items(self, element: Element) -> tuple[Item, ...]:
        """Return what comes to *element*."""
        return items(element, self.view, self.attack)

    def keeps(self, element: Element) -> bool:
        """Whether anything that tells about an applicant may rest in *element*."""
        return any(self.attack.data[kind].subject for kind in element.holds)


def draw_places(view: View, attack: AttackModel, found: Tallies) -> Drawing:
    """Draw *view* as the copies map."""
    atlas = Atlas(view, attack, found)
    drawn, y = [sample(MARGIN, 4), _heads(64)], _FIRST
    for head, what, places, abreast in _sections(atlas):
        markup, end = _section(atlas, head, what, places, y, abreast)
        drawn.append(markup)
        if abreast == 1:
            drawn.insert(0, _bands(y, end))
        y = end
    return Drawing("".join(drawn), y, _told(view, attack), SHAPES)


def _sections(atlas: Atlas) -> Iterator[tuple[str, str, list[Element], int]]:
    """Yield each section: its head, what that means, its places, and how many stand abreast."""
    rest = [e for e in atlas.view.elements if e.kind in (ElementKind.STORE, ElementKind.ARTEFACT)]
    keep, clean = [e for e in rest if atlas.keeps(e)], [e for e in rest if not atlas.keeps(e)]
    work = [e for e in atlas.view.elements if e.kind is ElementKind.PROCESS]
    hands = [e for e in atlas.view.elements if e.kind is ElementKind.EXTERNAL]
    yield "May keep", "what tells of a person, for a time that has an end.", keep, 1
    yield "Must stay clean", "nothing that tells of a person may ever rest here.", clean, 1
    yield "Passed through", "the work needs it; when it is done, nothing of it is left.", work, 2
    yield "Given into other hands", "the programme cannot call it back.", hands, 2


def _bands(top: int, bottom: int) -> str:
    """A ground under every other column, so that the eye keeps to its own."""
    x, grounds = MARGIN + _PLACE, []
    for number, wide in enumerate(_COLUMNS):
        if number % 2 == 0:
            high = bottom - top
            grounds.append(tag("rect", x=x, y=top, width=wide, height=high, fill=GROUND))
        x += wide
    return "".join(grounds)


def _heads(y: int) -> str:
    x, heads = MARGIN, []
    for (head, what), wide in zip(_HEADS, (_PLACE, *_COLUMNS), strict=True):
        left = x if x == MARGIN else x + GAP
        heads.append(text(left, y, head, size=16, bold=True))
        heads.append(text(left, y + 18, what, size=12, fill=SOFT))
        x += wide
    return group("heads", *heads)


def _section(
    atlas: Atlas, head: str, what: str, places: Sequence[Element], y: int, abreast: int
) -> tuple[str, int]:
    """Return one section of the map, and where it ends."""
    if not places:
        return "", y
    drawn = [
        tag("rect", x=MARGIN, y=y, width=INNER, height=40, fill=PAPER),
        tag("rect", x=MARGIN, y=y, width=INNER, height=2, fill=INK),
        text(MARGIN, y + 25, head, size=16, bold=True),
        text(MARGIN + _PLACE + GAP, y + 25, what, size=14, fill=SOFT),
    ]
    y += 40
    for at in range(0, len(places), abreast):
        row = places[at : at + abreast]
        markup, high = _row(atlas, row[0], y) if abreast == 1 else _cards(atlas, row, y)
        drawn += [tag("rect", x=MARGIN, y=y, width=INNER, height=1, fill=RULE), markup]
        y += high
    return group("section", *drawn), y + 12


def _row(atlas: Atlas, element: Element, y: int) -> tuple[str, int]:
    """Return the row of one place, a column for each headline."""
    place = place_of(element, atlas.view, atlas.found)
    drawn, x, highest, seen = [], MARGIN + _PLACE, place.height, set[str]()
    for subjects, wide, abreast in zip(_SUBJECTS, _COLUMNS, _ABREAST, strict=True):
        mine = [item for item in atlas.items(element) if item.kind.subject in subjects]
        markup, high = _stack(atlas, mine, (x + GAP, y + GAP), abreast, _ITEM, seen)
        drawn.append(markup)
        highest, x = max(highest, high), x + wide
    return draw_place(place, MARGIN, y + GAP) + "".join(drawn), highest + 2 * GAP


def _cards(atlas: Atlas, row: Sequence[Element], y: int) -> tuple[str, int]:
    """Return places side by side, each with everything that comes to it."""
    wide = INNER // 2
    drawn, highest = [], 0
    for number, element in enumerate(row):
        place, x = place_of(element, atlas.view, atlas.found), MARGIN + number * wide
        room, seen = wide - _PLACE - 3 * GAP, set[str]()
        at = (x + _PLACE + GAP, y + GAP)
        markup, high = _stack(atlas, atlas.items(element), at, 1, room, seen)
        drawn.append(draw_place(place, x, y + GAP) + markup)
        highest = max(highest, high, place.height)
    return "".join(drawn), highest + 2 * GAP


def _stack(
    atlas: Atlas,
    every: Sequence[Item],
    at: tuple[int, int],
    abreast: int,
    wide: int,
    seen: set[str],
) -> tuple[str, int]:
    """Return folders side by side and below one another, and how high they stand."""
    (x, y), drawn = at, []
    for start in range(0, len(every), abreast):
        row = [folder(item, wide) for item in every[start : start + abreast]]
        high = max(each.height for each in row)
        for number, each in enumerate(row):
            left = x + number * (wide + GAP)
            drawn.append(draw_folder(each, left, y, high, atlas.found, seen))
        y += high + GAP
    return "".join(drawn), max(y - at[1] - GAP, 0)


def _told(view: View, attack: AttackModel) -> str:
    """Return what may rest where, for somebody who cannot see it."""
    return " ".join(
        f"{place.name}: {attack.data[kind].name} ({until})."
        for place in view.elements
        for kind, until in place.holds.items()
    )
