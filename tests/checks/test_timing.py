"""A question that takes longer is seen, and a busy machine accuses nobody."""

import random
from collections.abc import Callable

import pytest

from idaudit.checks.probes import timing
from idaudit.checks.probes.timing import LEAST, direction, missed, needed, told

PAIRS = 40


class Clock:
    """A clock that moves when somebody asks, by as much as they take and by chance."""

    def __init__(self, noise: float, seed: int) -> None:
        """Start at nothing; *noise* is how much else goes on, on the average."""
        self.now, self.noise, self.dice = 0.0, noise, random.Random(seed)  # noqa: S311  simulation

    def asking(self, seconds: float) -> Callable[[], None]:
        """Return a question that takes so long, and longer while the machine is busy."""

        def ask() -> None:
            self.now += seconds + self.dice.expovariate(1 / self.noise)

        return ask


def slower_is_told(monkeypatch: pytest.MonkeyPatch, by: float, noise: float, seed: int) -> bool:
    """Whether a question that takes so much longer is told from another."""
    clock = Clock(noise, seed)
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock.now)
    questions = clock.asking(0.005 + by), clock.asking(0.005)
    return told(*questions, PAIRS, random.Random(seed))  # noqa: S311  simulation


@pytest.mark.parametrize("seed", range(20))
def test_no_difference_is_told_of_none(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """However busy the machine is."""
    assert not slower_is_told(monkeypatch, 0.0, 0.05, seed)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_less_than_the_least_effect_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """However clearly it can be measured."""
    assert not slower_is_told(monkeypatch, LEAST / 2, 0.00001, seed)


@pytest.mark.parametrize("by", [0.01, -0.01])
def test_what_takes_longer_is_told(monkeypatch: pytest.MonkeyPatch, by: float) -> None:
    """Whichever of the two it is."""
    assert slower_is_told(monkeypatch, by, 0.002, 1)


def test_one_slow_answer_in_three_is_not_enough() -> None:
    """Half of the pairs and more have to be slower, or it is chance."""
    found = [0.01 if pair % 3 == 0 else 0.0 for pair in range(PAIRS)]

    assert direction(found) == 0


def test_enough_pairs_are_as_many_as_chance_does_not_bring() -> None:
    """Of forty coins thirty-one or more fall alike on a side in 3 of 10,000 throws."""
    assert needed(PAIRS) == 31


def test_what_always_shows_is_never_missed() -> None:
    """And what shows in half of the pairs nearly always is."""
    assert missed(PAIRS, 1.0) == pytest.approx(0)
    assert missed(PAIRS, 0.5) > 0.99
