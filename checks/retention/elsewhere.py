"""Nobody real is where changes are tried, staff practise, numbers are analysed or faults shown."""

import io
from collections.abc import Iterable, Sequence

from PIL import Image

from idaudit.checks.access.taking import seen_by_owner, take
from idaudit.checks.case import ADMINISTRATOR, CLERK, PUBLIC, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.finding import Place
from idaudit.checks.probes.sweep import Hit, Picture, Sweep
from idaudit.checks.sight import sweep_with_control
from idaudit.fixtures.documents import fingerprint
from idaudit.fixtures.surfaces.purpose import Purpose
from idaudit.fixtures.surfaces.surface import Surface, purpose_of
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

FILLING = (*ENROLMENT, Operation.EXPORT_FOR)
OF_A_ROW = 12
"""The fewest bytes by which a place grows with each person if each has a row there, packed."""
_PEOPLE = 6


@check(guarantee="synthetic-only", counters=("live-data-in-testing",), needs=FILLING, sees=True)
def nobody_real_is_where_changes_are_tried(case: Case) -> None:
    """A cardholder and somebody undecided are there, and the test system is filled without them."""
    case.enrol()
    case.apply()

    _expect_nobody(case, Purpose.TEST)


@check(
    guarantee="synthetic-only",
    counters=("live-data-in-testing",),
    needs=(*FILLING, Operation.SUBMIT_PHOTO, Operation.VIEW_PHOTO),
    sees=True,
)
def nobody_practises_on_anybody_real(case: Case) -> None:
    """Neither a name nor a face of a cardholder is where clerks practise or the system is shown."""
    file = case.apply()
    take(case, file)
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    face = seen_by_owner(case, file)

    _expect_nobody(case, Purpose.TRAINING, Purpose.DEMO, faces=[(file, face)])


@check(guarantee="synthetic-only", counters=("warehouse-copy-analysed",), needs=FILLING, sees=True)
def what_is_analysed_names_nobody(case: Case) -> None:
    """Where numbers are worked with, nothing of any applicant is found, in whatever form."""
    case.enrol()
    case.apply()

    _expect_nobody(case, Purpose.ANALYTICS)


@check(guarantee="synthetic-only", counters=("warehouse-copy-analysed",), needs=FILLING, sees=True)
def what_is_analysed_has_no_row_for_each_person(case: Case) -> None:
    """
    Filled again with more people on file, what is analysed has not grown by a row for each.

    A row under an invented name is still somebody's: with a date of birth beside
    it, or another table, it is theirs again. So it is weighed, not read.
    """
    places = _places(case, Purpose.ANALYTICS)
    for place in places:
        _swept(case, place, [])
    sizes = []
    for people in (_PEOPLE, 0, _PEOPLE):
        for _ in range(people):
            case.enrol()
        _fill(case, Purpose.ANALYTICS)
        case.sight.settle()
        sizes.append(sum(place.size() for place in places))
    alone, with_people = sizes[1] - sizes[0], sizes[2] - sizes[1]

    case.bound(f"rows of {OF_A_ROW} bytes or more for each person would have been seen")
    case.expect(
        with_people - max(alone, 0) < _PEOPLE * OF_A_ROW,
        "row-for-each",
        f"With {_PEOPLE} more people on file, what is analysed grew by a row for each.",
    )


@check(
    guarantee="synthetic-only",
    counters=("support-bundle-sent",),
    needs=(
        *FILLING,
        Operation.VIEW_DOCUMENT,
        Operation.READ_RECORD,
        Operation.CORRECT_RECORD,
    ),
    sees=True,
)
def what_a_vendor_is_shown_of_a_fault_names_nobody(case: Case) -> None:
    """Requests about a planted record go well and go wrong; the bundle tells of neither whose."""
    file, pending = case.enrol(), case.apply()
    case.answered(case.target.view_document(pending.application, 0, REVIEWER))
    case.answered(case.target.read_record(file.record, file.owner))
    _go_wrong(case, file)

    _expect_nobody(case, Purpose.SUPPORT)


# -- steps -------------------------------------------------------------------------


def _go_wrong(case: Case, file: File) -> None:
    """Ask for what no system grants, with the person's own values in the request."""
    person, target = file.applicant, case.target
    target.open_application(person, CLERK, extra={"born": f"{person.surname}"})
    target.correct_record(file.record, {"born": f"not a day: {person.street}"}, file.owner)
    target.read_record(f"{person.surname} {person.email}", PUBLIC)


def _expect_nobody(
    case: Case, *purposes: Purpose, faces: Iterable[tuple[File, bytes]] = ()
) -> None:
    """Fill the places for *purposes*, and expect that nobody is found there."""
    places = _places(case, *purposes)
    _fill(case, *purposes)
    case.sight.settle()
    known = [_picture(file, face) for file, face in faces]
    for place in places:
        hits = _swept(case, place, known)
        case.trials += 1
        if hits:
            purpose = purpose_of(place)
            case.broken(
                f"real-in-{purpose}",
                f"Somebody who applied is found on {place.id!r}, which is for {purpose}.",
                Place.of(hits[0]),
            )


def _places(case: Case, *purposes: Purpose) -> Sequence[Surface]:
    """
    Return the declared places for any of *purposes*.

    Raises:
        Inconclusive: the target declares none.

    """
    places = [each for each in case.sight.resting() if purpose_of(each) in purposes]
    if not places:
        raise Inconclusive(f"the target declares no place for {' or '.join(purposes)}")
    return places


def _fill(case: Case, *purposes: Purpose) -> None:
    """
    Have the places filled anew.

    Raises:
        Inconclusive: none is: an empty place shows nothing.

    """
    filled = [case.answered(case.target.export_for(each, ADMINISTRATOR)) for each in purposes]
    if not any(each.allowed for each in filled):
        raise Inconclusive(f"no place for {' or '.join(purposes)} could be filled")


def _swept(case: Case, place: Surface, known: Sequence[Picture]) -> list[Hit]:
    """Sweep one place, control first, for everybody met, their papers and *known* pictures."""
    if place.id in case.sight.blind:
        raise Inconclusive(f"the doctor could not see its own control on {place.id!r}")
    sweep = Sweep(
        case.mint,
        known=[value for person in case.met for value in person.known_values()],
        pictures=[
            *(Picture.of(paper) for person in case.met for paper in person.documents),
            *known,
        ],
    )
    hits = sweep_with_control(place, sweep, case.mint, disposable=case.target.disposable)
    case.sight.controls += 1
    return hits


def _picture(file: File, face: bytes) -> Picture:
    """Return how a photograph is known again."""
    with Image.open(io.BytesIO(face)) as picture:
        return Picture(file.applicant.index, face, fingerprint(picture.convert("RGB")))
