"""Student's t distribution, as far as a confidence interval needs it."""

import math

_TERMS = 400
_TINY = 1e-300


def quantile(probability: float, freedom: int) -> float:
    """Return the value that a t variable of *freedom* degrees stays below with *probability*."""
    if probability < 0.5:  # noqa: PLR2004  the distribution is symmetric about 0
        return -quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while below(high, freedom) < probability:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def below(value: float, freedom: int) -> float:
    """Return the probability that a t variable is below *value*, for *value* >= 0."""
    share = freedom / (freedom + value * value)
    return 1 - _incomplete_beta(freedom / 2, 0.5, share) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function."""
    if x in {0.0, 1.0}:
        return x
    if x > (a + 1) / (a + b + 2):  # the fraction converges on the other side
        return 1 - _incomplete_beta(b, a, 1 - x)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x)) / a
    return front * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function (Lentz's method)."""
    value, above, under = 1.0, 1.0, 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    value = under
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            under = 1 / (1 + term * under or _TINY)
            above = 1 + term / above or _TINY
            value *= above * under
        if abs(above * under - 1) < 1e-15:  # noqa: PLR2004  as near as floats come
            break
    return value
