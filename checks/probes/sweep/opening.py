"""Where and how a container begins, as those who look at its header say it."""

from collections.abc import Callable
from dataclasses import dataclass

from idaudit.checks.probes.sweep.decoders import Decoder

PROBE = 512
"""How many bytes must decode before a candidate is believed; deflate headers are up to 300."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a stream may begin, and what would decode it."""

    at: int
    decoder: Callable[[], Decoder] | None
    names: tuple[str, ...] = ()  # what the form calls it, where that is not the container's name


@dataclass(frozen=True, slots=True)
class Start:
    """Where a stream begins, whether its first bytes lie in it as they are, what decodes it."""

    at: int
    stored: bool
    decoder: Callable[[], Decoder]
    names: tuple[str, ...]
