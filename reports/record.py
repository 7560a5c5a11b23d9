"""
What a run leaves behind: the seam between running and telling.

Whoever runs checks fills these in; the judge and the renderers read nothing
else, so anybody can judge a finished run again without the system it audited.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime

from idaudit.threatmodel.verdict import Assurance, Outcome

EVIDENCE_SCHEMA = "idaudit/evidence/v1"

ADDED = {"added": True}
"""Marks a field that evidence of an earlier version lacks; it is read as the field's default."""

_CANARY_ID = re.compile(r"[a-z][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One counterexample, told so that a person without engineering can follow it."""

    reason: str
    story: tuple[str, ...] = ()  # plain sentences, in the order things happened
    surface: str = ""  # the surface's id, or "" where nothing rested anywhere
    location: str = ""  # within the surface
    canary: str = ""  # the canary's id, never its value
    form: str = ""  # in which form it was found: "base64", "gzip/verbatim"
    reproduce: str = ""  # a command that shows it again

    def __post_init__(self) -> None:
        """Refuse what cannot be a canary's id: it may be an applicant's value."""
        if self.canary and not _CANARY_ID.fullmatch(self.canary):
            raise ValueError(
                "Finding.canary holds something that is no canary's id (not repeated here, since "
                "it may be an applicant's value); expected one like 'a7.surname'; pass Canary.id"
            )


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """How one check of one guarantee ended."""

    id: str
    guarantee: str
    outcome: Outcome
    reason: str = ""
    trials: int = 0
    seconds: float = 0.0
    positive_controls: int = 0  # planted values this check found again
    people: int = 0  # applicants it was tried on
    bounds: tuple[str, ...] = ()  # how small a violation it would still have seen, in sentences
    findings: tuple[Finding, ...] = ()

    @property
    def missed_rate(self) -> float | None:
        """
        Return the share of people a violation may strike and still have passed unseen.

        The upper end of the exact 95 % interval after *people* were tried and
        none was struck: 1 - 0.05 ** (1 / people) (Clopper and Pearson 1934).
        It holds for a violation that strikes people by chance, each as likely
        as any other, as keeping one paper in a hundred does. None where the
        check did not pass, or was tried on nobody.
        """
        if self.outcome is not Outcome.PASS or not self.people:
            return None
        return 1 - math.pow(0.05, 1 / self.people)


@dataclass(frozen=True, slots=True)
class SurfaceRecord:
    """What the suite could see of one place where data can rest."""

    id: str
    kind: str
    bytes: int
    declared: bool  # the target named it, as opposed to the suite coming upon it
    probed: bool
    control_found: bool  # a planted control was found there, so "not found" counts
    note: str = ""

    @property
    def seen(self) -> bool:
        """Whether "nothing was found here" means anything."""
        return self.probed and self.control_found


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """What the doctor learnt of one operation."""

    id: str
    offered: bool
    works: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """
    One check this run set out to do.

    Whether it needs positive controls is part of the plan, so that a check
    cannot forget them and pass.
    """

    id: str
    guarantee: str
    needs_controls: bool = False
    by_reading: bool = field(default=False, metadata=ADDED)
    """Whether it reads the target's source: what it finds was not seen happening."""


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What was known before the first check."""

    suite_version: str
    suite_commit: str
    target_name: str
    target_kind: str
    target_database: str
    assurance: Assurance
    program: str
    tier: str
    seed: int
    started: datetime
    planned: tuple[PlannedCheck, ...]
    selected: tuple[str, ...]  # every guarantee asked about; all of them without --only
    schema: str = EVIDENCE_SCHEMA
    relied_on_days: int | None = field(default=None, metadata=ADDED)
    """For how long after its end the audit is meant to be relied on; None where nobody said."""
    unasked_counts: bool = field(default=False, metadata=ADDED)
    """Whether a headline was not shown for want of one promise, when this was written."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How the run ended; a run without one was cut short."""

    finished: datetime
    completed: bool
    why: str = ""  # why it stopped early


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything one run left behind."""

    header: RunHeader
    operations: tuple[OperationRecord, ...] = ()
    surfaces: tuple[SurfaceRecord, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    end: RunEnd | None = None
