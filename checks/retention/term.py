"""Whatever has a term is gone when the term has ended: papers, applications, records."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from idaudit.checks.case import ADMINISTRATOR, CLERK, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.covered import paper_bytes, weight_at_rest
from idaudit.checks.retention.due import papers_end, record_end, shown_end
from idaudit.checks.retention.endings import SCAN, served
from idaudit.checks.retention.switch import A_DAY, NOON, advance_to
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

Event = Callable[[Case, File], None]
"""What happens half-way through a term, and must not begin it anew."""

HALF_WAY = timedelta(days=300)
LARGE = 600_000
MANY, SMALL = 60, 30_000
"""More than one page of anything, and small enough to be quick."""

HAPPENING = (
    *ENROLMENT,
    Operation.ISSUE_CARD,
    Operation.CORRECT_RECORD,
    Operation.CRASH,
    Operation.RESTART,
    Operation.ADVANCE_CLOCK,
)


def nothing(case: Case, file: File) -> None:
    """Nothing happens."""
    del case, file


def a_correction(case: Case, file: File) -> None:
    """The holder moves and says so."""
    case.must(case.target.correct_record(file.record, {"street": "1 Elsewhere Row"}, file.owner))


def a_card(case: Case, file: File) -> None:
    """The card is issued only now."""
    case.must(case.target.issue_card(file.application, CLERK))


def a_new_application(case: Case, file: File) -> None:
    """The same person applies once more; refusing is as good as taking."""
    opened = case.answered(case.target.open_application(file.applicant, CLERK))
    if opened.allowed:
        case.must(case.target.withdraw(opened.fields["application"], file.owner))


def a_power_cut(case: Case, file: File) -> None:
    """The system fails and comes back."""
    del file
    case.must(case.target.crash())
    case.must(case.target.restart())


@check(
    guarantee="retention-term",
    counters=("term-starts-anew",),
    needs=(*HAPPENING, Operation.VIEW_DOCUMENT, Operation.WITHDRAW),
    sees=True,
)
@pytest.mark.parametrize("event", [nothing, a_correction, a_card, a_new_application, a_power_cut])
def papers_are_gone_when_their_term_has_ended(case: Case, event: Event) -> None:
    """
    When the term of the papers and the purge after it have passed, no paper is left.

    The term runs from the application; nothing that happens in between renews it.
    """
    file = case.enrol(case.applicant(size=LARGE))
    end = papers_end(case.terms, case.today)
    if end > case.today:
        case.must(case.target.advance_clock(HALF_WAY))
    event(case, file)
    past(case, end)

    told = "The term has ended, and the paper is still shown."
    case.expect(not served(case, file), "paper-outlives-term", told)
    told = "The term has ended, and the paper lies in {surface}."
    case.expect_no_residue("paper-outlives-term", told, fields=SCAN)


@check(
    guarantee="retention-term",
    counters=("purge-waits-for-a-button",),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK, Operation.RUN_RETENTION),
    sees=True,
)
def papers_are_destroyed_without_anybody_asking(case: Case) -> None:
    """
    Once the term has ended, a purge by hand finds no paper left to destroy.

    Papers may lie in cipher, so they are weighed: what grows lighter when
    somebody asks had not been destroyed before.
    """
    case.sight.look([])
    file = case.enrol(case.applicant(size=LARGE))
    past(case, papers_end(case.terms, case.today))
    before = weight_at_rest(case)
    case.must(case.target.run_retention(ADMINISTRATOR))
    lighter = before - weight_at_rest(case)

    told = "The papers were overdue, and went only when somebody asked."
    case.expect(lighter < paper_bytes(file.applicant) // 2, "purged-by-hand-only", told)


@check(
    guarantee="retention-term",
    counters=("purge-stops-half-way",),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK),
    sees=True,
)
def no_paper_is_left_behind_when_many_fall_due(case: Case) -> None:
    """
    When many papers fall due together they all go, and not only the first page of them.

    Where none is destroyed by its bytes it cannot be told whether its key was,
    and nothing is shown; where some are and some are not, the rest was left behind.
    """
    case.sight.look([])
    empty, paper = weight_at_rest(case), case.applicant(size=SMALL).documents[0]
    count = MANY if case.terms.papers_days else 1
    for _ in range(count):
        case.enrol(case.applicant(documents=(paper,)))
    end, full = papers_end(case.terms, case.today), weight_at_rest(case)
    past(case, end)

    shown, gone = count * len(paper.data), full - weight_at_rest(case)
    if full - empty >= shown:  # otherwise none was kept in the first place
        _must_tell(gone, len(paper.data))
        told = "Some papers went when their term ended, and others of the same day did not."
        case.expect(shown - gone < len(paper.data), "papers-left-behind", told)
    case.trials += 1


@check(
    guarantee="retention-term",
    counters=("expired-card-kept-for-ever", "new-kind-without-term"),
    needs=(*HAPPENING, Operation.READ_RECORD),
    sees=True,
)
@pytest.mark.parametrize("event", [nothing, a_correction, a_power_cut])
def a_record_is_gone_when_its_term_has_ended(case: Case, event: Event) -> None:
    """When the card has expired and the time after it has passed, the record is gone."""
    _outlive(case, event, "record-outlives-term")


@check(
    guarantee="retention-term",
    counters=("calendar-edge-missed",),
    needs=(*HAPPENING, Operation.READ_RECORD),
    sees=True,
)
def a_record_from_a_leap_day_is_gone_like_any_other(case: Case) -> None:
    """A card issued on the 29th of February expires, and its record goes, all the same."""
    year = case.today.year + 1
    leap = next(each for each in range(year, year + 9) if _is_leap(each))
    advance_to(case, datetime.combine(date(leap, 2, 29), NOON, UTC))

    _outlive(case, nothing, "leap-day")


@check(
    guarantee="retention-term",
    counters=("closed-in-name-only",),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.ADVANCE_CLOCK),
    sees=True,
)
def an_application_nobody_decides_ends_by_itself(case: Case) -> None:
    """After its time an application that nobody decided is closed, and nothing of it is left."""
    file = case.apply()
    case.must(case.target.read_record(file.record, file.owner))
    past(case, case.today + timedelta(days=case.terms.pending_days))

    _expect_gone(case, file, "application-outlives-term", "Nobody decided, the time is up")


@check(
    guarantee="retention-term",
    counters=("purge-stops-half-way",),
    needs=(Operation.OPEN_APPLICATION, Operation.READ_RECORD, Operation.ADVANCE_CLOCK),
)
def no_application_is_left_behind_when_many_fall_due(case: Case) -> None:
    """When many applications have waited too long they all end, and not only the first page."""
    files = [_opened(case) for _ in range(MANY)]
    case.must(case.target.read_record(files[-1].record, files[-1].owner))
    past(case, case.today + timedelta(days=case.terms.pending_days))
    left = [
        file
        for file in files
        if case.answered(case.target.read_record(file.record, file.owner)).allowed
    ]

    told = f"Of {MANY} applications whose time was up, {len(left)} are still there."
    case.expect(not left, "applications-left-behind", told)


def past(case: Case, end: date) -> None:
    """
    Let the clock run past *end* and the programme's grace.

    Raises:
        Inconclusive: the clock says that it was moved, and was not.

    """
    # Some hours past midnight, wherever the programme counts its days.
    moment = datetime.combine(end + A_DAY, time(), UTC) + timedelta(hours=case.terms.grace_hours)
    advance_to(case, moment)
    if case.target.now() < moment:
        raise Inconclusive("the clock did not move, so nothing has fallen due")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# -- expectations -----------------------------------------------------------------


def _opened(case: Case) -> File:
    person = case.applicant(documents=())
    opened = case.must(
        case.target.open_application(person, Actor(Role.APPLICANT, person.index), channel="web")
    )
    return File(person, opened.fields["application"], opened.fields["record"])


def _outlive(case: Case, event: Event, reason: str) -> None:
    """Have a card issued, let *event* happen half-way, and wait for the end of the record."""
    file = case.enrol()
    card = case.must(case.target.issue_card(file.application, CLERK))
    end = record_end(case.terms, case.today, shown_end(card, case.today))
    case.must(case.target.advance_clock(HALF_WAY))
    event(case, file)
    advance_to(case, datetime.combine(end - 3 * A_DAY, NOON, UTC))
    case.must(case.target.read_record(file.record, file.owner))
    past(case, end)

    _expect_gone(case, file, reason, "The term of the record has ended")


def _expect_gone(case: Case, file: File, reason: str, told: str) -> None:
    """Expect that nobody reads the record of *file*, and that none of it lies in the clear."""
    for actor in (file.owner, CLERK):
        read = case.answered(case.target.read_record(file.record, actor))
        case.expect(not read.allowed, reason, f"{told}, and the record can still be read.")
    case.expect_no_residue(
        f"{reason}-at-rest", f"{told}, and values of it lie in {{surface}}.", file.applicant
    )


def _must_tell(gone: int, paper: int) -> None:
    """Raise Inconclusive where not even one paper's bytes went."""
    if gone < paper:
        raise Inconclusive("no bytes went when the term ended; whether keys did cannot be seen")
