"""
The threat model, read strictly from the TOML files beside this module.

Whatever does not fit stops the run with a :class:`ModelError`: a promise that
is silently dropped, or tied to no source, is worse than one never made. What
fits but leaves a gap, such as a promise that no threat attacks, is for
``coverage.py`` to find.
"""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from idaudit.threatmodel.model import AttackModel, ThreatModel
from idaudit.threatmodel.people_reader import read_acceptances, read_adversaries, read_bearers
from idaudit.threatmodel.programme_reader import read_programmes
from idaudit.threatmodel.promise_reader import read_guarantees
from idaudit.threatmodel.segment_reader import read_blanks
from idaudit.threatmodel.source_reader import read_limits, read_sources
from idaudit.threatmodel.system_reader import read_system
from idaudit.threatmodel.threat_reader import Cast, read_threats
from idaudit.threatmodel.vocabulary_reader import read_vocabularies


@cache
def load() -> ThreatModel:
    """
    Return the threat model that ships with the suite.

    Its attack model is read when first asked for: reading it takes longer than
    all the rest, and a check needs only the promises.
    """
    ours = files("idaudit.threatmodel")
    promises = _promises(ours)
    return replace(promises, read_attack=cache(lambda: _attack(ours, promises)))


def load_from(folder: Traversable) -> ThreatModel:
    """Read a threat model, all of it at once, from *folder*, a path or inside an archive."""
    promises = _promises(folder)
    attack = _attack(folder, promises)
    return replace(promises, read_attack=lambda: attack)


def _promises(folder: Traversable) -> ThreatModel:
    sources = read_sources(folder)
    guarantees = read_guarantees(folder, sources)
    return ThreatModel(
        sources=sources,
        guarantees=guarantees,
        programmes=read_programmes(folder, guarantees, sources),
        limits=read_limits(folder, sources),
    )


def _attack(folder: Traversable, promises: ThreatModel) -> AttackModel:
    """Read who attacks what and how, and what their threats point at before the threats."""
    sources = promises.sources
    system, bearers = read_system(folder, sources), read_bearers(folder)
    cast = Cast(
        guarantees=promises.guarantees,
        vocabularies=read_vocabularies(folder, sources),
        adversaries=read_adversaries(folder),
        bearers=bearers,
        elements=system.elements,
        flows=system.flows,
    )
    threats = read_threats(folder, cast)
    return replace(
        system,
        vocabularies=cast.vocabularies,
        adversaries=cast.adversaries,
        bearers=bearers,
        threats=threats,
        acceptances=read_acceptances(folder, threats, bearers, sources),
        blanks=read_blanks(folder, system.flows, cast.vocabularies["linddun"]),
    )
