"""
What a bundle is judged by: the programme as it was, what was waived, until when to rely on it.

Promises are amended and suites updated; a bundle carries the very words it was
judged by, so that it says the same in ten years.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from pathlib import Path

from idaudit.reports.audit import Audit, Waiver
from idaudit.reports.codec import decode, encode
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.model import Limit, Programme, Source, ThreatModel

BASIS = "basis.json"
BASIS_SCHEMA = "idaudit/basis/v1"
RELIED_ON_DAYS = 180
"""A system that was never changed in half a year has not been kept up either."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything besides the evidence that verdicts follow from."""

    schema: str
    relied_on_until: date
    programme: Programme
    limits: tuple[Limit, ...]
    sources: tuple[Source, ...]
    waivers: tuple[Waiver, ...]


def basis_of(audit: Audit, model: ThreatModel, days: int = RELIED_ON_DAYS) -> Basis:
    """Return what *audit* was judged by; it may be relied on for *days* after it ended."""
    waivers = tuple(one.waiver for one in audit.guarantees if one.waiver)
    return Basis(
        schema=BASIS_SCHEMA,
        relied_on_until=_until(audit, waivers, days),
        programme=model.programmes[audit.header.program],
        limits=model.limits,
        sources=tuple(model.sources.values()),
        waivers=waivers,
    )


def model_of(basis: Basis) -> ThreatModel:
    """Return *basis* as a threat model with one programme, for the judge and the renderers."""
    programme = basis.programme
    return ThreatModel(
        sources={each.id: each for each in basis.sources},
        guarantees={id_: each.guarantee for id_, each in programme.clauses.items()},
        programmes={programme.id: programme},
        limits=basis.limits,
    )


def write_basis(basis: Basis) -> bytes:
    """Return *basis* as a file."""
    return (json.dumps(encode(basis), indent=1, allow_nan=False) + "\n").encode("ascii")


def read_basis(text: bytes) -> Basis:
    """Return what :func:`write_basis` wrote; raise :class:`ValueError` for anything else."""
    basis = decode(Basis, json.loads(text))
    if basis.schema != BASIS_SCHEMA:
        raise ValueError(f"has schema {basis.schema!r}; this version reads {BASIS_SCHEMA!r}")
    return basis


def judged_by(folder: Path, shipped: ThreatModel) -> tuple[ThreatModel, tuple[Waiver, ...]]:
    """
    Return the promises and waivers that the run in *folder* was judged by.

    They are those in the folder, if it is a bundle; the *shipped* ones, none of
    them waived, if it is not.

    Raises:
        UsageError: what lies there cannot be read.

    """
    path = folder / BASIS
    if not path.is_file():
        return shipped, ()
    try:
        basis = read_basis(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); try 'idaudit verify'") from error
    return replace(model_of(basis), read_attack=shipped.read_attack), basis.waivers


def _until(audit: Audit, waivers: Sequence[Waiver], days: int) -> date:
    """Return the last day of reliance: a waiver that runs out takes the audit with it."""
    ended = (audit.finished or audit.header.started).astimezone(UTC).date()
    return min([ended + timedelta(days=days), *(each.expires for each in waivers)])
