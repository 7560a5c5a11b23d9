"""
What ties the threat model to the rooms above it: every check and every seeded defect, as data.

``threatmodel`` and ``reports`` may not look into ``checks`` or ``fixtures``;
this is where the declarations are read off the code and handed down.
"""

from pathlib import Path

from idaudit.checks.catalogue import Declaration, every_check
from idaudit.fixtures.defects.registry import Defect, every_defect
from idaudit.fixtures.surfaces.surface import PASSING, VOLATILE
from idaudit.fixtures.targets.meanings import CONTROLS
from idaudit.fixtures.targets.operation import Operation
from idaudit.fixtures.targets.places import places
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.sightings import Sightings


def links() -> Links:
    """Every check and every defect that breaks a promise; lawful oddities break none."""
    return Links(
        checks={id_: _check(each) for id_, each in every_check().items()},
        defects={id_: _defect(each) for id_, each in every_defect().items() if not each.lawful},
    )


def _check(declared: Declaration) -> CheckLink:
    return CheckLink(
        id=declared.id,
        guarantee=declared.guarantee,
        counters=declared.counters,
        statement=declared.summary,
        tier=declared.tier.value,
        needs=tuple(sorted(need.value for need in declared.needs)),
        sees=declared.sees,
        destructive=declared.destructive,
    )


def _defect(declared: Defect) -> DefectLink:
    return DefectLink(
        id=declared.id,
        breaks=declared.breaks,
        realises=declared.realises,
        caught_by=declared.caught_by,
        reason=declared.reason,
        programme=declared.programme,
        statement=declared.summary,
    )


def sightings() -> Sightings:
    """Return what an audit of the reference city can set moving, and where it looks."""
    terms = next(iter(load().programmes.values())).terms
    stores = [each for each in places(Path(), terms, tuple) if each.kind not in PASSING | VOLATILE]
    return Sightings(
        operations={each.value for each in Operation} - CONTROLS - {Operation.DESCRIBE},
        stores={each.id for each in stores},
    )
