"""The ways an application ends, and what may still be seen of its papers afterwards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.probes.sweep import Hit
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Actor, Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive, NotOffered

Ending = Callable[[Case, File], None]

ENDING = (*ENROLMENT, Operation.WITHDRAW, Operation.ISSUE_CARD)
"""What the endings below need, but for the one that waits."""

SCAN = frozenset({Field.DOCUMENT_BYTES, Field.DOCUMENT_PICTURE})
"""The canaries of a paper's file and of how it looks, as opposed to what it says."""


def somebody(case: Case) -> Applicant:
    """Meet somebody whose papers come as a document and as a picture: both ways are read."""
    person = case.people.next(media_type="application/pdf")
    identity, *others = person.documents
    pictures = (replace(paper, media_type="image/jpeg") for paper in others)
    return case.meet(replace(person, documents=(identity, *pictures)))


def approved(case: Case, file: File) -> None:
    """The application is approved."""
    case.must(case.target.decide(file.application, REVIEWER, approve=True))


def carded(case: Case, file: File) -> None:
    """The application is approved and the card issued."""
    approved(case, file)
    case.must(case.target.issue_card(file.application, CLERK))


def denied(case: Case, file: File) -> None:
    """The application is denied."""
    case.must(case.target.decide(file.application, REVIEWER, approve=False))


def withdrawn(case: Case, file: File) -> None:
    """The applicant withdraws."""
    case.must(case.target.withdraw(file.application, file.owner))


def duplicated(case: Case, file: File) -> None:
    """The applicant is approved, applies once more with the same papers, and is denied."""
    approved(case, file)
    denied(case, case.apply(file.applicant))


def again_on_the_web(case: Case, file: File) -> None:
    """The applicant is denied, applies anew on the web, where that is taken, and is approved."""
    denied(case, file)
    person, owner = file.applicant, file.owner
    opened = case.answered(case.target.open_application(person, owner, channel="web"))
    if opened.allowed:
        application = str(opened.fields["application"])
        for paper in person.documents:
            case.must(case.target.submit_document(application, paper, owner))
        case.must(case.target.decide(application, REVIEWER, approve=True))


def abandoned(case: Case, file: File) -> None:
    """Nobody decides until the application closes by itself."""
    del file  # nobody touches it any more
    terms = case.terms
    unattended = timedelta(days=terms.pending_days, hours=terms.grace_hours)
    case.must(case.target.advance_clock(unattended))


DECIDED = (carded, denied, withdrawn, duplicated, again_on_the_web)
"""The ways that need no waiting; the last two have an approval without a card in them."""


def everybody(file: File) -> Iterator[Actor]:
    """Yield everybody who might ask for the papers of *file*, the likeliest first."""
    yield from (REVIEWER, CLERK, file.owner)
    yield from (COUNSEL, COMMISSIONER, AUDITOR, ADMINISTRATOR, PUBLIC)


def must_be_shown(case: Case, file: File) -> Outcome:
    """
    Return what a reviewer sees of the first paper, which has to be the paper.

    Raises:
        Inconclusive: it is not shown, or cannot be recognised in the answer, so
            that not recognising it later would mean nothing.

    """
    seen = case.must(case.target.view_document(file.application, 0, REVIEWER))
    if not shown(case, seen):
        raise Inconclusive("the paper could not be recognised in the reviewer's own view of it")
    return seen


def served(case: Case, file: File) -> list[Actor]:
    """Return everybody who is still shown a paper of *file*."""
    found = []
    for actor in everybody(file):
        with suppress(NotOffered):  # not every system employs everybody
            looks = [
                case.answered(case.target.view_document(file.application, place, actor))
                for place in range(len(file.applicant.documents))
            ]
            found += [actor] * any(shown(case, look) for look in looks)
    return found


def shown(case: Case, seen: Outcome) -> bool:
    """Whether an answer shows a paper: a placeholder in its stead is none."""
    return seen.allowed and bool(in_answers(case, [seen], SCAN))


def in_answers(case: Case, outcomes: Iterable[Outcome], fields: frozenset[Field]) -> list[Hit]:
    """Return what of *fields* stands in the answers behind *outcomes*."""
    sweep = sweep_for(case.mint, case.met)
    bodies = [exchange.body for each in outcomes for exchange in each.exchanges]
    bodies += [each.fields["data"] for each in outcomes if "data" in each.fields]
    hits = [hit for body in set(bodies) for hit in sweep.bytes(body, "answer")]
    return [hit for hit in hits if hit.field is None or hit.field in fields]
