"""Whoever must stay hidden is given away by no answer, no card, no place at rest and no mark."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest

from idaudit.checks.access.taking import opened
from idaudit.checks.card.features import card_features
from idaudit.checks.card.reading import speaks_of
from idaudit.checks.case import AUDITOR, CLERK, COUNSEL, PUBLIC, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.hiding import CARE_OF, HOME, Watch, applied, hide
from idaudit.checks.collection.traces import answer_features, expect_alike, told_apart
from idaudit.checks.disclosure.desk import agree_and_collect, says_something
from idaudit.checks.probes.twins import Features, tells
from idaudit.fixtures.applicants import Applicant, Differences
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.targets.target import Actor, Answer, Operation, Outcome, Role
from idaudit.threatmodel.errors import Inconclusive

HIDING = (*ENROLMENT, Operation.PROTECT_ADDRESS)
PARTNER = Actor(Role.PARTNER)

_PAIRS = 7
"""As few as tell a mark that shows in seventeen places at once from luck."""
_BEFORE_EXPIRY = timedelta(days=20)
_AGENCY, _STREET = "Housing Authority", ("street",)

Hiding = Callable[[Case, Watch], File]


def hidden_while_open(_: Case, watch: Watch) -> File:
    """The address is protected before anybody decides."""
    file = applied(watch.case, watch.person)
    watch.must_be_known(file)
    hide(watch.case, file)
    return file


def hidden_once_approved(case: Case, watch: Watch) -> File:
    """The address of a cardholder is protected."""
    file = case.enrol(watch.person)
    watch.must_be_known(file)
    hide(case, file)
    return file


@check(
    guarantee="protected-address",
    counters=("survivor-address-shown",),
    needs=(*HIDING, Operation.READ_RECORD, Operation.ISSUE_CARD),
    sees=True,
)
@pytest.mark.parametrize("hiding", [hidden_while_open, hidden_once_approved])
def a_protected_address_is_told_to_nobody_and_lies_nowhere(case: Case, hiding: Hiding) -> None:
    """No role is shown it, no card bears it, and no log, file or row has it in the clear."""
    watch = Watch(case)
    file = hiding(case, watch)
    watch.expect_unread(file, "real-address-shown")
    case.answered(case.target.decide(file.application, REVIEWER, approve=True))
    card = case.must(case.target.issue_card(file.application, CLERK))

    watch.expect_untold(card, "real-address-printed", "The card")
    _expect_nowhere(case, file)


@check(
    guarantee="protected-address",
    counters=("survivor-address-shown",),
    needs=(
        *HIDING,
        Operation.READ_RECORD,
        Operation.ISSUE_CARD,
        Operation.SEARCH,
        Operation.READ_LEDGER,
        Operation.VERIFY_CARD,
    ),
)
def no_work_around_a_record_tells_a_protected_address(case: Case) -> None:
    """A search, a verification and the ledger tell nothing of it."""
    watch, target = Watch(case), case.target
    file = hidden_once_approved(case, watch)
    number = str(case.must(target.issue_card(file.application, CLERK)).fields["number"])
    other = opened(case).application
    for outcome, where in (
        (target.search(watch.person.named(), other, REVIEWER), "A search"),
        (target.verify_card(PARTNER, number=number), "A verification"),
        (target.read_ledger(AUDITOR), "The ledger"),
    ):
        watch.expect_untold(outcome, "real-address-told", where)


@check(
    guarantee="protected-address",
    counters=("survivor-address-shown",),
    needs=(
        *HIDING,
        Operation.READ_RECORD,
        Operation.APPROVE_DISCLOSURE,
        Operation.COLLECT_DISCLOSURE,
        Operation.APPLY_FOR_BENEFIT,
        Operation.REQUEST_FOR_BENEFIT,
    ),
)
def an_agency_is_told_the_care_of_address(case: Case) -> None:
    """Whoever pays a benefit and may be told the street is told where letters are taken in."""
    watch, target = Watch(case), case.target
    file = hidden_once_approved(case, watch)
    applied = target.apply_for_benefit(file.record, _AGENCY, "rent support", _STREET, file.owner)
    benefit = str(case.must(applied).fields["benefit_application"])
    asked = case.must(target.request_for_benefit(benefit, _AGENCY, COUNSEL))
    released = agree_and_collect(case, str(asked.fields["disclosure"]))
    if not says_something(released):
        raise Inconclusive("nothing at all is released to an agency for a benefit")

    told = "An agency is told the real address of somebody who is hidden."
    case.expect(not watch.told(_said(released)), "real-address-released", told)


@check(
    guarantee="protected-address",
    counters=("refuge-marked-on-card", "renewal-form-filled-in"),
    needs=(
        *HIDING,
        Operation.READ_RECORD,
        Operation.ISSUE_CARD,
        Operation.RENEW,
        Operation.ADVANCE_CLOCK,
    ),
)
def a_renewal_brings_no_protected_address_back(case: Case) -> None:
    """
    A card issued with the real address is renewed with the care-of address alone.

    Whoever begins a renewal without being the owner is told nothing by its form.
    """
    watch, target = Watch(case), case.target
    file, stranger = case.enrol(watch.person), opened(case).owner
    watch.must_be_known(file)
    case.must(target.issue_card(file.application, CLERK))
    hide(case, file)
    case.must(target.advance_clock(_to_renewal(case)))
    for actor in (PUBLIC, stranger):
        begun = case.answered(target.renew(file.record, actor))
        told = f"{actor} begins somebody's renewal, and the form is filled in."
        said = speaks_of(case, begun, watch.person) or CARE_OF["street"] in str(dict(begun.fields))
        case.expect(not said, "renewal-filled-in", told)
    renewed = case.must(target.renew(file.record, file.owner))

    watch.expect_untold(renewed, "renewed-with-real-address", "The renewed card")


@check(
    guarantee="protected-address",
    counters=("survivor-address-shown",),
    needs=(*HIDING, Operation.READ_RECORD, Operation.CORRECT_RECORD, Operation.ISSUE_CARD),
    sees=True,
)
def a_correction_keeps_an_address_protected(case: Case) -> None:
    """Correcting another field, or the address that is shown, does not bring the real one back."""
    watch = Watch(case)
    file = hidden_while_open(case, watch)
    for changes in ({"email": "moved@example.org"}, {"street": "8 Example Street"}):
        case.must(case.target.correct_record(file.record, changes, file.owner))
        watch.expect_unread(file, "correction-unprotects")
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    card = case.must(case.target.issue_card(file.application, CLERK))

    watch.expect_untold(card, "correction-unprotects", "The card")
    _expect_nowhere(case, file)


@check(
    guarantee="protected-address",
    counters=("survivor-address-shown", "refuge-marked-on-card"),
    needs=(
        *HIDING,
        Operation.READ_RECORD,
        Operation.READ_PROTECTED_ADDRESS,
        Operation.ISSUE_CARD,
    ),
)
def nothing_tells_a_clerk_whose_address_is_protected(case: Case) -> None:
    """
    Whoever is hidden is shown to a clerk, and printed, like whoever lives at that very address.

    Half of the people protect theirs behind a care-of address, and half give that
    address as their own.
    """
    there = _where_letters_go(case)
    groups: tuple[list[Features], list[Features]] = ([], [])
    for pair in range(_PAIRS):
        first = case.people.next(**HOME)
        twins = (first, case.people.twin(first, apart=True, **_living_at(there)))
        for which in (0, 1) if pair % 2 else (1, 0):
            groups[which].append(_as_clerks_see(case, twins[which], hides=which == 0))
    told = tells(*groups)

    where = told[0].feature if told else ""
    sentence = f"What a clerk is shown tells whose address is protected: {where}."
    case.expect(not told, "protection-told", sentence)


@check(
    guarantee="protected-address",
    counters=("address-kept-as-coordinates",),
    needs=(*HIDING, Operation.ISSUE_CARD),
    sees=True,
)
def nothing_kept_tells_two_protected_addresses_apart(case: Case) -> None:
    """
    Of people who hide at one of two addresses, nothing kept in the clear tells at which.

    Coordinates would, and so would a district, a distance or a digest.
    """
    told = told_apart(
        case,
        _hidden_to_the_card,
        Differences(**{**HOME, "street": "12 Example Court"}),
        Differences(**{**HOME, "street": "98 Sampler Alley"}),
    )

    expect_alike(
        case,
        told,
        ("address-kept-derived", "What is kept tells at which of two addresses somebody hides."),
        ("address-answered", "The answers tell at which of two addresses somebody hides."),
    )


# -- steps -----------------------------------------------------------------------------


def _expect_nowhere(case: Case, file: File) -> None:
    told = "The real address of somebody who is hidden lies in {surface}."
    fields = frozenset({Field.STREET})
    case.expect_no_residue("real-address-at-rest", told, file.applicant, fields)


def _where_letters_go(case: Case) -> Mapping[str, str]:
    """
    Return the address that stands in for a hidden one: as given, but for how it is written.

    A system may put a box of its own in its place; a mark added to what was given
    is no part of an address.
    """
    pilot = applied(case, case.applicant(**HOME))
    hide(case, pilot)
    shown = case.must(case.target.read_record(pilot.record, pilot.owner)).fields["record"]
    found = {name: str(shown.get(name) or given) for name, given in CARE_OF.items()}
    same = {name: found[name].casefold() == CARE_OF[name].casefold() for name in CARE_OF}
    marked = any(CARE_OF[name].casefold() in found[name].casefold() for name in CARE_OF)
    return CARE_OF if marked and not all(same.values()) else found


def _living_at(address: Mapping[str, str]) -> Differences:
    return Differences(street=address["street"], city=address["city"], postcode=address["postcode"])


def _said(released: Sequence[Mapping[str, object]]) -> Outcome:
    """Return what a desk handed out as an answer of its own."""
    return Outcome(Answer.ALLOWED, fields={"released": list(released)})


def _to_renewal(case: Case) -> timedelta:
    ends = case.today.replace(year=case.today.year + case.terms.card_years, day=1)
    return ends - case.today - _BEFORE_EXPIRY


def _hidden_to_the_card(case: Case, person: Applicant) -> Sequence[Outcome]:
    """Apply, hide, be approved and get a card."""
    target, file = case.target, case.apply(person)
    return (
        case.must(target.protect_address(file.record, CARE_OF, file.owner)),
        case.answered(target.decide(file.application, REVIEWER, approve=True)),
        case.answered(target.issue_card(file.application, CLERK)),
    )


def _as_clerks_see(case: Case, person: Applicant, *, hides: bool) -> Features:
    """Describe what clerks are answered about *person*, and the card they print."""
    target, file = case.target, case.apply(case.meet(person))
    if hides:
        hide(case, file)
    seen = (
        case.answered(target.read_record(file.record, CLERK)),
        case.answered(target.read_protected_address(file.record, CLERK)),
        case.must(target.decide(file.application, REVIEWER, approve=True)),
        card := case.must(target.issue_card(file.application, CLERK)),
    )
    return {**answer_features(seen), **card_features(card, case.today)}
