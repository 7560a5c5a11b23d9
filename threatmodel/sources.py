"""Which sources stand behind what; one that stands behind nothing is an orphan."""

from collections.abc import Iterator

from idaudit.threatmodel.basis import Citation
from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.model import ThreatModel


def citations(model: ThreatModel) -> Iterator[Citation]:
    """Yield every citation of the model, with its source."""
    for guarantee in model.guarantees.values():
        yield from guarantee.sources
    for programme in model.programmes.values():
        yield from programme.sources
        yield from (clause.source for clause in programme.clauses.values() if clause.source)
    for limit in model.limits:
        yield from limit.sources
    for instrument in model.attack.instruments.values():
        yield from instrument.sources
    for boundary in model.attack.authority_boundaries.values():
        yield from boundary.sources
    for acceptance in model.attack.acceptances:
        yield from acceptance.sources


def cited(model: ThreatModel) -> frozenset[str]:
    """Return the id of every source that something rests on, as a citation or a standard."""
    ids = {citation.source.id for citation in citations(model)}
    for guarantee in model.guarantees.values():
        ids |= {*guarantee.standards, *guarantee.unverified_standards}
    books = model.attack.vocabularies.values()
    return frozenset(ids | {book.source.id for book in books if book.source})


def uncited(model: ThreatModel) -> Iterator[Gap]:
    """Yield each source that nothing rests on."""
    for id_ in sorted(set(model.sources) - cited(model)):
        yield Gap("source", id_, "Nothing rests on it.")
