"""After a breach: whose data it was, by when they are told, and in what envelope."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from idaudit.checks.access.reach import Eye
from idaudit.checks.case import AUDITOR, CLERK, COMMISSIONER, COUNSEL, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, released_under, says_something, warrant_for
from idaudit.checks.disclosure.telling import names_programme, notices, shows_messages
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

INTRUDER = Actor(Role.CLERK, 2)
PEEPER = Actor(Role.REVIEWER, 2)
BREACH = (Operation.REPORT_BREACH, Operation.SEND_BREACH_NOTICE, Operation.READ_NOTICES)
READ, LEFT = 2, 2
"""Files that are read without right, and files that are left alone."""

_DISCOVERED_BEFORE = timedelta(days=10)
_MOMENT = timedelta(minutes=5)
_LATE = timedelta(days=1)


def by_looking(case: Case, files: Sequence[File]) -> Actor:
    """A login of the counter opens applications, one after the other, and copies nothing."""
    for file in files:
        case.must(case.target.read_record(file.record, INTRUDER))
    return INTRUDER


def by_a_paper(case: Case, files: Sequence[File]) -> Actor:
    """A reviewer's login looks at a paper of each."""
    for file in files:
        case.must(case.target.view_document(file.application, 0, PEEPER))
    return PEEPER


def by_the_desk(case: Case, files: Sequence[File]) -> Actor:
    """Records are fetched at the disclosure desk, under a warrant that looks good."""
    for file in files:
        case.must(case.target.decide(file.application, REVIEWER, approve=True))
    released = released_under(case, warrant_for(case, *(file.applicant for file in files)))
    if not says_something(released):
        raise Inconclusive("not even a judge's warrant with every approval opens a record here")
    return COUNSEL


WAYS: Mapping[str, Callable[[Case, Sequence[File]], Actor]] = {
    "looking": by_looking,
    "a-paper": by_a_paper,
    "the-desk": by_the_desk,
}
"""How data is reached with a login that is misused."""


@check(
    guarantee="prompt-breach-notice",
    counters=("quiet-reader-not-a-breach",),
    needs=(
        *ENROLMENT,
        *AT_THE_DESK,
        *BREACH,
        Operation.READ_RECORD,
        Operation.VIEW_DOCUMENT,
        Operation.ADVANCE_CLOCK,
    ),
)
@pytest.mark.parametrize("way", WAYS)
def whoever_was_read_without_right_is_told_and_nobody_else(case: Case, way: str) -> None:
    """
    A login is misused to read some files: those it read are counted and told, and no others.

    Nothing is downloaded. By the day on which the notice is due it has to have
    reached them; a notice to everybody is no notice.
    """
    read = [_taken_in(case, INTRUDER) for _ in range(READ)]
    left = [_taken_in(case, CLERK) for _ in range(LEFT)]
    misused = WAYS[way](case, read)
    case.must(case.target.advance_clock(_MOMENT))
    breach = Reported.of(case, case.target.report_breach(CLERK, misused=misused))
    told = (
        f"{READ} files were read without right, and the breach is said to reach {breach.affected}."
    )
    case.expect(breach.affected >= READ, "reading-is-no-breach", told)
    case.expect(breach.affected == READ, "alarms-others", told)
    case.must(case.target.send_breach_notice(breach.id, COMMISSIONER))
    if not all(_is_told(case, file) for file in read):
        case.must(case.target.advance_clock(breach.due - case.target.now()))
    for file in read:
        sentence = "A file was read without right, and its owner is not told by the day it is due."
        case.expect(_is_told(case, file), "affected-not-told", sentence)
    for file in left:
        sentence = "The owner of a file that nobody read is told that it leaked."
        case.expect(not _is_told(case, file), "alarms-others", sentence)


@check(
    guarantee="prompt-breach-notice",
    counters=("quiet-reader-not-a-breach",),
    needs=(*ENROLMENT, *BREACH),
)
def when_everything_leaks_everybody_is_told(case: Case) -> None:
    """Of a stolen disk all people on file are affected, whether anybody looked at them or not."""
    files = [case.enrol(case.applicant(size=4_000)), case.apply(case.applicant(size=4_000))]
    breach = Reported.of(case, case.target.report_breach(CLERK))
    sentence = f"Of {len(files)} people on file, {breach.affected} are said to be affected."
    case.expect(breach.affected == len(files), "somebody-left-out", sentence)
    case.must(case.target.send_breach_notice(breach.id, COMMISSIONER))
    for file in files:
        sentence = "All data leaked, and somebody on file is not told."
        case.expect(_is_told(case, file), "somebody-left-out", sentence)


