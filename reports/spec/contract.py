"""
The shape of the adapter contract, as a tender prints it.

The contract itself lives where adapters are written, in a room this one may not
look into; whoever may look hands it over in these shapes.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a system under test offers, or says of itself."""

    id: str  # as an adapter spells it
    meaning: str  # one plain sentence
    detail: str = ""  # more, for whoever writes the adapter
    by: tuple[str, ...] = ()  # ids of the roles that ask for it

    @property
    def name(self) -> str:
        """Its id in words."""
        return self.id.replace("_", " ").replace("-", " ")


@dataclass(frozen=True, slots=True)
class AdapterContract:
    """What a vendor's adapter may offer; what it does not offer is not shown."""

    operations: tuple[Offer, ...]
    controls: tuple[Offer, ...]  # what an auditor does to the system
    surfaces: tuple[Offer, ...]  # the kinds of place that can be looked into
    roles: tuple[Offer, ...]
    statements: tuple[Offer, ...]  # what an adapter says of its system, apart from surfaces

    def everything(self) -> Iterator[Offer]:
        """Yield whatever can be asked of a target by name."""
        yield from self.operations
        yield from self.controls
