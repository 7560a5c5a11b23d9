"""
The cities of the detection matrix, and which promises each is asked about.

Every promise may be put to every innocent city, or a share of them: those a lawful city
is odd about, and others dealt in turn, so that each promise is put to some of the cities.
The honest city of the house's programme is asked about all of them in any case.
"""

from collections.abc import Collection, Sequence
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
    wanted: Sequence[City],
    only: Sequence[str] = (),
    *,
    every_check: bool = False,
    hands: int = 1,
    turn: int = 0,
) -> dict[City, Sequence[str]]:
    """
    Return the promises put to each city of *wanted*; none means all.

    Those are *only* some, where given. Else a defective city is asked about the promise
    it breaks, unless *every_check* is; an innocent one about all of them, because any
    check might accuse it, or about those that are dealt to it of so many *hands*; in as
    many turns as there are hands each is dealt all of them.
    """
    sisters = [each for each in wanted if not each.defect and each.programme != HOUSE_PROGRAMME]
    asked = dict[City, Sequence[str]]()
    for number, city in enumerate(wanted):
        if only:
            asked[city] = only
        elif city.defect and not city.defect.lawful:
            asked[city] = () if every_check else (city.defect.breaks,)
        elif every_check or hands == 1:
            asked[city] = ()
        elif city.defect:
            asked[city] = dealt(city.programme, number + turn, hands, city.defect.near)
        else:
            asked[city] = _of_the_honest(city, sisters, turn)
    return asked


def _of_the_honest(city: City, sisters: Sequence[City], turn: int) -> Sequence[str]:
    """Return what an honest city is dealt: all in the house's programme, a share in the others."""
    if city not in sisters:
        return ()
    house = load().programmes[HOUSE_PROGRAMME].clauses
    only_here = [name for name, clause in house.items() if not clause.applies]
    return dealt(city.programme, sisters.index(city) + turn, len(sisters), only_here)


def dealt(programme: str, number: int, hands: int, near: Collection[str] = ()) -> list[str]:
    """
    Return the promises of *programme* put to the *number*-th city of those that are dealt them.

    Those of *near* are always among them, because it might seem to break them, say; of the
    others, one in *hands*, dealt so that each is put to one city in so many.
    """
    clauses = load().programmes[programme].clauses
    judged = sorted({each.guarantee for each in catalogue.every_check().values()})
    return [
        name
        for place, name in enumerate(judged)
        if clauses[name].applies and (name in near or (place + number) % hands == 0)
    ]
