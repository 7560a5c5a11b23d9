"""One's own record: to see all of it and nobody else's, to put it right, to have it ended."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from idaudit.checks.case import CLERK, COUNSEL, PUBLIC, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    fields_in,
    must_release,
    proves_there,
    released_under,
    warrant_for,
)
from idaudit.checks.retention.covered import shows_a_paper
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

OWN = (*ENROLMENT, Operation.READ_RECORD)
FIELDS = ("given_name", "surname", "born", "street", "city", "postcode", "email", "phone", "gender")
CORRECTIONS = {
    "surname": "Example-Corrected",
    "street": "1 Example Square",
    "email": "corrected@example.org",
    "gender": None,
}
"""What each field is corrected to; none of it is a canary, so that the old value stands out."""


@check(guarantee="own-record-rights", counters=("owner-shown-less",), needs=(*OWN, *AT_THE_DESK))
def owners_see_all_that_is_kept_of_them(case: Case) -> None:
    """What the owner is shown is what they said, and nothing a court could have is left out."""
    file = case.enrol(case.applicant(gender="X"))
    shown = case.must(case.target.read_record(file.record, file.owner)).fields["record"]
    told = file.applicant.record()
    for name in FIELDS:
        case.expect(
            shown.get(name) is None or _same(shown[name], told[name]),
            "shown-wrongly",
            f"The owner is shown another {name.replace('_', ' ')} than they gave.",
        )
    hidden = [name for name in FIELDS if shown.get(name) is None]
    kept = hidden and fields_in(
        released_under(case, warrant_for(case, file.applicant, fields=hidden))
    )
    case.expect(not kept, "kept-from-owner", "Something is kept of them that they are not shown.")
    must_release(case, file)


@check(
    guarantee="own-record-rights",
    counters=("neighbours-record-shown",),
    needs=(*OWN, Operation.CORRECT_RECORD, Operation.DELETE_RECORD),
)
def nobody_touches_anothers_record(case: Case) -> None:
    """A cardholder, or a passer-by, cannot read, correct or end somebody else's record."""
    file, other = case.enrol(), case.enrol()
    before = case.must(case.target.read_record(file.record, file.owner)).fields["record"]
    for who in (other.owner, PUBLIC):
        case.expect_refused(
            case.target.read_record(file.record, who),
            "read-anothers",
            "Somebody reads a record that is not theirs.",
        )
        case.answered(case.target.correct_record(file.record, {"gender": "X"}, who))
        case.answered(case.target.delete_record(file.record, who))
    after = case.answered(case.target.read_record(file.record, file.owner))

    case.expect(
        after.allowed and after.fields["record"] == before,
        "changed-anothers",
        "Somebody changed or ended a record that is not theirs.",
    )


@check(
    guarantee="own-record-rights",
    counters=("old-value-still-found", "own-request-unanswered"),
    needs=(*OWN, *AT_THE_DESK, Operation.CORRECT_RECORD),
    sees=True,
)
@pytest.mark.parametrize("name", CORRECTIONS)
def what_is_corrected_is_gone(case: Case, name: str) -> None:
    """The old value is neither shown, nor handed out, nor found at rest, nor searched by."""
    file = case.enrol(case.applicant(gender="X"))
    must_release(case, file)
    case.must(case.target.correct_record(file.record, {name: CORRECTIONS[name]}, file.owner))
    shown = case.must(case.target.read_record(file.record, file.owner)).fields["record"]

    case.expect(
        _same(shown.get(name), CORRECTIONS[name]),
        "not-corrected",
        "The owner is not shown the value that they put in.",
    )
    case.expect(
        not _still_says(case, file, name, shown),
        "old-value-answers",
        "The old value is still given out.",
    )
    case.expect_no_residue(
        "old-value-kept",
        "{surface} still holds the old value.",
        file.applicant,
        frozenset({Field(name)}),
    )


