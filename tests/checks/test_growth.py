"""Growth shows what is kept, and says how surely."""

import random

import pytest

from idaudit.checks.probes.growth import Sample, Slope, enrolments_needed, largest_step, slope
from idaudit.checks.probes.student import quantile
from idaudit.threatmodel.errors import Inconclusive, UsageError


def batches(seed: int, kept: float, noise: float = 2500.0, count: int = 20) -> list[Sample]:
    """Simulate batches of a target that keeps a share of every scan."""
    dice = random.Random(seed)  # noqa: S311  simulation
    shown = [dice.randint(50_000, 4_000_000) for _ in range(count)]
    return [(size, round(9000 + kept * size + dice.gauss(0, noise))) for size in shown]


@pytest.mark.parametrize("kept", [0.01, 0.3, 1.0])
def test_a_kept_share_of_every_scan_is_measured(kept: float) -> None:
    """The share kept lies in a narrow interval that excludes zero."""
    fit = slope(batches(1, kept))

    assert fit.low < kept < fit.high
    assert fit.low > 0
    assert fit.high - fit.low < 0.005


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """At 90 % confidence about nine runs in ten cover the true slope."""
    fits = [slope(batches(seed, 0.0), alpha=0.1) for seed in range(500)]

    covered = sum(fit.low <= 0 <= fit.high for fit in fits)

    assert 0.86 * 500 < covered < 0.94 * 500


def test_an_exact_line_is_fitted_exactly() -> None:
    """Without noise nothing remains unknown."""
    fit = slope([(size, 100 + 2 * size) for size in (10, 20, 50, 70)])

    assert (fit.value, fit.low, fit.high) == pytest.approx((2, 2, 2))
    assert fit.points == 4


@pytest.mark.parametrize("samples", [[], [(1, 1), (2, 2)], [(5, 1), (5, 2), (5, 3)]])
def test_too_little_to_see_is_no_verdict(samples: list[Sample]) -> None:
    """Two batches fit any line, and scans of one size fit none."""
    with pytest.raises(Inconclusive):
        slope(samples)


def test_one_kept_scan_steps_out_of_the_rest() -> None:
    """A whole scan kept in one batch of twenty is named, where the slope is blind to it."""
    samples = batches(3, 0.0)
    samples[13] = (samples[13][0], samples[13][1] + 900_000)

    step = largest_step(samples)

    assert step.stands_out
    assert step.batch == 13
    assert slope(samples).low < 0 < slope(samples).high


def test_noise_does_not_step_out() -> None:
    """Among 300 quiet runs hardly any has a batch that stands out, even without a quiet zone."""
    alarms = sum(largest_step(batches(seed, 0.0), quiet=0).stands_out for seed in range(300))
    quiet = sum(largest_step(batches(seed, 0.0)).stands_out for seed in range(300))

    assert alarms < 0.2 * 300  # the spread of twenty batches is itself only estimated
    assert quiet == 0


def test_the_sample_must_be_large_enough_to_hold_what_is_sampled() -> None:
    """The published figures for one per cent, at 95 and 99 per cent."""
    assert enrolments_needed(0.01) == 299
    assert enrolments_needed(0.01, alpha=0.01) == 459
    with pytest.raises(UsageError):
        enrolments_needed(0)


@pytest.mark.parametrize(
    ("probability", "freedom", "expected"),
    [(0.975, 1, 12.7062), (0.975, 2, 4.30265), (0.995, 5, 4.03214), (0.025, 18, -2.10092)],
)
def test_quantiles_are_those_of_the_printed_tables(
    probability: float, freedom: int, expected: float
) -> None:
    """Student's quantiles agree with the tables to five digits."""
    assert quantile(probability, freedom) == pytest.approx(expected, rel=1e-5)


def test_noise_that_could_hide_a_whole_paper_is_no_proof_that_none_is_kept() -> None:
    """Between nothing and twice its weight, anything may be kept: that shows nothing."""
    coarse, fine = Slope(20_000, -25_000, 65_000, 4), Slope(100, -300, 500, 4)

    assert coarse.hides(30_000)
    assert not fine.hides(30_000)
    assert not Slope(31_000, 29_000, 33_000, 4).hides(30_000, allowed=512)  # that is broken
