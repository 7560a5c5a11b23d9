"""How the checks of the list, of consent and of pressure judge desks that are neither."""

import dataclasses
from collections.abc import Callable
from typing import Any

from idaudit.checks.disclosure.bypass import (
    an_emergency_is_counted_in_public,
    no_emergency_opens_a_record_on_one_word,
)
from idaudit.checks.disclosure.closed_list import (
    BASES,
    FOR_COUNSEL,
    OFF_THE_LIST,
    nothing_off_the_list_opens_a_record,
)
from idaudit.checks.disclosure.consent import (
    a_consent_goes_no_further_than_it_says,
    applying_for_a_card_is_no_consent,
)
from idaudit.checks.disclosure.paper_in_order import NOT_IN_ORDER, PROMISED
from idaudit.checks.disclosure.pressure import a_forced_sign_in_is_noticed
from idaudit.checks.disclosure.redisclosure import what_an_agency_receives_says_what_it_is_for
from idaudit.fixtures.instruments import VALID
from idaudit.fixtures.targets.target import Answer, Outcome, Target
from idaudit.threatmodel.loader import load

Judge = Callable[..., tuple[str, str]]
OPERATED = {
    "agency-request": "an application for a benefit",
    "holder-consent": "a consent",
    "own-record-request": "a look at one's own record",
    "vendor-demand": "a vendor, whom no target has",
}
"""Which of the twenty-eight come to a desk as no paper."""
HEARD = {
    "court-order": "a_courts_order_opens_no_more_than_it_orders",
    "enforcement-order": "a_courts_order_opens_no_more_than_it_orders",
    "preservation-order": "a_courts_order_opens_no_more_than_it_orders",
    "emergency-request": "no_emergency_opens_a_record_on_one_word",
    "counter-pressure": "nobody_who_feels_threatened_can_hand_a_record_over",
}
"""Which papers have a check of their own."""


def test_each_of_the_twenty_eight_is_tried_or_said_to_be_no_paper() -> None:
    """A demand that nobody tries is one that a desk may obey unseen."""
    papers = {*OFF_THE_LIST, *FOR_COUNSEL, *HEARD, *(builder.form for builder in VALID)}
    instruments = load().attack.instruments

    assert len(instruments) == 28
    for instrument in instruments.values():
        assert set(instrument.built_as) <= papers, instrument.id
        assert bool(instrument.built_as) is (instrument.id not in OPERATED), instrument.id


def test_the_tables_have_the_cells_they_are_said_to_have() -> None:
    """Eighty-four cells off the list: each paper under its own name and six others."""
    assert (len(OFF_THE_LIST), len(BASES), len(FOR_COUNSEL)) == (12, 6, 5)
    assert (len(PROMISED), len(NOT_IN_ORDER)) == (3, 7)


def test_a_record_in_the_words_of_a_refusal_is_noticed(judge: Judge) -> None:
    """What is refused may have been told all the same, in the body of the answer."""
    streets: list[str] = []

    def open_application(city: Target, **named: Any) -> Outcome:  # noqa: ANN401  passed through
        streets.append(named["applicant"].street)
        return city.open_application(**named)

    def request(city: Target, **named: Any) -> Outcome:  # noqa: ANN401  passed through
        outcome = city.request_disclosure(**named)
        body = f"Refused. The last address was {streets[0]}.".encode()
        last = dataclasses.replace(outcome.exchanges[-1], body=body)
        return dataclasses.replace(outcome, exchanges=(last,))

    told = judge(
        no_emergency_opens_a_record_on_one_word,
        "said-in-words",
        request_disclosure=request,
        open_application=open_application,
    )

    assert told == ("broken", "opened-on-one-word")


def test_a_report_that_hides_small_numbers_shows_nothing(judge: Judge) -> None:
    """That a number is not told is no proof that nothing was counted."""

    def report(city: Target, **named: Any) -> Outcome:  # noqa: ANN401  passed through
        outcome = city.public_report(**named)
        return dataclasses.replace(outcome, fields={**outcome.fields, "requests": None})

    assert judge(an_emergency_is_counted_in_public, public_report=report)[0] == "inconclusive"


def test_a_desk_that_gives_nobody_anything_shows_nothing(judge: Judge) -> None:
    """Refusing the cardholder's own consent as well is no proof of telling them apart."""

    def refuse(*_: object, **__: object) -> Outcome:
        return Outcome(Answer.REFUSED, "bent")

    for check, params in (
        (nothing_off_the_list_opens_a_record, (None,)),
        (a_consent_goes_no_further_than_it_says, ()),
        (what_an_agency_receives_says_what_it_is_for, ()),
    ):
        assert judge(check, *params, collect_disclosure=refuse)[0] == "inconclusive"


def test_consents_that_are_never_shown_show_nothing(judge: Judge) -> None:
    """An empty list proves that none is on file only where one that was given appears in it."""

    def read(*_: object, **__: object) -> Outcome:
        return Outcome(Answer.ALLOWED, fields={"consents": []})

    told = judge(applying_for_a_card_is_no_consent, "web", "nothing-said", read_consents=read)

    assert told[0] == "inconclusive"


def test_a_ledger_that_writes_every_sign_in_alike_tells_nothing_of_force(judge: Judge) -> None:
    """A line that a free session leaves as well is no alarm."""

    def forced(city: Target, **named: Any) -> Outcome:  # noqa: ANN401  passed through
        del city, named
        return Outcome(Answer.ALLOWED)

    assert judge(a_forced_sign_in_is_noticed, sign_in_under_duress=forced) == (
        "broken",
        "duress-unnoticed",
    )
