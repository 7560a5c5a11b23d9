"""
The threat model, read strictly from the TOML files beside this module.

Whatever does not fit stops the run with a :class:`ModelError`: a promise that
is silently dropped, or tied to no source, is worse than one never made.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from idaudit.threatmodel.model import ThreatModel
from idaudit.threatmodel.programme_reader import read_programmes
from idaudit.threatmodel.promise_reader import read_guarantees
from idaudit.threatmodel.source_reader import read_limits, read_sources


@cache
def load() -> ThreatModel:
    """Return the threat model that ships with the suite."""
    return load_from(files("idaudit.threatmodel"))


def load_from(folder: Traversable) -> ThreatModel:
    """Read a threat model from *folder*, a path or a folder inside an archive."""
    sources = read_sources(folder)
    guarantees = read_guarantees(folder, sources)
    return ThreatModel(
        sources=sources,
        guarantees=guarantees,
        programmes=read_programmes(folder, guarantees, sources),
        limits=read_limits(folder, sources),
    )
