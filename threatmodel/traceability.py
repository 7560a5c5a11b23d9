"""
From each promise to its proof: guarantee, threat, check, defect and control in one row.

A cell is never empty. Where there is no check or no defect, the row says why in
words that stand in the model, or the gates have stopped it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.coverage import Gap
from idaudit.threatmodel.links import CheckLink, DefectLink, Links
from idaudit.threatmodel.model import Guarantee, Threat, ThreatModel
from idaudit.threatmodel.status import Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One way from a promise to what proves that its breach would be seen."""

    guarantee: Guarantee
    ways: tuple[int, ...]  # the numbered ways to break it that this threat takes
    standing: Standing
    check: CheckLink | None
    defect: DefectLink | None
    reason: str  # why there is no check; "" where there is one
    controls: tuple[str, ...]  # of published standards, each with its edition

    @property
    def threat(self) -> Threat:
        """The threat of this row."""
        return self.standing.threat


def trace(model: ThreatModel, links: Links, standings: Mapping[str, Standing]) -> tuple[Row, ...]:
    """Return every row, in the order of guarantees, then of threats."""
    return tuple(
        row
        for guarantee in model.guarantees.values()
        for standing in standings.values()
        if guarantee.id in standing.threat.breaks
        for row in _rows(model, links, guarantee, standing)
    )


def holes(rows: tuple[Row, ...]) -> Iterator[Gap]:
    """Yield each row with a cell that is empty and does not say why."""
    for row in rows:
        where = f"{row.guarantee.id} x {row.threat.id}"
        if row.check is None and not row.reason:
            yield Gap("row", where, "It has no check, and no reason why not.")
        if row.check is not None and row.defect is None:
            yield Gap("row", where, f"No defect shows that {row.check.id} can fail.")
        if not row.controls:
            yield Gap("row", where, "No published control stands beside it.")


def _rows(
    model: ThreatModel, links: Links, guarantee: Guarantee, standing: Standing
) -> Iterator[Row]:
    threat = standing.threat
    checks = [c for c in links.countering(threat.id) if c.guarantee == guarantee.id]
    ways, controls = threat.breaks[guarantee.id], controls_of(model, guarantee)
    if not checks:
        reason = _reason(links, guarantee, threat) or standing.because
        yield Row(guarantee, ways, standing, None, None, reason, controls)
    for check in checks:
        own: list[DefectLink | None] = [
            each for each in links.realising(threat.id) if each.caught_by == check.id
        ]
        for defect in own or [None]:
            yield Row(guarantee, ways, standing, check, defect, "", controls)


def _reason(links: Links, guarantee: Guarantee, threat: Threat) -> str:
    """Return why no check looks for *threat* on behalf of *guarantee*."""
    if guarantee.no_check_yet:
        return guarantee.no_check_yet
    elsewhere = sorted({check.guarantee for check in links.countering(threat.id)})
    if elsewhere:
        return f"It would be seen through {', '.join(elsewhere)}."
    return threat.no_check_yet


def controls_of(model: ThreatModel, guarantee: Guarantee) -> tuple[str, ...]:
    """Return the published controls beside *guarantee*, each with its edition."""
    checked = [
        f"{model.sources[id_].title}: {', '.join(controls)}"
        for id_, controls in guarantee.standards.items()
    ]
    return (
        *checked,
        *(
            f"{model.sources[id_].title}: {', '.join(controls)} (unverified)"
            for id_, controls in guarantee.unverified_standards.items()
        ),
    )
