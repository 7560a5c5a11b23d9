"""How the checks of the card judge cities neither honest nor plainly broken."""

import base64
import dataclasses
import itertools
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from idaudit.checks.card import barcode, face, stigma, trail
from idaudit.fixtures.targets.target import Answer, Outcome, Target

Judge = Callable[..., tuple[str, str]]
Check = Callable[..., None]
Write = Callable[[Mapping[str, Any], int], dict[str, Any]]
CARDED: tuple[Check, ...] = (
    face.the_face_shows_what_was_promised_and_nothing_else,
    face.a_protected_address_is_not_on_the_card_nor_that_there_is_one,
    face.a_verification_says_good_or_not_and_nothing_else,
    face.an_altered_card_is_not_good,
    barcode.the_barcode_carries_what_is_printed_and_nothing_else,
    barcode.the_number_tells_neither_order_nor_date_nor_place,
    stigma.no_card_tells_which_papers_its_holder_showed,
    stigma.no_renewal_tells_which_papers_its_holder_showed,
    stigma.no_card_tells_who_applied_for_a_benefit,
    trail.showing_a_card_leaves_no_trace_of_which_it_was,
    trail.two_partners_cannot_join_what_they_are_told_of_one_card,
)
FACE = face.the_face_shows_what_was_promised_and_nothing_else
CODE = barcode.the_barcode_carries_what_is_printed_and_nothing_else
ANSWER = face.a_verification_says_good_or_not_and_nothing_else
TRAIL = trail.showing_a_card_leaves_no_trace_of_which_it_was
JOIN = trail.two_partners_cannot_join_what_they_are_told_of_one_card


def refuse(*_: object, **__: object) -> Outcome:
    """Decline."""
    return Outcome(Answer.REFUSED, "bent")


def with_fields(outcome: Outcome, **more: object) -> Outcome:
    """Return an answer that says more."""
    return dataclasses.replace(outcome, fields={**outcome.fields, **more})


def issuing(change: Write) -> Callable[..., Outcome]:
    """Issue cards with changed fields; *change* is told which card it is."""
    cards = itertools.count(1)

    def issue(city: Target, **named: object) -> Outcome:
        card = city.issue_card(**named)
        return with_fields(card, **change(card.fields, next(cards))) if card.allowed else card

    return issue


def verifying(more: Callable[[str], dict[str, object]]) -> Callable[..., Outcome]:
    """Answer partners with more, made from what was shown."""

    def verify(city: Target, **named: object) -> Outcome:
        seen = city.verify_card(**named)
        shown = str(named["number"] or named["barcode"])
        return with_fields(seen, **more(shown)) if seen.allowed else seen

    return verify


@pytest.mark.parametrize("check", CARDED)
def test_a_city_that_issues_no_card_shows_nothing(judge: Judge, check: Check) -> None:
    """A card that nobody gets marks nobody."""
    assert judge(check, issue_card=refuse)[0] == "inconclusive"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _f, n: {"phone": f"555 01{n:02}"}, ("broken", "further-field")),
        (lambda _f, n: {"serial": f"{n:04}"}, ("broken", "further-field")),
        (lambda _f, n: {"sex": "F" if n % 2 else "U"}, ("broken", "gender-printed")),
        (lambda _f, _n: {"motto": "City of New York", "class": "A"}, ("pass", "")),
        (lambda f, _n: {"name": f"{f['surname'].upper()}, {f['given_name'][0]}."}, ("pass", "")),
        (lambda _f, n: {"photo": base64.b64encode(bytes([n]) * 99).decode()}, ("pass", "")),
    ],
)
def test_what_a_face_may_show_besides(judge: Judge, change: Write, told: tuple[str, str]) -> None:
    """Print that is the same for all, another spelling, the picture: but no further field."""
    issue = issuing(lambda fields, n: {"face": {**fields["face"], **change(fields["face"], n)}})

    assert judge(FACE, issue_card=issue) == told


def blob(size: int) -> str:
    """Return some cipher as a barcode writes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f, _n: {"carried": {**f["carried"], "v": 2}}, ("pass", "")),
        (lambda f, _n: {"carried": {**f["carried"], "sig": blob(64)}}, ("pass", "")),
        (lambda f, _n: {"carried": {**f["carried"], "sig": blob(600)}}, ("broken", "carries-more")),
        (lambda f, n: {"carried": {**f["carried"], "desk": n}}, ("broken", "carries-more")),
        (lambda f, _n: {"carried": {}, "barcode": f"{f['number']}.{blob(64)}"}, ("pass", "")),
        (lambda f, _n: {"barcode": f"{f['barcode']}.{blob(40)}"}, ("broken", "carries-a-blob")),
        (
            lambda f, n: {"barcode": f"https://c.example.org/{n}#{f['barcode']}"},
            ("broken", "code-leads-elsewhere"),
        ),
        (lambda f, _n: {"barcode": f"https://c.example.org/#{f['barcode']}"}, ("pass", "")),
    ],
)
def test_what_a_code_may_bear_besides(judge: Judge, change: Write, told: tuple[str, str]) -> None:
    """A version, one signature, an address that is the same for all: and nothing of one's own."""
    assert judge(CODE, issue_card=issuing(change)) == told


