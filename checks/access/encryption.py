"""Nothing about anybody rests in the clear while it is there, and no key rests beside it."""

import re
from collections.abc import Callable, Iterator

import pytest

from idaudit.checks.case import CLERK, COUNSEL_2, REVIEWER, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, approve, must_bring, warrant_for
from idaudit.checks.finding import Place
from idaudit.checks.retention.endings import somebody
from idaudit.checks.retention.orders import hold
from idaudit.fixtures.targets.target import Operation

Stage = Callable[[Case], File]

PRIVATE = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    rb"|AGE-SECRET-KEY-1[0-9A-Z]{58}"
    rb'|"kty"\s*:\s*"(?:OKP|EC|RSA)"[^{}]*"d"\s*:\s*"[\w-]{40,}"'
    rb'|"kty"\s*:\s*"oct"[^{}]*"k"\s*:\s*"[\w-]{20,}"'
)
"""Private and secret keys in the forms that tools write them in (RFC 7468, RFC 7517, age)."""

NAMED = re.compile(
    rb"(?<![A-Za-z])(?:[A-Z][A-Z0-9]*_)*(?:SECRET|MASTER|PRIVATE|ENCRYPTION|DATA|AES)(?:_?KEY|_SECRET)?"
    rb"[\"']?\s*[=:]\s*[\"']?(?:[0-9a-fA-F]{32,128}|[A-Za-z0-9+/_-]{42,86}={0,2})(?![\w+/=-])"
)
"""A variable whose name says that it is a secret, with enough behind it to be one."""


def being_decided(case: Case) -> File:
    """An application is open, and its papers have been looked at."""
    file = case.apply(somebody(case))
    case.must(case.target.view_document(file.application, 0, REVIEWER))
    return file


def with_a_card(case: Case) -> File:
    """Somebody has a card, and has read and corrected their record."""
    file = case.enrol(somebody(case))
    case.must(case.target.issue_card(file.application, CLERK))
    case.must(case.target.correct_record(file.record, {"gender": "X"}, file.owner))
    case.must(case.target.read_record(file.record, file.owner))
    return file


def held_by_a_court(case: Case) -> File:
    """A court holds the record, and its owner has asked for its end."""
    file = case.enrol(somebody(case))
    hold(case, file)
    case.must(case.target.delete_record(file.record, file.owner))
    return file


def asked_for_by_a_court(case: Case) -> File:
    """A judge's warrant is at the desk, half approved."""
    file = case.enrol(somebody(case))
    disclosure = must_bring(case, warrant_for(case, file.applicant))
    approve(case, disclosure, COUNSEL_2)
    return file


LIVES = (
    *ENROLMENT,
    *AT_THE_DESK,
    Operation.VIEW_DOCUMENT,
    Operation.ISSUE_CARD,
    Operation.CORRECT_RECORD,
    Operation.READ_RECORD,
    Operation.DELETE_RECORD,
    Operation.PLACE_HOLD,
)


@check(guarantee="encrypted", counters=("database-stolen",), needs=LIVES, sees=True)
@pytest.mark.parametrize(
    "stage", [being_decided, with_a_card, held_by_a_court, asked_for_by_a_court]
)
@pytest.mark.parametrize("settled", [False, True], ids=["at once", "settled"])
def nobody_lies_in_the_clear_while_on_file(case: Case, stage: Stage, settled: bool) -> None:  # noqa: FBT001  pytest calls it by name
    """Whoever copies every place where data rests, reads nothing of anybody who is on file."""
    stage(case)

    case.expect_nothing_in_the_clear(
        "in-the-clear",
        "Somebody is on file, and what they gave lies in {surface} for anybody to read.",
        settled=settled,
    )


@check(
    guarantee="encrypted",
    counters=("database-stolen",),
    needs=(*ENROLMENT, Operation.VIEW_DOCUMENT, Operation.CRASH),
    sees=True,
)
def a_failure_leaves_nobody_in_the_clear(case: Case) -> None:
    """A system that fails in the middle of its work has written nobody down in the clear."""
    case.enrol()
    being_decided(case)
    case.must(case.target.crash())

    case.expect_nothing_in_the_clear(
        "in-the-clear-after-failure",
        "The system has failed, and somebody lies in {surface} for anybody to read.",
        settled=False,
    )


@check(
    guarantee="encrypted",
    counters=("backup-vendor-reads",),
    needs=(*ENROLMENT, Operation.BACKUP),
    sees=True,
)
def a_backup_reads_as_noise(case: Case) -> None:
    """Whoever stores the backups reads nothing of those who are in them."""
    case.enrol()
    case.apply()
    case.must(case.target.backup())

    case.expect_nothing_in_the_clear(
        "backup-in-the-clear", "After a backup somebody lies in {surface} for anybody to read."
    )


@check(
    guarantee="encrypted",
    counters=("key-beside-data",),
    needs=(*ENROLMENT, Operation.BACKUP),
    sees=True,
)
def no_key_lies_with_what_it_opens(case: Case) -> None:
    """
    In none of the places where data rests does a private key or a named secret lie as well.

    A key that nobody can tell from noise is not seen.
    """
    case.enrol()
    case.must(case.target.backup())
    case.sight.look(case.met)  # proves that those places can be read
    found = next(_keys_at_rest(case), None)
    case.bound("A key that is written as bare bytes cannot be told from noise, and is not seen.")

    case.expect(
        found is None,
        "key-beside-data",
        f"A key lies in {found.surface if found else 'a place'}, beside the data it may open.",
        found,
    )


def _keys_at_rest(case: Case) -> Iterator[Place]:
    """Yield every place at rest that holds what looks like a secret key."""
    for surface in case.sight.resting():
        for part in surface.parts():
            for pattern in (PRIVATE, NAMED):
                for found in pattern.finditer(part.data):
                    where = f"{part.location}@{part.offset + found.start()}"
                    yield Place(surface.id, where)
