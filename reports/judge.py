"""
From evidence to verdicts: a pure function, so that anybody can judge again.

Nothing counts as kept because nothing was found. A guarantee is kept only when
every check planned for it ran, tried something, found its positive controls
and passed; one counterexample breaks it whatever else passed.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC

from idaudit.reports.audit import Audit, Judgement, Waiver
from idaudit.reports.headlines import headlines
from idaudit.reports.record import CheckRecord, PlannedCheck, RunRecord
from idaudit.reports.text import count
from idaudit.reports.waivers import in_force
from idaudit.threatmodel.errors import UsageError, WaiverError, did_you_mean
from idaudit.threatmodel.model import Clause, Programme, ThreatModel
from idaudit.threatmodel.verdict import Assurance, Outcome, Verdict

_CUT_SHORT = "the run was cut short: its evidence has no end"


def judge(record: RunRecord, model: ThreatModel, waivers: Sequence[Waiver] = ()) -> Audit:
    """Return what *record* says of every guarantee of its programme."""
    programme = _programme(record, model)
    _refuse_strangers(record, model)
    plain = [_judgement(clause, record) for clause in programme.clauses.values()]
    judgements = _waived(
        plain, in_force(waivers, model, record.header.started.astimezone(UTC).date())
    )
    completed = record.end is not None and record.end.completed
    return Audit(
        header=record.header,
        finished=record.end.finished if record.end else None,
        completed=completed,
        why_incomplete="" if completed else _why(record),
        headlines=headlines(judgements, model, completed=completed),
        guarantees=judgements,
        operations=record.operations,
        surfaces=record.surfaces,
    )


def _programme(record: RunRecord, model: ThreatModel) -> Programme:
    """Return the programme the run was about."""
    name = record.header.program
    if name not in model.programmes:
        hint = did_you_mean(name, model.programmes)
        raise UsageError(
            f"the run names the programme {name!r}, which this threat model lacks{hint}; judge it "
            f"with suite version {record.header.suite_version}, which ran it"
        )
    return model.programmes[name]


def _refuse_strangers(record: RunRecord, model: ThreatModel) -> None:
    """Refuse a run that speaks of guarantees nobody knows: its findings would be lost."""
    named = [(check.id, check.guarantee) for check in record.header.planned]
    named += [(check.id, check.guarantee) for check in record.checks]
    named += [("--only", guarantee) for guarantee in record.header.selected]
    for where, guarantee in named:
        if guarantee not in model.guarantees:
            hint = did_you_mean(guarantee, model.guarantees)
            raise UsageError(
                f"the run's {where} names {guarantee!r}, which is no guarantee's id{hint}; judge "
                f"it with suite version {record.header.suite_version}, which ran it"
            )


def _judgement(clause: Clause, record: RunRecord) -> Judgement:
    """Judge one guarantee."""
    guarantee, header = clause.guarantee, record.header
    ran = (check for check in record.checks if check.guarantee == guarantee.id)
    # Checks asked side by side end in any order; what is said of them has one.
    checks = tuple(sorted(ran, key=lambda check: check.id))
    verdict, reason = _verdict(clause, record, checks)
    asked = guarantee.id in header.selected and not guarantee.no_check_yet
    return Judgement(
        guarantee=guarantee.id,
        verdict=verdict,
        reason=reason,
        assurance=_assurance(record, checks),
        required=clause.applies and asked,
        checks=checks,
    )


def _assurance(record: RunRecord, checks: Sequence[CheckRecord]) -> Assurance:
    """Return how deep was looked: what only the source says was stated, and not seen."""
    read = {planned.id for planned in record.header.planned if planned.by_reading}
    failed = {check.id for check in checks if check.outcome is Outcome.FAIL}
    return Assurance.STATEMENT if failed and failed <= read else record.header.assurance


def _verdict(
    clause: Clause, record: RunRecord, checks: Sequence[CheckRecord]
) -> tuple[Verdict, str]:
    """Return the verdict and the first reason for it."""
    if not clause.applies:
        return Verdict.NOT_APPLICABLE, clause.why
    failed = [check for check in checks if check.outcome is Outcome.FAIL]
    if failed:
        return Verdict.BROKEN, _why_failed(min(failed, key=_length))
    for reason in _doubts(clause, record, checks):
        return Verdict.NOT_SHOWN, reason
    trials = count(sum(check.trials for check in checks), "trial")
    return Verdict.KEPT, f"{count(len(checks), 'check')} passed in {trials}"


def _length(check: CheckRecord) -> int:
    """Return how long the shortest story of a failed check is; without one it tells least."""
    return min((len(finding.story) for finding in check.findings), default=sys.maxsize)


def _why_failed(check: CheckRecord) -> str:
    """Return the code and the closing sentence of the shortest story, or what else is told."""
    for finding in sorted(check.findings, key=lambda each: len(each.story)):
        return ": ".join((finding.reason, *finding.story[-1:]))
    return check.reason or f"{check.id} failed and gave no reason"


def _doubts(clause: Clause, record: RunRecord, checks: Sequence[CheckRecord]) -> Iterator[str]:
    """Yield every reason not to call a guarantee kept, the weightiest first."""
    guarantee = clause.guarantee
    plan = [planned for planned in record.header.planned if planned.guarantee == guarantee.id]
    if guarantee.no_check_yet:
        yield guarantee.no_check_yet
    if guarantee.id not in record.header.selected:
        yield "not asked in this run"
    if not plan:
        yield "no check ran"
    for planned in plan:
        yield from _doubts_of_planned(planned, checks, record)
    for check in checks:
        yield from _doubts_of(check)


def _doubts_of_planned(
    planned: PlannedCheck, checks: Sequence[CheckRecord], record: RunRecord
) -> Iterator[str]:
    """Yield what is wrong with one planned check."""
    own = [check for check in checks if check.id == planned.id]
    if not own:
        why = "" if record.end and record.end.completed else f" ({_why(record)})"
        yield f"{planned.id} was planned and did not run{why}"
    for check in own:
        yield from _doubts_of(check)
        if planned.needs_controls and check.positive_controls <= 0:
            yield f"{check.id} found none of its positive controls, so its silence means nothing"


def _doubts_of(check: CheckRecord) -> Iterator[str]:
    """Yield what keeps one check that ran from showing anything."""
    told = f": {check.reason}" if check.reason else ""
    if check.outcome is Outcome.ERROR:
        yield f"{check.id} ended in an error{told}"
    if check.outcome is Outcome.INCONCLUSIVE:
        yield f"{check.id} could not judge{told}"
    if check.trials <= 0:
        yield f"{check.id} tried nothing"


def _why(record: RunRecord) -> str:
    """Say why a run did not complete."""
    if record.end is None:
        return _CUT_SHORT
    return record.end.why or "the run stopped early and did not say why"


def _waived(judgements: Sequence[Judgement], waivers: Sequence[Waiver]) -> tuple[Judgement, ...]:
    """Turn broken into waived where somebody accepts it; a waiver of nothing is an error."""
    accepted = {waiver.guarantee: waiver for waiver in waivers}
    broken = {one.guarantee: one.verdict for one in judgements}
    for waiver in waivers:
        if (verdict := broken.get(waiver.guarantee)) is not Verdict.BROKEN:
            raise WaiverError(
                f"the waiver of {waiver.guarantee!r} matches nothing broken: this run found it "
                f"{verdict or 'outside its programme'}; take the waiver out of the file"
            )
    return tuple(
        replace(one, verdict=Verdict.WAIVED, waiver=accepted[one.guarantee])
        if one.guarantee in accepted
        else one
        for one in judgements
    )
