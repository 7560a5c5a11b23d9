"""
What is kept, told from how much a target grows: the probe that encryption does not blind.

Applicants are enrolled in batches whose scans differ in size; after each batch
the target settles and all its surfaces are measured. A *sample* is one batch:
the bytes of scans shown, and the bytes the surfaces grew by. Vary scans widely
(0.05 to 4 MB), shuffle the order, and use incompressible scans.

Three kinds of retention, three instruments: a share of every scan shows in
:func:`slope`; whole scans of a few people show in :func:`largest_step`; a
fixed amount per person shows in neither (compare with a control arm). All are
blind to space reserved beforehand and to places that were not declared.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from idaudit.checks.probes.student import quantile
from idaudit.threatmodel.errors import Inconclusive, UsageError

Sample = tuple[int, int]
"""Bytes of scans shown in one batch, and bytes all surfaces grew by."""

FEWEST = 3
QUIET = 64 * 1024
"""Batches without any retention have been seen to grow by up to 49 KB more than usual."""
_MAD_TO_SIGMA = 1.4826  # of normal noise


@dataclass(frozen=True, slots=True)
class Slope:
    """Bytes kept for each byte shown, with a confidence interval."""

    value: float
    low: float
    high: float
    points: int

    def hides(self, weight: float, allowed: float = 0.0) -> bool:
        """Whether it may be no more than is *allowed*, and as well a whole *weight*: noise."""
        return self.low <= allowed and self.high >= weight


@dataclass(frozen=True, slots=True)
class Step:
    """The batch that grew most beyond the usual."""

    batch: int  # its index
    excess: float  # bytes beyond the median batch
    threshold: float  # what no excess of noise would exceed
    points: int

    @property
    def stands_out(self) -> bool:
        """Whether noise does not explain it."""
        return self.excess > self.threshold


def slope(samples: Sequence[Sample], alpha: float = 0.05) -> Slope:
    """
    Fit growth to scan size by least squares.

    The bound: if growth is a constant, plus a share of the scans, plus normal
    noise that is the same for every batch, then ``low`` to ``high`` covers
    that share in all but *alpha* of runs. So ``high`` is what may be reported
    as "less than so many bytes kept for each byte shown"; "nothing" never may.
    """
    _enough(samples)
    shown, grown = np.array(samples, dtype=np.float64).T
    centred = shown - shown.mean()
    spread = float(centred @ centred)
    if spread == 0:
        raise Inconclusive(
            f"growth: all {len(samples)} batches showed {shown[0]:.0f} bytes; "
            "expected scans of different sizes. Vary the size of the papers."
        )
    value = float(centred @ grown) / spread
    rest = grown - grown.mean() - value * centred
    free = len(samples) - 2
    error = math.sqrt(float(rest @ rest) / free / spread)
    reach = quantile(1 - alpha / 2, free) * error
    return Slope(value, value - reach, value + reach, len(samples))


def largest_step(samples: Sequence[Sample], alpha: float = 0.05, quiet: int = QUIET) -> Step:
    """
    Look for a batch that grew by a whole scan more than the others.

    The bound: where fewer than half of the batches kept something and noise
    is normal, with the spread the middle of the batches shows, no batch
    stands out in all but *alpha* of runs; *quiet* bytes are always taken for
    noise, because page allocation is not normal. A scan smaller than the
    threshold can hide. That a sampled scan fell into the run at all is a
    matter of :func:`enrolments_needed`.
    """
    _enough(samples)
    grown = np.array(samples, dtype=np.float64)[:, 1]
    excess = grown - np.median(grown)
    sigma = _MAD_TO_SIGMA * float(np.median(np.abs(excess)))
    far = statistics.NormalDist().inv_cdf(1 - alpha / len(samples))
    batch = int(np.argmax(excess))
    return Step(batch, float(excess[batch]), max(far * sigma, float(quiet)), len(samples))


def enrolments_needed(rate: float, alpha: float = 0.05) -> int:
    """Return how many enrolments hold at least one kept scan, if *rate* of them are kept."""
    if not 0 < rate < 1:
        raise UsageError(f"growth: a rate of {rate} cannot be sampled; expected 0 < rate < 1")
    return math.ceil(math.log(alpha) / math.log(1 - rate))


def _enough(samples: Sequence[Sample]) -> None:
    if len(samples) < FEWEST:
        raise Inconclusive(
            f"growth: {len(samples)} batches; expected at least {FEWEST}, better 20. "
            "Enrol more batches."
        )
