"""What the harness can drive and look into, held against what the model declares."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.model import AttackModel


@dataclass(frozen=True, slots=True)
class Sightings:
    """What an audit of the reference city sees moving and resting."""

    operations: Collection[str]  # of the target contract, controls left out
    stores: Collection[str]  # surfaces where data rests


def drift(attack: AttackModel, seen: Sightings) -> Iterator[Gap]:
    """
    Yield whatever is seen and not declared, or declared and never seen.

    A model goes stale when the system grows a way that nobody drew; every
    operation that can be asked for is a flow, every store an element.
    """
    drawn = {name: flow.id for flow in attack.flows.values() for name in flow.operations}
    placed = {name: place.id for place in attack.elements.values() for name in place.surfaces}
    for name in sorted(set(seen.operations) - set(drawn)):
        yield Gap("operation", name, "An audit performs it, and no flow of the model is set going.")
    for name in sorted(set(drawn) - set(seen.operations)):
        yield Gap("flow", drawn[name], f"It is set going by {name}, which no target can be asked.")
    for name in sorted(set(seen.stores) - set(placed)):
        yield Gap("surface", name, "An audit looks into it, and no element of the model is it.")
    for name in sorted(set(placed) - set(seen.stores)):
        yield Gap("element", placed[name], f"It is seen as {name}, which is no surface.")
