"""How checks have photographs taken, and how they tell where photographs and records rest."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from idaudit.checks.case import CLERK, Case, File
from idaudit.checks.probes.holdings import Thing, by_store, gained, holdings
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.papers.photographs import Photograph, photograph_of
from idaudit.fixtures.surfaces.surface import Tabular
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

TAKING = (Operation.OPEN_APPLICATION, Operation.SUBMIT_PHOTO)
FINDING = (*TAKING, Operation.VIEW_PHOTO, Operation.READ_RECORD, Operation.CORRECT_RECORD)
"""What it takes to tell where photographs and records rest."""

OF_A_PICTURE = 0.7
"""The least share of a picture's bytes that a copy weighs: no cipher and no packer beats it."""

Stores = frozenset[tuple[str, str]]
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{400,}")
_ELSEWHERE = "7 Example Street"


@dataclass(frozen=True, slots=True)
class Rests:
    """Where a target keeps its photographs and its records."""

    photos: Stores
    records: Stores


def opened(case: Case, person: Applicant | None = None) -> File:
    """Open an application, and show no paper."""
    person = person or case.applicant()
    fields = case.must(case.target.open_application(person, CLERK)).fields
    return File(person, str(fields["application"]), str(fields["record"]))


def take(case: Case, file: File, photo: Photograph | None = None) -> None:
    """Photograph the applicant, or somebody else in their stead."""
    picture = photo or photograph_of(file.applicant)
    case.must(case.target.submit_photo(file.application, picture, CLERK))


def photographed(case: Case, face: Applicant | None = None, quality: int = 88) -> File:
    """Open an application and take its photograph: the applicant's own, or that of *face*."""
    file = opened(case)
    take(case, file, photograph_of(face or file.applicant, quality=quality))
    return file


def seen_by_owner(case: Case, file: File) -> bytes:
    """Return the photograph as its owner sees it."""
    return bytes(case.must(case.target.view_photo(file.record, file.owner)).fields["data"])


def weight_of(case: Case, file: File) -> int:
    """Return the least that a copy of the photograph of *file* weighs."""
    return int(OF_A_PICTURE * len(seen_by_owner(case, file)))


def leaves(
    case: Case, act: Callable[[], object], only: frozenset[str] | None = None
) -> list[Thing]:
    """Return what *act* leaves at rest, anywhere or on *only* some surfaces."""
    before = holdings(case.sight, only)
    act()
    return gained(before, holdings(case.sight, only))


def where_they_rest(case: Case, file: File) -> Rests:
    """
    Return where photographs and records rest, told from what grows by how much.

    A photograph's store grows by a picture when one is taken, and not when a
    record is corrected. A record's changes by as much as a record says when it is
    corrected; what changes at a mere look is a log. Somebody's photograph has to
    be there already: the first may lay out room for many.

    Raises:
        Inconclusive: one of the two cannot be told.

    """
    target, owner = case.target, file.owner
    looked = leaves(case, lambda: case.must(target.read_record(file.record, owner)))
    changes = {"street": _ELSEWHERE}
    change = leaves(case, lambda: case.must(target.correct_record(file.record, changes, owner)))
    picture = leaves(case, lambda: take(case, file))
    logs, said = by_store(looked), sum(len(v or "") for v in file.applicant.record().values())
    photos = _heavier(by_store(picture), by_store(change), weight_of(case, file))
    records = {store for store, most in by_store(change).items() if most >= said} - logs.keys()
    if not (photos and records):
        raise Inconclusive("where photographs rest, or where records do, could not be told")
    return Rests(photos, frozenset(records))


def database(case: Case, store: tuple[str, str]) -> tuple[str, str]:
    """Return what *store* is a part of: all tables of one database lie together."""
    surface, place = store
    tabular = {each.id for each in case.sight.resting() if isinstance(each, Tabular)}
    return surface, "" if surface in tabular else place


def shows_a_picture(outcome: Outcome) -> bool:
    """Whether an answer holds a picture, as it is or in base64."""
    bodies = [exchange.body for exchange in outcome.exchanges]
    whole = outcome.fields.get("data")
    bodies += [whole] if isinstance(whole, bytes) else []
    texts = [text for body in bodies for text in _BASE64.findall(body)]
    return any(map(_PICTURE.search, bodies)) or any(map(_PICTURE.match, map(_decoded, texts)))


def names(case: Case, outcome: Outcome, person: Applicant) -> bool:
    """Whether an answer, head or body, names *person* or their street."""
    told = "".join(
        f"{exchange.headers}{exchange.body.decode('utf-8', 'replace')}"
        for exchange in outcome.exchanges
    ).casefold()
    fields = (Field.SURNAME, Field.GIVEN_NAME, Field.STREET)
    tokens = [case.mint.canary(person.index, field).text for field in fields]
    return any(token.casefold() in told for token in tokens)


def _heavier(
    one: Mapping[tuple[str, str], int], other: Mapping[tuple[str, str], int], by: int
) -> Stores:
    return frozenset(store for store, weight in one.items() if weight - other.get(store, 0) >= by)


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text[: len(text) // 4 * 4].translate(_STANDARD))


_STANDARD = bytes.maketrans(b"-_", b"+/")
