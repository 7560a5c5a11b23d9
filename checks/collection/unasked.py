"""Fields that nobody asked for, sent along all the same: what is kept of them, and how heavy."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.checks.finding import Place
from idaudit.checks.retention.covered import weight_at_rest
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.chance import noise
from idaudit.fixtures.documents import DocumentKind

NOTE_BYTES = 24_000
PASSPORT = Differences(
    identity=DocumentKind.FOREIGN_PASSPORT, size=40_000, media_type="application/pdf"
)
"""A passport whose text layer says what is printed; everybody's is of one size."""


def expect_untraced(case: Case, fields: Iterable[str], kept: str) -> None:
    """Send each of *fields* along; expect that no record shows it and no place at rest holds it."""
    sent = {sent_unasked(case, field): field for field in fields}
    for hit in case.residue(fields=frozenset({Field.UNASKED})):
        field = sent.get(hit.applicant or 0, "a field")
        told = f"The value of {field}, which nobody had asked for, lies in {hit.surface}."
        case.broken(kept, told, Place.of(hit))


def expect_weightless(case: Case, fields: Iterable[str], heavy: str) -> None:
    """
    Expect that a long text in any of *fields* makes what is kept of somebody no heavier.

    All show papers of one size, so that a programme that keeps papers keeps as much of all.
    """
    case.sight.look([])
    first = case.applicant(**PASSPORT)
    plain = weight_with(case, first, {})
    for field in fields:
        note = base64.b64encode(noise(case.mint.key(field), NOTE_BYTES)).decode()
        twin = case.meet(case.people.twin(first, apart=True))
        heavier = weight_with(case, twin, {field: note}) - plain
        told = f"What is kept of somebody grows with a {field} that nobody asked for."
        case.expect(heavier < NOTE_BYTES // 4, heavy, told)


def sent_unasked(case: Case, field: str) -> int:
    """Send *field* along with an application and a correction; return whose value it was."""
    person = case.applicant()
    value = case.mint.canary(person.index, Field.UNASKED).text
    file = applied(case, person, {field: value})
    case.answered(case.target.correct_record(file.record, {field: value}, file.owner))
    record = case.must(case.target.read_record(file.record, file.owner)).fields["record"]

    told = f"The record shows the value of {field}, which nobody had asked for."
    kept = value.casefold() in json.dumps(record, default=str).casefold()
    case.expect(not kept, "unasked-answered", told)
    return person.index


def applied(case: Case, person: Applicant, extra: Mapping[str, Any]) -> File:
    """Enrol *person* with *extra* fields, or without where they are refused."""
    opened = case.answered(case.target.open_application(person, CLERK, extra=extra))
    if opened.refused:
        return case.enrol(person)
    file = File(person, opened.fields["application"], opened.fields["record"])
    for paper in person.documents:
        case.must(case.target.submit_document(file.application, paper, CLERK))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    return file


def weight_with(case: Case, person: Applicant, extra: Mapping[str, Any]) -> int:
    """Weigh what the enrolment of *person* leaves, *extra* fields sent along."""
    before = weight_at_rest(case)
    applied(case, person, extra)
    return weight_at_rest(case) - before
