"""Nothing made from a paper outlives it: no number, text, picture, digest, or anything sealed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from idaudit.checks.case import AUDITOR, CLERK, PUBLIC, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.growth import slope
from idaudit.checks.probes.sweep import Grade, Hit
from idaudit.checks.retention.covered import weight_at_rest
from idaudit.checks.retention.endings import (
    DECIDED,
    ENDING,
    Ending,
    abandoned,
    approved,
    in_answers,
    somebody,
)
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.documents import DocumentKind, draw
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

MADE_FROM = {
    Field.DOCUMENT_NUMBER: ("number-kept", "the number of a paper"),
    Field.DOCUMENT_TEXT: ("text-kept", "what was printed on a paper"),
    Field.DOCUMENT_PICTURE: ("picture-kept", "a picture of a paper"),
}
"""What can be made from a paper: the reason for a finding, and what to call it."""

PRINTED = frozenset({Field.DOCUMENT_NUMBER, Field.DOCUMENT_TEXT})
ON_RECORD = frozenset({Field.SURNAME, Field.GIVEN_NAME, Field.STREET, Field.EMAIL})
COUNTS = (2, 7, 1, 5)
"""How many papers people show, in an order in which the number does not grow with time."""

SMALL = 30_000
ALLOWED = 512
"""Bytes that one more paper may leave beyond what one more look leaves: a line in a log."""


def made_from(hit: Hit) -> tuple[str, str] | None:
    """Return the reason and the name for a *hit* on what was made from a paper."""
    if hit.grade is Grade.DIGEST:
        return "digest-kept", "a digest of a paper or of its number"
    return MADE_FROM.get(hit.field or Field.DOCUMENT_TEXT)


def expect_nothing_made(case: Case, *, weighed: bool = False) -> None:
    """Expect that nothing at rest was made from a paper; what is in cipher may be *weighed*."""
    case.trials += 1
    for hit in case.in_the_clear() if weighed else case.residue():
        made = made_from(hit)
        if made:
            reason, what = made
            told = f"The case is over, and {what} lies in {hit.surface}."
            case.broken(reason, told, Place.of(hit))


@check(
    guarantee="nothing-derived",
    counters=(
        "digest-turned-back",
        "fraud-list-by-passport",
        "scan-found-by-digest",
        "index-outlives-paper",
        "passport-read-in-full",
        "working-copies-left",
    ),
    needs=ENDING,
    sees=True,
)
@pytest.mark.parametrize("end", DECIDED)
def nothing_made_from_a_paper_outlives_its_application(case: Case, end: Ending) -> None:
    """Once an application is over, no number, text, picture or digest of its papers is at rest."""
    end(case, case.apply(somebody(case)))

    expect_nothing_made(case)


@check(
    guarantee="nothing-derived",
    counters=("paper-number-logged",),
    needs=(*ENROLMENT, Operation.ADVANCE_CLOCK),
    sees=True,
)
def nothing_made_from_a_paper_outlives_an_abandoned_application(case: Case) -> None:
    """Once an application that nobody decided has closed, nothing made from its papers is left."""
    abandoned(case, case.apply(somebody(case)))

    expect_nothing_made(case)


@check(
    guarantee="nothing-derived",
    counters=("card-bears-passport-number",),
    needs=(*ENROLMENT, Operation.ISSUE_CARD, Operation.READ_RECORD),
)
def neither_card_nor_record_repeats_what_stood_on_a_paper(case: Case) -> None:
    """The card and the record say nothing that stood only on a paper."""
    file = case.enrol(somebody(case))
    card = case.must(case.target.issue_card(file.application, CLERK))
    record = case.must(case.target.read_record(file.record, file.owner))
    if not in_answers(case, [record], ON_RECORD):
        raise Inconclusive("the holder's own values were not recognised in their record")

    _expect_nothing_printed(case, (card, record))


@check(
    guarantee="nothing-derived",
    counters=("paper-number-logged",),
    needs=(*ENROLMENT, Operation.READ_LEDGER, Operation.PUBLIC_REPORT),
)
def neither_ledger_nor_report_repeats_what_stood_on_a_paper(case: Case) -> None:
    """The ledger and the public report say nothing that stood only on a paper."""
    case.enrol(somebody(case))
    ledger = case.must(case.target.read_ledger(AUDITOR))
    quarter = f"{case.today.year}-Q{(case.today.month + 2) // 3}"
    report = case.must(case.target.public_report(quarter, PUBLIC))

    _expect_nothing_printed(case, (ledger, report))


@check(
    guarantee="nothing-derived",
    counters=("template-made-from-paper",),
    needs=(*ENROLMENT, Operation.READ_RECORD),
    sees=True,
)
def what_is_kept_does_not_grow_with_the_number_of_papers(case: Case) -> None:
    """
    Somebody who showed many papers leaves no more than somebody who showed one.

    A picture, a template or a text kept in cipher has a weight for each paper.
    Looking at a record leaves lines in logs and ledgers too; so much is allowed.
    """
    expect_nothing_made(case, weighed=True)
    each_paper = slope([(count, _left_by_papers(case, count)) for count in COUNTS])
    each_look = slope([(count, _left_by_looks(case, count)) for count in COUNTS])
    case.bound(
        f"One more paper leaves at most {max(each_paper.high, 0):.0f} bytes "
        f"(95 % bound, {each_paper.points} people)."
    )

    allowed = max(each_look.value, 0) + ALLOWED
    if each_paper.hides(SMALL, allowed):
        raise Inconclusive(
            f"what people leave differs so much that {each_paper.high:.0f} bytes for one more "
            f"paper would not show, and a whole paper has {SMALL}"
        )
    case.expect(
        each_paper.low <= allowed,
        "grows-with-number",
        "Every paper shown leaves something behind, although its case is over.",
    )


def _expect_nothing_printed(case: Case, answers: Sequence[Outcome]) -> None:
    found = in_answers(case, answers, PRINTED)
    told = "An answer after the decision repeats what stood on a paper."
    case.expect(not found, "answered", told)


def _left_by_papers(case: Case, count: int) -> int:
    """Weigh what an applicant with *count* different papers leaves, once approved."""
    before = weight_at_rest(case)
    person = case.people.next()
    papers = tuple(draw(kind, person, size=SMALL) for kind in list(DocumentKind)[:count])
    approved(case, case.apply(case.meet(replace(person, documents=papers))))
    return weight_at_rest(case) - before


def _left_by_looks(case: Case, count: int) -> int:
    """Weigh what *count* looks at a record leave."""
    file = case.apply(case.applicant(size=SMALL))
    before = weight_at_rest(case)
    for _ in range(count):
        case.must(case.target.read_record(file.record, file.owner))
    return weight_at_rest(case) - before
