"""Consent counts if it is one's own, in writing, for that purpose, and not taken back."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from idaudit.checks.case import (
    ADMINISTRATOR,
    CLERK,
    COMMISSIONER,
    COUNSEL_2,
    PUBLIC,
    REVIEWER,
    Case,
    File,
)
from idaudit.checks.catalogue import check
from idaudit.checks.disclosure.desk import (
    EVERYBODY,
    IDENTITY,
    agree_and_collect,
    approve,
    collect,
    says_something,
    told_of,
)
from idaudit.checks.disclosure.grants import (
    BANK,
    NAMED,
    ON_CONSENT,
    PURPOSE,
    bring_consent,
    give,
    must_give,
    must_release_by_consent,
    released_by_consent,
)
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import Inconclusive

_SIXTEEN = timedelta(days=16 * 365 + 30)
_MONTH = timedelta(days=30)

OTHERS: Mapping[str, Callable[[File], Actor]] = {
    "another cardholder": lambda other: other.owner,
    "a clerk": lambda _: CLERK,
    "a reviewer": lambda _: REVIEWER,
    "counsel": lambda _: COUNSEL_2,
    "the commissioner": lambda _: COMMISSIONER,
    "the administrator": lambda _: ADMINISTRATOR,
    "a partner": lambda _: Actor(Role.PARTNER),
    "a passer-by": lambda _: PUBLIC,
}
"""Everybody whose consent about a record is nobody's."""


@check(guarantee="own-consent", counters=("consent-forged",), needs=ON_CONSENT)
def nobody_consents_for_another(case: Case) -> None:
    """A consent about a record that anybody but its owner gives releases nothing: eight try."""
    file, other = case.enrol(), case.enrol()
    for who, actor in OTHERS.items():
        consent = give(case, file, by=actor(other))
        case.expect(
            not told_of(released_by_consent(case, consent), file.applicant),
            "consented-for-another",
            f"The record was handed out because {who} consented.",
        )
    must_release_by_consent(case)


@check(guarantee="own-consent", counters=("consent-forged",), needs=ON_CONSENT)
def what_is_no_consent_releases_nothing(case: Case) -> None:
    """A record's number, an application's, a made-up one or another's consent opens no record."""
    file, other = case.enrol(), case.enrol()
    for forged in (file.record, file.application, "0" * 22, must_give(case, other)):
        case.expect(
            not told_of(released_by_consent(case, forged), file.applicant),
            "forgery-honoured",
            "The record was handed out on what was nobody's consent.",
        )
    must_release_by_consent(case)


@check(guarantee="own-consent", counters=("consent-forged",), needs=ON_CONSENT)
@pytest.mark.parametrize("guardian", [None, ""], ids=["alone", "blank-signature"])
def a_minor_does_not_consent_alone(case: Case, guardian: str | None) -> None:
    """At sixteen a parent or guardian has to sign as well; a blank line is no signature."""
    file = case.enrol(case.applicant(born=case.today - _SIXTEEN))
    alone = released_by_consent(case, give(case, file, guardian=guardian))

    case.expect(
        not told_of(alone, file.applicant),
        "minor-alone",
        "The record of somebody of sixteen was handed out, and no parent or guardian had signed.",
    )
    must_release_by_consent(case)


BLANKS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "no-purpose": (BANK, "", NAMED),
    "blank-purpose": (BANK, "  ", NAMED),
    "no-recipient": ("", PURPOSE, NAMED),
    "any-recipient": ("*", PURPOSE, NAMED),
    "no-field": (BANK, PURPOSE, ()),
}
"""What a consent may leave open, by what is left open."""


@check(guarantee="own-consent", counters=("consent-buried-in-form",), needs=ON_CONSENT)
def a_consent_says_to_whom_what_and_what_for(case: Case) -> None:
    """A consent without a purpose, a recipient or a field releases nothing to anybody."""
    file = case.enrol()
    for left_open, (recipient, purpose, fields) in BLANKS.items():
        consent = give(case, file, recipient=recipient, purpose=purpose, fields=fields)
        for to, what_for in ((BANK, PURPOSE), (BANK, ""), ("", PURPOSE)):
            case.expect(
                not says_something(released_by_consent(case, consent, to, what_for)),
                "left-open",
                f"A record was handed out on a consent that left something open: {left_open}.",
            )
    must_release_by_consent(case)


@check(guarantee="own-consent", counters=("consent-stretched",), needs=ON_CONSENT)
def a_consent_goes_no_further_than_it_says(case: Case) -> None:
    """Another recipient, another purpose and another field need another consent."""
    file = case.enrol()
    consent = must_give(case, file, until=case.today + _MONTH)
    for recipient, purpose, reason, what in (
        ("Example Insurance", PURPOSE, "other-recipient", "to another recipient"),
        (BANK, "to collect a debt", "other-purpose", "for another purpose"),
    ):
        case.expect(
            not told_of(released_by_consent(case, consent, recipient, purpose), file.applicant),
            reason,
            f"A consent was used to hand the record out {what}.",
        )
    released = released_by_consent(case, consent)
    if not told_of(released, file.applicant):
        raise Inconclusive("not even an owner's own consent opens a record here")
    more = told_of(released, file.applicant) - {*NAMED, *IDENTITY}
    case.expect(not more, "other-field", "More was handed out than the consent names.")


