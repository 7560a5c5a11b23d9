"""What is taken is what proves identity and residency, and what the card shows: no more."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from idaudit.checks.access.taking import seen_by_owner, take
from idaudit.checks.case import CLERK, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.forms import asked_by
from idaudit.checks.collection.kinds import LIVING, shown
from idaudit.checks.collection.unasked import PASSPORT, expect_untraced, expect_weightless
from idaudit.checks.probes.holdings import Thing, holdings, prove_sight
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.documents import Document
from idaudit.fixtures.targets.target import Actor, Exchange, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

BEYOND = (
    "income",
    "employer",
    "social_security_number",
    "religion",
    "household",
    "device_id",
)
"""Fields that prove neither who one is nor where one lives, and that no card shows."""

ROOMY = ("household", "occupation", "device_id")
"""Those that a system would keep at any length."""

EXCESS = re.compile(
    r"(?<![a-z])(ssn|itin|tin|social[-_ ]?security([-_ ]?(number|num|no|id))?(?![-_ ]?[a-z])"
    r"|tax(payer)?[-_ ]?(id|number|no)|income(?![-_ ]?tax)|occupation|profession|employer"
    r"|job[-_ ]?title|(marital|civil)[-_ ]?status|race|racial|ethnicity|religion|caste"
    r"|sexual[-_ ]?orientation|political[-_ ]?(party|opinion|views?)|party[-_ ]?affiliation"
    r"|finger[-_ ]?prints?|iris|retina|voice[-_ ]?print|palm[-_ ]?print|dna"
    r"|biometrics?(?![-_ ]?(consent|notice))|face[-_ ]?(template|print|vector|embedding)"
    r"|device[-_ ]?(id|identifier|fingerprint)|imei|browser[-_ ]?fingerprint"
    r"|credit[-_ ]?score|criminal[-_ ]?record|arrests?|convictions?)(?![a-z])",
    re.IGNORECASE,
)
"""What no municipal card needs, in the words that forms use; doubtful words are left out."""

_COUNTRY, _VALID_FOR = "CHN", timedelta(days=1234)
_LINE_BYTES = 4_096
_LOOPBACK = ("127.0.0.1", "::1")


@check(
    guarantee="minimal-collection",
    counters=("more-taken-than-needed",),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.CORRECT_RECORD),
    sees=True,
)
def what_proves_nothing_is_not_kept_when_it_is_sent(case: Case) -> None:
    """A field beyond identity and residency, sent along unasked, is refused or dropped."""
    expect_untraced(case, BEYOND, "excess-kept")


@check(
    guarantee="minimal-collection",
    counters=("more-taken-than-needed",),
    needs=ENROLMENT,
    sees=True,
)
def what_proves_nothing_has_no_weight_when_it_is_sent(case: Case) -> None:
    """A long text in such a field makes what is kept no heavier, and so is not kept in cipher."""
    expect_weightless(case, ROOMY, "excess-heavy")


@check(
    guarantee="minimal-collection",
    counters=("more-taken-than-needed",),
    needs=(Operation.OPEN_APPLICATION, Operation.DESCRIBE),
)
def the_form_that_applying_sends_asks_for_no_more_than_it_needs(case: Case) -> None:
    """
    Of what an application asks for, nothing is on the list of what no card needs.

    Other forms are not judged: who applies for a benefit may well be asked for income.
    """
    description = case.must(case.target.describe()).fields["openapi"]
    person = case.applicant()
    on_the_web = case.answered(case.target.open_application(person, _own(person), channel="web"))
    at_the_counter = case.must(case.target.open_application(case.applicant(), CLERK))
    asked = asked_by(description, (*at_the_counter.exchanges, *on_the_web.exchanges))
    if not asked:
        raise Inconclusive("the form that applying sends is not in the system's own description")

    excess = ", ".join(sorted(name for name in asked if EXCESS.search(name)))
    told = f"The form to apply with asks for what no card needs: {excess}."
    case.expect(not excess, "excess-asked", told)


@check(
    guarantee="minimal-collection",
    counters=("passport-read-in-full",),
    needs=(*ENROLMENT, Operation.SUBMIT_PHOTO, Operation.VIEW_PHOTO, Operation.ISSUE_CARD),
    sees=True,
)
def what_a_camera_wrote_is_gone_once_the_card_is_out(case: Case) -> None:
    """Time, place and words that a camera wrote into a photograph are neither shown nor kept."""
    file = case.apply()
    take(case, file)
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    case.must(case.target.issue_card(file.application, CLERK))
    hits = sweep_for(case.mint, case.met).bytes(seen_by_owner(case, file), "photograph")

    kept = any(hit.cohort is Cohort.SUBJECT for hit in hits)
    told = "The photograph of a cardholder is shown with what the camera had written into it."
    case.expect(not kept, "camera-words-shown", told)
    told = "What a camera had written into a photograph lies in {surface}."
    case.expect_no_residue("camera-words-kept", told, fields=frozenset({Field.UNASKED}))


@check(guarantee="minimal-collection", counters=("passport-read-in-full",), needs=LIVING)
def a_passport_adds_nothing_to_the_record(case: Case) -> None:
    """Number, country and dates of a passport are in no record and on no card."""
    expires = case.today + _VALID_FOR
    person = case.applicant(**Differences(country=_COUNTRY, expires=expires, **PASSPORT))
    application, record = shown(case, person)
    target = case.target
    answers = [
        case.answered(target.read_record(record, CLERK)),
        case.must(target.decide(application, REVIEWER, approve=True)),
        case.must(target.issue_card(application, CLERK)),
        case.must(target.read_record(record, _own(person))),
    ]

    for what, pattern in _on_the_passport(person.documents[0]):
        told = f"The {what} of a passport came into the record or onto the card."
        case.expect(not any(map(pattern.search, map(_text, answers))), "passport-copied", told)


@check(
    guarantee="minimal-collection",
    counters=("device-joined-to-applicant",),
    needs=(Operation.OPEN_APPLICATION, Operation.SUBMIT_DOCUMENT, Operation.READ_RECORD),
    sees=True,
)
def no_device_is_filed_with_its_applicant(case: Case) -> None:
    """
    No row and no line of a log puts an application beside what it was sent from.

    What it was sent from is told by the name that a program gives itself, and by
    the address it called from.
    """
    prove_sight(case.sight)
    person = case.applicant()
    opened = case.must(case.target.open_application(person, _own(person), channel="web"))
    application, record = str(opened.fields["application"]), str(opened.fields["record"])
    case.answered(case.target.submit_document(application, person.documents[0], _own(person)))
    case.must(case.target.read_record(record, _own(person)))
    marks = (*_LOOPBACK, *_agents(opened.exchanges))

    found = next(_joining(case, (application, record), marks), None)
    where = found.surface if found else "a place at rest"
    told = f"An application stands beside the device or address that sent it, in {where}."
    case.expect(found is None, "device-filed", told)
    case.bound("A device is looked for in the clear, by the name of its program and its address.")


def _own(person: Applicant) -> Actor:
    return Actor(Role.APPLICANT, person.index)


def _on_the_passport(paper: Document) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield what a passport says that no record needs, and how to find it in a text."""
    words = {
        "number": paper.number,
        "date of issue": paper.issued.isoformat(),
        "date of expiry": str(paper.expires),
    }
    for what, value in words.items():
        yield what, re.compile(re.escape(value), re.IGNORECASE)
    yield "country", re.compile(rf"(?<![\w+/=-]){paper.country}(?![\w+/=-])")


def _text(outcome: Outcome) -> str:
    bodies = [each.body.decode("utf-8", "replace") for each in outcome.exchanges]
    return "\n".join((json.dumps(dict(outcome.fields), default=str), *bodies))


def _agents(exchanges: tuple[Exchange, ...]) -> Iterator[str]:
    """Yield the names under which a program sent *exchanges*."""
    for exchange in exchanges:
        sent = {name.lower(): value for name, value in exchange.request_headers.items()}
        if sent.get("user-agent"):
            yield sent["user-agent"]


def _joining(case: Case, ids: tuple[str, ...], marks: tuple[str, ...]) -> Iterator[Thing]:
    """Yield each row or line that bears one of *ids* and one of *marks*, as a word of its own."""
    words = [re.compile(rf"(?<![\w.:-]){re.escape(mark)}(?![\w:-])") for mark in marks]
    for thing in holdings(case.sight):
        text = thing.text if thing.weight <= _LINE_BYTES else ""
        if any(each in text for each in ids) and any(word.search(text) for word in words):
            yield thing
