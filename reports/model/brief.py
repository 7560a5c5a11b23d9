"""What is told of the threat model: everything a page, a table or a program may want."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from idaudit.threatmodel.attacks import Severity
from idaudit.threatmodel.exports.export import Export
from idaudit.threatmodel.model import Area, Guarantee, ThreatModel
from idaudit.threatmodel.status import Standing, Status
from idaudit.threatmodel.traceability import Row

_GRAVEST = list(reversed(Severity))


@dataclass(frozen=True, slots=True)
class Brief:
    """One telling of the model, after one run."""

    model: ThreatModel
    standings: Mapping[str, Standing]
    rows: tuple[Row, ...]
    target: str  # what the run was of, as a sentence calls it
    diagrams: Mapping[str, str]  # file name -> text
    exports: tuple[Export, ...]

    @property
    def tally(self) -> list[tuple[Status, int]]:
        """How many threats stand where, the worst first; none is left out."""
        found = Counter(each.status for each in self.standings.values())
        return [(status, found[status]) for status in Status]

    def count(self, status: Status) -> int:
        """Return how many threats stand at *status*."""
        return dict(self.tally)[status]

    def promises(self) -> Iterator[tuple[Area, list["Attacked"]]]:
        """Yield every promise by area, with what attacks it."""
        for area in Area:
            of_area = [g for g in self.model.guarantees.values() if g.area is area]
            yield area, [Attacked(each, self._against(each)) for each in of_area]

    def _against(self, guarantee: Guarantee) -> tuple["Attack", ...]:
        """Return each threat against one promise once, the gravest first."""
        own = [row for row in self.rows if row.guarantee is guarantee]
        found = {row.threat.id: row.standing for row in own}
        attacks = [
            Attack(standing, tuple(row for row in own if row.threat.id == id_))
            for id_, standing in found.items()
        ]
        return tuple(sorted(attacks, key=lambda each: _GRAVEST.index(each.severity)))


@dataclass(frozen=True, slots=True)
class Attack:
    """One threat, as far as one promise is concerned."""

    standing: Standing
    rows: tuple[Row, ...]

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.standing.threat.severity

    @property
    def checks(self) -> tuple[str, ...]:
        """What the checks that look for it say of the system, each once."""
        return tuple(dict.fromkeys(row.check.statement for row in self.rows if row.check))

    @property
    def defects(self) -> tuple[str, ...]:
        """What the defective cities do on which those checks were seen failing."""
        return tuple(dict.fromkeys(row.defect.statement for row in self.rows if row.defect))

    @property
    def reason(self) -> str:
        """Why no check looks for it, or ""."""
        return next((row.reason for row in self.rows if row.reason), "")


@dataclass(frozen=True, slots=True)
class Attacked:
    """One promise and everything that would break it."""

    guarantee: Guarantee
    attacks: tuple[Attack, ...]
