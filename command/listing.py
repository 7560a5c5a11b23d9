"""What ``idaudit list`` shows: every id of one kind, with a line about each."""

from collections.abc import Callable, Mapping
from pathlib import Path

from idaudit.checks.catalogue import every_check
from idaudit.command.linking import links
from idaudit.fixtures.defects.registry import every_defect
from idaudit.fixtures.targets.places import places
from idaudit.threatmodel.loader import load

Row = Mapping[str, object]


def guarantees() -> list[Row]:
    """Every promise, and whether this version can judge it."""
    return [
        {
            "id": each.id,
            "area": each.area.value,
            "statement": each.statement,
            "obligation": each.obligation.value,
            "no_check_yet": each.no_check_yet,
        }
        for each in load().guarantees.values()
    ]


def checks() -> list[Row]:
    """Every check, with the promise it judges."""
    return [
        {
            "id": each.id,
            "guarantee": each.guarantee,
            "counters": [*each.counters],
            "statement": each.summary,
            "tier": each.tier.value,
            "needs": sorted(each.needs),
            "destructive": each.destructive,
        }
        for each in every_check().values()
    ]


def threats() -> list[Row]:
    """Every threat, with the promises it would break and the checks that would see it."""
    ours = links()
    return [
        {
            "id": each.id,
            "statement": each.story,
            "breaks": [*each.breaks],
            "severity": each.severity.value,
            "checks": [check.id for check in ours.countering(each.id)],
            "no_check_yet": each.no_check_yet,
        }
        for each in load().threats.values()
    ]


def defects() -> list[Row]:
    """Every seeded defect and every lawful oddity."""
    return [
        {
            "id": each.id,
            "guarantee": each.breaks,
            "realises": [*each.realises],
            "statement": each.summary,
            "caught_by": each.caught_by,
            "reason": each.reason,
            "program": each.programme,
            "lawful": each.lawful,
        }
        for each in every_defect().values()
    ]


def programs() -> list[Row]:
    """Every programme."""
    return [
        {"id": each.id, "statement": each.summary, "title": each.title}
        for each in load().programmes.values()
    ]


def surfaces() -> list[Row]:
    """Every surface of the reference city."""
    terms = next(iter(load().programmes.values())).terms
    return [
        {
            "id": each.id,
            "kind": each.kind.value,
            "statement": "changes when somebody enrols" if each.moves else "may stay as it is",
        }
        for each in places(Path(), terms, tuple)
    ]


KINDS: Mapping[str, Callable[[], list[Row]]] = {
    "guarantees": guarantees,
    "checks": checks,
    "threats": threats,
    "defects": defects,
    "programs": programs,
    "surfaces": surfaces,
}
"""What can be listed."""
