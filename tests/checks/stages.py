"""A stage for the lifecycle machine, at a city that may have a defect."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from idaudit.checks.case import Case
from idaudit.checks.probes.lifecycle.guard import Guard
from idaudit.checks.probes.lifecycle.judging import stage_of
from idaudit.checks.probes.lifecycle.machine import Stage
from idaudit.checks.probes.lifecycle.rule import Rule
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.nursery import Nursery
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.threatmodel.loader import load

SEED, PROGRAMME = 3, "idnyc-2017"
OpenStage = Callable[[str | None, Guard], AbstractContextManager[Stage]]
"""By the id of a defect, or none for the honest city, and who watches there."""


@contextmanager
def stage_at(
    nursery: Nursery, rules: Sequence[Rule], defect: str | None, guard: Guard
) -> Iterator[Stage]:
    """Yield a stage with *rules* at a city of *nursery* that has a *defect*, or none."""
    programme, mint = load().programmes[PROGRAMME], Mint(SEED)
    cities = ReferenceCities(programme.terms, SEED, defect=defect, nursery=nursery)
    with cities, cities.unused() as city:
        people = Applicants(mint, city.now().date())
        case = Case(Narrated(city), programme, mint, people, Sight(city, mint))
        yield stage_of(case, rules, guard)
