"""The card, and every answer about it, shows what was promised and nothing else."""

import re
from datetime import timedelta

from idaudit.checks.card.reading import (
    PARTNER,
    barcode_of,
    further,
    issued,
    left_over,
    parts_of,
    promised_to,
    said_by,
    speaks_of,
    words_of,
)
from idaudit.checks.case import CLERK, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

CARDED = (*ENROLMENT, Operation.ISSUE_CARD)
GENDERS = ("F", None, "X", "M")
UNKNOWN = "4000 0000 0000 0002"
SHELTER = {"street": "1 Shelter Street", "city": "New York", "postcode": "10001"}
_GENDER = re.compile(r"gender|sex", re.IGNORECASE)
_BETWEEN = re.compile(r"[^A-Za-z0-9_=-]")


@check(
    guarantee="card-face-only",
    counters=("extra-line-printed", "blank-gender-filled-in"),
    needs=(*CARDED, Operation.ADVANCE_CLOCK),
)
def the_face_shows_what_was_promised_and_nothing_else(case: Case) -> None:
    """
    Name, birth date, address, expiry and number, and a gender that was stated: no other words.

    Words that stand on every card are print. What differs from card to card, and
    is none of these, is a further field.
    """
    people = [case.applicant(gender=gender, size=4_000) for gender in GENDERS]
    cards = [_another_day(case, person) for person in people]
    known = [promised_to(person, card) for person, card in zip(people, cards, strict=True)]
    faces = [dict(parts_of(card.fields["face"])) for card in cards]
    for name in sorted({name for face in faces for name in face}):
        beyond = further([face.get(name, "") for face in faces], known)
        reason = "gender-printed" if _GENDER.search(name) else "further-field"
        told = f"The card shows under {name!r} what is no part of its promised face."
        case.expect(not beyond, reason, told)


def _another_day(case: Case, person: Applicant) -> Outcome:
    """Issue a card, and let a day pass: a date of issue is then no part of the print."""
    card = issued(case, case.apply(person))
    case.must(case.target.advance_clock(timedelta(days=1)))
    return card


@check(
    guarantee="card-face-only",
    counters=("refuge-marked-on-card",),
    needs=(*CARDED, Operation.PROTECT_ADDRESS),
)
def a_protected_address_is_not_on_the_card_nor_that_there_is_one(case: Case) -> None:
    """The card of somebody in hiding shows the care-of address, as any card shows any address."""
    file, other = (case.apply(case.applicant(gender=None, size=4_000)) for _ in range(2))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    case.must(case.target.protect_address(file.record, SHELTER, file.owner))
    card, plain = case.must(case.target.issue_card(file.application, CLERK)), issued(case, other)

    street = case.mint.canary(file.applicant.index, Field.STREET).text.casefold()
    shown = str(dict(card.fields)).casefold()
    case.expect(street not in shown, "protected-address-printed", "The card shows where they hide.")
    parts = [set(dict(parts_of(each.fields["face"]))) for each in (card, plain)]
    known = promised_to(file.applicant, card) | words_of(*SHELTER.values())
    texts = [str(dict(parts_of(each.fields["face"]))) for each in (card, plain)]
    marks = left_over(texts[0], known) - words_of(texts[1])
    alike = parts[0] == parts[1] and not marks
    case.expect(alike, "protection-marked", "The card shows that its holder's address is hidden.")


@check(
    guarantee="card-face-only",
    counters=("verification-says-too-much",),
    needs=(*CARDED, Operation.VERIFY_CARD, Operation.REVOKE_CARD),
)
def a_verification_says_good_or_not_and_nothing_else(case: Case) -> None:
    """Asked by number or barcode, of a good card or not, the answer is one word and not why."""
    files = [case.apply(case.applicant(size=4_000)) for _ in range(3)]
    cards = [issued(case, file) for file in files]
    case.must(case.target.revoke_card(files[2].record, files[2].owner))
    for file, card in zip(files, cards, strict=True):
        for seen in _asked(case, card):
            told = "Whoever asks whether a card is good is told something of its holder."
            named = speaks_of(case, seen, file.applicant)
            case.expect(not named, "verification-names-holder", told)
    _expect_alike(case, cards[0], cards[1], "says-more-than-good", "Two good cards")
    _expect_alike(case, cards[2], None, "says-why", "A card that was lost and one never issued")


def _asked(case: Case, card: Outcome | None) -> list[Outcome]:
    """Ask about a card by its number and by its barcode; about no card, by a number only."""
    verify = case.target.verify_card
    if card is None:
        return [case.answered(verify(PARTNER, number=UNKNOWN))]
    by_number = case.answered(verify(PARTNER, number=str(card.fields["number"])))
    barcode = str(card.fields.get("barcode") or "")
    return [by_number, *([case.answered(verify(PARTNER, barcode=barcode))] if barcode else [])]


def _expect_alike(case: Case, one: Outcome, other: Outcome | None, reason: str, which: str) -> None:
    """Expect that what is said of both cards, each time the same, is the same of both."""
    steady = [_steady(case, card) for card in (one, other)]
    case.expect(
        None in steady or steady[0] == steady[1],
        reason,
        f"{which} are answered differently, beyond good or not.",
    )


def _steady(case: Case, card: Outcome | None) -> dict[str, str] | None:
    """Return what is said of a card each time it is asked about; None where all is declined."""
    shown = ("number", "barcode")
    asked = [str(card.fields.get(name)) for name in shown] if card else [UNKNOWN]
    answers = [_asked(case, card)[0] for _ in range(2)]
    if not all(each.allowed for each in answers):
        return None
    first, second = (
        {**said_by(each, *asked), "good": str(each.fields["valid"])} for each in answers
    )
    return {name: value for name, value in first.items() if second.get(name) == value}


@check(
    guarantee="card-face-only",
    counters=("copied-card-passes",),
    needs=(*CARDED, Operation.VERIFY_CARD),
)
def an_altered_card_is_not_good(case: Case) -> None:
    """A barcode of which one letter was changed, or a half exchanged, is not taken for good."""
    mine, other = (
        barcode_of(issued(case, case.apply(case.applicant(size=4_000)))) for _ in range(2)
    )
    if not _passes(case, mine):
        raise Inconclusive("not even the barcode as it was issued is good")
    for forged in _forgeries(mine, other):
        told = "A barcode that was altered is taken for that of a good card."
        case.expect(not _passes(case, forged), "forgery-passes", told)


def _passes(case: Case, barcode: str) -> bool:
    seen = case.answered(case.target.verify_card(PARTNER, barcode=barcode))
    return seen.allowed and bool(seen.fields["valid"])


def _forgeries(mine: str, other: str) -> list[str]:
    """Return *mine* with one letter changed, at five places, and with the end of *other*."""
    places = [len(mine) * part // 6 for part in range(1, 6)]
    swapped = [(at, "B" if mine[at] != "B" else "C") for at in places if mine[at].isalnum()]
    changed = [mine[:at] + letter + mine[at + 1 :] for at, letter in swapped]
    ends = [[match.end() for match in _BETWEEN.finditer(each)] for each in (mine, other)]
    grafted = [mine[: ends[0][-1]] + other[ends[1][-1] :]] if all(ends) else []
    return changed + grafted
