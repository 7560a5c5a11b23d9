"""Faces are compared to find duplicates here, and for nothing and nobody else."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from idaudit.checks.access.forms import answers_with_template, operations, searches_by_picture
from idaudit.checks.access.taking import TAKING, leaves, opened, photographed, take
from idaudit.checks.access.templates import alike, codes
from idaudit.checks.card.reading import end_of
from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COUNSEL,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.probes.holdings import features, prove_sight
from idaudit.checks.probes.twins import Features, tells
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.papers.photographs import photograph_of
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

COMPARING = (*TAKING, Operation.CHECK_DUPLICATE)
ENDS = (*ENROLMENT, Operation.WITHDRAW, Operation.ISSUE_CARD, Operation.DELETE_RECORD)
OUTSIDERS = (Actor(Role.PARTNER), PUBLIC, COUNSEL, AUDITOR, ADMINISTRATOR)
"""Whoever has no part in an enrolment: a partner, the police among them, comes first."""

PAIRS = 6
_LATER, _AGAIN = 60, 75  # qualities at which a picture of the same face is saved anew


def _asked(case: Case, file: File) -> Outcome:
    """Ask, as a reviewer, whether the face of *file* is enrolled already."""
    return case.must(case.target.check_duplicate(file.application, REVIEWER))


def _known(case: Case, file: File) -> bool:
    return bool(_asked(case, file).fields["possible_duplicate"])


# -- only as long as the card ------------------------------------------------------------


def _denied(case: Case, file: File) -> None:
    case.must(case.target.decide(file.application, REVIEWER, approve=False))


def _withdrawn(case: Case, file: File) -> None:
    case.must(case.target.withdraw(file.application, file.owner))


def _deleted(case: Case, file: File) -> None:
    _carded(case, file)
    case.must(case.target.delete_record(file.record, file.owner))


def _carded(case: Case, file: File) -> Outcome:
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    return case.must(case.target.issue_card(file.application, CLERK))


ENDINGS: tuple[tuple[str, Callable[[Case, File], None]], ...] = (
    ("was denied", _denied),
    ("was withdrawn", _withdrawn),
    ("ended their record", _deleted),
)


@check(
    guarantee="face-match-local",
    counters=("template-outlives-card",),
    needs=(*COMPARING, *ENDS),
)
def a_face_is_forgotten_with_its_application_or_record(case: Case) -> None:
    """A face that was denied, withdrawn or deleted is not known when it comes again."""
    for how, end in ENDINGS:
        file = _recognised(case)
        end(case, file)
        told = f"The face of somebody who {how} is still known when it comes again."
        case.expect(not _comes_again(case, file.applicant), "template-kept", told)


@check(
    guarantee="face-match-local",
    counters=("template-outlives-card",),
    needs=(*COMPARING, *ENDS, Operation.ADVANCE_CLOCK),
)
def a_face_is_forgotten_when_its_card_has_expired(case: Case) -> None:
    """Once a card has expired and its record's term is over, its holder's face is not known."""
    file = _recognised(case)
    last = end_of(_carded(case, file), case.today) - case.today
    kept = timedelta(days=case.terms.record_days_after_expiry, hours=case.terms.grace_hours)
    case.must(case.target.advance_clock(last + kept))

    told = "The card has expired, its record is to be gone, and its holder's face is still known."
    case.expect(not _comes_again(case, file.applicant), "template-kept", told)


def _recognised(case: Case) -> File:
    """
    Photograph somebody whose face is known when it comes again.

    Raises:
        Inconclusive: it is not, so that not knowing it later would mean nothing.

    """
    file = photographed(case)
    again = photographed(case, file.applicant, _LATER)
    known = _known(case, again)
    _withdrawn(case, again)
    if not known:
        raise Inconclusive("one face in two photographs was not recognised as the same")
    return file


def _comes_again(case: Case, face: Applicant) -> bool:
    """Whether *face* is known in a new application, which is then withdrawn."""
    file = photographed(case, face, _AGAIN)
    known = _known(case, file)
    _withdrawn(case, file)
    return known


# -- only from inside, and only yes or no ----------------------------------------------------


@check(
    guarantee="face-match-local",
    counters=("face-search-over-all",),
    needs=COMPARING,
)
def only_who_decides_asks_about_a_face_and_hears_yes_or_no(case: Case) -> None:
    """
    Nobody outside an enrolment brings a picture or asks about one; the answer is yes or no.

    An answer that says more, and each time the same of one face, is a score, a
    name or a template.
    """
    file = photographed(case)
    stranger = photograph_of(case.applicant())
    _asked(case, file)
    for actor in OUTSIDERS:
        with suppress(NotOffered):  # not every system employs everybody
            asked = case.target.check_duplicate(file.application, actor)
            told = f"{actor} asks whose a face is, and is answered."
            case.expect_refused(asked, "asked-by-outsider", told)
            brought = case.target.submit_photo(file.application, stranger, actor)
            told = f"{actor} brings a picture from outside, and it is taken."
            case.expect_refused(brought, "picture-from-outside", told)
    _expect_yes_or_no(case, file)


def _expect_yes_or_no(case: Case, file: File) -> None:
    """Ask about a face, its double and a stranger, twice each."""
    files = (file, photographed(case, file.applicant, _LATER), photographed(case))
    said = [(_said(_asked(case, each), each), _said(_asked(case, each), each)) for each in files]
    steady = [{n for n in one if one[n] == two.get(n)} for one, two in said]
    for name in set.intersection(*steady):
        values = {repr(first[name]) for first, _ in said}
        told = f"Asked whether a face is enrolled already, the system also answers {name}."
        case.expect(len(values) == 1, "more-than-yes-or-no", told)
    case.expect(
        all(one.keys() == said[0][0].keys() for one, _ in said),
        "more-than-yes-or-no",
        ("The answer about a known face has fields that the answer about an unknown one lacks."),
    )


def _said(asked: Outcome, file: File) -> Mapping[str, str]:
    """Return what an answer says besides yes or no, and besides what was asked."""
    own = {file.application, file.record}
    fields = {k: v for k, v in asked.fields.items() if k != "possible_duplicate"}
    return {name: value for name, value in _flat(fields) if value not in own}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401  any JSON
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}".strip("."))
    else:
        yield name, str(value)


@check(
    guarantee="face-match-local",
    counters=("face-search-over-all",),
    needs=(Operation.DESCRIBE,),
)
def no_form_searches_by_a_face(case: Case) -> None:
    """No operation in the system's own description looks for somebody by a picture."""
    description = case.must(case.target.describe()).fields["openapi"]
    known = len(list(operations(description)))
    if not known:
        raise Inconclusive("the system's own description names no operation at all")
    found, given = searches_by_picture(description), answers_with_template(description)

    told = f"The system's own description has a search that takes a picture: {', '.join(found)}."
    case.expect(not found, "search-by-face", told)
    told = f"The system's own description has an answer with a template: {', '.join(given)}."
    case.expect(not given, "template-given-out", told)
    case.bound(f"{known} described operations were read; one that is not described is not seen.")