@check(guarantee="own-consent", counters=("consent-without-end",), needs=ON_CONSENT)
def a_consent_for_once_is_used_once(case: Case) -> None:
    """Whoever consents without naming a day has consented to one release."""
    file = case.enrol()
    consent = must_give(case, file)
    waiting = bring_consent(case, consent)
    if not told_of(released_by_consent(case, consent), file.applicant):
        raise Inconclusive("not even an owner's own consent opens a record here")

    case.expect(
        not told_of(released_by_consent(case, consent), file.applicant)
        and not (waiting and told_of(agree_and_collect(case, waiting), file.applicant)),
        "used-again",
        "A consent for one release was good for two.",
    )


@check(
    guarantee="own-consent",
    counters=("consent-without-end",),
    needs=(*ON_CONSENT, Operation.ADVANCE_CLOCK),
)
@pytest.mark.parametrize("asked", ["after-its-day", "before-its-day"])
def a_consent_ends_with_its_day(case: Case, asked: str) -> None:
    """What was allowed until a day is not handed out afterwards, whenever it was asked for."""
    must_release_by_consent(case)
    file = case.enrol()
    consent = must_give(case, file, until=case.today + timedelta(days=1))
    waiting = bring_consent(case, consent) if asked == "before-its-day" else None
    if waiting:
        approve(case, waiting, *EVERYBODY)
    case.must(case.target.advance_clock(timedelta(hours=71)))  # past it in every zone
    late = collect(case, waiting) if waiting else released_by_consent(case, consent)

    case.expect(
        not told_of(late, file.applicant),
        "used-late",
        "A record was handed out on a consent whose last day was over.",
    )


@check(
    guarantee="own-consent",
    counters=("withdrawn-consent-used",),
    needs=(*ON_CONSENT, Operation.WITHDRAW_CONSENT),
)
@pytest.mark.parametrize("when", ["before-a-request", "before-an-approval", "before-it-is-fetched"])
def a_withdrawn_consent_counts_no_more(case: Case, when: str) -> None:
    """From the moment a consent is taken back nothing leaves on it, whatever was agreed before."""
    must_release_by_consent(case)
    file = case.enrol()
    consent = must_give(case, file, until=case.today + _MONTH)
    waiting = None if when == "before-a-request" else bring_consent(case, consent)
    if waiting and when == "before-it-is-fetched":
        approve(case, waiting, *EVERYBODY)
    case.must(case.target.withdraw_consent(file.record, consent, file.owner))
    released = agree_and_collect(case, waiting) if waiting else released_by_consent(case, consent)

    case.expect(
        not told_of(released, file.applicant),
        "withdrawn-used",
        "The record was handed out on a consent that had been taken back.",
    )


BUNDLED: Mapping[str, Mapping[str, object] | None] = {
    "nothing-said": None,
    "a-box": {"consent": True, "consent_to_sharing": True, "share_data": True},
    "a-clause": {"consents": [{"recipient": BANK, "purpose": PURPOSE, "fields": list(NAMED)}]},
}
"""What an application may carry besides what it is about."""


@check(
    guarantee="own-consent",
    counters=("consent-buried-in-form",),
    needs=(*ON_CONSENT, Operation.READ_CONSENTS),
)
@pytest.mark.parametrize("channel", ["counter", "web"])
@pytest.mark.parametrize("bundled", BUNDLED)
def applying_for_a_card_is_no_consent(case: Case, channel: str, bundled: str) -> None:
    """Who has applied and touched no consent has none on file, and nothing leaves on one."""
    file = _enrolled_through(case, channel, BUNDLED[bundled])
    on_file = case.must(case.target.read_consents(file.record, file.owner)).fields["consents"]

    case.expect(
        not on_file,
        "consent-on-file",
        "A consent is on file of somebody who did nothing but apply for a card.",
    )
    case.expect(
        not told_of(released_by_consent(case, file.record), file.applicant),
        "consent-on-file",
        "The record was handed out of somebody who did nothing but apply for a card.",
    )
    must_give(case, file)
    if not case.must(case.target.read_consents(file.record, file.owner)).fields["consents"]:
        raise Inconclusive("a consent that was given is not shown either")


def _enrolled_through(case: Case, channel: str, extra: Mapping[str, object] | None) -> File:
    """Enrol somebody whose form carries *extra*, or does not where such a form is refused."""
    person = case.applicant()
    by = Actor(Role.APPLICANT, person.index) if channel == "web" else CLERK
    opened = case.answered(case.target.open_application(person, by, channel=channel, extra=extra))
    if opened.refused:
        opened = case.must(case.target.open_application(person, by, channel=channel))
    file = File(person, opened.fields["application"], opened.fields["record"])
    for paper in person.documents:
        case.must(case.target.submit_document(file.application, paper, by))
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    return file
