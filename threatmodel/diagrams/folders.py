"""What comes to one place: filled folders for what may rest, empty ones for what must not."""

from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import mark
from idaudit.threatmodel.diagrams.svg import (
    INK,
    SOFT,
    WHITE,
    group,
    leading,
    lines,
    path,
    tag,
    text,
    trail,
)
from idaudit.threatmodel.diagrams.tallies import Tallies
from idaudit.threatmodel.diagrams.views import View, destroys
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import DataKind, Element, ElementKind, Flow

GAP = 8
FOLDER, BLANK, EDGE = "#f2dfa4", "#e3ded2", "#4f3d0a"
_SAMPLE = 292
MUST_GO, GONE = "must not stay", "out of reach"
_PAD, _BODY, _SMALL, _SIGN = 10, 13, 12, 22


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of data in one place: until when it may rest, and what brings it."""

    kind: DataKind
    until: str  # "": it must not stay
    brought: tuple[Flow, ...]
    gone: bool = False  # handed to somebody: nothing the programme decides holds there

    @property
    def sign(self) -> bool:
        """Whether it carries the sign for "not here"."""
        return not self.until and not self.gone


@dataclass(frozen=True, slots=True)
class Folder:
    """One item with its words broken to its width."""

    item: Item
    width: int
    name: tuple[str, ...]
    until: tuple[str, ...]
    brought: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> int:
        """What its words need."""
        small = len(self.until) + sum(map(len, self.brought))
        return (
            len(self.name) * leading(_BODY) + small * leading(_SMALL) + 2 * len(self.brought) + 18
        )


def items(place: Element, view: View, attack: AttackModel) -> tuple[Item, ...]:
    """Return what may rest in *place*, then what arrives there and must not stay."""
    arriving = [flow for flow in view.flows if flow.target.id == place.id and not destroys(flow)]
    kinds = [attack.data[id_] for id_ in place.holds]
    kinds += [kind for flow in arriving for kind in flow.data if kind.subject]
    return tuple(
        Item(
            kind=kind,
            until=place.holds.get(kind.id, ""),
            brought=tuple(flow for flow in arriving if kind in flow.data),
            gone=place.kind is ElementKind.EXTERNAL,
        )
        for kind in dict.fromkeys(kinds)
    )


def folder(item: Item, wide: int) -> Folder:
    """Return *item* as a folder *wide* pixels wide."""
    room, sign = wide - 2 * _PAD, _SIGN if item.sign else 0
    term = wrap(until(item.until), _SMALL, room) if item.until else ()
    brought = (wrap(f"from {f.source.name}", _SMALL, room - sign - 22) for f in item.brought)
    said = item.kind.name if item.until else item.kind.name.partition(":")[0]
    name = wrap(said, _BODY, room - sign, bold=bool(item.until))
    return Folder(item, wide, name, term, tuple(brought))


def draw_folder(of: Folder, x: int, y: int, high: int, found: Tallies, seen: set[str]) -> str:
    """Draw one folder; *seen* are the flows that its place has shown before."""
    item, rests = of.item, bool(of.item.until)
    left = x + _PAD + (_SIGN if item.sign else 0)
    below = y + 21 + len(of.name) * leading(_BODY)
    come, brought = below + len(of.until) * leading(_SMALL), []
    for flow, words in zip(item.brought, of.brought, strict=True):
        brought.append(_brought(flow, words, found, (left, come + 2), seen))
        come += len(words) * leading(_SMALL) + 2
    return group(
        "rests" if rests else "passes" if item.sign else "gone",
        _box(item, x, y, of.width, high),
        lines(left, y + 21, of.name, size=_BODY, bold=rests),
        lines(left, below, of.until, size=_SMALL, fill=EDGE),
        *brought,
        title=f"{item.kind.name}: {until(item.until) if rests else MUST_GO if item.sign else GONE}",
    )


def sample(x: int, y: int) -> str:
    """Return one small folder of each sort, with its meaning."""
    kinds = (
        (_filled, "may rest, until the moment it names"),
        (_nobody, "may rest, and tells of nobody"),
        (_empty, "arrives, and must not stay"),
        (_handed, "handed over, out of reach"),
    )
    return group(
        "sample",
        *(
            draw(x + number * _SAMPLE, y, 34, 24)
            + text(x + number * _SAMPLE + 44, y + 17, said, size=13)
            for number, (draw, said) in enumerate(kinds)
        ),
    )


def until(term: str) -> str:
    """Return a term as it is said: "as long as" and "for good" need no "until"."""
    return term if term.startswith(("as ", "for ")) else f"until {term}"


def _box(item: Item, x: int, y: int, wide: int, high: int) -> str:
    kept = _filled if item.kind.subject else _nobody
    draw = kept if item.until else _empty if item.sign else _handed
    return draw(x, y, wide, high)


def _nobody(x: int, y: int, wide: int, high: int) -> str:
    return tag("rect", x=x, y=y, width=wide, height=high, fill=BLANK, stroke=SOFT)


def _handed(x: int, y: int, wide: int, high: int) -> str:
    return tag("rect", x=x, y=y, width=wide, height=high, fill=WHITE, stroke=SOFT, rx=8)


def _filled(x: int, y: int, wide: int, high: int) -> str:
    return tag("rect", x=x, y=y, width=wide, height=high, fill=FOLDER, stroke=EDGE)


def _empty(x: int, y: int, wide: int, high: int) -> str:
    """Return a dashed folder with the sign for "not here"."""
    edge = {"stroke": SOFT, "stroke_dasharray": "3 3"}
    box = tag("rect", x=x, y=y, width=wide, height=high, fill=WHITE, **edge)
    middle_x, middle_y = x + 17, y + min(high // 2, 17)
    ring = tag("circle", cx=middle_x, cy=middle_y, r=6, fill="none", stroke=INK, stroke_width=2)
    stroke = trail((middle_x - 4, middle_y + 4), (middle_x + 4, middle_y - 4))
    return box + ring + path(stroke, INK)


def _brought(
    flow: Flow, words: tuple[str, ...], found: Tallies, at: tuple[int, int], seen: set[str]
) -> str:
    (x, y), tally = at, found.flows[flow.id]
    named = "" if flow.id in seen else flow.id
    seen.add(flow.id)
    return group(
        f"flow {tally.css}",
        mark(tally.worst, x + 8, y - 3),
        lines(x + 22, y + 1, words, size=_SMALL, fill=SOFT),
        flow=named,
        title=f"{flow.what} {tally.words}",
    )
