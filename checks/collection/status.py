"""Status is not asked for, not taken when it is sent unasked, and not to be read from anything."""

import re

from idaudit.checks.case import Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.collection.forms import choices, names
from idaudit.checks.collection.kinds import LIVING, to_the_card
from idaudit.checks.collection.traces import expect_alike, told_apart
from idaudit.checks.collection.unasked import PASSPORT, expect_untraced, expect_weightless
from idaudit.fixtures.applicants import Differences
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

UNASKED = (
    "citizenship",
    "nationality",
    "immigration_status",
    "a_number",
    "visa_class",
    "place_of_birth",
    "country_of_birth",
    "note",
)
"""Fields that no form has; each speaks of status by itself, or makes room for a word that does."""

_ASKING = re.compile(
    r"citizenship|citizen[-_ ]?status|(?<![a-z])(is|us)[-_ ]citizen|nationality|naturali[sz]ed"
    r"|immigra(nt|tion[-_ ]?(status|class|category))|(?<![a-z])uscis|asylum|refugee|undocumented"
    r"|(?<![a-z])(alien|visa)[-_ ]?(number|no|class|type|category|status)(?![a-z])"
    r"|(?<![a-z])a[-_ ]?number(?![a-z])|legal[-_ ]?status"
    r"|(place|country|city|state|nation)[-_ ]?of[-_ ]?(birth|origin)"
    r"|birth[-_ ]?(place|country|nation)",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"(us[-_ ]?|non[-_ ]?)?citizen|(lawful[-_ ])?permanent[-_ ]resident|undocumented"
    r"|non[-_ ]?immigrant|asylee|refugee|parolee|visa[-_ ]holder|daca|tps",
    re.IGNORECASE,
)


@check(
    guarantee="no-status-asked",
    counters=("status-taken-down", "old-status-list-survives"),
    needs=(Operation.DESCRIBE,),
)
def no_form_asks_for_status(case: Case) -> None:
    """No field, parameter or list of choices in the system's description speaks of status."""
    description = case.must(case.target.describe()).fields["openapi"]
    named = list(names(description))
    if not named:
        raise Inconclusive("the system's own description names no field at all")
    asked = sorted({name for name in named if _ASKING.search(name)})
    offered = sorted({word for word in choices(description) if _STATUS.fullmatch(word)})

    told = f"The system's own description has a field that asks for status: {', '.join(asked)}."
    case.expect(not asked, "status-asked", told)
    listed = ", ".join(offered)
    told = f"The system's own description has a list of choices that names a status: {listed}."
    case.expect(not offered, "status-listed", told)


@check(
    guarantee="no-status-asked",
    counters=("status-taken-down", "refused-word-logged"),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.CORRECT_RECORD),
    sees=True,
)
def what_nobody_asked_for_is_not_kept(case: Case) -> None:
    """
    A field that no form has is refused or dropped, on applying and on correcting alike.

    Refusing it must leave nothing behind either: an error log is a file too.
    """
    expect_untraced(case, UNASKED, "unasked-kept")


@check(guarantee="no-status-asked", counters=("status-taken-down",), needs=ENROLMENT, sees=True)
def a_note_nobody_asked_for_has_no_weight(case: Case) -> None:
    """
    A long note that is sent along unasked does not make what is kept any heavier.

    Even in cipher it would weigh as much as it is long. Both people show papers
    of one size, so that a programme that keeps papers keeps as much of both.
    """
    expect_weightless(case, ("note",), "note-kept")


@check(guarantee="no-status-asked", counters=("passport-read-in-full",), needs=LIVING, sees=True)
def nothing_kept_or_answered_tells_the_country_of_a_passport(case: Case) -> None:
    """People who differ in the country that issued their passport leave the same behind."""
    told = told_apart(
        case,
        to_the_card,
        Differences(country="MEX", **PASSPORT),
        Differences(country="CHN", **PASSPORT),
    )

    expect_alike(
        case,
        told,
        ("country-kept", "What is kept tells which country issued a passport."),
        ("country-answered", "The answers tell which country issued a passport."),
    )
