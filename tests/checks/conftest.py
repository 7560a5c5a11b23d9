"""A reference city bent in one respect, and what one check has to say of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import pytest

from idaudit.checks.case import Case
from idaudit.checks.finding import Broken
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.nursery import DEFECTIVE_CITY, Nursery
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Target
from idaudit.threatmodel.errors import Inconclusive, SetupError
from idaudit.threatmodel.loader import load

Judge = Callable[..., tuple[str, str]]


class Bent:
    """A target that is what it was, but for what is done *instead*; that is handed the target."""

    def __init__(self, inner: Target, instead: Mapping[str, Callable[..., Any]]) -> None:
        """Bend *inner*."""
        self.inner = inner
        self.instead = instead

    def __getattr__(self, name: str) -> object:
        """Return what is done instead, or else what was done before."""
        if name in self.instead:
            return lambda *args, **named: self.instead[name](self.inner, *args, **named)
        return getattr(self.inner, name)


@pytest.fixture(scope="session")
def lenders() -> Iterator[Mapping[str, ReferenceCities]]:
    """Cities of both programmes, for as long as the tests take."""
    programmes = load().programmes
    with (
        ReferenceCities(programmes["idnyc-2017"].terms, 5) as without,
        ReferenceCities(programmes["idnyc-2015"].terms, 5) as with_papers,
    ):
        yield {"idnyc-2017": without, "idnyc-2015": with_papers}


@pytest.fixture(scope="session")
def defective_nursery() -> Iterator[Nursery]:
    """Cities with every defect, for as long as the tests take."""
    home = Nursery(DEFECTIVE_CITY)
    yield home
    home.close()


@pytest.fixture
def judge(lenders: Mapping[str, ReferenceCities]) -> Judge:
    """Return how to ask one check about one bent city: what came of it, and why."""

    def asked(
        check: Callable[..., None],
        *params: object,
        programme: str = "idnyc-2017",
        blind: frozenset[str] = frozenset(),
        **instead: Callable[..., Any],
    ) -> tuple[str, str]:
        mint = Mint(5)
        with lenders[programme].unused() as city:
            target = Narrated(cast("Target", Bent(city, instead)))
            sight = Sight(target, mint, blind)
            case = Case(target, load().programmes[programme], mint, Applicants(mint), sight)
            try:
                check(case, *params)
            except Broken as broken:
                return "broken", broken.reason
            except (Inconclusive, SetupError) as open_question:
                return "inconclusive", str(open_question)
            assert case.trials, "a check that tried nothing is no pass"
            return "pass", ""

    return asked
