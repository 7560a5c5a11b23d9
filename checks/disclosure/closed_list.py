"""Each way out of the list that its programme names, and nothing else, opens a record."""

from collections.abc import Mapping

import pytest

from idaudit.checks.case import ADMINISTRATOR, AUDITOR, COMMISSIONER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    Released,
    approve,
    bring,
    collect,
    must_release,
    released_under,
    told_of,
)
from idaudit.checks.disclosure.grants import released_for_benefit
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.demands import (
    at_the_instance_of,
    blank,
    court_arrest_warrant,
    court_order,
    customs_summons,
    enforcement_order,
    foreign_request,
    grand_jury_subpoena,
    keyed_in_as,
    ncic_hit,
    oversight_request,
    police_request,
    records_request,
    silenced_demand,
    status_inquiry,
)
from idaudit.fixtures.instruments import (
    LOOK_ALIKES,
    Builder,
    Instrument,
    preservation_letter,
    preservation_order,
    unsigned,
)
from idaudit.fixtures.targets.target import Operation

DEMANDED = (*ENROLMENT, *AT_THE_DESK)
NAMED = ("street", "email", "phone")

OFF_THE_LIST: Mapping[str, Builder] = {
    builder.form: builder
    for builder in (
        *LOOK_ALIKES,
        customs_summons,
        ncic_hit,
        records_request,
        police_request,
        status_inquiry,
        foreign_request,
    )
}
"""What no programme lists and no court has signed, by what it is."""

BASES = (
    "judicial-warrant",
    "court-order",
    "consent",
    "agency-request",
    "other lawful purpose",
    "",
)
"""What somebody may key in as the basis, truly or not: on the list, off it, or nothing."""

FOR_COUNSEL: Mapping[str, Builder] = {
    builder.form: builder
    for builder in (
        grand_jury_subpoena,
        silenced_demand,
        oversight_request,
        preservation_letter,
        court_arrest_warrant,
    )
}
"""What may be more than it seems, or less: a lawyer's question, and nobody else's answer."""


def _drawn_up(builder: Builder, case: Case, person: Applicant) -> Instrument:
    return builder(person.named(), fields=NAMED, today=case.today)


# -- on the list and off it -------------------------------------------------------


@check(guarantee="closed-list", counters=("other-lawful-purpose",), needs=DEMANDED)
@pytest.mark.parametrize("basis", [None, *BASES], ids=lambda basis: basis or f"{basis!r}")
def nothing_off_the_list_opens_a_record(case: Case, basis: str | None) -> None:
    """Twelve demands that no court signed get nothing, by their own name or what is keyed in."""
    file = case.enrol()
    for builder in OFF_THE_LIST.values():
        demand = _drawn_up(builder, case, file.applicant)
        filed = demand if basis is None else keyed_in_as(demand, basis)
        case.expect(
            not told_of(released_under(case, filed), file.applicant),
            "off-the-list",
            f"The record was handed out on what no programme lists: {builder.form}.",
        )
    must_release(case, file)


@check(guarantee="closed-list", counters=("internal-so-allowed",), needs=DEMANDED)
def what_is_for_counsel_opens_nothing_by_itself(case: Case) -> None:
    """What only a lawyer can judge opens nothing on arrival, nor on the word of anybody else."""
    file = case.enrol()
    for builder in FOR_COUNSEL.values():
        disclosure = bring(case, _drawn_up(builder, case, file.applicant))
        for approvers in ((), (ADMINISTRATOR, AUDITOR), (COMMISSIONER,)):
            if disclosure:
                approve(case, disclosure, *approvers)
            case.expect(
                not (disclosure and told_of(collect(case, disclosure), file.applicant)),
                "counsel-not-asked",
                f"The record was handed out before a lawyer had agreed to: {builder.form}.",
            )
    must_release(case, file)


@check(guarantee="closed-list", counters=("order-read-as-another",), needs=DEMANDED)
@pytest.mark.parametrize("order", ["preservation-order", "court-order", "enforcement-order"])
def a_courts_order_opens_no_more_than_it_orders(case: Case, order: str) -> None:
    """To preserve is not to disclose; and a court's order lies outside a promise of warrants."""
    file = case.enrol()
    builders = (preservation_order, court_order, enforcement_order)
    builder = next(each for each in builders if each.form == order)
    paper = _drawn_up(builder, case, file.applicant)
    if builder is not preservation_order and case.terms.disclosure_profile != "warrant-only":
        paper = unsigned(paper)  # here a signed one opens; one that is only proposed does not

    case.expect(
        not told_of(released_under(case, paper), file.applicant),
        "order-overread",
        "The record was handed out on an order that orders nothing of the kind here.",
    )
    must_release(case, file)


WORDS = ("", " ", "none", "n/a", "*", "other", "legal", "see attached", "public interest")
"""What stands under "basis" where a form takes any word, or none."""


@check(guarantee="closed-list", counters=("other-lawful-purpose",), needs=DEMANDED)
def a_basis_in_free_words_or_none_opens_nothing(case: Case) -> None:
    """Nine words that are no basis, and a form with nothing on it but names, open no record."""
    file = case.enrol()
    demand = _drawn_up(police_request, case, file.applicant)
    for paper in (blank(demand), *(keyed_in_as(demand, word) for word in WORDS)):
        case.expect(
            not told_of(released_under(case, paper), file.applicant),
            "no-listed-basis",
            "The record was handed out, and nobody had said on what basis of the list.",
        )
    must_release(case, file)


POLICE = ("New York City Police Department", "NYPD", "Police Department")


@check(
    guarantee="closed-list",
    counters=("favour-for-a-colleague",),
    needs=(*DEMANDED, Operation.APPLY_FOR_BENEFIT, Operation.REQUEST_FOR_BENEFIT),
)
@pytest.mark.parametrize("police", POLICE)
def the_police_are_no_office_of_the_programme(case: Case, police: str) -> None:
    """The city's own police get nothing as a colleague, nor as an agency for a benefit."""
    file = case.enrol()
    demand = at_the_instance_of(_drawn_up(police_request, case, file.applicant), police)
    for basis in (demand.kind, "agency-request", "internal"):
        case.expect(
            not told_of(released_under(case, keyed_in_as(demand, basis)), file.applicant),
            "police-taken-for-internal",
            "The police asked as one office asks another, and the record was handed out.",
        )
    case.expect(
        not told_of(_released_as_for_a_benefit(case, file, police), file.applicant),
        "police-taken-for-internal",
        "The police asked as an agency that judges a benefit, and the record was handed out.",
    )
    must_release(case, file)


# -- steps -------------------------------------------------------------------------


def _released_as_for_a_benefit(case: Case, file: File, agency: str) -> Released:
    """Return what *agency* gets when the owner names it as one that judges a benefit."""
    applied = case.answered(
        case.target.apply_for_benefit(file.record, agency, "an investigation", NAMED, file.owner)
    )
    if applied.refused:
        return []
    return released_for_benefit(case, str(applied.fields["benefit_application"]), agency)