@check(
    guarantee="own-record-rights",
    counters=("old-value-still-found",),
    needs=(*OWN, *AT_THE_DESK, Operation.CORRECT_RECORD),
)
def nobody_is_found_by_a_name_they_corrected(case: Case) -> None:
    """A court's paper in the old name opens nothing once the name is corrected."""
    file = case.enrol()
    must_release(case, file)
    changes = {"surname": CORRECTIONS["surname"], "street": CORRECTIONS["street"]}
    case.must(case.target.correct_record(file.record, changes, file.owner))
    released = released_under(case, warrant_for(case, file.applicant))

    case.expect(
        not fields_in(released),
        "found-by-old-name",
        "The record was found under a name that its owner had corrected.",
    )


@check(
    guarantee="own-record-rights",
    counters=("flag-instead-of-deletion",),
    needs=(
        *OWN,
        *AT_THE_DESK,
        Operation.CORRECT_RECORD,
        Operation.DELETE_RECORD,
        Operation.ISSUE_CARD,
        Operation.VIEW_DOCUMENT,
    ),
    sees=True,
)
def an_ended_record_is_gone(case: Case) -> None:
    """After its end a record answers to nobody: owner, court, application, card or sweep."""
    file = case.enrol()
    card = case.must(case.target.issue_card(file.application, CLERK)).fields
    must_release(case, file)
    ended = case.must(case.target.delete_record(file.record, file.owner))
    if ended.fields.get("deferred"):
        raise Inconclusive("a record is not ended at once here, though nothing holds it")

    case.expect(not proves_there(case, file), "answers-after-end", "The desk still releases it.")
    for asked in _everything_asked_of(case, file, str(card["number"])):
        case.expect_refused(asked, "answers-after-end", "The ended record still answers.")
    case.expect(
        not shows_a_paper(case, file), "answers-after-end", "A paper of theirs is still shown."
    )
    case.expect_no_residue("kept-after-end", "{surface} still holds the record.", file.applicant)


@check(
    guarantee="own-record-rights",
    counters=("ended-record-back-after-crash",),
    needs=(*OWN, Operation.DELETE_RECORD, Operation.CRASH, Operation.RESTART),
    sees=True,
)
def an_ended_record_stays_gone(case: Case) -> None:
    """A power cut right after the end of a record does not bring it back."""
    file = case.enrol()
    case.must(case.target.delete_record(file.record, file.owner))
    case.must(case.target.crash())
    case.must(case.target.restart())

    case.expect_refused(
        case.target.read_record(file.record, file.owner),
        "back-after-a-crash",
        "The ended record is back.",
    )
    case.expect_no_residue(
        "kept-after-end", "{surface} still holds the record.", file.applicant, settled=False
    )


# -- steps -------------------------------------------------------------------------


def _still_says(case: Case, file: File, name: str, shown: Mapping[str, Any]) -> bool:
    """Whether the owner or a court is still told the old value, where it is long enough to know."""
    old = str(getattr(file.applicant, name)).casefold()
    answers = [dict(shown), *_released_of(case, file, name)]
    text = json.dumps(answers, default=str, ensure_ascii=False)
    return len(old) > 1 and old in text.casefold()


def _released_of(case: Case, file: File, name: str) -> list[Mapping[str, Any]]:
    """Return what a court gets of *file* by the name it bears now."""
    person = file.applicant
    if name == "surname":
        person = replace(person, surname=str(CORRECTIONS[name]))
    return list(released_under(case, warrant_for(case, person, fields=FIELDS)))


def _everything_asked_of(case: Case, file: File, card: str) -> list[Outcome]:
    """Ask for *file* in every way there is."""
    target = case.target
    return [
        target.read_record(file.record, file.owner),
        target.read_record(file.record, CLERK),
        target.read_record(file.record, COUNSEL),
        target.read_record(file.application, file.owner),
        target.read_record(card, file.owner),
        target.correct_record(file.record, {"gender": "X"}, file.owner),
        target.issue_card(file.application, CLERK),
    ]


def _same(shown: object, told: object) -> bool:
    """Whether two values are the same but for how they are written."""
    return _plain(shown) == _plain(told)


def _plain(value: object) -> str:
    return "".join(letter for letter in str(value or "").casefold() if letter.isalnum())
