"""
Whether one question takes longer to answer than another.

The two are asked in pairs, each pair in an order drawn by lot, so that whatever
else the machine is doing falls on both alike. Then, if the one is not slower by
more than some least effect in at least half of the pairs, the number of pairs in
which it is follows a binomial distribution at most: a sign test, exact whatever
the noise looks like. A busy machine makes the test see less and accuse no more.
"""

import math
import random
import time
from collections.abc import Callable, Sequence

LEAST = 0.001
"""Seconds: less than this nobody can read over a network, nor we on a busy machine."""

ALPHA = 1e-3
ROUNDS = 3
"""A difference counts if it is seen in so many rounds, one after the other."""

Ask = Callable[[], object]


def differences(one: Ask, other: Ask, pairs: int, chance: random.Random) -> list[float]:
    """Return by how many seconds *one* took longer than *other*, pair by pair."""
    found = []
    for _ in range(pairs):
        if chance.random() < 0.5:  # noqa: PLR2004  a coin
            slower, quicker = _seconds(one), _seconds(other)
        else:
            quicker, slower = _seconds(other), _seconds(one)
        found.append(slower - quicker)
    return found


def direction(found: Sequence[float], least: float = LEAST, alpha: float = ALPHA) -> int:
    """Return 1 if the one is slower by more than *least*, -1 if the other is, 0 if neither."""
    enough = needed(len(found), alpha)
    if sum(each > least for each in found) >= enough:
        return 1
    return -1 if sum(each < -least for each in found) >= enough else 0


def needed(pairs: int, alpha: float = ALPHA) -> int:
    """Return in how many pairs one has to be slower for chance to be left out, on either side."""
    return next(k for k in range(pairs + 2) if _at_least(k, pairs, 0.5) <= alpha / 2)


def missed(pairs: int, share: float, rounds: int = ROUNDS) -> float:
    """Return how likely a difference that shows in *share* of the pairs goes unseen."""
    return 1 - _at_least(needed(pairs), pairs, share) ** rounds


def told(one: Ask, other: Ask, pairs: int, chance: random.Random) -> bool:
    """Whether one question is slower than the other, the same one, in every round."""
    ways = set()
    for _ in range(ROUNDS):
        ways.add(direction(differences(one, other, pairs, chance)))
        if len(ways) > 1 or 0 in ways:
            return False
    return True


def _seconds(ask: Ask) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def _at_least(count: int, of: int, share: float) -> float:
    """Return the probability that *count* or more of *of* succeed, each with *share*."""
    ways = (math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))
    return sum(ways)
