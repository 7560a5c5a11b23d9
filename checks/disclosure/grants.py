"""
How checks act on what a cardholder allows: a consent, or another agency's benefit.

What is taken up is approved and collected as any other disclosure, see
:mod:`idaudit.checks.disclosure.desk`.
"""

from collections.abc import Sequence
from datetime import date

from idaudit.checks.case import COUNSEL, Case, File
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.disclosure.desk import Released, agree_and_collect, told_of
from idaudit.fixtures.targets.target import Actor, Operation
from idaudit.threatmodel.errors import Inconclusive

BANK = "Example Bank"
PURPOSE = "to open an account"
AGENCY = "Housing Authority"
BENEFIT = "rent support"
NAMED = ("street", "email")
"""What is allowed, where nothing else is said; the telephone number is not."""

_AGREED = (Operation.APPROVE_DISCLOSURE, Operation.COLLECT_DISCLOSURE)
ON_CONSENT = (*ENROLMENT, *_AGREED, Operation.GIVE_CONSENT, Operation.REQUEST_BY_CONSENT)
ON_BENEFIT = (*ENROLMENT, *_AGREED, Operation.APPLY_FOR_BENEFIT, Operation.REQUEST_FOR_BENEFIT)


def give(  # noqa: PLR0913  what a consent says, and who says it
    case: Case,
    file: File,
    *,
    by: Actor | None = None,
    recipient: str = BANK,
    purpose: str = PURPOSE,
    fields: Sequence[str] = NAMED,
    until: date | None = None,
    guardian: str | None = None,
) -> str | None:
    """Let *by*, or else the owner, consent about *file*; return the consent, if it was taken."""
    given = case.answered(
        case.target.give_consent(
            file.record,
            recipient,
            fields,
            by or file.owner,
            purpose=purpose,
            until=until,
            guardian=guardian,
        )
    )
    return str(given.fields["consent"]) if given.allowed else None


def must_give(case: Case, file: File, until: date | None = None) -> str:
    """Let the owner consent, which has to be taken for the check to mean anything."""
    given = case.target.give_consent(
        file.record, BANK, NAMED, file.owner, purpose=PURPOSE, until=until
    )
    return str(case.must(given).fields["consent"])


def bring_consent(
    case: Case, consent: str, recipient: str = BANK, purpose: str = PURPOSE
) -> str | None:
    """Bring *consent* to the desk; return the disclosure it took up, if it did."""
    taken = case.answered(
        case.target.request_by_consent(consent, recipient, COUNSEL, purpose=purpose)
    )
    return str(taken.fields["disclosure"]) if taken.allowed else None


def released_by_consent(
    case: Case, consent: str | None, recipient: str = BANK, purpose: str = PURPOSE
) -> Released:
    """Return what comes out on *consent* when everybody agrees; nothing, where there is none."""
    disclosure = consent and bring_consent(case, consent, recipient, purpose)
    return agree_and_collect(case, disclosure) if disclosure else []


def must_release_by_consent(case: Case) -> None:
    """
    Show that this desk releases on a consent in order.

    Raises:
        Inconclusive: it does not, so that nothing which stays closed means anything.

    """
    file = case.enrol()
    if not told_of(released_by_consent(case, must_give(case, file)), file.applicant):
        raise Inconclusive("not even an owner's own consent opens a record here")


def apply(case: Case, file: File, agency: str = AGENCY, benefit: str = BENEFIT) -> str:
    """Let the owner apply for a benefit, which has to be taken for the check to mean anything."""
    applied = case.target.apply_for_benefit(file.record, agency, benefit, NAMED, file.owner)
    return str(case.must(applied).fields["benefit_application"])


def bring_benefit(
    case: Case,
    application: str,
    agency: str = AGENCY,
    *,
    on_behalf_of: str | None = None,
    bound: bool = True,
) -> str | None:
    """Bring an agency's request to the desk; return the disclosure it took up, if it did."""
    taken = case.answered(
        case.target.request_for_benefit(
            application,
            agency,
            COUNSEL,
            on_behalf_of=on_behalf_of,
            accepts_no_onward_sharing=bound,
        )
    )
    return str(taken.fields["disclosure"]) if taken.allowed else None


def released_for_benefit(
    case: Case,
    application: str,
    agency: str = AGENCY,
    *,
    on_behalf_of: str | None = None,
    bound: bool = True,
) -> Released:
    """Return what comes out on an agency's request when everybody agrees."""
    disclosure = bring_benefit(case, application, agency, on_behalf_of=on_behalf_of, bound=bound)
    return agree_and_collect(case, disclosure) if disclosure else []


def must_release_for_benefit(case: Case) -> None:
    """
    Show that this desk gives an agency what its own benefit needs.

    Raises:
        Inconclusive: it does not, so that nothing which stays closed means anything.

    """
    file = case.enrol()
    if not told_of(released_for_benefit(case, apply(case, file)), file.applicant):
        raise Inconclusive("not even the agency that an owner applied to is given anything here")
