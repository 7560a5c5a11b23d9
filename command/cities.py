"""
The cities of the detection matrix, and which promises each is asked about.

Every promise may be put to every innocent city, or a share of them: those the city
is odd about, and others dealt in turn, so that each promise is put to some of the cities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from idaudit.checks import catalogue
from idaudit.fixtures.defects.registry import HOUSE_PROGRAMME, Defect, every_defect
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import HONEST


@dataclass(frozen=True, slots=True)
class City:
    """One city to audit: honest, lawful or defective."""

    id: str
    programme: str
    defect: Defect | None = field(compare=False)


def cities(only: Sequence[str] = (), *, innocent: bool = False) -> list[City]:
    """Return the cities called for, or all: defective (left out if *innocent*), lawful, honest."""
    known = every_defect()
    wanted = [known[name] for name in only] if only else list(known.values())
    wanted = [each for each in wanted if each.lawful or not innocent]
    chosen = [City(each.id, each.programme, each) for each in wanted]
    if not only:
        programmes = {HOUSE_PROGRAMME, *(each.programme for each in known.values())}
        chosen += [City(f"{HONEST}{each}", each, None) for each in sorted(programmes)]
    return chosen


def put_to(
    wanted: Sequence[City], only: Sequence[str] = (), *, every_check: bool = False, hands: int = 1
) -> dict[City, Sequence[str]]:
    """
    Return the promises put to each city of *wanted*; none means all.

    Those are *only* some, where given. Else a defective city is asked about the promise
    it breaks, unless *every_check* is; an innocent one about all of them, because any
    check might accuse it, or about those that :func:`dealt` gives it of so many *hands*.
    """
    return {
        city: only or _asked(city, number, hands, every_check=every_check)
        for number, city in enumerate(wanted)
    }


def _asked(city: City, number: int, hands: int, *, every_check: bool) -> Sequence[str]:
    if every_check or city.defect is None:
        return ()
    if not city.defect.lawful:
        return (city.defect.breaks,)
    return () if hands == 1 else dealt(city.defect, number, hands)


def dealt(oddity: Defect, number: int, hands: int) -> list[str]:
    """
    Return the promises put to a lawful *oddity*, the *number*-th of them.

    Those it might seem to break are always among them; of the others, one in *hands*,
    dealt so that each is put to one city in so many.
    """
    clauses = load().programmes[oddity.programme].clauses
    judged = sorted({each.guarantee for each in catalogue.every_check().values()})
    promised = [name for name in judged if clauses[name].applies]
    return [
        name
        for place, name in enumerate(promised)
        if name in oddity.near or (place + number) % hands == 0
    ]
