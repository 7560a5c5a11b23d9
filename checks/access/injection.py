"""What an applicant types changes nothing but what is written of that applicant."""

import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from idaudit.checks.access.malformed import JSON, forms
from idaudit.checks.access.residents import SETTLING
from idaudit.checks.access.rounds import Street
from idaudit.checks.case import CLERK, PUBLIC, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.probes.fuzz.asking import Asker, Voice, asking
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.surfaces.surface import Part, SurfaceKind
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive, UnexpectedAnswer

NAMES = {
    "with an apostrophe": "O'{}",
    "like a word of programs": "Null",
    "like a yes": "True",
    "of two letters": "Ng",
    "with two hyphens": "Saint--{}",
}
"""Names that people have, and that programs trip over."""

ODD = {
    "the end of a statement": "'; DROP TABLE records; --",
    "a template": "{{{{7919*7907}}}}",
    "a template of another kind": "${{7919*7907}}",
    "a piece of a page": "<img src=x onerror=alert(1)>",
    "the way to a file": "../../../../etc/passwd",
    "a pattern": "%s%n%x",
    "a formula": "=1+1",
    "a line break and a header": "{}\r\nX-Forged: yes",
    "letters that turn the line": "\u202e{}",
}
"""What nobody is called; a system may take it, and may decline it in words."""

_WORKED_OUT = str(7919 * 7907)
_OF_NAMES = (*ENROLMENT, Operation.READ_RECORD)


@check(
    guarantee="equal-access",
    counters=("name-breaks-the-form",),
    needs=_OF_NAMES,
    tier=Tier.FULL,
)
def no_name_breaks_an_enrolment(case: Case) -> None:
    """
    Whatever somebody is called, or types, is enrolled as it was typed or declined in words.

    A failure is no word. Letters may be written larger, or an apostrophe otherwise; what a
    program makes of them is another name.
    """
    neighbour = case.enrol()
    before = _read(case, neighbour)
    for what, text in {**NAMES, **ODD}.items():
        person = _called(case, text)
        file = enrolled_or_declined(case, person)
        told = f"Somebody applies under a name {what}, and the system fails."
        case.expect(file is not False, "name-breaks-it", told)
        if not isinstance(file, File):
            continue
        kept = _read(case, file)
        told = f"Somebody applies under a name {what}, and is enrolled under another."
        same = what in ODD or _letters(kept["surname"]) == _letters(person.surname)
        case.expect(same and _WORKED_OUT not in repr(kept), "name-changed", told)
    told = "What somebody typed as a name has changed somebody else's record."
    case.expect(_read(case, neighbour) == before, "name-changes-others", told)


def _called(case: Case, text: str) -> Applicant:
    return case.applicant(surname=text.format(case.people.next().surname), size=4000)


def enrolled_or_declined(
    case: Case, person: Applicant, meanwhile: Callable[[], None] | None = None
) -> File | bool:
    """
    Enrol *person*; return True where that was declined in words, and False where it failed.

    *meanwhile* is done while the papers are on the table.
    """
    try:
        said = case.target.open_application(person, CLERK)
        if not said.allowed:
            return said.refused
        file = File(person, said.fields["application"], said.fields["record"])
        for paper in person.documents:
            said = case.target.submit_document(file.application, paper, CLERK)
        if meanwhile is not None:
            meanwhile()
        said = case.target.decide(file.application, REVIEWER, approve=True)
    except UnexpectedAnswer:
        return False
    return file if said.allowed else said.refused


def _read(case: Case, file: File) -> dict[str, Any]:
    """Return what the record of *file* says, which its owner can read."""
    try:
        said = case.target.read_record(file.record, file.owner)
    except UnexpectedAnswer:
        said = None
    if said is None or not said.allowed:
        case.broken("name-breaks-it", "The record of somebody enrolled cannot be read any more.")
    return {"surname": "", **said.fields["record"]}


def _letters(name: object) -> str:
    """Return the letters and digits of *name*, in which spellings of one name agree."""
    plain = unicodedata.normalize("NFKD", str(name or "")).casefold()
    return "".join(each for each in plain if each.isalnum())


# -- lines nobody wrote ------------------------------------------------------------------

BREAKS = ("\n", "\u2028")
"""What begins a new line: for everybody, and for some who show a log."""

_IN_AN_ADDRESS = ("%0A", "%0D%0A", "%E2%80%A8", "%C2%85")


@check(
    guarantee="complete-ledger",
    counters=("line-nobody-wrote",),
    needs=SETTLING,
    sees=True,
    tier=Tier.FULL,
)
def what_is_typed_forges_no_line(case: Case) -> None:
    """No log has a line of which somebody typed the beginning: in a form, a header, an address."""
    street, person = Street.of(case), case.applicant()
    logs = [each for each in case.sight.resting() if each.kind is SurfaceKind.LOG]
    if not logs:
        raise Inconclusive("no log is declared, so that no line of one can be read")
    line = f"2017-02-01 {case.mint.canary(person.index, Field.UNASKED).text} allowed"
    with asking(street.door) as asker:
        _type_everywhere(street, asker, street.of_each((CLERK,))[0], line)
    case.target.tell("Line breaks, with a line of a log behind them, are typed into everything.")
    case.sight.look(case.met)  # each place can be read, and what is under way is written down
    for log in logs:
        forged = any(_has_line(part, line) for part in log.parts())
        told = f"A line of {log.id} begins with what somebody typed, as if it were the system's."
        case.expect(not forged, "line-forged", told)


def _type_everywhere(street: Street, asker: Asker, voice: Voice, line: str) -> None:
    for operation, question in forms(street):
        for each in BREAKS:
            for form in typed_in_turn(question.json, f"x{each}{line}"):
                body = json.dumps(form).encode()
                headers = {**question.headers, **JSON}
                asker.ask(operation.label, voice, replace(question, headers=headers, body=body))
    name = b64encode(f"x\n{line}:x".encode()).decode()
    asker.get("/", Voice(PUBLIC, {}), {"Authorization": f"Basic {name}"})
    for each in _IN_AN_ADDRESS:
        asker.get(f"/x{each}{quote(line)}", Voice(PUBLIC, {}))
        asker.get(f"/?q=x{each}{quote(line)}", Voice(PUBLIC, {}))


def typed_in_turn(said: Any, text: str) -> Iterator[Any]:  # noqa: ANN401  JSON
    """Return the form *said*, again and again, each time with *text* for another of its texts."""
    match said:
        case dict():
            for name, value in said.items():
                yield from ({**said, name: inner} for inner in typed_in_turn(value, text))
        case str():
            yield text


def _has_line(part: Part, line: str) -> bool:
    return any(each.startswith(line) for each in part.data.decode(errors="replace").splitlines())
