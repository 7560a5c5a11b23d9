"""What is handed down to the rooms that may not look into checks and fixtures."""

from dataclasses import fields

from idaudit.checks.catalogue import every_check
from idaudit.command.linking import links
from idaudit.fixtures.defects.registry import every_defect
from idaudit.threatmodel.links import CheckLink
from idaudit.threatmodel.loader import load


def test_every_check_is_handed_down_as_it_was_declared() -> None:
    """A check lost or altered on the way down would be missing from every document made of it."""
    declared, linked = every_check(), links().checks
    assert list(linked) == sorted(declared)
    for id_, check in declared.items():
        link = linked[id_]
        assert (link.id, link.guarantee, link.counters) == (id_, check.guarantee, check.counters)
        assert (link.statement, link.tier) == (check.summary, check.tier.value)
        assert set(link.needs) == {need.value for need in check.needs}
        assert (link.sees, link.destructive) == (check.sees, check.destructive)
    assert {each.name for each in fields(CheckLink)} == {
        *("id", "guarantee", "counters", "statement", "tier", "needs", "sees", "destructive")
    }


def test_every_defect_is_handed_down_and_no_lawful_oddity_is() -> None:
    """An innocent city counted among the proofs would prove nothing and accuse somebody."""
    declared, linked = every_defect(), links().defects
    assert list(linked) == sorted(id_ for id_, each in declared.items() if not each.lawful)
    assert any(each.lawful for each in declared.values())
    for id_, link in linked.items():
        defect = declared[id_]
        assert (link.id, link.breaks, link.realises) == (id_, defect.breaks, defect.realises)
        assert (link.caught_by, link.reason) == (defect.caught_by, defect.reason)
        assert (link.programme, link.statement) == (defect.programme, defect.summary)


def test_everything_handed_down_is_known_to_the_model() -> None:
    """A link to a promise, threat or check that does not exist ties nothing to anything."""
    model, tied = load(), links()
    for check in tied.checks.values():
        assert check.guarantee in model.guarantees
        assert set(check.counters) <= set(model.threats)
    for defect in tied.defects.values():
        assert defect.breaks in model.guarantees
        assert defect.caught_by in tied.checks
        assert set(defect.realises) <= set(model.threats)


def test_the_links_can_be_had_twice() -> None:
    """Two readers in one process see the same links."""
    assert links() == links()
