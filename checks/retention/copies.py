"""Not even a temporary copy: nothing of a paper lies anywhere while it is being handled."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.covered import paper_bytes, weight_at_rest
from idaudit.checks.retention.endings import SCAN, denied, must_be_shown, somebody
from idaudit.fixtures.applicants import Document
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable

SHOWING = (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.VIEW_DOCUMENT)
FALLING = (*SHOWING, Operation.CRASH, Operation.RESTART)
GOING_WRONG = (Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.WITHDRAW)
LARGE = 1_200_000
"""Bytes of a paper that nothing grows by accident as much as."""


def at_the_counter(case: Case) -> File:
    """A clerk takes the application in."""
    return case.apply(somebody(case))


def on_the_web(case: Case) -> File:
    """The applicant applies alone and sends the papers in."""
    person = somebody(case)
    own = Actor(Role.APPLICANT, person.index)
    return case.apply(person, channel="web", by=own, sender=own)


@check(
    guarantee="no-temporary-copy", counters=("spool-copied-while-open",), needs=SHOWING, sees=True
)
@pytest.mark.parametrize("apply", [at_the_counter, on_the_web])
def an_open_application_leaves_no_copy_at_rest(case: Case, apply: Callable[[Case], File]) -> None:
    """While an application is still open, no copy of its papers lies anywhere."""
    must_be_shown(case, apply(case))
    for settled in (False, True):
        case.expect_no_residue(
            "working-copy",
            "The application is still open, and a copy of its paper lies in {surface}.",
            fields=SCAN,
            settled=settled,
        )


@check(guarantee="no-temporary-copy", counters=("crash-leaves-paper",), needs=FALLING, sees=True)
def a_crash_before_the_decision_leaves_no_copy_at_rest(case: Case) -> None:
    """A system that fails between showing and decision leaves no copy behind."""
    must_be_shown(case, case.apply(somebody(case)))
    case.must(case.target.crash())
    told = "The system has failed, and a copy of the paper it was handling lies in {surface}."
    case.expect_no_residue("copy-after-crash", told, fields=SCAN, settled=False)
    case.must(case.target.restart())

    case.expect_no_residue("copy-after-crash", told, fields=SCAN)


@check(
    guarantee="no-temporary-copy",
    counters=("crash-leaves-paper",),
    needs=(*FALLING, Operation.DECIDE),
    sees=True,
)
def a_crash_leaves_no_sealed_copy_once_all_is_decided(case: Case) -> None:
    """
    What a failing system had set aside, even in cipher, goes when the case is decided.

    A large paper that cannot be compressed is shown, the system fails and comes
    back, the case is decided: nothing may have grown by anything like the paper.
    """
    case.expect_nothing_in_the_clear(
        "copy-after-crash", "Papers lie in {surface} already.", fields=SCAN
    )
    before = weight_at_rest(case)
    file = case.apply(case.applicant(size=LARGE))
    case.must(case.target.crash())
    case.must(case.target.restart())
    denied(case, file)
    grown = weight_at_rest(case) - before

    case.expect(
        grown < paper_bytes(file.applicant) // 4,
        "sealed-copy-after-crash",
        "The case is decided, and what is kept has grown by as much as the papers.",
    )


@check(guarantee="no-temporary-copy", counters=("paper-left-in-browser",), needs=SHOWING)
def a_paper_is_shown_with_a_word_to_keep_no_copy(case: Case) -> None:
    """Whoever is shown a paper is told, by "no-store", to keep no copy of the answer."""
    seen = must_be_shown(case, case.apply(somebody(case)))
    if not seen.exchanges:
        raise Inconclusive("the target shows a paper, and not the answer that carried it")
    asked = [exchange.headers.get("cache-control", "") for exchange in seen.exchanges]

    case.expect(
        any("no-store" in each.lower() for each in asked),
        "cacheable",
        "Every browser and cache on the way may keep the paper: no-store is missing.",
    )


@dataclass(frozen=True, slots=True)
class Spoilt(Document):
    """A paper whose file is not as it should be."""

    content: bytes = b""

    @property
    def data(self) -> bytes:
        """The file as it is sent."""
        return self.content


def spoilt(paper: Document, content: bytes, media_type: str = "") -> Document:
    """Return *paper* with other *content*, or said to be of another type."""
    values = {name: getattr(paper, name) for name in Document.__slots__}
    values["media_type"] = media_type or paper.media_type
    return Spoilt(**values, content=content)


def too_large(paper: Document) -> Document:
    """A file larger than most systems take."""
    whole = replace(paper, size=LARGE).data
    return spoilt(paper, whole * 9)


def cut_short(paper: Document) -> Document:
    """A file of which only the first half arrives."""
    return spoilt(paper, paper.data[: len(paper.data) // 2])


def of_the_wrong_type(paper: Document) -> Document:
    """A file that says it is something else."""
    return spoilt(paper, paper.data, "application/x-msdownload")


@check(
    guarantee="no-temporary-copy",
    counters=("quarantine-keeps-paper",),
    needs=GOING_WRONG,
    sees=True,
)
@pytest.mark.parametrize("spoil", [too_large, cut_short, of_the_wrong_type])
def a_paper_that_goes_wrong_leaves_no_copy(
    case: Case, spoil: Callable[[Document], Document]
) -> None:
    """A file that is too large, cut short or of the wrong type leaves no copy behind."""
    person = somebody(case)
    opened = case.must(case.target.open_application(person, CLERK)).fields
    with suppress(TargetUnreachable):  # hanging up is a way to decline
        sent = spoil(person.documents[0])
        case.target.submit_document(opened["application"], sent, CLERK)
    told = "A file that went wrong has left a copy in {surface}."
    case.expect_no_residue("copy-of-spoilt", told, fields=SCAN)
    owner = Actor(Role.APPLICANT, person.index)
    case.must(case.target.withdraw(opened["application"], owner))

    case.expect_no_residue("copy-of-spoilt", told, fields=SCAN)


@check(guarantee="no-temporary-copy", counters=("working-copies-left",), needs=ENROLMENT, sees=True)
def a_paper_that_comes_too_late_leaves_no_copy(case: Case) -> None:
    """A paper for an application that is decided, or that nobody knows, leaves no copy behind."""
    file = case.apply(somebody(case))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    late = case.meet(case.people.twin(file.applicant, apart=True)).documents[0]
    for application in (file.application, f"{file.application}-unknown"):
        case.answered(case.target.submit_document(application, late, CLERK))

    case.expect_no_residue(
        "copy-of-late", "A paper that came too late has left a copy in {surface}.", fields=SCAN
    )
