"""Photographs lie apart: no store, value, order, answer or backup puts a face beside a name."""

from contextlib import suppress

from idaudit.checks.access.joining import Filed, joined_by_order, joined_by_value
from idaudit.checks.access.taking import (
    FINDING,
    TAKING,
    Rests,
    database,
    leaves,
    names,
    opened,
    photographed,
    seen_by_owner,
    shows_a_picture,
    take,
    weight_of,
    where_they_rest,
)
from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.probes.holdings import by_store, gained, holdings, prove_sight
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

PEOPLE = 12
"""Twelve in order by luck is one chance in two hundred million."""

STAFF = (CLERK, REVIEWER, COUNSEL, COMMISSIONER, AUDITOR, ADMINISTRATOR, Actor(Role.PARTNER))


@check(guarantee="photo-apart", counters=("one-key-opens-both",), needs=FINDING, sees=True)
def photographs_rest_in_a_store_of_their_own(case: Case) -> None:
    """No database, bucket or folder holds both a photograph and a record, even in cipher."""
    prove_sight(case.sight)
    photographed(case)
    rests = where_they_rest(case, opened(case))
    photos = {database(case, store) for store in rests.photos}
    together = photos & {database(case, store) for store in rests.records}

    where = ", ".join(sorted(surface for surface, _ in together))
    told = f"Photographs and records lie in one store: {where}."
    case.expect(not together, "same-store", told)


@check(guarantee="photo-apart", counters=("photos-joined-to-names",), needs=FINDING, sees=True)
def nothing_joins_a_photograph_to_its_record(case: Case) -> None:
    """
    Whoever holds every store cannot tell whose a photograph is.

    No value of its row leads to its record, an application, a name or a digest of
    one; nothing of it runs in the order of arrival; and correcting one record
    changes no single photograph.
    """
    prove_sight(case.sight)
    photographed(case)
    rests = where_they_rest(case, opened(case))
    filed = [_filed(case, rests) for _ in range(PEOPLE)]

    told = "A value that stands with a photograph leads to whose it is."
    for joined in joined_by_value(holdings(case.sight), filed):
        case.expect(not joined, "joined-by-value", told)
    runs = joined_by_order(case, filed)
    told = f"Photographs lie in the order in which they were taken: {', '.join(runs)}."
    case.expect(not runs, "joined-by-order", told)
    _expect_unmoved(case, rests, filed[0].file)
    case.bound(f"Of {PEOPLE} photographs each was followed; an order is seen that nearly all keep.")


def _filed(case: Case, rests: Rests) -> Filed:
    """Take one photograph; return the heaviest thing it left among photographs."""
    file = opened(case)
    where = frozenset(surface for surface, _ in rests.photos)
    left = leaves(case, lambda: take(case, file), where)
    left = [each for each in left if each.store in rests.photos]
    if not left:
        raise Inconclusive("a photograph was taken and left nothing where photographs rest")
    return Filed(file, max(left, key=lambda thing: thing.weight))


def _expect_unmoved(case: Case, rests: Rests, file: File) -> None:
    """Expect that correcting one record leaves its photograph as it lies."""
    where = frozenset(surface for surface, _ in rests.photos)
    before = holdings(case.sight, where)
    case.must(case.target.correct_record(file.record, {"street": "9 Example Street"}, file.owner))
    moved = [t for t in gained(before, holdings(case.sight, where)) if t.store in rests.photos]

    alone = 0 < len(moved) < PEOPLE
    told = "Correcting a record changes one photograph, and so says whose it is."
    case.expect(not alone, "moves-with-record", told)


@check(
    guarantee="photo-apart",
    counters=("one-call-returns-both",),
    needs=(*TAKING, Operation.DECIDE, Operation.VIEW_PHOTO, Operation.READ_RECORD),
)
def no_member_of_staff_gets_a_face_with_a_name(case: Case) -> None:
    """Nobody on the staff is handed a picture and a name in one answer, before or after."""
    file = photographed(case)
    _must_know_both(case, file)
    for _ in ("open", "approved"):
        for actor in STAFF:
            _expect_one_at_most(case, file, actor)
        case.answered(case.target.decide(file.application, REVIEWER, approve=True))


def _must_know_both(case: Case, file: File) -> None:
    """Show that a face and a name are recognised in the answers they rightly stand in."""
    seen = case.must(case.target.view_photo(file.record, file.owner))
    read = case.must(case.target.read_record(file.record, file.owner))
    if not (shows_a_picture(seen) and names(case, read, file.applicant)):
        raise Inconclusive("a face or a name was not recognised in its owner's own view of it")


