"""Two different people, one of them the commissioner, before anything leaves."""

from collections.abc import Callable, Sequence

import pytest

from idaudit.checks.case import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COMMISSIONER,
    COUNSEL,
    COUNSEL_2,
    REVIEWER,
    Case,
)
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    approve,
    collect,
    must_bring,
    must_release,
    says_something,
    told_of,
    warrant_for,
)
from idaudit.fixtures.targets.target import Actor, Operation, Role
from idaudit.threatmodel.errors import NotOffered

RELEASE = (*ENROLMENT, *AT_THE_DESK)
COUNSEL_3 = Actor(Role.COUNSEL, 3)


def _other_login(case: Case) -> Actor:
    """Return the commissioner's other login, or the same where there is none."""
    return case.target.same_human(COMMISSIONER) or COMMISSIONER


TOO_FEW: dict[str, Callable[[Case], Sequence[Actor]]] = {
    "nobody": lambda _: (),
    "counsel-alone": lambda _: (COUNSEL_2,),
    "commissioner-alone": lambda _: (COMMISSIONER,),
    "counsel-twice": lambda _: (COUNSEL_2, COUNSEL_2),
    "commissioner-twice": lambda _: (COMMISSIONER, COMMISSIONER),
    "commissioner-under-two-logins": lambda case: (COMMISSIONER, _other_login(case)),
    "two-logins-the-other-way-round": lambda case: (_other_login(case), COMMISSIONER),
    "who-brought-it-and-commissioner": lambda _: (COUNSEL, COMMISSIONER),
    "who-brought-it-and-counsel": lambda _: (COUNSEL, COUNSEL_2),
    "the-counter-and-the-office": lambda _: (CLERK, REVIEWER, ADMINISTRATOR, AUDITOR),
    "counsel-and-the-office": lambda _: (COUNSEL_2, ADMINISTRATOR, AUDITOR, CLERK, REVIEWER),
}
"""Who approves, where that is not enough."""


@check(
    guarantee="two-person-release",
    counters=("one-official-signs-twice", "asker-agrees-to-own-request"),
    needs=RELEASE,
)
@pytest.mark.parametrize("way", TOO_FEW)
def nothing_is_released_before_the_right_two_agree(case: Case, way: str) -> None:
    """One human, or two who are not the right two, cannot let a record out."""
    file = case.enrol()
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, *TOO_FEW[way](case))

    case.expect(
        not says_something(collect(case, disclosure)),
        "too-few-agreed",
        "The record was handed out although the right two had not agreed.",
    )
    must_release(case, file)


@check(guarantee="two-person-release", counters=("senior-left-out",), needs=RELEASE)
def two_lawyers_cannot_do_without_the_commissioner(case: Case) -> None:
    """Two people of equal rank are not enough: one of the two has to be the senior one."""
    file = case.enrol()
    try:
        disclosure = must_bring(case, warrant_for(case, file.applicant), COUNSEL_3)
    except NotOffered:  # with two lawyers, one brings it and only one is left to approve
        disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COUNSEL, COUNSEL_2)

    case.expect(
        not says_something(collect(case, disclosure)),
        "no-senior",
        "The record was handed out, and the commissioner had not agreed.",
    )
    must_release(case, file)


BEFORE_AND_AFTER = {
    "all-before": ((COUNSEL_2, COMMISSIONER), ()),
    "one-before-one-after": ((COUNSEL_2,), (COMMISSIONER,)),
    "the-senior-before": ((COMMISSIONER,), (COUNSEL_2,)),
}
"""Who approves before a request is widened, and who after."""


@check(
    guarantee="two-person-release",
    counters=("approval-moved-elsewhere",),
    needs=(*RELEASE, Operation.AMEND_DISCLOSURE),
)
@pytest.mark.parametrize("order", BEFORE_AND_AFTER)
@pytest.mark.parametrize("wider", ["another-person", "another-field"])
def an_approval_does_not_outlive_the_request_it_was_for(case: Case, order: str, wider: str) -> None:
    """Who approved a narrow request has not approved the wider one it is turned into."""
    file, other = case.enrol(), case.enrol()
    before, after = BEFORE_AND_AFTER[order]
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, *before)
    people = (file.applicant, other.applicant) if wider == "another-person" else (file.applicant,)
    widened = warrant_for(case, *people, fields=("street", "email"))
    case.answered(case.target.amend_disclosure(disclosure, widened, COUNSEL))
    approve(case, disclosure, *after)
    released = collect(case, disclosure)

    more = told_of(released, file.applicant) - {"street"} | told_of(released, other.applicant)
    case.expect(not more, "approval-reused", "More was handed out than two people had agreed to.")
    must_release(case, file)


@check(guarantee="two-person-release", counters=("approval-moved-elsewhere",), needs=RELEASE)
def an_approval_counts_for_one_request_only(case: Case) -> None:
    """What two people agreed to for one request opens no other, be it of the same person."""
    file, other = case.enrol(), case.enrol()
    agreed = must_bring(case, warrant_for(case, file.applicant))
    pending = [must_bring(case, warrant_for(case, each.applicant)) for each in (file, other)]
    approve(case, agreed, COUNSEL_2, COMMISSIONER)

    for disclosure in pending:
        case.expect(
            not says_something(collect(case, disclosure)),
            "approval-reused",
            "A request was honoured that nobody had agreed to.",
        )
    must_release(case, other)


@check(
    guarantee="two-person-release",
    counters=("one-official-signs-twice",),
    needs=(*RELEASE, Operation.CRASH, Operation.RESTART),
)
def a_crash_does_not_make_one_person_two(case: Case) -> None:
    """Who approves before a crash and again after it has approved once."""
    file = case.enrol()
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COMMISSIONER)
    case.must(case.target.crash())
    case.must(case.target.restart())
    approve(case, disclosure, COMMISSIONER)

    case.expect(
        not says_something(collect(case, disclosure)),
        "too-few-agreed",
        "The record was handed out although only one person had agreed.",
    )
    must_release(case, file)
