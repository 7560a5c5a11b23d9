"""
How a status looks: a colour, a mark and a word, never the colour alone.

The colours keep apart for every kind of colour blindness, as words on their own
tint they reach the contrast of WCAG 2.2 AA, and the marks differ in outline.
"""

from dataclasses import dataclass

from idaudit.threatmodel.diagrams.svg import PAPER, group, path, tag, trail
from idaudit.threatmodel.diagrams.tallies import Tally
from idaudit.threatmodel.status import Status


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of one status, and what it means in few words."""

    ink: str  # of strokes and words
    tint: str  # of what they stand on
    gloss: str
    dashes: str = ""


LOOKS: dict[Status | None, Look] = {
    Status.REALISED: Look("#9c1c12", "#fbe2dd", "a check saw it happen"),
    Status.EXPIRED: Look("#8a4a00", "#fdebcf", "somebody was to look again by now"),
    Status.NOT_RUN: Look("#57534b", "#ffffff", "nothing that would see it ran", "5 4"),
    Status.ACCEPTED: Look("#5b3a8c", "#ebe4f6", "somebody lives with it for now"),
    Status.HELD: Look("#0a5878", "#dbeef5", "checks pass, and do fail where it happens"),
    Status.NOT_APPLICABLE: Look("#666666", "#f3f3f3", "the programme makes no such promise"),
    None: Look("#7d786d", "#ffffff", "no threat of its own"),
}


def look(tally: Tally) -> Look:
    """Return how what has this tally looks."""
    return LOOKS[tally.worst]


def stroked(of: Look) -> dict[str, int | str]:
    """Return the outline's attributes."""
    dashes = {"stroke_dasharray": of.dashes} if of.dashes else {}
    return {"stroke": of.ink, "stroke_width": 2, **dashes}


def mark(status: Status | None, x: int, y: int) -> str:
    """Return the mark of *status*, sixteen pixels wide, its centre at *x*, *y*."""
    ink = LOOKS[status].ink
    if status is None:
        return group("mark", tag("circle", cx=x, cy=y, r=3, fill=ink))
    return group("mark", _shape(status, x, y, ink))


def _shape(status: Status, x: int, y: int, ink: str) -> str:
    disc = tag("circle", cx=x, cy=y, r=8, fill=ink)
    ring = tag("circle", cx=x, cy=y, r=7, fill=PAPER, stroke=ink, stroke_width=2)
    match status:
        case Status.REALISED:
            square = tag("rect", x=x - 8, y=y - 8, width=16, height=16, fill=ink)
            cross = trail((x - 4, y - 4), (x + 4, y + 4)) + trail((x + 4, y - 4), (x - 4, y + 4))
            return square + path(cross, PAPER)
        case Status.EXPIRED:
            triangle = tag(
                "path", d=trail((x, y - 9), (x + 9, y + 8), (x - 9, y + 8), closed=True), fill=ink
            )
            return triangle + path(
                trail((x, y - 4), (x, y + 2)) + trail((x, y + 4), (x, y + 6)), PAPER
            )
        case Status.NOT_RUN:
            dashed = {"stroke_dasharray": "3 3"}
            return tag("circle", cx=x, cy=y, r=7, fill=PAPER, stroke=ink, stroke_width=2, **dashed)
        case Status.ACCEPTED:
            half = tag("path", d=f"M{x} {y - 7}A7 7 0 0 0 {x} {y + 7}Z", fill=ink)
            return ring + half
        case Status.HELD:
            return disc + path(trail((x - 4, y), (x - 1, y + 3), (x + 4, y - 3)), PAPER)
        case Status.NOT_APPLICABLE:
            return ring + path(trail((x - 3, y), (x + 3, y)), ink)
