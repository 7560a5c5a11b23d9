"""
A small learner that guesses a secret from one observation, and what its guesses are worth.

It asks every question there is ("is the third digit a 7?", "is the date after
this one?") and keeps the one that separates two groups best. With hundreds of
questions some separate well by luck; how well luck does is measured by dealing
the labels anew (a permutation test), and a rule that seems better than luck is
put to people it has not seen.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from idaudit.checks.probes.twins import Features
from idaudit.threatmodel.errors import Inconclusive

DEALS = 299
_ALIKE = 1e-9  # what rounding makes of equal advantages
FEWEST = 6
"""People of a kind: fewer are separated from the rest by luck too often to learn from."""

Answers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """One yes-or-no question about what was observed of somebody."""

    feature: str
    value: Hashable
    over: bool  # whether the value is exceeded, as opposed to met

    def ask(self, observed: Features) -> bool:
        """Answer for one person."""
        seen = observed.get(self.feature)
        if self.over:
            return isinstance(seen, int) and isinstance(self.value, int) and seen > self.value
        return seen == self.value


@dataclass(frozen=True, slots=True)
class Learnt:
    """The best questions, and whether luck would have found one as good."""

    questions: Sequence[Question]  # more than one where they tell the groups apart equally well
    advantage: float  # the share of one group that says yes, less that of the other
    probability: float  # that labels dealt by lot are separated as well
    luck: float  # the advantage that luck stays below 99 times in 100
    asked: int  # how many questions there were


def learn(observed: Sequence[Features], first: Sequence[bool], seed: int) -> Learnt:
    """
    Find the questions that best tell the *first* from the others.

    Raises:
        Inconclusive: one of the groups is too small to learn from.

    """
    labels = np.array(first, dtype=bool)
    if min(labels.sum(), (~labels).sum()) < FEWEST:
        raise Inconclusive("a distinguisher cannot learn from fewer than six of each kind")
    questions, answers = _questions(observed)
    if not questions:
        return Learnt((), 0.0, 1.0, 0.0, 0)
    signed = np.where(labels, 1 / labels.sum(), -1 / (~labels).sum())
    scores = np.abs(signed @ answers)
    dealt = np.abs(_deals(signed, seed) @ answers).max(axis=1)
    found = float(scores.max())
    alike = [q for q, score in zip(questions, scores, strict=True) if score >= found - _ALIKE]
    as_good = int((dealt >= found - _ALIKE).sum())
    luck = float(np.quantile(dealt, 0.99))
    best = tuple(chain.from_iterable(alike))
    return Learnt(best, found, (1 + as_good) / (1 + DEALS), luck, len(questions))


def confirmed(
    questions: Sequence[Question], observed: Sequence[Features], first: Sequence[bool]
) -> tuple[Question, float]:
    """
    Return which of *questions* best tells apart people it was not learnt from, and luck's share.

    The second is how likely luck would do as well with any of them. Exact for each:
    the hypergeometric tail, on both sides; times the ways in which they divide these
    people, as Bonferroni has it.
    """
    divisions = {_division(each, observed): each for each in questions}
    tails = {each: _by_luck(yes, first) for yes, each in divisions.items()}
    best = min(tails, key=tails.__getitem__)
    ways = sum(any(yes) for yes in divisions)  # who all answer alike are not divided
    return best, min(1.0, max(1, ways) * tails[best])


def _division(question: Question, observed: Sequence[Features]) -> tuple[bool, ...]:
    """Return how *question* divides people; "is it odd?" and "is it even?" divide them alike."""
    yes = [question.ask(one) for one in observed]
    return tuple(told is not yes[0] for told in yes)


def _by_luck(yes: Sequence[bool], first: Sequence[bool]) -> float:
    mine = sum(told and label for told, label in zip(yes, first, strict=True))
    return _tail(mine, sum(yes), sum(first), len(yes))


def least_seen(group: int, luck: float) -> float:
    """
    Return the share of a group a mark must strike to be told from luck 19 times in 20.

    For a mark that strikes some of the group by chance, and nobody else.
    """
    needed = math.floor(luck * group + 1e-9) + 1
    low, high = 0.0, 1.0
    if needed > group:
        return 1.0
    for _ in range(40):
        middle = (low + high) / 2
        missed = sum(_binomial(count, group, middle) for count in range(needed))
        low, high = (middle, high) if missed > 0.05 else (low, middle)  # noqa: PLR2004  19 in 20
    return high


def _questions(observed: Sequence[Features]) -> tuple[list[list[Question]], Answers]:
    """
    Return every question that some answer with yes and some with no, each answer once.

    Questions that divide these people alike stand together: others may tell them apart.
    """
    found: dict[bytes, tuple[list[Question], Answers]] = {}
    for name in sorted({name for one in observed for name in one}):
        values = [one.get(name) for one in observed]
        for question in _about(name, values):
            answers = np.array([question.ask(one) for one in observed], dtype=np.float64)
            if 0 < answers.sum() < len(answers):
                found.setdefault(answers.tobytes(), ([], answers))[0].append(question)
    columns = [answers for _, answers in found.values()]
    return [q for q, _ in found.values()], np.array(columns).T if columns else np.empty((0, 0))


def _about(name: str, values: Sequence[Hashable]) -> list[Question]:
    """Return the questions about one feature: values that repeat, and limits of numbers."""
    distinct = set(values)
    asked = [Question(name, v, over=False) for v in distinct if values.count(v) > 1]
    numbers = sorted(v for v in distinct if isinstance(v, int))
    return asked + [Question(name, number, over=True) for number in numbers[:-1]]


def _deals(signed: Answers, seed: int) -> Answers:
    """Return the labels dealt anew, once a row."""
    chance = np.random.default_rng(seed)
    return chance.permuted(np.tile(signed, (DEALS, 1)), axis=1)


def _tail(mine: int, yes: int, first: int, everybody: int) -> float:
    """Return the probability of a split at least as unlikely as this one."""
    ways = {k: _split(k, yes, first, everybody) for k in range(min(yes, first) + 1)}
    here = ways[mine] * (1 + 1e-9)
    return min(1.0, sum(chance for chance in ways.values() if chance <= here))


def _split(mine: int, yes: int, first: int, everybody: int) -> float:
    among = math.comb(first, mine) * math.comb(everybody - first, yes - mine)
    return among / math.comb(everybody, yes)


def _binomial(count: int, of: int, share: float) -> float:
    return math.comb(of, count) * share**count * (1 - share) ** (of - count)