@check(
    guarantee="prompt-breach-notice",
    counters=("breach-clock-started-late",),
    needs=(
        *ENROLMENT,
        Operation.REPORT_BREACH,
        Operation.SEND_BREACH_NOTICE,
        Operation.READ_BREACHES,
        Operation.ADVANCE_CLOCK,
    ),
)
def the_clock_of_a_breach_runs_from_its_discovery(case: Case) -> None:
    """
    Whenever a breach is reported, its notice is due as many days after it was discovered.

    The day does not move by itself; once it has passed, the list says that the
    notice is late, and goes on saying so when it is sent after all.
    """
    case.enrol(case.applicant(size=4_000))
    case.must(case.target.advance_clock(_DISCOVERED_BEFORE + _LATE))
    now = case.target.now()
    at_once = Reported.of(case, case.target.report_breach(CLERK, discovered=now))
    earlier = now - _DISCOVERED_BEFORE
    late = Reported.of(case, case.target.report_breach(CLERK, discovered=earlier))
    term = at_once.due - now
    sentence = "A breach that was discovered earlier is due as late as one discovered today."
    in_time = late.due <= earlier + term + _MOMENT
    case.expect(in_time, "clock-starts-at-the-report", sentence)
    case.bound(f"The term that this programme gives itself is {term.days} days.")
    before = _listed(case, late)
    case.must(case.target.advance_clock(late.due - now + _LATE))
    after = _listed(case, late)
    sentence = "The day by which people are to be told has moved since the breach was reported."
    case.expect(_moment(after["due"]) <= _moment(before["due"]), "clock-moves", sentence)
    case.expect(after["overdue"], "lateness-hidden", "A notice is late, and the list denies it.")
    case.must(case.target.send_breach_notice(late.id, COMMISSIONER))
    sentence = "A notice went out after its day, and the list now says that it was in time."
    case.expect(_listed(case, late)["overdue"], "lateness-hidden", sentence)


@check(
    guarantee="prompt-breach-notice",
    counters=("envelope-names-programme",),
    needs=(*ENROLMENT, *BREACH, Operation.READ_BREACHES),
)
def an_envelope_tells_nobody_what_it_is_about(case: Case) -> None:
    """Whatever is sent after a breach bears outside neither the programme nor a word of a card."""
    shows_messages(case)
    files = [case.enrol(case.applicant(size=4_000)) for _ in range(2)]
    before = len(case.target.messages() or ())
    breach = Reported.of(case, case.target.report_breach(CLERK))
    case.must(case.target.send_breach_notice(breach.id, COMMISSIONER))
    eye = Eye(case, files)
    listed = case.must(case.target.read_breaches(AUDITOR))
    case.expect(not eye.told(listed, AUDITOR), "list-names-people", "The list names people.")
    for message in list(case.target.messages() or ())[before:]:
        sentence = "The outside of a notice names the programme: whoever sees it knows of the card."
        outside = names_programme(case, message.outside)
        case.expect(not outside, "envelope-names-programme", sentence)


# -- reading -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reported:
    """A breach as it was taken down."""

    id: str
    affected: int
    due: datetime

    @classmethod
    def of(cls, case: Case, reported: Outcome) -> "Reported":
        """Read the answer to a report, which has to be taken."""
        fields = case.must(reported).fields
        return cls(str(fields["breach"]), int(fields["affected"]), _moment(fields["due"]))


def _taken_in(case: Case, by: Actor) -> File:
    """Let *by* take an application in: some systems let nobody else at the counter read it."""
    return case.apply(case.applicant(size=4_000), by=by, sender=by)


def _moment(written: object) -> datetime:
    return datetime.fromisoformat(str(written))


def _listed(case: Case, breach: Reported) -> Mapping[str, Any]:
    """Return how the list has *breach*, or the earliest discovered where it gives no names."""
    listed = case.must(case.target.read_breaches(AUDITOR)).fields["breaches"]
    by_id = [each for each in listed if each.get("breach") == breach.id]
    return next(iter(by_id), min(listed, key=lambda each: _moment(each["discovered"])))


def _is_told(case: Case, file: File) -> bool:
    return any(each.get("kind") == "breach" for each in notices(case, file))
