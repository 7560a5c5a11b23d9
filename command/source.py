"""Reading the target's own source, where the caller has it, beside driving the target."""

from collections.abc import Iterator

from idaudit.checks.probes.source.reading import RULES, Reading, Rule, read
from idaudit.command.options import RunOptions
from idaudit.command.plan import Plan
from idaudit.reports.record import CheckRecord, Finding, PlannedCheck
from idaudit.threatmodel.verdict import Outcome

MOST = 50
"""Lines told of one rule: whoever has more begins with these."""


def rules_of(options: RunOptions, plan: Plan) -> tuple[Rule, ...]:
    """Return the rules whose promise is asked about; none without a source to read."""
    asked = {
        each
        for each in plan.selected
        if plan.programme.clauses[each].applies and options.source is not None
    }
    return tuple(rule for rule in RULES if rule.guarantee in asked)


def planned_reading(options: RunOptions, plan: Plan) -> tuple[PlannedCheck, ...]:
    """Return what is going to be read for, as a part of the plan."""
    return tuple(
        PlannedCheck(rule.id, rule.guarantee, by_reading=True) for rule in rules_of(options, plan)
    )


def read_source(options: RunOptions, plan: Plan) -> Iterator[CheckRecord]:
    """
    Read the source once, and yield what came of each rule.

    Raises:
        UsageError: there is no Python where it is said to be.

    """
    rules = rules_of(options, plan)
    if options.source is not None and rules:
        reading = read(options.source)
        yield from (_record(options, rule, reading) for rule in rules)


def _record(options: RunOptions, rule: Rule, reading: Reading) -> CheckRecord:
    findings = tuple(
        Finding(
            reason=rule.reason,
            story=(f"The source was read, and by it {rule.sentence} ({line.place}).", _READ),
            surface="source",
            location=line.place,
            reproduce=options.reproduce(rule.guarantee),
        )
        for line in reading.of(rule)[:MOST]
    )
    return CheckRecord(
        id=rule.id,
        guarantee=rule.guarantee,
        outcome=_outcome(reading, findings),
        reason=rule.reason if findings else _unread(reading),
        trials=reading.files,
        bounds=(f"{reading.files} files were read for it; {_BOUND}",),
        findings=findings,
    )


_READ = "It was read there, and not seen happening."
_BOUND = "what goes another way than this rule knows is not seen."


def _outcome(reading: Reading, findings: tuple[Finding, ...]) -> Outcome:
    if findings:
        return Outcome.FAIL
    return Outcome.INCONCLUSIVE if reading.unread else Outcome.PASS


def _unread(reading: Reading) -> str:
    more = f" and {len(reading.unread) - 1} more" if len(reading.unread) > 1 else ""
    return f"could not be read: {reading.unread[0]}{more}" if reading.unread else ""
