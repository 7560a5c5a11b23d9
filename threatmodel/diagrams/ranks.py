"""
Which column an element stands in, and in which order within it.

Columns by the longest path from where the story begins; order by the middle of
its neighbours, then by id, as layered drawings have it since Sugiyama.
"""

from collections.abc import Iterable, Mapping, Sequence

from idaudit.threatmodel.system import Flow

Edge = tuple[str, str]


def ranks(ids: Sequence[str], flows: Iterable[Flow]) -> dict[str, int]:
    """Return the column of each of *ids*, from 0."""
    edges = forward((flow.source.id, flow.target.id) for flow in flows)
    rank = dict.fromkeys(ids, 0)
    for _ in ids:  # the longest path visits each of them once at most
        for source, target in edges:
            rank[target] = max(rank[target], rank[source] + 1)
    reached = {target for _, target in edges}
    for id_ in ids:
        after = [rank[target] for source, target in edges if source == id_]
        if id_ not in reached and after:  # it joins the story late: stand beside where it does
            rank[id_] = min(after) - 1
    return rank


def forward(edges: Iterable[Edge]) -> list[Edge]:
    """Return *edges*, each once, without those that would close a circle."""
    kept: list[Edge] = []
    for source, target in edges:
        if (source, target) not in kept and not _leads(kept, target, source):
            kept.append((source, target))
    return kept


def _leads(edges: Sequence[Edge], start: str, end: str) -> bool:
    reached = {start}
    for _ in edges:
        reached |= {target for source, target in edges if source in reached}
    return end in reached


def ordered(cells: Mapping[Edge, Sequence[str]], edges: Sequence[Edge]) -> dict[Edge, list[str]]:
    """
    Order the elements of each cell, a lane and a column, by the middle of their neighbours.

    Cells come in the order of the lanes, and places are counted down the whole
    drawing, so that a neighbour in another lane pulls too.
    """
    order = {cell: sorted(ids) for cell, ids in cells.items()}
    for _ in range(4):  # it settles after two or three
        for ids in order.values():  # one by one, or two neighbours would swap for ever
            place = {
                id_: 10 * n for n, id_ in enumerate(i for each in order.values() for i in each)
            }
            ids.sort(key=lambda id_: (_middle(id_, edges, place), id_))
    return order


def _middle(id_: str, edges: Sequence[Edge], place: Mapping[str, int]) -> int:
    beside = [place[other] for edge in edges if id_ in edge for other in edge if other != id_]
    return sum(beside) // len(beside) if beside else place[id_]
