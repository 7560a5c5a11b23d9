"""Status is not asked for, not taken when it is sent unasked, and not to be read from anything."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.kinds import LIVING, to_the_card
from idaudit.checks.collection.traces import expect_alike, told_apart
from idaudit.checks.finding import Place
from idaudit.checks.retention.covered import weight_at_rest
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.chance import noise
from idaudit.fixtures.documents import DocumentKind
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

UNASKED = (
    "citizenship",
    "nationality",
    "immigration_status",
    "a_number",
    "visa_class",
    "place_of_birth",
    "country_of_birth",
    "note",
)
"""Fields that no form has; each speaks of status by itself, or makes room for a word that does."""

_ASKING = re.compile(
    r"citizenship|citizen[-_ ]?status|(?<![a-z])(is|us)[-_ ]citizen|nationality|naturali[sz]ed"
    r"|immigra(nt|tion[-_ ]?(status|class|category))|(?<![a-z])uscis|asylum|refugee|undocumented"
    r"|(?<![a-z])(alien|visa)[-_ ]?(number|no|class|type|category|status)(?![a-z])"
    r"|(?<![a-z])a[-_ ]?number(?![a-z])|legal[-_ ]?status"
    r"|(place|country|city|state|nation)[-_ ]?of[-_ ]?(birth|origin)"
    r"|birth[-_ ]?(place|country|nation)",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"(us[-_ ]?|non[-_ ]?)?citizen|(lawful[-_ ])?permanent[-_ ]resident|undocumented"
    r"|non[-_ ]?immigrant|asylee|refugee|parolee|visa[-_ ]holder|daca|tps",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

NOTE_BYTES = 24_000
PASSPORT = Differences(
    identity=DocumentKind.FOREIGN_PASSPORT, size=40_000, media_type="application/pdf"
)


@check(
    guarantee="no-status-asked",
    counters=("status-taken-down", "old-status-list-survives"),
    needs=(Operation.DESCRIBE,),
)
def no_form_asks_for_status(case: Case) -> None:
    """No field, parameter or list of choices in the system's description speaks of status."""
    description = case.must(case.target.describe()).fields["openapi"]
    names = list(_names(description))
    if not names:
        raise Inconclusive("the system's own description names no field at all")
    asked = sorted({name for name in names if _ASKING.search(_CAMEL.sub("_", name))})
    offered = sorted({word for word in _choices(description) if _STATUS.fullmatch(word)})

    told = "The system's own description has a field that asks for status"
    case.expect(not asked, "status-asked", f"{told}: {', '.join(asked)}.")
    told = "The system's own description has a list of choices that names a status"
    case.expect(not offered, "status-listed", f"{told}: {', '.join(offered)}.")


@check(
    guarantee="no-status-asked",
    counters=("status-taken-down", "refused-word-logged"),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.CORRECT_RECORD),
    sees=True,
)
def what_nobody_asked_for_is_not_kept(case: Case) -> None:
    """
    A field that no form has is refused or dropped, on applying and on correcting alike.

    Refusing it must leave nothing behind either: an error log is a file too.
    """
    sent = {_sent_unasked(case, field): field for field in UNASKED}
    for hit in case.residue(fields=frozenset({Field.UNASKED})):
        field = sent.get(hit.applicant or 0, "a field")
        told = f"The value of {field}, which nobody had asked for, lies in {hit.surface}."
        case.broken("unasked-kept", told, Place.of(hit))


@check(guarantee="no-status-asked", counters=("status-taken-down",), needs=ENROLMENT, sees=True)
def a_note_nobody_asked_for_has_no_weight(case: Case) -> None:
    """
    A long note that is sent along unasked does not make what is kept any heavier.

    Even in cipher it would weigh as much as it is long. Both people show papers
    of one size, so that a programme that keeps papers keeps as much of both.
    """
    case.sight.look([])
    first = case.applicant(**PASSPORT)
    plain = _weight_of(case, first, {})
    note = base64.b64encode(noise(case.mint.key("note"), NOTE_BYTES)).decode()
    second = case.meet(case.people.twin(first, apart=True))
    with_note = _weight_of(case, second, {"note": note})

    told = "What is kept of somebody grows with a note that nobody asked for."
    case.expect(with_note - plain < NOTE_BYTES // 4, "note-kept", told)


@check(guarantee="no-status-asked", counters=("passport-read-in-full",), needs=LIVING, sees=True)
def nothing_kept_or_answered_tells_the_country_of_a_passport(case: Case) -> None:
    """People who differ in the country that issued their passport leave the same behind."""
    told = told_apart(
        case,
        to_the_card,
        Differences(country="MEX", **PASSPORT),
        Differences(country="CHN", **PASSPORT),
    )

    expect_alike(
        case,
        told,
        ("country-kept", "What is kept tells which country issued a passport."),
        ("country-answered", "The answers tell which country issued a passport."),
    )


def _sent_unasked(case: Case, field: str) -> int:
    """Send *field* along with an application and a correction; return whose value it was."""
    person = case.applicant()
    value = case.mint.canary(person.index, Field.UNASKED).text
    file = _applied(case, person, {field: value})
    case.answered(case.target.correct_record(file.record, {field: value}, file.owner))
    record = case.must(case.target.read_record(file.record, file.owner)).fields["record"]

    told = f"The record shows the value of {field}, which nobody had asked for."
    kept = value.casefold() in json.dumps(record, default=str).casefold()
    case.expect(not kept, "unasked-answered", told)
    return person.index


def _applied(case: Case, person: Applicant, extra: Mapping[str, str]) -> File:
    """Enrol *person* with *extra* fields, or without where they are refused."""
    opened = case.answered(case.target.open_application(person, CLERK, extra=extra))
    if opened.refused:
        return case.enrol(person)
    file = File(person, opened.fields["application"], opened.fields["record"])
    for paper in person.documents:
        case.must(case.target.submit_document(file.application, paper, CLERK))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    return file


def _weight_of(case: Case, person: Applicant, extra: Mapping[str, str]) -> int:
    """Weigh what the enrolment of *person* leaves, *extra* fields sent along."""
    before = weight_at_rest(case)
    _applied(case, person, extra)
    return weight_at_rest(case) - before


def _names(node: object) -> Iterator[str]:
    """Yield the name of every field and parameter in an OpenAPI description."""
    if isinstance(node, Mapping):
        fields = node.get("properties")
        yield from map(str, fields if isinstance(fields, Mapping) else ())
        if "in" in node and "name" in node:
            yield str(node["name"])
    for inner in _inside(node):
        yield from _names(inner)


def _choices(node: object) -> Iterator[str]:
    """Yield every word that an OpenAPI description offers for choice."""
    if isinstance(node, Mapping) and isinstance(node.get("enum"), list):
        yield from map(str, node["enum"])
    for inner in _inside(node):
        yield from _choices(inner)


def _inside(node: object) -> Iterable[object]:
    match node:
        case Mapping():
            return node.values()
        case list():
            return node
        case _:
            return ()
