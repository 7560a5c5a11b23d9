"""The card tells nobody which class of holder it has: not by number, date, renewal or reminder."""

import random
from datetime import date, timedelta

from idaudit.checks.card.features import card_features
from idaudit.checks.card.reading import end_of
from idaudit.checks.card.telling import Cohort, expect_untold, holders
from idaudit.checks.case import CLERK, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.probes.twins import Features
from idaudit.fixtures.applicants import Applicant
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive

CARDED = (*ENROLMENT, Operation.ISSUE_CARD)
HOLDERS, APPLICANTS, RENEWERS = 24, 20, 16  # fewer, and luck separates them too often
EARLY, LATE = timedelta(days=75), timedelta(days=20)
"""Before the end of a card: the first is early for most programmes, the second is time."""

_AGENCY = "Housing Authority"


@check(
    guarantee="no-stigma",
    counters=("card-marks-its-holder", "expiry-tells-the-paper"),
    needs=CARDED,
)
def no_card_tells_which_papers_its_holder_showed(case: Case) -> None:
    """
    A distinguisher that is shown number, dates, face and barcode guesses no better than chance.

    Half of the people show an immigrant's paper. Some are looked at to learn from;
    a rule that seems to work is put to others.
    """
    expect_untold(case, _issued, "card-tells-class", "The card")


def _issued(case: Case, chance: random.Random) -> Cohort:
    people, secrets = holders(case, chance, HOLDERS)
    seen = [card_features(_card(case, case.enrol(person)), case.today) for person in people]
    return Cohort(people, secrets, seen)


def _card(case: Case, file: File) -> Outcome:
    return case.must(case.target.issue_card(file.application, CLERK))


@check(
    guarantee="no-stigma",
    counters=("reminder-gives-holders-away",),
    needs=(*CARDED, Operation.RENEW, Operation.READ_NOTICES, Operation.ADVANCE_CLOCK),
)
def no_renewal_tells_which_papers_its_holder_showed(case: Case) -> None:
    """When a card runs out, everybody is told, let and given the same, whatever they showed."""
    expect_untold(case, _renewed, "renewal-tells-class", "The renewal")


def _renewed(case: Case, chance: random.Random) -> Cohort:
    """Issue cards, and go to their end in two steps, trying to renew at each."""
    people, secrets = holders(case, chance, RENEWERS)
    files = [case.enrol(person) for person in people]
    ends = [end_of(_card(case, file), case.today) for file in files]
    seen: list[Features] = [{} for _ in files]
    for name, before in (("early", EARLY), ("late", LATE)):
        case.must(case.target.advance_clock(_until(case, max(ends) - before)))
        for number, file in enumerate(files):
            found = {f"{name}:{k}": v for k, v in _at_renewal(case, file).items()}
            seen[number] = {**seen[number], **found}
    if not any(each["late:answer"] == "allowed" for each in seen):
        raise Inconclusive("nobody can renew shortly before a card ends")
    return Cohort(people, secrets, seen)


def _at_renewal(case: Case, file: File) -> Features:
    """Describe a renewal, but for the number: few questions leave little room for luck."""
    told = case.answered(case.target.read_notices(file.record, file.owner))
    notices = told.fields.get("notices", ())
    card = case.answered(case.target.renew(file.record, file.owner))
    days = tuple(str(each.get("at"))[:10] for each in notices)
    seen = {k: v for k, v in card_features(card, case.today).items() if not k.startswith("number")}
    return {**seen, "notices": len(notices), "days of notices": days}


def _until(case: Case, day: date) -> timedelta:
    return max(timedelta(0), timedelta(days=(day - case.today).days))


@check(
    guarantee="no-stigma",
    counters=("benefit-flags-tell-why",),
    needs=(*CARDED, Operation.APPLY_FOR_BENEFIT),
)
def no_card_tells_who_applied_for_a_benefit(case: Case) -> None:
    """Whoever applied for a benefit gets the same card as whoever did not."""
    expect_untold(case, _with_benefits, "card-tells-benefit", "The card")


def _with_benefits(case: Case, chance: random.Random) -> Cohort:
    applied = [True, False] * (APPLICANTS // 2)
    chance.shuffle(applied)
    people = [case.applicant(gender=None, size=4_000) for _ in applied]
    seen = [_beside(case, *each) for each in zip(people, applied, strict=True)]
    return Cohort(people, {"who applied for a benefit": applied}, seen)


def _beside(case: Case, person: Applicant, applies: bool) -> Features:  # noqa: FBT001  a label
    """Enrol *person*, who may apply for a benefit before the card is printed."""
    file = case.apply(person)
    case.must(case.target.decide(file.application, REVIEWER, approve=True))
    if applies:
        case.must(
            case.target.apply_for_benefit(
                file.record, _AGENCY, "rent support", ("street",), file.owner
            )
        )
    return card_features(_card(case, file), case.today)
