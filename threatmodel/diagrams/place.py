"""One place of the copies map: its box, where it stands, and what ends what lies there."""

from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import mark
from idaudit.threatmodel.diagrams.node import Node, draw_node, node
from idaudit.threatmodel.diagrams.svg import SOFT, group, leading, lines
from idaudit.threatmodel.diagrams.tallies import Tallies, Tally
from idaudit.threatmodel.diagrams.views import View, destroys
from idaudit.threatmodel.system import Element, Flow

_WIDTH, _SMALL = 216, 12


@dataclass(frozen=True, slots=True)
class Ending:
    """One order to destroy that reaches a place."""

    flow: Flow
    tally: Tally
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place with its words broken to its width."""

    node: Node
    where: tuple[str, ...]
    endings: tuple[Ending, ...]

    @property
    def height(self) -> int:
        """What its words need."""
        small = len(self.where) + sum(len(each.words) for each in self.endings)
        return self.node.height + small * leading(_SMALL) + 6 * len(self.endings) + 4


def place_of(element: Element, view: View, found: Tallies) -> Place:
    """Return *element* as a place, with the orders of *view* that end what lies there."""
    ends = [flow for flow in view.flows if flow.target.id == element.id and destroys(flow)]
    return Place(
        node=node(element, found.elements[element.id], _WIDTH),
        where=wrap(element.boundary.name, _SMALL, _WIDTH),
        endings=tuple(
            Ending(flow, found.flows[flow.id], wrap(flow.what, _SMALL, _WIDTH - 22))
            for flow in ends
        ),
    )


def draw_place(place: Place, x: int, y: int) -> str:
    """Return the place at *x*, *y*."""
    below = y + place.node.height + 16
    drawn = [draw_node(place.node, x, y, place.node.height)]
    drawn.append(lines(x, below, place.where, size=_SMALL, fill=SOFT))
    below += len(place.where) * leading(_SMALL) + 5
    for each in place.endings:
        words = lines(x + 22, below, each.words, size=_SMALL)
        shown = mark(each.tally.worst, x + 9, below - 4)
        drawn.append(group(f"flow {each.tally.css}", shown, words, flow=each.flow.id))
        below += len(each.words) * leading(_SMALL) + 6
    return "".join(drawn)