# -- nothing beside ---------------------------------------------------------------------------


@check(guarantee="face-match-local", counters=("templates-carried-off",), needs=TAKING, sees=True)
def no_template_of_a_face_lies_in_the_clear(case: Case) -> None:
    """Of two photographs of one face nothing is kept that is alike in both and in no other's."""
    prove_sight(case.sight)
    photographed(case)
    face = case.applicant()
    order = (face, case.applicant(), face, case.applicant())
    left = [_left_by(case, each, 88 - 14 * number) for number, each in enumerate(order)]
    found = alike(left[0], left[2], (left[1], left[3]))

    told = (
        "A template of a face lies where whoever can read the place can carry it off: "
        f"{', '.join(found)}."
    )
    case.expect(not found, "template-in-clear", told)
    case.bound("Four photographs of three faces were compared; a sealed template is not seen.")


def _left_by(case: Case, face: Applicant, quality: int) -> Mapping[str, Any]:
    file = opened(case)
    return codes(leaves(case, lambda: take(case, file, photograph_of(face, quality=quality))))


@check(
    guarantee="face-match-local",
    counters=("lookalike-branded-a-fraud",),
    needs=(*ENROLMENT, *COMPARING),
    sees=True,
)
def a_match_leaves_no_mark_on_whoever_was_approved(case: Case) -> None:
    """What is kept of people a reviewer approved does not tell whose face had looked familiar."""
    prove_sight(case.sight)
    groups: tuple[list[Features], list[Features]] = ([], [])
    faces: list[Applicant] = []
    for familiar in _turns(case):
        person = case.applicant(size=4000)
        face = faces.pop() if familiar else person
        faces += [] if familiar else [person]
        groups[familiar].append(_kept_of(case, person, face))
    told = tells(*groups)

    where = told[0].feature if told else ""
    sentence = f"What is kept tells whose face looked familiar, though they were approved: {where}."
    case.expect(not told, "match-kept", sentence)
    case.bound(f"{2 * PAIRS} people were compared; a mark on fewer than all {PAIRS} may be missed.")


def _turns(case: Case) -> list[bool]:
    """Return in which turns somebody's double comes: by lot, and never before them."""
    chance = random.Random(case.mint.seed)  # noqa: S311  no secret depends on it
    turns: list[bool] = []
    while len(turns) < 2 * PAIRS:
        fresh, doubles = turns.count(False), turns.count(True)
        turns.append(doubles < fresh and (fresh == PAIRS or chance.random() < 1 / 2))
    return turns


def _kept_of(case: Case, person: Applicant, face: Applicant) -> Features:
    """Enrol *person* with a photograph of *face*; describe what comparing and approving leave."""
    file = case.apply(person)
    take(case, file, photograph_of(face, quality=_LATER if face is not person else _AGAIN))

    def decide() -> None:
        if _known(case, file) is (face is person):
            raise Inconclusive("faces are not told apart, so a match could leave no mark")
        case.must(case.target.decide(file.application, REVIEWER, approve=True))

    return features(leaves(case, decide))
