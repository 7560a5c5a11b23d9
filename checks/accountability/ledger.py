"""The ledger itself: without gaps, never rewritten, naming nobody, and not to be got round."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from idaudit.checks.accountability.diary import entries
from idaudit.checks.accountability.tampering import TAMPERINGS, book_of
from idaudit.checks.case import AUDITOR, CLERK, COMMISSIONER, COUNSEL, COUNSEL_2, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import (
    AT_THE_DESK,
    approve,
    must_bring,
    released_under,
    says_something,
    warrant_for,
)
from idaudit.checks.finding import Place
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.canaries import Cohort
from idaudit.fixtures.targets.target import Operation, Outcome
from idaudit.threatmodel.errors import Inconclusive, SetupError

LEDGER = (*ENROLMENT, Operation.READ_LEDGER, Operation.READ_RECORD)
DIGESTS = ("md5", "sha1", "sha256", "sha512", "blake2b")


@check(guarantee="complete-ledger", counters=("auditor-reads-a-selection",), needs=LEDGER)
def the_ledger_has_no_gap(case: Case) -> None:
    """Its lines are numbered one after another, in order of time, each tied to the one before."""
    _busy_day(case)
    lines = entries(case)
    if len(lines) < 2:  # noqa: PLR2004  a chain takes two
        raise Inconclusive("the ledger has too few lines to be a chain")
    pairs = list(itertools.pairwise(lines))

    for before, after in pairs:
        case.expect(after["seq"] == before["seq"] + 1, "gap", "A number is missing from it.")
        case.expect(
            after["previous"] == before["hash"], "chain-broken", "A line is tied to another one."
        )
        case.expect(
            _time(after) >= _time(before), "out-of-order", "A later line bears an earlier time."
        )
    hashes = {line["hash"] for line in lines}
    case.expect(len(hashes) == len(lines), "chain-broken", "Two lines have the same seal.")


@check(
    guarantee="complete-ledger",
    counters=("old-lines-rotated-away",),
    needs=(*LEDGER, Operation.DELETE_RECORD, Operation.CRASH, Operation.RESTART),
)
def an_earlier_line_never_changes(case: Case) -> None:
    """What the ledger said once it says for ever, whatever happens later."""
    file = _busy_day(case)
    before = entries(case)
    case.must(case.target.delete_record(file.record, file.owner))
    _busy_day(case)
    case.expect(_begins_with(case, before), "line-changed", "A line that was there is not now.")
    case.must(case.target.crash())
    case.must(case.target.restart())

    case.expect(
        _begins_with(case, before), "line-changed", "After a crash, a line that was there is not."
    )


@check(
    guarantee="complete-ledger",
    counters=("looks-counted-by-owner", "ledger-becomes-the-list"),
    needs=(*LEDGER, *AT_THE_DESK, Operation.DELETE_RECORD, Operation.CORRECT_RECORD),
)
def the_ledger_names_nobody(case: Case) -> None:
    """A list of who was looked at would be the list of cardholders again."""
    _expect_owners_alike(case)
    file = _busy_day(case)
    released_under(case, warrant_for(case, file.applicant))
    case.must(case.target.correct_record(file.record, {"gender": None}, file.owner))
    case.must(case.target.delete_record(file.record, file.owner))
    lines = entries(case)
    text = json.dumps(lines, default=str, ensure_ascii=False).casefold()

    hits = sweep_for(case.mint, case.met).bytes(text.encode(), "ledger")
    found = next((hit for hit in hits if hit.cohort is Cohort.SUBJECT), None)
    place = Place.of(found) if found else None
    case.expect(not found, "names-somebody", "It holds a value of an applicant.", place)
    case.expect(
        not any(mark in text for mark in _marks(file)),
        "names-somebody",
        "It holds what identifies an applicant, or can be worked out from it.",
    )


@check(
    guarantee="complete-ledger",
    counters=("ledger-edited",),
    needs=(*LEDGER, Operation.CRASH, Operation.RESTART),
)
@pytest.mark.parametrize("tampering", TAMPERINGS)
def nobody_alters_the_ledger_unnoticed(case: Case, tampering: str) -> None:
    """A line changed, moved or removed behind the system's back is noticed by the system."""
    _busy_day(case)
    if not case.must(case.target.read_ledger(AUDITOR)).fields["intact"]:
        raise Inconclusive("the ledger is said to be damaged before anybody touched it")
    lines = entries(case)
    book = book_of(case, lines)
    case.must(case.target.crash())
    if less := TAMPERINGS[tampering](book, lines):
        case.bound(less)

    case.expect(
        _is_noticed(case),
        "tampering-unnoticed",
        f"{_SAID[tampering]} in the database itself, and the ledger is said to be whole.",
    )


@check(
    guarantee="complete-ledger",
    counters=("disclosure-without-entry",),
    needs=(*LEDGER, *AT_THE_DESK),
)
def nothing_leaves_that_cannot_be_written_down(case: Case) -> None:
    """While the ledger can take no line, nothing is handed out."""
    file = _busy_day(case)
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COUNSEL_2, COMMISSIONER)
    with book_of(case, entries(case)).closed():
        unwritten = case.target.collect_disclosure(disclosure, COUNSEL)
    released = list(unwritten.fields["released"]) if unwritten.allowed else []

    case.expect(
        not says_something(released),
        "released-unwritten",
        "While the ledger could take no line, the record was handed out all the same.",
    )
    if not released_under(case, warrant_for(case, file.applicant)):
        raise Inconclusive("the desk releases nothing when the ledger is free either")


# -- steps -------------------------------------------------------------------------

_SAID = {
    "edited": "A line was changed",
    "dropped": "A line was removed",
    "cut-short": "The last line was removed",
    "swapped": "Two lines changed places",
    "chained-anew": "A line was changed and all that follow were chained to it anew",
}


def _busy_day(case: Case) -> File:
    """Let somebody enrol and look, and somebody be refused."""
    file = case.enrol()
    case.must(case.target.read_record(file.record, file.owner))
    case.answered(case.target.read_record(file.record, CLERK))
    return file


def _expect_owners_alike(case: Case) -> None:
    """Expect that two owners' looks cannot be told apart by who is said to have looked."""
    one, other = case.enrol(), case.enrol()
    known = len(entries(case))
    for file in (one, one, other):
        case.must(case.target.read_record(file.record, file.owner))
    looks = [line for line in entries(case)[known:] if line["act"] == Operation.READ_RECORD]
    who = [str(line["actor"]) for line in looks]
    case.expect(
        len(set(who)) != 2,  # noqa: PLR2004  one and the same, or never the same, tells nothing
        "names-somebody",
        "Its lines tell which looks were at one person's record and which at another's.",
    )


def _begins_with(case: Case, before: Sequence[Mapping[str, Any]]) -> bool:
    return list(entries(case)[: len(before)]) == list(before)


def _is_noticed(case: Case) -> bool:
    """Whether the system says so itself, refuses to show the ledger, or refuses to start."""
    try:
        case.must(case.target.restart())
        read: Outcome = case.target.read_ledger(AUDITOR)
    except (SetupError, Inconclusive):
        return True
    return not (read.allowed and read.fields["intact"])


def _time(line: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(line["at"]))


def _marks(file: File) -> Iterator[str]:
    """Yield what would tell whose line it is: identifiers, and plain digests of them."""
    person = file.applicant
    born = person.born.isoformat()
    whole = f"{person.given_name} {person.surname} {born}"
    for text in (file.record, file.application, person.email, person.phone, whole):
        yield text.casefold()
        yield from (hashlib.new(name, text.encode()).hexdigest()[:16] for name in DIGESTS)
