"""
Twins: two groups of applicants who differ in one secret and in nothing else.

Whatever tells the groups apart (a column, the length of an answer, how many
rows were written) gives the secret away. Each applicant is described by
*features*; a *tell* is a feature whose values never coincide between the
groups although they repeat within them.

Enrol the two groups interleaved (first, second, first, ...): what drifts with
time then falls on both alike.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from idaudit.threatmodel.errors import Inconclusive

Features = Mapping[str, Hashable]
"""What can be observed of one applicant: "registry:applications.kind", "answer:length"."""

Tables = Mapping[str, Sequence[Mapping[str, object]]]
"""A tabular surface at one moment."""

LONGEST = 64
"""A longer text is described by its length alone, as a blob is."""

_ABSENT = ("no such feature",)


@dataclass(frozen=True, slots=True)
class Tell:
    """One feature that separates the twins."""

    feature: str
    probability: float  # that chance alone separates them so, the values being what they are


def tells(first: Sequence[Features], second: Sequence[Features], alpha: float = 0.01) -> list[Tell]:
    """
    Return the features that tell *first* from *second*, the surest first.

    If the groups do not differ, every way to deal the observed values to the
    applicants is as likely as any other, so the probability that a feature
    separates them is exact: it is counted, not estimated. Values that are all
    different (ids, clocks, ciphertexts) separate in every deal and prove
    nothing. The chance that anything is reported without cause is at most
    *alpha* over all features together: Bonferroni's correction, counting only
    features that could be reported at all (Tarone 1990), and once those that
    divide the applicants alike: they separate in the same deals, so a hundred of
    them, as when one of two applicants is refused, are one chance and not a hundred.
    """
    _enough(len(first), len(second), alpha)
    names = sorted({name for one in (*first, *second) for name in one})
    found = [_tell(name, first, second) for name in names]
    chances = {_division(each.feature, first, second): each.probability for each, _ in found}
    limit = alpha / _testable(list(chances.values()), alpha)
    told = [each for each, separate in found if separate and each.probability <= limit]
    return sorted(told, key=lambda tell: (tell.probability, tell.feature))


def row_features(before: Tables, after: Tables, prefix: str = "") -> Features:
    """
    Describe what one applicant left in a tabular surface, from two snapshots.

    For each table the number of rows gained and lost; for each column of the
    gained rows the plain values, and the lengths of texts and blobs. Several
    rows are described together, in no order.
    """
    features: dict[str, Hashable] = {}
    for table in sorted({*before, *after}):
        old, new = (Counter(map(_frozen, rows.get(table, ()))) for rows in (before, after))
        gained = list((new - old).elements())
        features[f"{prefix}{table}:gained"] = len(gained)
        features[f"{prefix}{table}:lost"] = (old - new).total()
        for column in sorted({name for row in gained for name, _ in row}):
            values = [dict(row).get(column) for row in gained]
            features[f"{prefix}{table}.{column}"] = _bag(map(_plain, values))
            features[f"{prefix}{table}.{column}:length"] = _bag(map(_length, values))
    return features


def _tell(name: str, first: Sequence[Features], second: Sequence[Features]) -> tuple[Tell, bool]:
    """Return a feature's probability of separating, and whether it does."""
    ones = Counter(one.get(name, _ABSENT) for one in first)
    others = Counter(one.get(name, _ABSENT) for one in second)
    sizes = (ones + others).values()
    separate = not ones.keys() & others.keys()
    return Tell(name, _chance(sizes, len(first), len(second))), separate


def _division(name: str, first: Sequence[Features], second: Sequence[Features]) -> tuple[int, ...]:
    """Return how a feature divides the applicants: who has the same value has the same number."""
    numbers: dict[Hashable, int] = {}
    values = (one.get(name, _ABSENT) for one in (*first, *second))
    return tuple(numbers.setdefault(value, len(numbers)) for value in values)


def _chance(sizes: Iterable[int], first: int, second: int) -> float:
    """Return the share of deals in which every value falls to one group as a whole."""
    ways = [1] + [0] * first  # how many sets of values are shared by so many applicants
    for size in sizes:
        for total in range(first, size - 1, -1):
            ways[total] += ways[total - size]
    return ways[first] / math.comb(first + second, first)


def _testable(chances: Sequence[float], alpha: float) -> int:
    """Return the least k for which at most k features could pass at alpha / k."""
    return next(
        k
        for k in range(1, len(chances) + 2)
        if sum(0 < chance <= alpha / k for chance in chances) <= k
    )


def _enough(first: int, second: int, alpha: float) -> None:
    """Refuse to judge groups so small that even a perfect tell could be chance."""
    best = (2 if first == second else 1) / math.comb(first + second, first)
    if best > alpha:
        raise Inconclusive(
            f"twins: {first} and {second} applicants separate by chance with probability "
            f"{best:.3g} or more; expected at most {alpha:g}. Enrol more twins."
        )


def _frozen(row: Mapping[str, object]) -> tuple[tuple[str, Hashable], ...]:
    return tuple((name, _hashable(value)) for name, value in sorted(row.items()))


def _hashable(value: object) -> Hashable:
    return value if isinstance(value, Hashable) else repr(value)


def _bag(values: Iterable[Hashable]) -> Hashable:
    """Return *values* without their order; a single one as itself."""
    ordered = tuple(sorted(values, key=repr))
    return ordered[0] if len(ordered) == 1 else ordered


def _plain(value: object) -> Hashable:
    """Return a short plain value as it is, and of others only what they are."""
    if isinstance(value, bytes) or (isinstance(value, str) and len(value) > LONGEST):
        return type(value).__name__
    return _hashable(value)


def _length(value: object) -> Hashable:
    """Return the length of a text or blob."""
    return len(value) if isinstance(value, str | bytes) else None
