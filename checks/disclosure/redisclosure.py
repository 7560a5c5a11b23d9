"""What a city agency receives is for one benefit, carries its limits, and goes no further."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest

from idaudit.checks.case import COUNSEL, PUBLIC, Case, File
from idaudit.checks.catalogue import check
from idaudit.checks.disclosure.desk import (
    EVERYBODY,
    IDENTITY,
    agree_and_collect,
    approve,
    collect,
    told_of,
)
from idaudit.checks.disclosure.grants import (
    AGENCY,
    BENEFIT,
    NAMED,
    ON_BENEFIT,
    ON_CONSENT,
    apply,
    bring_benefit,
    bring_consent,
    must_give,
    must_release_by_consent,
    must_release_for_benefit,
    released_for_benefit,
)
from idaudit.checks.finding import Place
from idaudit.checks.probes.sweep import Hit
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Actor, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive, NotOffered

PARTNER = Actor(Role.PARTNER)
WAREHOUSE = "Department of Shared Data"

STRANGERS: Mapping[str, tuple[str, str | None]] = {
    "another-agency": ("Department of Finance", None),
    "the-police": ("Police Department", None),
    "a-name-that-begins-alike": (f"{AGENCY} Police", None),
    "anybody": ("*", None),
    "another-behind-it": (AGENCY, WAREHOUSE),
    "the-police-behind-it": (AGENCY, "Police Department"),
    "itself-for-everybody": (AGENCY, "*"),
}
"""Who asks, and for whom, with a reference that was not given to them."""


@check(guarantee="no-redisclosure", counters=("borrowed-token",), needs=ON_BENEFIT)
def no_other_agency_uses_what_was_allowed_to_one(case: Case) -> None:
    """An application to one agency opens nothing to a second, nor to one behind the first."""
    file = case.enrol()
    application = apply(case, file)
    for stranger, (agency, behind) in STRANGERS.items():
        released = released_for_benefit(case, application, agency, on_behalf_of=behind)
        case.expect(
            not told_of(released, file.applicant),
            "used-by-another",
            f"What was allowed to one agency was given to {stranger.replace('-', ' ')}.",
        )
    must_release_for_benefit(case)


@check(guarantee="no-redisclosure", counters=("agency-asks-on",), needs=ON_BENEFIT)
def an_agency_is_given_what_its_benefit_needs_once(case: Case) -> None:
    """The fields named, one time: a reference is no subscription to a cardholder's record."""
    file = case.enrol()
    application = apply(case, file)
    waiting = bring_benefit(case, application)
    released = released_for_benefit(case, application)
    if not told_of(released, file.applicant):
        raise Inconclusive("not even the agency that an owner applied to is given anything here")

    more = told_of(released, file.applicant) - {*NAMED, *IDENTITY}
    case.expect(not more, "more-than-needed", "An agency was given more than was named for it.")
    case.expect(
        not told_of(released_for_benefit(case, application), file.applicant)
        and not (waiting and told_of(agree_and_collect(case, waiting), file.applicant)),
        "given-again",
        "One application for a benefit was good for the record twice.",
    )


@check(guarantee="no-redisclosure", counters=("benefits-warehouse-fed",), needs=ON_BENEFIT)
def what_an_agency_receives_says_what_it_is_for(case: Case) -> None:
    """Beside the data stand the agency, the benefit, and that it goes no further."""
    file = case.enrol()
    handed_out = _collected(case, bring_benefit(case, apply(case, file)))
    condition = handed_out.fields.get("condition")

    case.expect(
        condition,
        "no-condition",
        "An agency was given a record, and not told that it may not pass it on.",
    )
    said = json.dumps(condition, default=str, ensure_ascii=False).casefold()
    for name in (AGENCY, BENEFIT):
        case.expect(
            name.casefold() in said,
            "purpose-left-behind",
            "What an agency was given does not say for whom and for what benefit it is.",
        )


@check(guarantee="no-redisclosure", counters=("benefits-warehouse-fed",), needs=ON_BENEFIT)
def an_agency_that_binds_itself_to_nothing_gets_nothing(case: Case) -> None:
    """Before anything leaves, the agency has stated that it passes nothing on."""
    file = case.enrol()
    unbound = released_for_benefit(case, apply(case, file), bound=False)

    case.expect(
        not told_of(unbound, file.applicant),
        "unbound",
        "An agency was given a record that had not promised to keep it to itself.",
    )
    must_release_for_benefit(case)


