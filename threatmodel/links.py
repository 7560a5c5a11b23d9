"""
What ties threats to the checks that counter them and to the defects that make them happen.

Both are declared elsewhere, beside their code, in rooms this one may not look
into; whoever may look hands them over in these shapes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckLink:
    """One check: the promise it judges, and the threats it would see happening."""

    id: str
    guarantee: str
    counters: tuple[str, ...]  # ids of threats
    statement: str
    tier: str = "gate"
    needs: tuple[str, ...] = ()  # operations of a target, by name
    sees: bool = False  # looks into surfaces, control first
    destructive: bool = False


@dataclass(frozen=True, slots=True)
class DefectLink:
    """One seeded defect: the promise it breaks, and the threats it makes happen."""

    id: str
    breaks: str
    realises: tuple[str, ...]  # ids of threats
    caught_by: str  # id of a check
    reason: str  # the reason code that check gives
    programme: str  # whose terms the defective city runs under
    statement: str


@dataclass(frozen=True, slots=True)
class Links:
    """Every check and every defect, by id, in order of id."""

    checks: Mapping[str, CheckLink]
    defects: Mapping[str, DefectLink]

    def countering(self, threat: str) -> Iterator[CheckLink]:
        """Yield the checks that would see *threat* happening."""
        return (each for each in self.checks.values() if threat in each.counters)

    def realising(self, threat: str) -> Iterator[DefectLink]:
        """Yield the defects that make *threat* happen."""
        return (each for each in self.defects.values() if threat in each.realises)
