"""The page around a drawing: headline, caption, legend and foot."""

from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import LOOKS, mark
from idaudit.threatmodel.diagrams.svg import (
    INK,
    PAPER,
    RULE,
    SANS,
    SERIF,
    SOFT,
    group,
    lines,
    plain,
    tag,
    text,
)
from idaudit.threatmodel.diagrams.tallies import WORDS, Tally
from idaudit.threatmodel.diagrams.views import View
from idaudit.threatmodel.status import Status

WIDTH, MARGIN = 1200, 24
INNER = WIDTH - 2 * MARGIN
_TOP = 208  # of the drawing
_FOOT = 64
_KEY = INNER // len(Status)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn between legend and foot, from (0, 0) down."""

    markup: str
    height: int
    told: str  # what somebody who cannot see it hears
    shapes: str  # what its outlines mean, in a sentence


def page(view: View, drawing: Drawing, sum_: Tally) -> str:
    """Return *drawing* as a whole document."""
    height = _TOP + drawing.height + _FOOT
    body = (
        tag("title", plain(view.title), id=f"{view.id}-title"),
        tag("desc", plain(f"{view.caption} {drawing.told}"), id=f"{view.id}-desc"),
        tag("rect", width=WIDTH, height=height, fill=PAPER),
        _head(view),
        _legend(sum_),
        tag("g", drawing.markup, transform=f"translate(0 {_TOP})"),
        _foot(height, drawing.shapes),
    )
    return _document(view.id, height, body) + "\n"


def _document(id_: str, height: int, body: tuple[str, ...]) -> str:
    return tag(
        "svg",
        "\n",
        "\n".join(body),
        "\n",
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        aria_labelledby=f"{id_}-title {id_}-desc",
        font_family=SANS,
    )


def _head(view: View) -> str:
    caption = lines(MARGIN, 98, wrap(view.caption, 17, INNER), size=17, fill=SOFT)
    return group(
        "head",
        tag("rect", x=MARGIN, y=24, width=INNER, height=2, fill=INK),
        tag("rect", x=MARGIN, y=24, width=48, height=8, fill=INK),
        tag("g", text(MARGIN, 70, view.title, size=32, bold=True), caption, font_family=SERIF),
    )


def _legend(sum_: Tally) -> str:
    """Each status with its mark, its word, its count in this picture and its meaning."""
    top = 136
    rule = tag("rect", x=MARGIN, y=top - 12, width=INNER, height=1, fill=RULE)
    return group("legend", rule, *(_entry(n, s, top, sum_) for n, s in enumerate(Status)))


def _entry(number: int, status: Status, top: int, sum_: Tally) -> str:
    x, of = MARGIN + number * _KEY, LOOKS[status]
    word = f"{sum_.counts.get(status, 0)} {WORDS[status]}"
    return group(
        f"status {status}",
        mark(status, x + 9, top + 10),
        text(x + 26, top + 15, word, size=14, bold=True, fill=of.ink),
        lines(x + 26, top + 33, wrap(of.gloss, 12, _KEY - 34), size=12, fill=SOFT),
    )


def _foot(height: int, shapes: str) -> str:
    y = height - _FOOT + 20
    said = f"{shapes} Colour and mark: the worst standing of the threats aimed there; none: grey."
    rule = tag("rect", x=MARGIN, y=y - 8, width=INNER, height=1, fill=RULE)
    return group("foot", rule, lines(MARGIN, y + 12, wrap(said, 12, INNER), size=12, fill=SOFT))
