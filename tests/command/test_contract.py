"""The adapter contract of a tender says what adapters are written against, all of it, in words."""

from collections.abc import Iterator

import pytest

from idaudit.checks.catalogue import DESTRUCTIVE
from idaudit.command.contract import STATEMENTS, SURFACES, adapter_contract
from idaudit.fixtures.surfaces.surface import SurfaceKind
from idaudit.fixtures.targets.meanings import CONTROLS, MEANINGS, ROLES
from idaudit.fixtures.targets.operation import Operation, Role
from idaudit.fixtures.targets.target import Target
from idaudit.reports.spec.contract import Offer


def _all_offers() -> Iterator[Offer]:
    contract = adapter_contract()
    yield from contract.everything()
    yield from contract.surfaces
    yield from contract.roles
    yield from contract.statements


def test_every_operation_role_and_surface_has_a_sentence() -> None:
    """What has no sentence could not be asked for in a tender."""
    assert set(MEANINGS) == set(Operation)
    assert set(ROLES) == set(Role)
    assert set(SURFACES) >= {each.value for each in SurfaceKind}


def test_every_operation_is_offered_once_as_an_operation_or_a_control() -> None:
    """The contract of a tender has neither less nor more than the one adapters are written to."""
    contract = adapter_contract()
    names = [offer.id for offer in contract.everything()]

    assert sorted(names) == sorted(each.value for each in Operation)
    assert {offer.id for offer in contract.controls} == {each.value for each in CONTROLS}
    assert [offer.id for offer in contract.surfaces] == [each.value for each in SurfaceKind]
    assert {offer.id for offer in contract.roles} == {each.value for each in Role}


def test_every_meaning_is_one_plain_sentence() -> None:
    """A council member reads it: a capital, a full stop, and no markup."""
    for offer in _all_offers():
        assert offer.meaning[0].isupper(), offer
        assert offer.meaning.endswith("."), offer
        assert not set("`*_{}<>") & set(offer.meaning), offer


def test_what_an_adapter_answers_is_told_without_markup() -> None:
    """Whoever writes the adapter learns the fields from the document as well as from the code."""
    details = {offer.id: offer.detail for offer in adapter_contract().everything()}

    assert "“number” and “face”" in details["issue_card"]
    assert "counted" in details["approve_disclosure"]
    assert details["submit_document"] == ""
    assert not any("`" in detail or "*" in detail for detail in details.values())


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_what_an_adapter_says_of_its_system_is_something_a_target_has(name: str) -> None:
    """A statement no adapter could make would be asked for in vain."""
    assert hasattr(Target, name)


def test_nobody_inside_the_system_is_asked_to_work_a_control() -> None:
    """Clock and power are the auditor's; every operation is somebody's."""
    contract = adapter_contract()

    assert not any(offer.by for offer in contract.controls)
    assert all(offer.by for offer in contract.operations)
    assert {offer.id for offer in contract.controls} - {"settle", "backup"} <= {
        op.value for op in DESTRUCTIVE
    }
