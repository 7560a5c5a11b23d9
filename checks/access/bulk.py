"""No role and no sequence of requests yields a list: searches, ids, orders, accounts, patience."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from idaudit.checks.access.reach import PARTNER, Eye
from idaudit.checks.access.taking import opened
from idaudit.checks.case import AUDITOR, CLERK, PUBLIC, REVIEWER, Case
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    TELLING,
    must_release,
    released_under,
    told_of,
)
from idaudit.checks.probes.guessing import LEAST, followed, neighbours
from idaudit.fixtures.instruments import Named, judges_warrant
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive, NotOffered

FILES = 16
"""Applications whose ids are laid side by side."""

CARDS, NEAR = 3, 30
"""Cards issued in a row, and how far around the first another is looked for: past a check digit."""

HARVEST, DAYS = 24, 6
"""Persons looked for in one case, and over how many days: four a day disturb no limit."""

Pattern = Callable[[Named], Named]


def _both(sign: str) -> Pattern:
    return lambda person: replace(person, given_name=sign, surname=sign)


def _beginning(letters: int, sign: str = "") -> Pattern:
    return lambda person: replace(
        person,
        given_name=person.given_name[:letters] + sign,
        surname=person.surname[:letters] + sign,
    )


PATTERNS: dict[str, Pattern] = {
    "a percent sign": _both("%"),
    "a star": _both("*"),
    "nothing": _both(""),
    "the first letter": _beginning(1),
    "how the name begins": _beginning(4),
    "how the name begins and a percent sign": _beginning(2, "%"),
    "how the surname begins": lambda person: replace(person, surname=person.surname[:3]),
    "a regular expression": _both(".*"),
    "a condition that always holds": _both("' OR '1'='1"),
}
"""What is typed in the place of a whole name, the likeliest to be executed first."""


@check(
    guarantee="no-bulk-list",
    counters=("empty-search-returns-all",),
    needs=(*ENROLMENT, Operation.SEARCH),
)
def a_search_finds_nobody_by_less_than_a_whole_name(case: Case) -> None:
    """
    Nothing, a wildcard, a letter or the beginning of a name finds nobody and shows nobody.

    Each is tried in a case of its own, followed by the whole name: what a limit
    has stopped has not been tried.
    """
    file = case.enrol()
    person, eye, tried = file.applicant.named(), Eye(case, [file]), 0
    for words, pattern in PATTERNS.items():
        if pattern(person) == person:
            continue  # a name so short that its beginning is all of it
        work = opened(case).application
        seen = case.answered(case.target.search(pattern(person), work, REVIEWER))
        told = f"A search by {words} finds somebody."
        case.expect(not (seen.allowed and seen.fields.get("found")), "found-by-a-pattern", told)
        told = f"A search by {words} shows somebody."
        case.expect(not eye.told(seen, REVIEWER), "found-by-a-pattern", told)
        whole = case.answered(case.target.search(person, work, REVIEWER))
        if not (whole.allowed and whole.fields["found"]):
            break
        tried += 1
    if not tried:
        raise Inconclusive("somebody enrolled was not found by their whole name either")
    case.bound(f"{tried} of {len(PATTERNS)} patterns were tried before a limit stopped the search.")


@check(
    guarantee="no-bulk-list",
    counters=("card-numbers-guessed",),
    needs=(Operation.OPEN_APPLICATION,),
)
def no_id_leads_to_the_next(case: Case) -> None:
    """Whoever knows the ids of some files does not get at those of the next by counting."""
    files = [opened(case) for _ in range(FILES)]
    for whose, ids in (
        ("applications", [file.application for file in files]),
        ("records", [file.record for file in files]),
    ):
        how = followed(ids)
        case.expect(not how, "ids-follow", f"The ids of {whose} follow each other, {how}.")
    case.bound(
        f"Of {FILES} files in a row, {LEAST} pairs within a million tries of each other are seen; "
        "ids drawn from 2**32 or more have so many by chance in less than one case in a million."
    )


@check(
    guarantee="no-bulk-list",
    counters=("card-numbers-guessed",),
    needs=(*ENROLMENT, Operation.ISSUE_CARD, Operation.VERIFY_CARD),
)
def no_card_number_leads_to_another(case: Case) -> None:
    """A partner who is shown one card finds no other good one by trying the numbers next to it."""
    files = [case.enrol() for _ in range(CARDS)]
    issued = [case.must(case.target.issue_card(file.application, CLERK)) for file in files]
    first = str(issued[0].fields["number"])
    if not case.must(case.target.verify_card(PARTNER, number=first)).fields["valid"]:
        raise Inconclusive("a card that was just issued is not good")

    for guess in neighbours(first, NEAR):
        seen = case.answered(case.target.verify_card(PARTNER, number=guess))
        if seen.refused:
            break  # whoever guesses is stopped
        told = "A number next to that of one card is the number of another."
        case.expect(not seen.fields["valid"], "number-guessed", told)


@check(
    guarantee="no-bulk-list",
    counters=("slow-harvest",),
    needs=(
        Operation.OPEN_APPLICATION,
        Operation.SEARCH,
        Operation.READ_LEDGER,
        Operation.ADVANCE_CLOCK,
    ),
)
def one_case_is_no_pretext_for_many_looks(case: Case) -> None:
    """
    Whoever looks for one person after another in one case is stopped, or somebody notices.

    Noticed is what the ledger says in those days of something other than the
    looks, and had not said on a quiet day before.
    """
    people = [opened(case) for _ in range(HARVEST)]
    pretext = opened(case).application
    _let_a_day_pass(case)
    before, found = _kinds_of_lines(case), 0
    for day in range(DAYS):
        for file in people[day::DAYS]:
            seen = case.answered(case.target.search(file.applicant.named(), pretext, REVIEWER))
            found += bool(seen.allowed and seen.fields["found"])
        _let_a_day_pass(case)
    if not found:
        raise Inconclusive("nobody who had applied was found, so that nothing was harvested")
    noticed = _kinds_of_lines(case) - before - _OWN_LINES

    told = f"One reviewer found {found} people in one case, and nothing and nobody minds."
    case.expect(found < HARVEST or noticed, "harvest-unnoticed", told)
    case.bound(f"A limit on the persons of one case is seen below {HARVEST}; none by time is.")


_OWN_LINES = {
    (str(REVIEWER), Operation.SEARCH.value, "allowed"),
    (str(AUDITOR), Operation.READ_LEDGER.value, "allowed"),
}
"""What the harvest itself leaves, and whoever looks for it in the ledger."""


def _let_a_day_pass(case: Case) -> None:
    case.must(case.target.advance_clock(timedelta(days=1)))


def _kinds_of_lines(case: Case) -> set[tuple[str, str, str]]:
    """Return who did what and how it ended, each once, as the ledger has it."""
    entries = case.must(case.target.read_ledger(AUDITOR)).fields["entries"]
    return {(str(e["actor"]), str(e["act"]), str(e["outcome"])) for e in entries}


@check(
    guarantee="no-bulk-list",
    counters=("everyone-with-a-foreign-passport",),
    needs=(*ENROLMENT, *AT_THE_DESK),
)
def an_order_for_everybody_opens_nobody(case: Case) -> None:
    """A judge's paper that names a group, or a sign that stands for all, releases no record."""
    files = [case.enrol(), case.enrol()]
    for given_name, surname in (
        ("%", "%"),
        ("*", "*"),
        ("All", "Cardholders"),
        ("Everyone with", "a foreign passport"),
    ):
        everybody = Named(given_name, surname, date(1990, 1, 1))
        paper = judges_warrant(everybody, fields=TELLING, today=case.today)
        released = released_under(case, paper)
        opens = any(told_of(released, file.applicant) for file in files)
        told = f"A warrant for {given_name} {surname} opens records."
        case.expect(not opens, "released-everybody", told)
    must_release(case, files[0])


