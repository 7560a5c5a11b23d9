"""A small threat model and the runs of it, for every test of the reports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from idaudit.reports.audit import Audit
from idaudit.reports.judge import judge
from idaudit.reports.record import (
    CheckRecord,
    Finding,
    OperationRecord,
    PlannedCheck,
    RunEnd,
    RunHeader,
    RunRecord,
    SurfaceRecord,
)
from idaudit.threatmodel.model import (
    Area,
    Citation,
    Clause,
    Guarantee,
    Limit,
    Obligation,
    Programme,
    Source,
    Subject,
    Terms,
    ThreatModel,
)
from idaudit.threatmodel.verdict import Assurance, Outcome

STARTED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LAW = Source("ll35", "Local Law 35 of 2014", "law", "2014-07-10", "NYC Admin. Code 3-115")
SUBJECTS = {
    "no-scan-kept": (Area.RETENTION, {Subject.DOCUMENTS}),
    "nothing-derived": (Area.RETENTION, {Subject.DERIVED}),
    "kill-switch": (Area.RETENTION, {Subject.DOCUMENTS, Subject.ROSTER}),
    "court-only": (Area.DISCLOSURE, {Subject.ROSTER}),
    "private-booking": (Area.ACCOUNTABILITY, {Subject.ROSTER}),
    "nothing-hidden": (Area.CARD, {Subject.ROSTER}),
}
NO_CHECK_YET = {"nothing-hidden": "A card's chip cannot be read by this version."}
NOT_APPLICABLE = {"private-booking": "This programme takes no bookings."}
TERMS = Terms(
    papers_days=0,
    purge_every="decision",
    pending_days=60,
    card_years=5,
    record_days_after_expiry=30,
    grace_hours=24,
    kill_fires_on=None,
    kill_scope="records",
    kill_signatures=2,
    kill_within_hours=1,
    hold_review_days=90,
    disclosure_profile="statute",
    release_approvals=2,
    release_window_hours=24,
    notice_days=None,
)


def _guarantee(name: str) -> Guarantee:
    """Return one promise of the small model."""
    area, subjects = SUBJECTS[name]
    return Guarantee(
        id=name,
        code="R1",
        area=area,
        subjects=frozenset(subjects),
        statement=f"The system upholds {name}.",
        plain=f"We promise {name.replace('-', ' ')}.",
        because="People asked.",
        obligation=Obligation.LAW,
        sources=(Citation(LAW, "e(3)", "shall destroy copies of records"),),
        violations=("It does not.",),
        no_check_yet=NO_CHECK_YET.get(name, ""),
    )


@pytest.fixture
def model() -> ThreatModel:
    """Six promises: four to be judged, one without a check, one that does not apply."""
    guarantees = {name: _guarantee(name) for name in SUBJECTS}
    clauses = {
        name: Clause(
            guarantees[name], name not in NOT_APPLICABLE, NOT_APPLICABLE.get(name, ""), None
        )
        for name in SUBJECTS
    }
    programme = Programme("statute", "The statute", "Admin. Code 3-115.", TERMS, {}, clauses)
    limit = Limit("copies", "That nobody took a picture of the screen.", "Ask who could.")
    return ThreatModel({LAW.id: LAW}, guarantees, {"statute": programme}, (limit,))


@pytest.fixture
def passed() -> Callable[..., CheckRecord]:
    """Make the record of a check that passed; fields can be overridden."""

    def make(guarantee: str, **changes: object) -> CheckRecord:
        record = CheckRecord(
            id=f"{guarantee.replace('-', '_')}_holds",
            guarantee=guarantee,
            outcome=Outcome.PASS,
            trials=12,
            seconds=1.5,
            positive_controls=3,
            people=4,
        )
        return replace(record, **changes)  # type: ignore[arg-type]  # any field, by name

    return make


@pytest.fixture
def record(passed: Callable[..., CheckRecord]) -> RunRecord:
    """A run in which every check that this version has passed."""
    names = ("no-scan-kept", "nothing-derived", "kill-switch", "court-only")
    checks = tuple(passed(name) for name in names)
    header = RunHeader(
        suite_version="0.1.0",
        suite_commit="abc1234",
        target_name="Reference city",
        target_kind="reference",
        target_database="sqlite",
        assurance=Assurance.GREY_BOX,
        program="statute",
        tier="gate",
        seed=7,
        started=STARTED,
        planned=tuple(PlannedCheck(one.id, one.guarantee, needs_controls=True) for one in checks),
        selected=tuple(SUBJECTS),
        unasked_counts=True,
    )
    return RunRecord(
        header=header,
        operations=(OperationRecord("decide", offered=True, works=True),),
        surfaces=(
            SurfaceRecord(
                "registry", "sqlite", 81_920, declared=True, probed=True, control_found=True
            ),
        ),
        checks=checks,
        end=RunEnd(datetime(2026, 3, 1, 9, 31, tzinfo=UTC), completed=True),
    )


@pytest.fixture
def finding() -> Finding:
    """A scan found where none should be."""
    return Finding(
        reason="scan-survives",
        story=("A clerk opened an application.", "A reviewer approved it.", "The scan stayed."),
        surface="registry",
        location="papers.data#4",
        canary="a7.document_bytes",
        form="gzip/verbatim",
        reproduce="idaudit run --only no-scan-kept --seed 7",
    )


@pytest.fixture
def broken(record: RunRecord, finding: Finding) -> RunRecord:
    """The same run, in which a scan was found."""
    first, *rest = record.checks
    fallen = replace(first, outcome=Outcome.FAIL, reason="A scan survived.", findings=(finding,))
    return replace(record, checks=(fallen, *rest))


@pytest.fixture
def waiver_day() -> date:
    """The last day of a waiver that covers the run."""
    return date(2026, 6, 30)


@pytest.fixture
def kept_audit(record: RunRecord, model: ThreatModel) -> Audit:
    """The run in which everything passed, judged."""
    return judge(record, model)


@pytest.fixture
def broken_audit(broken: RunRecord, model: ThreatModel) -> Audit:
    """The run in which a scan was found, judged."""
    return judge(broken, model)
