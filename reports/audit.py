"""What one run says of every promise: the judge's answer, and the renderers' only source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from idaudit.reports.record import CheckRecord, OperationRecord, RunHeader, SurfaceRecord
from idaudit.threatmodel.model import Subject
from idaudit.threatmodel.verdict import Assurance, Verdict

SUMMARY = (
    Verdict.KEPT,
    Verdict.BROKEN,
    Verdict.NOT_SHOWN,
    Verdict.NOT_APPLICABLE,
    Verdict.WAIVED,
    Verdict.LAWFUL_HOLD,
    Verdict.ATTESTED,
)
ACCEPTED = frozenset({Verdict.KEPT, Verdict.LAWFUL_HOLD, Verdict.WAIVED})


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody's signed acceptance that one promise is not kept, until a date."""

    guarantee: str
    reason: str
    owner: str
    expires: date  # the last day it holds

    def __str__(self) -> str:
        """Say it as every report says it."""
        return f"not kept, accepted by {self.owner} until {self.expires.isoformat()}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What this run says of one guarantee."""

    guarantee: str
    verdict: Verdict
    reason: str
    assurance: Assurance
    required: bool  # applies, was asked about, and this version can judge it
    checks: tuple[CheckRecord, ...] = ()
    waiver: Waiver | None = None

    @property
    def trials(self) -> int:
        """How often anything was tried for this guarantee."""
        return sum(check.trials for check in self.checks)

    @property
    def missed_rate(self) -> float | None:
        """The least of what its checks would have missed, or None where none says."""
        return min((each.missed_rate for each in self.checks if each.missed_rate), default=None)

    @property
    def bounds(self) -> tuple[str, ...]:
        """How small a violation its checks would still have seen, as they say themselves."""
        return tuple(bound for check in self.checks for bound in check.bounds)

    @property
    def positive_controls(self) -> int:
        """How many planted values its checks found again."""
        return sum(check.positive_controls for check in self.checks)


@dataclass(frozen=True, slots=True)
class Headline:
    """The worst that can be said of one subject, and what stays unjudged."""

    subject: Subject
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """One finished (or cut short) run, judged."""

    header: RunHeader
    finished: datetime | None
    completed: bool
    why_incomplete: str
    headlines: tuple[Headline, ...]
    guarantees: tuple[Judgement, ...]  # in the order of the model
    operations: tuple[OperationRecord, ...]
    surfaces: tuple[SurfaceRecord, ...]
    read_on: date | None = None
    """The day on which it is told again; None where it is told as it ended."""

    @property
    def relied_on_until(self) -> date | None:
        """The last day it may be relied on; a waiver that runs out takes the audit with it."""
        if self.header.relied_on_days is None:
            return None
        ended = (self.finished or self.header.started).astimezone(UTC).date()
        last = ended + timedelta(days=self.header.relied_on_days)
        return min([last, *(one.waiver.expires for one in self.guarantees if one.waiver)])

    @property
    def lapsed(self) -> date | None:
        """The last day it could be relied on, where that is past as it is told."""
        until = self.relied_on_until
        return until if until and self.read_on and self.read_on > until else None

    @property
    def required(self) -> tuple[Judgement, ...]:
        """The judgements that decide the exit code."""
        return tuple(judgement for judgement in self.guarantees if judgement.required)

    def of(self, *verdicts: Verdict) -> tuple[Judgement, ...]:
        """Return the judgements with one of *verdicts*."""
        return tuple(judgement for judgement in self.guarantees if judgement.verdict in verdicts)

    def summary(self) -> dict[str, int]:
        """Count the guarantees by verdict, under the contract's names."""
        return {verdict.value.replace("-", "_"): len(self.of(verdict)) for verdict in SUMMARY}


def exit_code(audit: Audit) -> int:
    """
    Return 0, 1 or 2 as the command promises; other codes never follow from an audit.

    A run that was cut short, or that required nothing, has shown nothing.
    """
    if audit.of(Verdict.BROKEN):
        return 1
    shown = audit.completed and audit.required and _accepted(audit.required)
    return 0 if shown else 2


def _accepted(judgements: Iterable[Judgement]) -> bool:
    """Whether every one of *judgements* is kept, or lawfully not."""
    return all(judgement.verdict in ACCEPTED for judgement in judgements)
