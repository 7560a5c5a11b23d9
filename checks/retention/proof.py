"""Deletion can be proved: every run is accounted for, truly, and in numbers only."""

from idaudit.checks.case import AUDITOR, CLERK, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.disclosure.desk import AT_THE_DESK, proves_there
from idaudit.checks.retention.accounts import (
    ENDING,
    accounts,
    adds_up,
    deleted,
    is_gone,
    names_of,
    some_ends,
    to_its_end,
    tokens,
    total,
    traces_of,
)
from idaudit.checks.retention.endings import abandoned, denied, in_answers, withdrawn
from idaudit.checks.retention.orders import hold
from idaudit.checks.retention.switch import KILLING, sign_an_order, wait
from idaudit.checks.sight import sweep_for
from idaudit.fixtures.canaries import Cohort, Field
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

READ = (*ENDING, Operation.READ_DESTRUCTIONS)
EVERY_FIELD = frozenset(Field)


def expect_told_and_gone(case: Case, files: list[File], before: int) -> None:
    """Expect an account of each end since *before*, and that what it says is so."""
    told = total(accounts(case), "records", "destroyed") - before
    case.expect(
        told >= len(files),
        "no-account",
        "What was said to be destroyed stands in no account of destruction.",
    )
    for file in files:
        there = not is_gone(case, file) or proves_there(case, file)
        case.expect(
            not there, "done-undone", "By its account it is destroyed, and it is still there."
        )
        case.expect_no_residue(
            "done-undone-at-rest",
            "By its account it is destroyed; {surface} has it.",
            file.applicant,
        )


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*READ, *AT_THE_DESK),
    sees=True,
)
def what_an_account_says_is_destroyed_is_gone(case: Case) -> None:
    """A denial, a withdrawal and an owner's wish are each accounted for, and were carried out."""
    before = total(accounts(case), "records", "destroyed")
    files = some_ends(case)
    case.sight.settle()

    expect_told_and_gone(case, files, before)


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*READ, *AT_THE_DESK, *KILLING, Operation.ISSUE_CARD),
    tier=Tier.FULL,
    sees=True,
)
def what_ends_by_itself_is_accounted_for(case: Case) -> None:
    """What ends by the calendar and by the kill switch is accounted for like what was asked for."""
    before = total(accounts(case), "records", "destroyed")
    left = case.apply()
    abandoned(case, left)
    lapsed = case.enrol()
    case.must(case.target.issue_card(lapsed.application, CLERK))
    to_its_end(case)
    expect_told_and_gone(case, [left, lapsed], before)
    if case.terms.kill_scope == "records":
        killed = [case.enrol(), case.enrol()]
        sign_an_order(case)
        wait(case)
        case.sight.settle()
        expect_told_and_gone(case, killed, before + 2)


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*READ, Operation.PLACE_HOLD, Operation.ADVANCE_CLOCK),
)
def the_numbers_of_every_account_agree(case: Case) -> None:
    """
    What was there, less what went and what a court holds, is what is left; and all of it adds up.

    Six people: one never decided, one denied, one who withdraws, one who ends the
    record, one who wants to and is held, and one who stays.
    """
    before = accounts(case)
    left = case.apply()
    abandoned(case, left)
    some_ends(case)
    held = case.enrol()
    hold(case, held)
    wanted = case.answered(case.target.delete_record(held.record, held.owner))
    case.enrol()
    told = accounts(case)

    for account in told:
        case.expect(adds_up(account), "does-not-add-up", "The numbers of an account do not agree.")
    gone = total(told, "records", "destroyed") - total(before, "records", "destroyed")
    case.expect(gone == 4, "wrong-count", f"Four files are gone, and {gone} are accounted for.")  # noqa: PLR2004  as told above
    case.expect(
        wanted.refused or total(told, "records", "held") > total(before, "records", "held"),
        "held-uncounted",
        "A record that a court keeps from being destroyed is not accounted for as held.",
    )


@check(
    guarantee="provable-deletion",
    counters=("certificate-untrue",),
    needs=(*ENROLMENT, Operation.WITHDRAW, Operation.READ_DESTRUCTIONS),
)
def the_papers_of_a_decision_are_accounted_for(case: Case) -> None:
    """
    The account has the papers of each person who was decided, and of nobody else.

    Where a programme keeps an approved person's papers for a term, those go with it.
    """
    before = total(accounts(case), "papers", "destroyed")
    files = [case.enrol(), case.apply(), case.apply()]
    denied(case, files[1])
    withdrawn(case, files[2])
    case.apply()
    counted = total(accounts(case), "papers", "destroyed") - before

    gone = files[1:] if case.terms.papers_days else files
    papers = sum(len(file.applicant.documents) for file in gone)
    case.expect(
        counted in {len(gone), papers},
        "wrong-paper-count",
        f"{papers} papers are gone, of {len(gone)} people; {counted} are accounted for.",
    )


@check(
    guarantee="provable-deletion",
    counters=("certificate-lists-names",),
    needs=(*READ, Operation.PLACE_HOLD),
)
def an_account_of_destruction_names_nobody(case: Case) -> None:
    """
    No name, no id and no digest of either stands in an account, nor a mark of one's own.

    A mark that only the system can make still tells: two people are enrolled and
    ended twice each, and what only one of them has in common with themselves is theirs.
    """
    people = [case.applicant(), case.applicant()]
    told, files = [], []
    for person in (*people, *people):
        start = len(accounts(case))
        files.append(case.enrol(person))
        deleted(case, files[-1])
        told.append(accounts(case)[start:])
    held = hold(case, case.enrol())
    shown = case.must(case.target.read_destructions(AUDITOR))
    body = b"".join(exchange.body for exchange in shown.exchanges) or repr(shown.fields).encode()
    text = body.decode("utf-8", "replace")

    _must_be_seen(case, files[0])
    case.expect(
        not in_answers(case, [shown], EVERY_FIELD), "names-somebody", "An account says who it was."
    )
    known = traces_of([held, *(name for file in files for name in names_of(file))])
    case.expect(
        not any(each in text for each in known),
        "names-somebody",
        "An account has an id or a name of somebody in it, or a digest of one.",
    )
    mine, theirs = (tokens(told[at]) & tokens(told[at + 2]) for at in (0, 1))
    case.expect(
        not mine ^ theirs, "marks-somebody", "Two accounts have in common what only one person has."
    )


# -- steps -------------------------------------------------------------------------


def _must_be_seen(case: Case, file: File) -> None:
    """
    Prove that a name in an answer would have been seen.

    Raises:
        Inconclusive: it is not, so that seeing none means nothing.

    """
    name = f'{{"said": "{file.applicant.surname}, {file.applicant.email}"}}'.encode()
    hits = sweep_for(case.mint, case.met).bytes(name, "answer")
    if not any(hit.cohort is Cohort.SUBJECT for hit in hits):
        raise Inconclusive("a name planted in an account was not seen there")
