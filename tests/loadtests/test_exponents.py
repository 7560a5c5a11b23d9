"""Growth is told from noise, and noise from knowing."""

import numpy as np
import pytest

from idaudit.loadtests.exponents import (
    FEWEST,
    Interval,
    exponent,
    middle,
    oracle_sentence,
    per_tenfold,
    sentence,
)
from idaudit.threatmodel.errors import Inconclusive

SIZES = (1_000, 100_000, 1_200_000)
LARGEST = SIZES[-1] / SIZES[0]


def times(x: float, noise: float, turns: int = 8, seed: int = 1) -> dict[int, list[float]]:
    """Return times that grow as n^x; each is off by a factor of about e^noise."""
    dice = np.random.default_rng(seed)
    return {
        size: [0.01 * size**x * float(np.exp(dice.normal(0, noise))) for _ in range(turns)]
        for size in SIZES
    }


@pytest.mark.parametrize("x", [-0.2, 0.0, 0.1, 0.5, 1.0])
def test_an_exponent_lies_within_its_bounds(x: float) -> None:
    """For whatever exponent; ninety-nine of a hundred times, and these are a hundred."""
    found = [exponent(times(x, 0.2, seed=seed)) for seed in range(100)]

    assert sum(each.low <= x <= each.high for each in found) >= 95
    assert all(each.low < each.value < each.high for each in found)


def test_what_grows_is_said_to_grow_and_by_how_much() -> None:
    """As the root of the roster: thirty-five times as long with 1,200 times as many."""
    told = sentence(exponent(times(0.5, 0.05)), LARGEST)

    assert told.startswith("grows as n^0.5")
    assert "with 1,200 times the roster" in told


def test_what_noise_hides_is_not_called_flat() -> None:
    """The same middle, once within narrow bounds and once within wide ones."""
    narrow, wide = (Interval(0.0, -each, each, 8) for each in (0.05, 0.5))

    assert sentence(narrow, LARGEST).startswith(
        "flat: n^0.00 (-0.05 to 0.05), so at most 1.4 times"
    )
    assert sentence(wide, LARGEST).startswith(
        "not shown: n^0.00 (-0.50 to 0.50), so it may take 34.6"
    )
    assert sentence(exponent(times(0.0, 0.02)), LARGEST).startswith("flat")
    assert sentence(exponent(times(0.0, 1.5)), LARGEST).startswith("not shown")


def test_what_gets_quicker_is_no_slower() -> None:
    """A first size that was cold makes the others look quick."""
    assert sentence(Interval(-0.1, -0.15, -0.05, 8), LARGEST).startswith("flat")


def test_a_difference_is_told_by_roster() -> None:
    """One that grows with the logarithm of the roster is as much for each ten times as many."""
    grows = {size: [0.01 * np.log10(size) + each for each in (0, 1e-5, -1e-5)] for size in SIZES}

    assert per_tenfold(grows).value == pytest.approx(0.01, rel=0.01)
    assert "slower for whoever is on it, +10.0 ms" in oracle_sentence(
        1_000, Interval(0.01, 0.008, 0.012, 8)
    )
    assert "nothing shown" in oracle_sentence(1_000, Interval(0.01, -0.008, 0.028, 8))


def test_too_little_says_nothing() -> None:
    """One size, too few turns, or turns that some sizes missed."""
    with pytest.raises(Inconclusive, match="expected at least 3"):
        middle([1.0] * (FEWEST - 1))
    with pytest.raises(Inconclusive, match="two sizes or more"):
        exponent({1_000: [1.0, 2.0, 3.0]})
    with pytest.raises(Inconclusive, match="in every turn"):
        exponent({1_000: [1.0, 2.0, 3.0], 2_000: [1.0, 2.0]})
