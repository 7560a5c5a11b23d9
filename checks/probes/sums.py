"""
What follows from published sums by adding and taking away.

A published number is a sum over groups of people. Whoever knows some sums knows
every combination of them; whether a further sum is among those is a question of
linear algebra over the fractions, answered exactly.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Group = TypeVar("Group", bound=Hashable)
Row = dict[Hashable, Fraction]


def follows(wanted: Collection[Hashable], known: Iterable[Collection[Hashable]]) -> bool:
    """Whether the sum over *wanted* groups follows from the sums over each of *known*."""
    return not _reduced(_row(wanted), _echelon(known))


def small(
    atoms: Mapping[Group, int],
    cells: Mapping[str, frozenset[Group]],
    told: Collection[str],
    floor: int,
) -> Sequence[str]:
    """
    Return the names of those *cells* whose few people can be worked out from what is *told*.

    *atoms* says how many people each finest group has, *cells* of which groups each
    number is the sum, and *told* which of the numbers are published. Few are more
    than none and fewer than *floor*.
    """
    known = [cells[name] for name in told]
    counted = {name: sum(atoms[each] for each in groups) for name, groups in cells.items()}
    few = [name for name, count in counted.items() if 0 < count < floor]
    return [name for name in few if follows(cells[name], known)]


def _echelon(known: Iterable[Collection[Hashable]]) -> dict[Hashable, Row]:
    """Return rows that span what is *known*, each by the group it was solved for."""
    rows: dict[Hashable, Row] = {}
    for groups in known:
        rest = _reduced(_row(groups), rows)
        if rest:
            lead = next(iter(rest))
            rows[lead] = {group: value / rest[lead] for group, value in rest.items()}
    return rows


def _reduced(row: Row, rows: Mapping[Hashable, Row]) -> Row:
    """Return what is left of *row* once every one of *rows* is taken away, in their order."""
    rest = dict(row)
    for lead, other in rows.items():
        factor = rest.get(lead, Fraction(0))
        for group, value in other.items():
            rest[group] = rest.get(group, Fraction(0)) - factor * value
    return {group: value for group, value in rest.items() if value}


def _row(groups: Collection[Hashable]) -> Row:
    return {group: Fraction(1) for group in groups}
