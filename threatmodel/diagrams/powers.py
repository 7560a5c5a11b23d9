"""
The authority map: a band for each kind of power, the strongest first.

Each row is one power: who holds it, over whom, what it can do, where it ends,
and which papers are held out for it, with the one right answer to each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from idaudit.threatmodel.diagrams.lettering import wrap
from idaudit.threatmodel.diagrams.marks import mark
from idaudit.threatmodel.diagrams.node import SHAPES, Node, draw_node, node
from idaudit.threatmodel.diagrams.page import INNER, MARGIN, Drawing
from idaudit.threatmodel.diagrams.papers import Paper, draw_papers, papers, papers_height
from idaudit.threatmodel.diagrams.svg import (
    INK,
    RULE,
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
from idaudit.threatmodel.diagrams.views import View
from idaudit.threatmodel.model import AttackModel
from idaudit.threatmodel.system import AuthorityBoundary, Element, Flow, Power

_BANDS: Mapping[Power, tuple[str, str, str]] = {
    Power.COMPEL: ("Can compel", "make others hand over what they have", ""),
    Power.FREEZE: ("Can freeze", "forbid others to destroy what they have", ""),
    Power.DIRECT: ("Can direct", "change the rules that others work by", ""),
    Power.SIGN: ("Must sign", "without them it does not happen", "8 3"),
    Power.ASK: ("May only ask", "and make nobody do anything", "2 4"),
}
VERBS = {power: head for power, (head, _, _) in _BANDS.items()}
"""What each power is called: "Can compel"."""

_HOLDER, _ARROW, _OVER, _TEXT, _GAP = 176, 72, 176, 344, 24
_PAPERS = INNER - _HOLDER - _ARROW - _OVER - _TEXT - 2 * _GAP


@dataclass(frozen=True, slots=True)
class Row:
    """One power with its words broken to their columns."""

    boundary: AuthorityBoundary
    holder: Node
    over: tuple[Node, ...]
    what: tuple[str, ...]
    limit: tuple[str, ...]
    flows: tuple[tuple[Flow, tuple[str, ...]], ...]
    papers: tuple[Paper, ...]

    @property
    def level(self) -> int:
        """How high the holder's box is: no lower than the first it reaches."""
        return max(self.holder.height, self.over[0].height)

    @property
    def height(self) -> int:
        """What the highest of its columns needs."""
        over = sum(each.height + 8 for each in self.over) - 8
        told = sum(len(words) for _, words in self.flows)
        prose = (len(self.what) + len(self.limit)) * leading(14) + 24
        prose += told * leading(13) + 6 * len(self.flows)
        return max(self.level, over, prose, papers_height(self.papers)) + 24


def draw_powers(view: View, attack: AttackModel, found: Tallies) -> Drawing:
    """Draw *view* as the authority map."""
    drawn, y = [_heads()], 32
    carried = carriers(view.flows, list(attack.authority_boundaries.values()))
    for power, (head, what, dashes) in _BANDS.items():
        rows = [
            _row(each, carried[each.id], found)
            for each in attack.authority_boundaries.values()
            if each.power is power
        ]
        if rows:
            drawn.append(_band(head, what, y))
            y += 44
        for row in rows:
            drawn.append(_draw(row, found, y, dashes))
            y += row.height
    told = " ".join(f"{b.holder.name}: {b.what}" for b in attack.authority_boundaries.values())
    return Drawing("".join(drawn), y, told, SHAPES)


def carriers(
    flows: Sequence[Flow], boundaries: Sequence[AuthorityBoundary]
) -> Mapping[str, list[Flow]]:
    """
    Return for each power the flows by which it arrives.

    A flow belongs to its source's power over its target; where there is none,
    to the first power its source holds.
    """
    carried: dict[str, list[Flow]] = {each.id: [] for each in boundaries}
    for flow in flows:
        held = [each for each in boundaries if each.holder.id == flow.source.id]
        over = [each for each in held if any(one.id == flow.target.id for one in each.over)]
        carried[(over or held)[0].id].append(flow)
    return carried


def _row(boundary: AuthorityBoundary, flows: Sequence[Flow], found: Tallies) -> Row:
    def box(element: Element) -> Node:
        return node(element, found.elements[element.id], _HOLDER)

    return Row(
        boundary=boundary,
        holder=box(boundary.holder),
        over=tuple(map(box, boundary.over)),
        what=wrap(boundary.what, 14, _TEXT, bold=True),
        limit=wrap(boundary.limit, 14, _TEXT),
        flows=tuple((flow, wrap(flow.what, 13, _TEXT - 24)) for flow in flows),
        papers=papers(boundary.instruments, _PAPERS),
    )


def _heads() -> str:
    over = MARGIN + _HOLDER + _ARROW
    prose = over + _OVER + _GAP
    heads = (
        (MARGIN, "Who"), (over, "Over whom"), (prose, "What, and where it ends"),
        (prose + _TEXT + _GAP, "Papers, and the right answer"),
    )  # fmt: skip
    return group("heads", *(text(x, 16, head, size=16, bold=True) for x, head in heads))


def _band(head: str, what: str, y: int) -> str:
    return group(
        "section",
        tag("rect", x=MARGIN, y=y, width=INNER, height=36, fill=INK),
        text(MARGIN + 12, y + 24, head, size=16, bold=True, fill=WHITE),
        text(MARGIN + _HOLDER + _ARROW, y + 24, what, size=14, fill=WHITE),
    )


def _draw(row: Row, found: Tallies, y: int, dashes: str) -> str:
    top, over_x = y + 12, MARGIN + _HOLDER + _ARROW
    prose_x = over_x + _OVER + _GAP
    boxes, at = [draw_node(row.holder, MARGIN, top, row.level)], top
    for each in row.over:
        boxes.append(draw_node(each, over_x, at, each.height))
        at += each.height + 8
    rule = tag("rect", x=MARGIN, y=y + row.height - 1, width=INNER, height=1, fill=RULE)
    listed = draw_papers(row.papers, prose_x + _TEXT + _GAP, top)
    return group(
        f"authority {row.boundary.power}", rule, _arrows(row, top, dashes), *boxes,
        _prose(row, found, prose_x, top), listed, authority=row.boundary.id,
    )  # fmt: skip


def _arrows(row: Row, top: int, dashes: str) -> str:
    """Return a line from the holder to each of those it reaches."""
    start, end = MARGIN + _HOLDER, MARGIN + _HOLDER + _ARROW
    from_y, drawn, at = top + row.over[0].height // 2, [], top
    extra = {"stroke_dasharray": dashes} if dashes else {}
    middle = start + _ARROW // 2
    for each in row.over:
        y = at + each.height // 2
        way = trail((start, from_y), (middle, from_y), (middle, y), (end - 10, y))
        head = trail((end - 1, y), (end - 12, y - 6), (end - 12, y + 6), closed=True)
        drawn += [path(way, INK, **extra), tag("path", d=head, fill=INK)]
        at += each.height + 8
    return "".join(drawn)


def _prose(row: Row, found: Tallies, x: int, top: int) -> str:
    y = top + 14
    drawn = [lines(x, y, row.what, bold=True)]
    y += len(row.what) * leading(14) + 4
    drawn.append(lines(x, y, row.limit))
    y += len(row.limit) * leading(14) + 8
    for flow, words in row.flows:
        tally = found.flows[flow.id]
        inside = mark(tally.worst, x + 8, y - 4) + lines(x + 24, y, words, size=13, fill=SOFT)
        drawn.append(group(f"flow {tally.css}", inside, flow=flow.id, title=tally.words))
        y += len(words) * leading(13) + 6
    return "".join(drawn)
