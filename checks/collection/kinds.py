"""Nothing kept or answered tells which kinds of paper somebody showed."""

from collections.abc import Sequence

import pytest

from idaudit.checks.case import AUDITOR, CLERK, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.traces import PAIRS, Life, expect_alike, told_apart
from idaudit.checks.probes.twins import Features, tells
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

ALIKE = Differences(size=40_000, media_type="image/jpeg")
"""Papers that differ in nothing a file shows from outside."""

PASSPORT = Differences(identity=DocumentKind.FOREIGN_PASSPORT, **ALIKE)
LICENCE = Differences(identity=DocumentKind.US_LICENCE, **ALIKE)
LIVING = (
    *ENROLMENT,
    Operation.VIEW_DOCUMENT,
    Operation.ISSUE_CARD,
    Operation.READ_RECORD,
)


def shown(case: Case, person: Applicant) -> tuple[str, str]:
    """Apply as *person*, show every paper, and let a reviewer look at the first."""
    opened = case.must(case.target.open_application(person, CLERK)).fields
    application, record = str(opened["application"]), str(opened["record"])
    for paper in person.documents:
        case.must(case.target.submit_document(application, paper, CLERK))
    case.must(case.target.view_document(application, 0, REVIEWER))
    return application, record


def to_the_card(case: Case, person: Applicant) -> Sequence[Outcome]:
    """The application is approved, the card issued, the record read."""
    application, record = shown(case, person)
    target, owner = case.target, Actor(Role.APPLICANT, person.index)
    return (
        case.answered(target.decide(application, REVIEWER, approve=True)),
        case.answered(target.issue_card(application, CLERK)),
        case.answered(target.read_record(record, owner)),
    )


def past_a_refusal(case: Case, person: Applicant) -> Sequence[Outcome]:
    """The application is denied, and a paper that comes after that is turned away."""
    application, _ = shown(case, person)
    denied = case.answered(case.target.decide(application, REVIEWER, approve=False))
    case.answered(case.target.submit_document(application, person.documents[0], CLERK))
    return (denied,)


@check(
    guarantee="document-kind-forgotten",
    counters=(
        "kind-of-paper-recorded",
        "points-tell-the-paper",
        "paper-named-in-passing",
        "expiry-tells-the-paper",
        "counters-joined-to-visits",
    ),
    needs=LIVING,
    sees=True,
)
@pytest.mark.parametrize("life", [to_the_card, past_a_refusal])
def nothing_kept_or_answered_tells_which_paper_was_shown(case: Case, life: Life) -> None:
    """
    People who differ in the kind of paper they showed leave the same behind.

    Half of them show a foreign passport and half a driving licence, in turn. No
    row, file, log line or answer may come out one way for the first and another
    way for the second.
    """
    told = told_apart(case, life, PASSPORT, LICENCE)

    expect_alike(
        case,
        told,
        ("kind-kept", "What is kept tells who showed a passport and who a licence."),
        ("kind-answered", "The answers tell who showed a passport and who a licence."),
    )


@check(
    guarantee="document-kind-forgotten",
    counters=("audit-line-names-paper",),
    needs=(*ENROLMENT, Operation.READ_LEDGER),
)
def the_ledger_does_not_tell_which_paper_was_shown(case: Case) -> None:
    """The lines that an enrolment leaves in the ledger do not depend on the kind of paper."""
    groups: tuple[list[Features], list[Features]] = ([], [])
    for number in range(PAIRS):
        first = case.people.next(**PASSPORT)
        twins = (first, case.people.twin(first, apart=True, **LICENCE))
        for which in (0, 1) if number % 2 else (1, 0):
            groups[which].append(ledger_features(case, case.meet(twins[which])))
    told = tells(*groups)

    case.expect(
        not told, "kind-in-ledger", "The ledger tells who showed a passport and who a licence."
    )


def ledger_features(case: Case, person: Applicant) -> Features:
    """Enrol *person*, and describe the lines the ledger gained."""
    before = len(case.must(case.target.read_ledger(AUDITOR)).fields["entries"])
    case.enrol(person)
    lines = case.must(case.target.read_ledger(AUDITOR)).fields["entries"][before:]
    if not lines:
        raise Inconclusive("an enrolment left no line in the ledger")
    names = sorted({name for line in lines for name in line})
    return {name: tuple(str(line.get(name)) for line in lines) for name in names}
