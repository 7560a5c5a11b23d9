"""The gender on record is the applicant's own word, or none, and no earlier one is kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.kinds import LIVING, shown, to_the_card
from idaudit.checks.collection.traces import expect_alike, told_apart
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

GENDERS = ("F", "M", "X", None)
OWNING = (*ENROLMENT, Operation.ISSUE_CARD, Operation.READ_RECORD)
PASSPORT = Differences(
    identity=DocumentKind.FOREIGN_PASSPORT, size=40_000, media_type="application/pdf"
)
"""A passport whose text layer says what is printed, the sex marker too."""

By = Callable[[Applicant], Actor]


def counter(_: Applicant) -> Actor:
    """A clerk fills in the form."""
    return CLERK


def web(person: Applicant) -> Actor:
    """The applicant fills in the form."""
    return Actor(Role.APPLICANT, person.index)


@check(guarantee="own-gender", counters=("gender-forced", "blank-gender-filled-in"), needs=OWNING)
@pytest.mark.parametrize("by", [counter, web])
def the_gender_on_record_is_the_one_that_was_stated(case: Case, by: By) -> None:
    """Woman, man, neither or nothing said: each is taken, and shown back as given or not at all."""
    for person, opened in _opened(case, by):
        what = "A gender that was stated" if person.gender else "Leaving the gender out"
        case.expect(opened.allowed, "gender-refused", f"{what} is not accepted.")
        record, face = _carded(case, person, by, opened)
        told = "The gender on record is not the one that was stated."
        case.expect(_gender(record) == _stated(person), "gender-changed", told)
        told = "The card shows a gender that the cardholder did not state."
        case.expect(_gender(face) in {"", _stated(person)}, "gender-printed", told)


@check(
    guarantee="own-gender",
    counters=("gender-mismatch-scored", "passport-overrules-gender"),
    needs=LIVING,
    sees=True,
)
def a_passport_does_not_overrule_a_stated_gender(case: Case) -> None:
    """
    Somebody whose passport says otherwise is treated as somebody whose passport agrees.

    Neither what is answered nor what is kept tells the one from the other: no
    refusal, no flag, no score.
    """
    agrees = Differences(gender="F", sex_marker="F", **PASSPORT)
    differs = Differences(gender="F", sex_marker="M", **PASSPORT)
    told = told_apart(case, to_the_card, agrees, differs)

    expect_alike(
        case,
        told,
        ("mismatch-kept", "What is kept tells whose passport says otherwise."),
        ("mismatch-answered", "Somebody whose passport says otherwise is answered differently."),
    )


@check(
    guarantee="own-gender",
    counters=("passport-sex-kept", "blank-gender-filled-in"),
    needs=LIVING,
    sees=True,
)
def the_sex_marker_of_a_passport_is_nowhere(case: Case) -> None:
    """Of people who state no gender, nothing kept or answered tells what their passport says."""
    told = told_apart(
        case,
        to_the_card,
        Differences(gender=None, sex_marker="F", **PASSPORT),
        Differences(gender=None, sex_marker="M", **PASSPORT),
    )

    expect_alike(
        case,
        told,
        ("marker-kept", "What is kept tells what a passport said of its holder's sex."),
        ("marker-answered", "An answer tells what a passport said of its holder's sex."),
    )


@check(
    guarantee="own-gender",
    counters=("old-value-still-found",),
    needs=(*LIVING, Operation.CORRECT_RECORD),
    sees=True,
)
def an_earlier_gender_is_not_kept(case: Case) -> None:
    """Once a gender is changed and then left off, nothing tells what it was before."""
    told = told_apart(case, _changing_their_mind, Differences(gender="M"), Differences(gender="X"))

    expect_alike(
        case,
        told,
        ("earlier-gender-kept", "What is kept still tells which gender was stated before."),
        ("earlier-gender-answered", "The answers still tell which gender was stated before."),
    )


@check(
    guarantee="own-gender",
    counters=("gender-never-left-off",),
    needs=(*ENROLMENT, Operation.CORRECT_RECORD, Operation.READ_RECORD),
)
def a_gender_can_be_changed_and_left_off(case: Case) -> None:
    """The holder of a record changes the gender on it, or takes it off, and no paper is asked."""
    file = case.enrol(case.applicant(gender="M"))
    for gender in ("X", None):
        changed = case.answered(
            case.target.correct_record(file.record, {"gender": gender}, file.owner)
        )
        case.expect(changed.allowed, "gender-fixed", "The gender on record cannot be changed.")
        record = case.must(case.target.read_record(file.record, file.owner)).fields["record"]
        told = "The change of the gender was accepted, and the record shows another one."
        case.expect(_gender(record) == (gender or "").casefold(), "gender-unchanged", told)


def _opened(case: Case, by: By) -> Sequence[tuple[Applicant, Outcome]]:
    """Apply once for each gender; one of them at least has to be accepted."""
    people = [case.applicant(gender=gender) for gender in GENDERS]
    channel = by.__name__
    opened = [
        case.answered(case.target.open_application(person, by(person), channel=channel))
        for person in people
    ]
    if not any(each.allowed for each in opened):
        raise Inconclusive(f"nobody can apply through the channel {channel!r}")
    return list(zip(people, opened, strict=True))


def _carded(
    case: Case, person: Applicant, by: By, opened: Outcome
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Bring an open application to its card; return the record and the face of the card."""
    file = File(person, opened.fields["application"], opened.fields["record"])
    for paper in person.documents:
        case.must(case.target.submit_document(file.application, paper, by(person)))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    card = case.must(case.target.issue_card(file.application, CLERK))
    record = case.must(case.target.read_record(file.record, file.owner))
    return record.fields["record"], card.fields["face"]


def _gender(shown_as: Mapping[str, Any]) -> str:
    """Return the gender in a record or on a card; nothing, a blank and a gap are the same."""
    return str(shown_as.get("gender") or "").casefold()


def _stated(person: Applicant) -> str:
    return (person.gender or "").casefold()


def _changing_their_mind(case: Case, person: Applicant) -> Sequence[Outcome]:
    """Be approved, state another gender, then none; read the record."""
    application, record = shown(case, person)
    target, owner = case.target, Actor(Role.APPLICANT, person.index)
    case.must(target.decide(application, REVIEWER, approve=True))
    for gender in ("F", None):
        case.must(target.correct_record(record, {"gender": gender}, owner))
    card = case.answered(target.issue_card(application, CLERK))
    return card, case.answered(target.read_record(record, owner))
