"""Accounts of destruction that bear being doubted: forged, after a crash, and of failed runs."""

from collections.abc import Callable, Sequence

import pytest

from idaudit.checks.case import AUDITOR, CLERK, Case, File
from idaudit.checks.catalogue import Tier, check
from idaudit.checks.probes.signed import TAMPERINGS, Statement, proved
from idaudit.checks.retention.accounts import (
    ENDING,
    Shelf,
    accounts,
    cut_short,
    deleted,
    is_gone,
    jammed,
    shelf_of,
    some_ends,
    statement,
    to_its_end,
    total,
    unfinished,
    verifier,
)
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

READ = (*ENDING, Operation.READ_DESTRUCTIONS)
CHECKED = (*READ, Operation.READ_DESTRUCTION_KEY)


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=CHECKED,
)
def anybody_can_check_the_accounts(case: Case) -> None:
    """The accounts are signed under a key published apart from them, and all of them are."""
    some_ends(case)
    said, key = statement(case), verifier(case)
    listed = case.must(case.target.read_destructions(AUDITOR))
    published = case.must(case.target.read_destruction_key())
    if len(said.accounts) < 2:  # noqa: PLR2004  none to swap
        raise Inconclusive("there are too few accounts to drop one or swap two")

    case.expect(
        not {each.path for each in listed.exchanges} & {e.path for e in published.exchanges},
        "key-beside-the-account",
        "The key comes with the accounts: whoever makes them up makes up the key.",
    )
    case.expect(proved(said, key), "not-signed", "The signature is not over these accounts.")
    for name, tamper in TAMPERINGS.items():
        case.expect(
            not proved(tamper(said), key),
            f"{name}-unnoticed",
            f"Accounts that were {name.replace('-', ' ')} pass for the signed ones.",
        )


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=CHECKED,
)
@pytest.mark.parametrize("tamper", [Shelf.edit, Shelf.remove], ids=["edited", "removed"])
def nobody_can_have_a_forged_account_signed(case: Case, tamper: Callable[..., None]) -> None:
    """Who owns the machine can change an account where it lies, and not have it vouched for."""
    some_ends(case)
    before, key = statement(case), verifier(case)
    shelf, row = shelf_of(case, before.accounts)
    tamper(shelf, before.accounts[-1], row)
    shown = case.target.read_destructions(AUDITOR)  # failing is an answer too

    if shown.allowed:
        after = Statement.read(shown.fields)
        same = after.accounts[: len(before.accounts)] == before.accounts
        case.expect(
            same or not proved(after, key),
            "forgery-signed",
            "An account was changed where it lies, and the city signs what stands there now.",
        )
    else:
        case.trials += 1


@check(
    guarantee="provable-deletion",
    counters=("silent-purge-failure",),
    needs=(*READ, Operation.ISSUE_CARD, Operation.ADVANCE_CLOCK),
)
@pytest.mark.parametrize("due", [False, True], ids=["asked-for", "due"])
def a_run_that_fails_is_accounted_for(case: Case, due: bool) -> None:  # noqa: FBT001  a parameter
    """While nothing can be removed, a destruction that comes to nothing is told as such."""
    file = case.enrol()
    case.must(case.target.issue_card(file.application, CLERK))
    before = accounts(case)
    with jammed(case):
        if due:
            to_its_end(case)
        else:
            case.target.delete_record(file.record, file.owner)
        told = accounts(case)[len(before) :]
    if is_gone(case, file):
        raise Inconclusive("nothing could be removed, and the record is gone all the same")

    case.expect(
        total(told, "records", "destroyed") == 0,
        "failure-told-as-done",
        "The record is there, and an account says that it was destroyed.",
    )
    case.expect(
        any(each["outcome"] != "done" for each in told),
        "failure-untold",
        "A record could not be destroyed, and no account says so.",
    )


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*READ, Operation.CRASH, Operation.RESTART),
)
def a_crash_leaves_the_accounts_true(case: Case) -> None:
    """A power cut right after an end takes no account away, and makes none untrue."""
    files = [case.enrol() for _ in range(2)]
    deleted(case, files[0])
    told = accounts(case)
    deleted(case, files[1])
    case.must(case.target.crash())
    case.must(case.target.restart())
    case.sight.settle()

    now = accounts(case)
    case.expect(now[: len(told)] == told, "account-lost", "An account went with a power cut.")
    _expect_true(case, files)


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*READ, Operation.CRASH, Operation.RESTART),
    tier=Tier.FULL,
)
@pytest.mark.parametrize("milliseconds", [0, 2, 5])
def a_crash_in_the_middle_leaves_the_accounts_true(case: Case, milliseconds: int) -> None:
    """A power cut while a record is being destroyed leaves an account of what really happened."""
    files = [case.enrol() for _ in range(3)]
    for file in files:
        cut_short(case, file, milliseconds / 1000)
    case.sight.settle()

    _expect_true(case, files)


# -- steps -------------------------------------------------------------------------


def _expect_true(case: Case, files: Sequence[File]) -> None:
    """Expect that as many files are gone as the accounts say, or may be, for what is unfinished."""
    told = accounts(case)
    gone = sum(is_gone(case, file) for file in files)
    destroyed, open_runs = total(told, "records", "destroyed"), len(unfinished(told))
    case.expect(
        destroyed <= gone,
        "done-and-back",
        f"By the accounts {destroyed} records are destroyed; only {gone} of them are gone.",
    )
    case.expect(
        gone <= destroyed + open_runs,
        "gone-untold",
        f"{gone} records are gone; the accounts tell of {destroyed} that are or may be.",
    )
