"""
Scenes of what really happened, played at the desk and the counter of the system audited.

New York, 2025: on 13 January a memorandum tells staff who "reasonably feel
threatened" to give officers what they ask for; in February the line is dropped
(Hell Gate, THE CITY, NY Times).
"""

from datetime import UTC, datetime

from idaudit.checks.accountability.quarters import advance_to
from idaudit.checks.case import CLERK, COUNSEL, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    IDENTITY,
    Released,
    agree_and_collect,
    collect,
    must_release,
    told_of,
)
from idaudit.fixtures.demands import counter_pressure
from idaudit.fixtures.targets.target import Actor, Operation, Outcome

MEMORANDUM = datetime(2025, 1, 13, 17, tzinfo=UTC)
AMONG_THE_DAYS = datetime(2025, 1, 27, 17, tzinfo=UTC)
DROPPED = datetime(2025, 2, 28, 17, tzinfo=UTC)
"""The end of February 2025: the sources name the month."""
AT_THE_COUNTER = (CLERK, REVIEWER, COUNSEL)


@check(
    guarantee="no-bypass",
    counters=("memo-tells-staff-to-yield",),
    needs=(*ENROLMENT, *AT_THE_DESK, Operation.ADVANCE_CLOCK),
)
def no_memorandum_opens_a_record_while_it_lasts(case: Case) -> None:
    """
    From the day of the memorandum until the line is dropped, pressure opens nothing.

    Nor does what was entered meanwhile open anything once it is dropped, when a tired
    office agrees to whatever lies on the desk.
    """
    waiting = []
    for day in (MEMORANDUM, AMONG_THE_DAYS):
        advance_to(case, day)
        file = case.enrol()
        for by in AT_THE_COUNTER:
            waiting += [(file, each) for each in _lean_on(case, file, by)]
    advance_to(case, DROPPED)
    for file, disclosure in waiting:
        released = agree_and_collect(case, disclosure)
        told = "The memorandum was dropped, and what had been entered under it was handed out."
        case.expect(not _told(released, file), "opened-afterwards", told)
    must_release(case, file)


# -- steps -------------------------------------------------------------------------


def _lean_on(case: Case, file: File, by: Actor) -> list[str]:
    """Let *by* enter what an officer demands, and expect nothing for it; return what waits."""
    fields = ("street", "email", "phone")
    paper = counter_pressure(file.applicant.named(), fields=fields, today=case.today)
    taken: Outcome = case.answered(case.target.request_disclosure(paper, by))
    waiting = [str(taken.fields["disclosure"])] if taken.allowed else []
    out = [dict(taken.fields)]
    for fetching in dict.fromkeys((by, COUNSEL)):
        out += [dict(row) for each in waiting for row in collect(case, each, fetching)]
    told = f"On {case.today} {by} yielded to an officer, and the record was handed out."
    case.expect(not _told(out, file), "yielded-to-pressure", told)
    return waiting


def _told(released: Released, file: File) -> frozenset[str]:
    return told_of(released, file.applicant) - frozenset(IDENTITY)