def test_a_code_that_nobody_can_read_shows_nothing(judge: Judge) -> None:
    """It may be a signature, and it may be a file: only who reads it knows."""
    told = judge(CODE, issue_card=issuing(lambda _f, _n: {"carried": {}, "barcode": blob(90)}))

    assert told[0] == "inconclusive"


def test_a_card_without_a_code_shows_nothing_of_codes(judge: Judge) -> None:
    """What is not there hides nothing, and is another promise's matter."""
    told = judge(CODE, issue_card=issuing(lambda _f, _n: {"barcode": "", "carried": {}}))

    assert told[0] == "inconclusive"


# -- verifying ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (lambda _: {"request": uuid.uuid4().hex}, ("pass", "")),
        (lambda shown: {"shown": shown, "by": "the City"}, ("pass", "")),
        (
            lambda shown: {"zone": f"{sum(map(ord, shown)) % 9973}"},
            ("broken", "says-more-than-good"),
        ),
    ],
)
def test_what_an_answer_may_say_besides(
    judge: Judge, more: Callable[[str], dict[str, object]], told: tuple[str, str]
) -> None:
    """A number of the request, what was asked, a fixed word: and nothing that is a card's own."""
    assert judge(ANSWER, verify_card=verifying(more)) == told


def test_a_card_that_is_declined_is_not_said_to_be_bad(judge: Judge) -> None:
    """A system may decline an unknown number, as long as good cards are answered alike."""

    def verify(city: Target, **named: object) -> Outcome:
        seen = city.verify_card(**named)
        return seen if seen.fields.get("valid") else refuse()

    assert judge(ANSWER, verify_card=verify) == ("pass", "")


def test_a_reader_that_takes_nothing_shows_nothing(judge: Judge) -> None:
    """A system that declines every code has not seen through the forged ones."""
    check = face.an_altered_card_is_not_good

    assert judge(check, verify_card=refuse)[0] == "inconclusive"


# -- the trail ----------------------------------------------------------------------------------


def noting(line: Callable[[str], str]) -> Callable[..., Outcome]:
    """Answer partners, and leave a line in a file."""

    def verify(city: Target, **named: object) -> Outcome:
        shown = str(named["number"] or named["barcode"])
        with (city.data / "scratch" / "uses").open("a") as file:  # type: ignore[attr-defined]  # the reference city's own
            file.write(line(shown) + "\n")
        return city.verify_card(**named)

    return verify


def test_a_place_that_cannot_be_seen_shows_no_trail(judge: Judge) -> None:
    """Nor is it shown that there is none."""
    assert judge(TRAIL, blind=frozenset({"scratch"}))[0] == "inconclusive"


def test_a_line_that_does_not_say_which_card_is_lawful(judge: Judge) -> None:
    """That somebody was asked something may be written down, with a number of the request."""
    told = judge(TRAIL, verify_card=noting(lambda _: f"asked {uuid.uuid4()}"))

    assert told == ("pass", "")


def test_a_line_that_comes_with_one_card_is_noticed(judge: Judge) -> None:
    """Four letters of a digest are enough to tell two cards apart."""
    told = judge(
        TRAIL, verify_card=noting(lambda shown: f"card-{sum(map(ord, shown)) * 7919 % 9973}")
    )

    assert told == ("broken", "use-recorded")


def test_a_number_in_the_address_of_a_request_is_noticed(judge: Judge) -> None:
    """Whoever hosts a service logs the addresses it is asked at."""

    def verify(city: Target, **named: object) -> Outcome:
        seen = city.verify_card(**named)
        path = f"/verify?number={named['number']}"
        asked = tuple(dataclasses.replace(each, path=path) for each in seen.exchanges)
        return dataclasses.replace(seen, exchanges=asked)

    assert judge(TRAIL, verify_card=verify) == ("broken", "number-in-address")


def test_partners_who_are_given_no_name_have_none_in_common(judge: Judge) -> None:
    """A system may answer yes or no to whatever it is asked."""

    def verify(city: Target, **named: object) -> Outcome:
        return city.verify_card(**{**named, "token": False})  # type: ignore[arg-type]  # as it came

    assert judge(JOIN, verify_card=verify) == ("pass", "")


def test_a_field_that_all_partners_are_told_joins_them(judge: Judge) -> None:
    """Whether it is called a name or not."""
    told = judge(JOIN, verify_card=verifying(lambda shown: {"zone": f"{hash(shown) % 10**9:09}"}))

    assert told == ("broken", "partners-can-join")