@check(
    guarantee="no-redisclosure", counters=("benefits-warehouse-fed",), needs=ON_BENEFIT, sees=True
)
def what_one_agency_receives_feeds_no_other_place(case: Case) -> None:
    """After an agency was served, its values lie in no place where they did not lie before."""
    case.bound("A copy on a surface that held the values in the clear before would not be seen.")
    file = case.enrol()
    application = apply(case, file)
    before = {hit.surface for hit in _resting(case, file)}
    if not told_of(released_for_benefit(case, application), file.applicant):
        raise Inconclusive("not even the agency that an owner applied to is given anything here")
    fed = [hit for hit in _resting(case, file) if hit.surface not in before]

    case.expect(
        not fed,
        "fed-elsewhere",
        "What one agency was given has been laid where others can take it.",
        Place.of(fed[0]) if fed else None,
    )


@check(
    guarantee="no-redisclosure",
    counters=("borrowed-token",),
    needs=(*ON_BENEFIT, Operation.READ_RECORD, Operation.SEARCH),
)
@pytest.mark.parametrize("who", [PARTNER, PUBLIC], ids=["a-partner", "a-passer-by"])
def nobody_outside_fetches_with_an_agencys_reference(case: Case, who: Actor) -> None:
    """With every number an agency is told, nobody outside reads, looks up or fetches a record."""
    file = case.enrol()
    application = apply(case, file)
    disclosure = bring_benefit(case, application)
    if not disclosure:
        raise Inconclusive("not even the agency that an owner applied to is given anything here")
    approve(case, disclosure, *EVERYBODY)
    for outcome in _helping_oneself(case, file, who, application, disclosure):
        case.expect(
            not told_of([outcome.fields], file.applicant) and not outcome.fields.get("found"),
            "helped-themselves",
            "Somebody outside the house took a record with the number of an agency's request.",
        )
    if not told_of(collect(case, disclosure), file.applicant):
        raise Inconclusive("what was agreed to is given to nobody")


LAPSES = ("consent-taken-back", "record-ended-after-consent", "record-ended-after-application")
"""How the ground falls away under what was agreed to and not fetched yet."""


@check(
    guarantee="no-redisclosure",
    counters=("consent-ends-data-stays",),
    needs=(
        *ON_BENEFIT,
        *ON_CONSENT,
        Operation.WITHDRAW_CONSENT,
        Operation.DELETE_RECORD,
    ),
)
@pytest.mark.parametrize("lapse", LAPSES)
def what_is_under_way_is_called_back_when_its_ground_ends(case: Case, lapse: str) -> None:
    """What was agreed to and not fetched goes to nobody once the cardholder has ended it."""
    file = case.enrol()
    waiting = _agreed_and_then(case, file, lapse)
    released = collect(case, waiting) if waiting else []

    case.expect(
        not told_of(released, file.applicant),
        "not-called-back",
        "A record was handed out although what had allowed it was over.",
    )
    (must_release_for_benefit if "application" in lapse else must_release_by_consent)(case)


# -- steps -------------------------------------------------------------------------


def _collected(case: Case, disclosure: str | None) -> Outcome:
    """
    Have *disclosure* approved and fetch it.

    Raises:
        Inconclusive: nothing came of it.

    """
    if not disclosure:
        raise Inconclusive("not even the agency that an owner applied to is given anything here")
    approve(case, disclosure, *EVERYBODY)
    return case.must(case.target.collect_disclosure(disclosure, COUNSEL))


def _resting(case: Case, file: File) -> list[Hit]:
    """Return where a value named for the agency lies at rest."""
    return case.residue(file.applicant, frozenset({Field.STREET, Field.EMAIL}))


def _helping_oneself(
    case: Case, file: File, who: Actor, application: str, disclosure: str
) -> Iterator[Outcome]:
    """Let *who* try everything that an agency's numbers might be good for."""
    target, person = case.target, file.applicant.named()
    yield case.answered(target.collect_disclosure(disclosure, who))
    for number in (application, disclosure, file.record):
        yield case.answered(target.read_record(number, who))
        with suppress(NotOffered):
            yield case.answered(target.search(person, number, who))
    yield case.answered(target.request_for_benefit(application, AGENCY, who))


def _agreed_and_then(case: Case, file: File, lapse: str) -> str | None:
    """Have a disclosure agreed to, and let the owner end what had allowed it."""
    benefit = lapse == "record-ended-after-application"
    consent = "" if benefit else must_give(case, file)
    waiting = bring_benefit(case, apply(case, file)) if benefit else bring_consent(case, consent)
    if waiting:
        approve(case, waiting, *EVERYBODY)
    if lapse == "consent-taken-back":
        case.must(case.target.withdraw_consent(file.record, consent, file.owner))
    else:
        case.must(case.target.delete_record(file.record, file.owner))
    return waiting
