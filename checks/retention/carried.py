"""What comes along inside a paper, unseen, goes when the paper goes."""

from collections.abc import Callable

import pytest

from idaudit.checks.access.taking import opened
from idaudit.checks.case import CLERK, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.retention.copies import spoilt
from idaudit.checks.retention.endings import Ending, approved, denied
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.documents import Document
from idaudit.fixtures.papers.containers import encode
from idaudit.fixtures.papers.polyglots import pdf_with_attachment, picture_with_archive
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

CARRIED = frozenset({Field.UNASKED})
"""What marks that which is carried; nothing else of these people bears it."""

Carry = Callable[[Document, bytes], Document]


def in_a_pdf(paper: Document, letter: bytes) -> Document:
    """A PDF with a file attached."""
    picture = encode(paper.picture, "image/jpeg")
    return spoilt(paper, pdf_with_attachment("letter.txt", letter, picture), "application/pdf")


def behind_a_picture(paper: Document, letter: bytes) -> Document:
    """A picture with an archive behind its end."""
    picture = encode(paper.picture, "image/jpeg")
    return spoilt(paper, picture_with_archive("letter.txt", letter, picture), "image/jpeg")


def ended_by_its_owner(case: Case, file: File) -> None:
    """The application is approved, and its owner ends the record."""
    approved(case, file)
    case.must(case.target.delete_record(file.record, file.owner))


@check(
    guarantee="no-scan-kept",
    counters=("paper-outlives-decision",),
    needs=(*ENROLMENT, Operation.DELETE_RECORD),
    sees=True,
    tier=Tier.FULL,
)
@pytest.mark.parametrize("end", [denied, ended_by_its_owner])
@pytest.mark.parametrize("carry", [in_a_pdf, behind_a_picture])
def what_a_paper_carries_goes_with_it(case: Case, carry: Carry, end: Ending) -> None:
    """
    A file that came along inside a paper lies nowhere once the application has ended.

    A system may decline such a paper, or leave out what it carries.
    """
    file = opened(case)
    person = file.applicant
    mark = case.mint.canary(person.index, Field.UNASKED)
    paper = carry(person.documents[0], b"To whom it may concern: " + mark.text.encode())
    seen = sweep_for(case.mint, [person]).bytes(paper.data, "paper")
    if not any(hit.field in CARRIED for hit in seen):
        raise Inconclusive("what the paper carries is not found in the paper itself")
    case.answered(case.target.submit_document(file.application, paper, CLERK))
    for each in person.documents:
        case.must(case.target.submit_document(file.application, each, CLERK))
    end(case, file)

    told = "The application has ended, and what its paper carried lies in {surface}."
    case.expect_no_residue("carried-part-kept", told, person, CARRIED)