def _expect_one_at_most(case: Case, file: File, actor: Actor) -> None:
    with suppress(NotOffered):  # not every system employs everybody
        for look in (case.target.view_photo, case.target.read_record):
            seen = case.answered(look(file.record, actor))
            both = seen.allowed and shows_a_picture(seen) and names(case, seen, file.applicant)
            told = f"One answer shows {actor} a face and whose it is."
            case.expect(not both, "both-in-one-answer", told)


@check(
    guarantee="photo-apart",
    counters=("one-key-opens-both",),
    needs=(*FINDING, Operation.BACKUP),
    sees=True,
)
def no_backup_holds_both_photographs_and_records(case: Case) -> None:
    """What one backup adds holds photographs or records, and not both, even in cipher."""
    prove_sight(case.sight)
    photographed(case)
    rests = where_they_rest(case, opened(case))
    before, files = _backed_up(case), [opened(case) for _ in range(3)]
    records = _backed_up(case)
    for file in files:
        take(case, file)
    photos = _backed_up(case)
    if not before:
        raise Inconclusive("a backup was taken and left nothing in any declared place")
    pictures = sum(weight_of(case, file) for file in files)
    said = sum(len(v or "") for f in files for v in f.applicant.record().values())
    contents = _heads(case, rests)
    for surface, added in photos.items():
        faces = _holds(added, contents[0]) or _grew(added, records.get(surface), pictures)
        grown = _grew(records.get(surface), before.get(surface), said)
        people = _holds(added, contents[1]) or grown
        told = f"One backup in {surface} holds photographs and records."
        case.expect(not (faces and people), "one-backup-holds-both", told)


def _backed_up(case: Case) -> dict[str, bytes]:
    """Take a backup; return what it added to each surface."""
    left = leaves(case, lambda: case.must(case.target.backup()))
    added: dict[str, bytes] = {}
    for thing in left:
        for _, value in thing.cells:
            if isinstance(value, bytes) and len(value) > _BLOCK:
                added[thing.surface] = added.get(thing.surface, b"") + value
    return added


_BLOCK, _FROM = 512, 64


def _heads(case: Case, rests: Rests) -> tuple[list[bytes], list[bytes]]:
    """Return a piece of each large value among photographs, and among records."""
    pieces: tuple[list[bytes], list[bytes]] = ([], [])
    for thing in holdings(case.sight):
        for found, stores in zip(pieces, (rests.photos, rests.records), strict=True):
            values = [value for _, value in thing.cells if isinstance(value, bytes)]
            if thing.store in stores:
                found.extend(value[_FROM : 2 * _FROM] for value in values if len(value) > _BLOCK)
    return pieces


def _holds(added: bytes, pieces: list[bytes]) -> bool:
    return any(piece in added or piece.hex().encode() in added for piece in pieces)


def _grew(now: bytes | None, then: bytes | None, by: int) -> bool:
    return len(now or b"") - len(then or b"") >= by


@check(
    guarantee="photo-apart",
    counters=("photos-joined-to-names",),
    needs=(*TAKING, Operation.VIEW_PHOTO),
    sees=True,
)
def a_photograph_is_kept_without_what_the_camera_wrote(case: Case) -> None:
    """What a camera writes beside a picture, which is time, place and name, is not kept with it."""
    file = photographed(case)
    sweep = sweep_for(case.mint, case.met)
    hits = sweep.bytes(seen_by_owner(case, file), "photograph")

    told = "The photograph is kept with what the camera had written into its file."
    case.expect(not any(h.cohort is Cohort.SUBJECT for h in hits), "metadata-kept", told)
    told = "What the camera had written beside a photograph lies in {surface}."
    case.expect_no_residue("metadata-at-rest", told, fields=frozenset({Field.UNASKED}))


@check(
    guarantee="photo-apart",
    counters=("printer-keeps-faces",),
    needs=(*ENROLMENT, Operation.SUBMIT_PHOTO, Operation.VIEW_PHOTO, Operation.ISSUE_CARD),
    sees=True,
)
def printing_a_card_leaves_no_second_picture(case: Case) -> None:
    """Once a card is printed, its face and name lie in no spool, even in cipher."""
    prove_sight(case.sight)
    target, bare, file = case.target, case.enrol(), case.apply()
    take(case, file)
    case.must(target.decide(file.application, REVIEWER, approve=True))
    picture = weight_of(case, file)
    # Somebody without a photograph may be refused the card; then all that is left counts.
    without = leaves(case, lambda: case.answered(target.issue_card(bare.application, CLERK)))
    plain = by_store(without)
    left = by_store(leaves(case, lambda: case.must(target.issue_card(file.application, CLERK))))

    kept = [store[0] for store in left if left[store] - plain.get(store, 0) >= picture]
    told = f"The card is printed, and a copy with its picture is left in {', '.join(kept)}."
    case.expect(not kept, "print-kept", told)