@check(
    guarantee="no-bulk-list",
    counters=("records-read-past-the-desk",),
    needs=(*ENROLMENT, Operation.FILE_RECORDS_REQUEST, Operation.READ_RECORDS_ANSWER),
)
def a_request_for_records_is_answered_with_nobody(case: Case) -> None:
    """Whatever statistic or list is asked for, the answer says nothing of any one person."""
    eye = Eye(case, [case.enrol(), case.enrol(), case.enrol()])
    asked: tuple[tuple[str | None, str], ...] = (
        ("city", ""),
        ("postcode", ""),
        ("age", ""),
        (None, "Please send the names and addresses of all cardholders."),
        (None, "Please send everyone with a foreign passport, by country."),
    )
    answers = [_answer(case, about, text) for about, text in asked]
    if not any(answer.allowed for answer in answers):
        raise Inconclusive("no request for records was answered at all")

    told = "The answer to a request for records lists people."
    for answer in answers:
        case.expect(not eye.told(answer, PUBLIC), "listed-in-an-answer", told)


def _answer(case: Case, about: str | None, text: str) -> Outcome:
    """File a request and fetch its answer."""
    filed = case.answered(case.target.file_records_request(PUBLIC, about=about, text=text))
    if not filed.allowed:
        return filed
    return case.answered(case.target.read_records_answer(str(filed.fields["request"]), PUBLIC))


@check(
    guarantee="no-bulk-list",
    counters=("records-read-past-the-desk",),
    needs=(*ENROLMENT, Operation.READ_RECORD, Operation.READ_LEDGER, Operation.PUBLIC_REPORT),
)
def no_account_of_the_programme_lists_its_people(case: Case) -> None:
    """Neither the ledger nor the public report, whoever may read it, is a list of people."""
    files = [case.enrol(), case.enrol()]
    for file in files:
        case.must(case.target.read_record(file.record, file.owner))
    eye, quarter = Eye(case, files), f"{case.today.year}-Q{(case.today.month - 1) // 3 + 1}"
    report = case.answered(case.target.public_report(quarter, PUBLIC))
    accounts = [case.must(case.target.read_ledger(AUDITOR)), report]

    for answer in (*accounts, *_read_by_others(case)):
        told = "An account of what the programme does lists people."
        case.expect(not eye.told(answer, PUBLIC), "listed-in-an-account", told)


def _read_by_others(case: Case) -> Iterable[Outcome]:
    for actor in (CLERK, PARTNER, PUBLIC):
        try:
            yield case.answered(case.target.read_ledger(actor))
        except NotOffered:
            continue
