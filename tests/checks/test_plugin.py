"""What becomes of a check, whatever it does."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from idaudit.checks.catalogue import Declaration, every_check
from idaudit.checks.plugin import Sitting, run_checks
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Operation, Target
from idaudit.reports.record import CheckRecord
from idaudit.threatmodel.errors import TargetUnreachable
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.verdict import Outcome

SEEING = "no_scan_outlives_an_abandoned_application"
ASKING = "no_form_asks_for_status"
PROGRAMME = load().programmes["idnyc-2017"]
MINT = Mint(9)


@pytest.fixture(scope="module")
def cities() -> Iterator[ReferenceCities]:
    """Honest cities for every test here."""
    with ReferenceCities(PROGRAMME.terms, 9) as lender:
        yield lender


def _ask(cities: Any, declared: Declaration, **known: Any) -> CheckRecord:  # noqa: ANN401  any lender, any field
    """Run one check, and return its record."""
    records: list[CheckRecord] = []
    sitting = Sitting(
        lender=cities,
        programme=PROGRAMME,
        mint=MINT,
        people=lambda target: Applicants(MINT, target.now().date()),
        planned={declared.id: declared},
        missing={},
        blind=frozenset(),
        disposable=True,
        reproduce=lambda guarantee: f"idaudit run --only {guarantee}",
        write=records.append,
        progress=lambda *_: None,
    )
    run_checks(replace(sitting, **known))
    (record,) = records
    return record


def test_a_check_that_holds_passes_with_its_trials_and_controls(cities: ReferenceCities) -> None:
    """The rest of this module changes one thing each; this is the thing unchanged."""
    record = _ask(cities, every_check()[SEEING])

    assert record.outcome is Outcome.PASS, record.reason
    assert record.trials > 0
    assert record.positive_controls > 0
    assert record.people > 0


def test_an_operation_nobody_declared_is_an_error_of_the_check(cities: ReferenceCities) -> None:
    """Otherwise the doctor could not tell whether the check can run at all."""
    record = _ask(cities, replace(every_check()[SEEING], needs=frozenset()))

    assert record.outcome is Outcome.ERROR
    assert "performs what it does not declare" in record.reason


def test_a_check_that_owes_a_control_and_found_none_shows_nothing(cities: ReferenceCities) -> None:
    """Silence means nothing where nobody proved that they can see."""
    record = _ask(cities, replace(every_check()[ASKING], sees=True))

    assert record.outcome is Outcome.INCONCLUSIVE
    assert record.reason == "no positive control was found"


def test_a_surface_the_doctor_could_not_see_blinds_the_check(cities: ReferenceCities) -> None:
    """One blind spot among many places is enough."""
    record = _ask(cities, every_check()[SEEING], blind=frozenset({"scratch"}))

    assert record.outcome is Outcome.INCONCLUSIVE
    assert "'scratch'" in record.reason


def test_a_missing_operation_is_told_with_its_reason(cities: ReferenceCities) -> None:
    """What the doctor found wanting is not tried again."""
    record = _ask(cities, every_check()[SEEING], missing={Operation.DECIDE: "it is broken"})

    assert record.outcome is Outcome.INCONCLUSIVE
    assert record.reason == "needs decide: it is broken"


def test_nothing_destructive_is_done_to_what_is_not_disposable(cities: ReferenceCities) -> None:
    """A target that does not say so is never harmed."""
    record = _ask(cities, every_check()[SEEING], disposable=False)

    assert record.outcome is Outcome.INCONCLUSIVE
    assert "disposable" in record.reason
    assert record.trials == 0


class _Gone:
    """A lender whose target has stopped answering."""

    def unused(self) -> AbstractContextManager[Target]:
        """Lend nothing."""
        return self._lend()

    @contextmanager
    def _lend(self) -> Iterator[Target]:
        raise TargetUnreachable("nobody answers")
        yield Target()


def test_a_target_that_is_gone_shows_nothing() -> None:
    """Neither kept nor broken: nobody was there."""
    record = _ask(_Gone(), every_check()[SEEING])

    assert record.outcome is Outcome.INCONCLUSIVE
    assert record.reason == "nobody answers"


def test_a_fault_of_the_check_itself_is_an_error(cities: ReferenceCities) -> None:
    """Our own mistake is not the city's."""
    record = _ask(cities, every_check()[SEEING], people=lambda _: None)

    assert record.outcome is Outcome.ERROR
    assert record.reason.startswith("AttributeError")


def test_a_check_is_imported_once_by_its_one_true_name(cities: ReferenceCities) -> None:
    """A second copy would fill the catalogue twice; pytest's private ``_getobj`` is pinned here."""
    before = dict(every_check())

    record = _ask(cities, every_check()[ASKING])

    assert record.outcome is Outcome.PASS, record.reason
    assert every_check() == before
    assert {each.module.partition(".")[0] for each in before.values()} == {"idaudit"}


PAPERS = "no_answer_holds_a_paper_of_a_decided_application"


def test_what_one_system_answered_accuses_no_other() -> None:
    """A process that audited two cities once judged the second by what the first had answered."""
    keeping = load().programmes["idnyc-2015"]
    outcomes = []
    for programme in (keeping, PROGRAMME):
        with ReferenceCities(programme.terms, 9) as lender:
            record = _ask(lender, every_check()[PAPERS], programme=programme)
        outcomes.append((programme.id, record.outcome, record.reason))

    assert outcomes == [("idnyc-2015", Outcome.PASS, ""), ("idnyc-2017", Outcome.PASS, "")]
