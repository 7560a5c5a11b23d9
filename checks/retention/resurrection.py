"""What was destroyed stays destroyed: whatever is restored, replayed or started anew."""

from collections.abc import Callable

import pytest

from idaudit.checks.case import COUNSEL, PAPERS, Case, File
from idaudit.checks.catalogue import ENROLMENT, check
from idaudit.checks.retention.covered import (
    LOOKING,
    Records,
    paper_bytes,
    shows_a_paper,
    weight_at_rest,
)
from idaudit.checks.retention.endings import SCAN, must_be_shown, somebody, withdrawn
from idaudit.checks.retention.orders import hold
from idaudit.checks.retention.switch import KILLING, sign_an_order, taken_in, wait
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

RESTORING = (Operation.BACKUP, Operation.RESTORE)
ENDED = (*ENROLMENT, *LOOKING, Operation.DELETE_RECORD)
CORRECTED = "Example-Corrected"

End = Callable[[Case, File], None]


def by_its_owner(case: Case, file: File) -> None:
    """The owner ends the record."""
    case.must(case.target.delete_record(file.record, file.owner))


def under_a_hold(case: Case, file: File) -> None:
    """The owner ends the record while a court holds it, and then the hold is lifted."""
    held = hold(case, file)
    case.must(case.target.delete_record(file.record, file.owner))
    case.must(case.target.lift_hold(held, COUNSEL))


def corrected_first(case: Case, file: File) -> None:
    """The owner corrects the record, and ends it."""
    case.must(case.target.correct_record(file.record, {"gender": "X"}, file.owner))
    case.must(case.target.delete_record(file.record, file.owner))


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back", "key-copy-survives"),
    needs=(
        *ENDED,
        *RESTORING,
        Operation.CORRECT_RECORD,
        Operation.PLACE_HOLD,
        Operation.LIFT_HOLD,
    ),
    sees=True,
)
@pytest.mark.parametrize("end", [by_its_owner, under_a_hold, corrected_first])
def a_restore_brings_back_no_ended_record(case: Case, end: End) -> None:
    """
    A record that was ended stays gone when a backup from before its end is restored.

    First the oldest of several backups, then the newest that still had it.
    """
    records = Records(case)
    oldest = _backup(case)
    ended, stays = case.enrol(), case.enrol()
    newest = _backup(case)
    end(case, ended)
    for backup in (oldest, newest):
        case.must(case.target.restore(backup))
        records.expect_gone(ended, "back-after-restore")

    _must_be_there(records, stays)


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back",),
    needs=(*ENDED, *RESTORING, Operation.CORRECT_RECORD),
)
def a_restore_brings_back_no_corrected_value(case: Case) -> None:
    """A value that its owner had corrected is not on record again after a restore."""
    file = case.enrol()
    backup = _backup(case)
    changes = {"surname": CORRECTED}
    case.must(case.target.correct_record(file.record, changes, file.owner))
    case.must(case.target.restore(backup))
    shown = case.answered(case.target.read_record(file.record, file.owner))

    said = shown.fields["record"].get("surname") if shown.allowed else CORRECTED
    case.expect(
        str(said).casefold() == CORRECTED.casefold(),
        "old-value-back",
        "After the restore the record says again what its owner had corrected.",
    )
    case.expect(
        not Records(case).exists(file),
        "old-value-back",
        "After the restore the desk finds the record by the name its owner had corrected.",
    )


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back",),
    needs=(
        Operation.OPEN_APPLICATION,
        Operation.SUBMIT_DOCUMENT,
        Operation.VIEW_DOCUMENT,
        Operation.WITHDRAW,
        *RESTORING,
    ),
    sees=True,
)
def a_restore_brings_back_no_paper(case: Case) -> None:
    """A paper that went with its application is neither shown nor found after a restore."""
    file = case.apply(somebody(case))
    must_be_shown(case, file)
    backup = _backup(case)
    withdrawn(case, file)
    case.must(case.target.restore(backup))

    case.expect(
        not shows_a_paper(case, file),
        "paper-back",
        "After the restore a paper is shown again although its case is over.",
    )
    case.expect_no_residue(
        "paper-in-backup",
        "The case is over, and its paper lies in {surface}.",
        file.applicant,
        SCAN,
    )


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back", "key-copy-survives"),
    needs=(*KILLING, *RESTORING),
    sees=True,
)
def a_restore_undoes_no_kill(case: Case) -> None:
    """
    What the kill switch destroyed stays destroyed when an older backup is restored.

    A backup may well go on holding what no key opens any more; it is what the
    restore adds that counts.
    """
    _, files = taken_in(case, 2)
    backup = _backup(case)
    sign_an_order(case)
    wait(case)
    before = weight_at_rest(case)
    case.must(case.target.restore(backup))
    grown = weight_at_rest(case) - before

    for file in files:
        told = "After the restore a paper is shown again that the switch had destroyed."
        case.expect(not shows_a_paper(case, file), "back-after-restore", told)
        if case.terms.kill_scope == "records":
            Records(case).expect_gone(file, "back-after-restore")
        told = "After the restore {surface} holds what was printed on a paper."
        case.expect_nothing_in_the_clear("back-after-restore-at-rest", told, file.applicant, PAPERS)
    case.expect(
        grown < paper_bytes(files[0].applicant) // 2,
        "back-after-restore-at-rest",
        "The places where data rests are heavier after the restore by as much as a paper.",
    )


@check(
    guarantee="no-resurrection",
    counters=("replay-makes-record-anew",),
    needs=(*ENDED, Operation.CRASH, Operation.RESTART),
    sees=True,
)
def starting_anew_brings_back_no_ended_record(case: Case) -> None:
    """Whatever a system rebuilds when it starts, a record that was ended is not among it."""
    records = Records(case)
    ended, stays = case.enrol(), case.enrol()
    by_its_owner(case, ended)
    for _ in range(2):  # what the first start rebuilds, the second may read
        case.must(case.target.crash())
        case.must(case.target.restart())

    records.expect_gone(ended, "back-after-start")
    _must_be_there(records, stays)


@check(
    guarantee="no-resurrection",
    counters=("backup-brings-records-back",),
    needs=(*ENROLMENT, Operation.BACKUP, Operation.DELETE_RECORD),
    sees=True,
)
def nothing_of_an_ended_record_can_be_read_in_a_backup(case: Case) -> None:
    """In the backups of a time when a record was there, nothing of it lies in the clear."""
    file = case.enrol()
    _backup(case)
    by_its_owner(case, file)

    case.expect_no_residue(
        "left-in-backup",
        "The record is ended, and {surface} still holds it in the clear.",
        file.applicant,
    )


def _backup(case: Case) -> str:
    """Take a backup, as the operators do."""
    return str(case.must(case.target.backup()).fields["backup"])


def _must_be_there(records: Records, file: File) -> None:
    """Raise Inconclusive where a record that nobody ended is gone too: nothing opens here."""
    if not records.is_there(file):
        raise Inconclusive("a record that nobody ended cannot be read either")
