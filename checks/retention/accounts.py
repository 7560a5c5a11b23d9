"""How checks read accounts of destruction: by their numbers, and against what is really gone."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from idaudit.checks.case import AUDITOR, Case, File
from idaudit.checks.catalogue import ENROLMENT
from idaudit.checks.probes.signed import Account, Statement, Verifier
from idaudit.checks.retention.due import A_MONTH, record_end
from idaudit.checks.retention.endings import denied, withdrawn
from idaudit.fixtures.surfaces.surface import Forgeable
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive, TargetUnreachable, UnexpectedAnswer

ENDING = (*ENROLMENT, Operation.WITHDRAW, Operation.DELETE_RECORD, Operation.READ_RECORD)
"""What it takes to have files that end, and to see that they have."""

BEGUN = "begun"
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")
_TOKEN = re.compile(r"[\w+/=-]{12,}")


def statement(case: Case) -> Statement:
    """Read the accounts, with what is signed of them."""
    return Statement.read(case.must(case.target.read_destructions(AUDITOR)).fields)


def accounts(case: Case) -> tuple[Account, ...]:
    """Read the accounts."""
    return statement(case).accounts


def verifier(case: Case) -> Verifier:
    """Look up the key, where it is published."""
    published = case.must(case.target.read_destruction_key()).fields
    return Verifier(str(published["algorithm"]), str(published["key"]))


def ended(told: Iterable[Account]) -> list[Account]:
    """Return the accounts of runs that came to an end, whichever."""
    return [each for each in told if each["outcome"] != BEGUN]


def total(told: Iterable[Account], kind: str, number: str) -> int:
    """Add up one number of one kind of thing over the runs that came to an end."""
    return sum(int(each[kind][number]) for each in ended(told) if each[kind])


def unfinished(told: Sequence[Account]) -> list[Account]:
    """Return the accounts of runs that have begun and of which no end is told."""
    over = {each.get("run") for each in ended(told)}
    return [each for each in told if each["outcome"] == BEGUN and each.get("run") not in over]


def adds_up(account: Account) -> bool:
    """Whether what was there, less what went and what is held, is what is left."""
    return all(
        toll["before"] - toll["destroyed"] - toll["held"] == toll["after"]
        for toll in (account["records"], account["papers"])
        if toll
    )


def is_gone(case: Case, file: File) -> bool:
    """Whether its owner can no longer read a file."""
    return case.answered(case.target.read_record(file.record, file.owner)).refused


# -- files that end --------------------------------------------------------------------


def deleted(case: Case, file: File) -> None:
    """The owner ends their own record."""
    case.must(case.target.delete_record(file.record, file.owner))


def some_ends(case: Case) -> list[File]:
    """Let one applicant be denied, one withdraw, and a cardholder end their record."""
    files = [case.apply(), case.apply(), case.enrol()]
    for file, end in zip(files, (denied, withdrawn, deleted), strict=True):
        end(case, file)
    return files


def to_its_end(case: Case) -> None:
    """Let the clock run past the term of a record whose card is issued today, come what may."""
    ahead = record_end(case.terms, case.today) + A_MONTH - case.today
    case.target.advance_clock(ahead + timedelta(hours=case.terms.grace_hours))


def cut_short(case: Case, file: File, seconds: float) -> None:
    """Let the owner of *file* end it, and cut the power so much later."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(case.target.delete_record, file.record, file.owner)
        time.sleep(seconds)
        case.must(case.target.crash())
        with suppress(TargetUnreachable, UnexpectedAnswer):
            asked.result()
    case.must(case.target.restart())


# -- who an account could be about ------------------------------------------------------


def traces_of(values: Iterable[str]) -> frozenset[str]:
    """Return *values* and every common digest of each, as text."""
    found = set()
    for value in filter(None, values):
        found.add(value)
        for name in _HASHES:
            digest = hashlib.new(name, value.encode()).digest()
            found |= {digest.hex(), base64.b64encode(digest).decode()}
            found.add(base64.urlsafe_b64encode(digest).decode())
    return frozenset(each.rstrip("=") for each in found)


def names_of(file: File) -> list[str]:
    """Return what a file and its person are known by."""
    person = file.applicant
    full = f"{person.given_name} {person.surname}"
    told = (file.record, file.application, full, person.surname, person.email, person.phone)
    return [str(each) for each in told if each]


def tokens(told: Iterable[Account]) -> frozenset[str]:
    """Return every word of *told* that is long enough to stand for one person."""
    return frozenset(_TOKEN.findall(json.dumps([dict(each) for each in told])))


# -- accounts at rest, and destruction that cannot happen -----------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """The column that holds the outcomes of accounts, by themselves or within a text."""

    surface: Forgeable
    table: str
    column: str

    def edit(self, account: Account, row: str) -> None:
        """Let the account in *row* tell another outcome."""
        other = row.replace(str(account["outcome"]), "failed")
        where = f"WHERE {_quoted(self.column)} = ?"
        statement = f"UPDATE {_quoted(self.table)} SET {_quoted(self.column)} = ? {where}"  # noqa: S608  quoted
        self.surface.forge(self.table, statement, other, row)

    def remove(self, account: Account, row: str) -> None:
        """Take the account in *row* out."""
        del account
        statement = f"DELETE FROM {_quoted(self.table)} WHERE {_quoted(self.column)} = ?"  # noqa: S608  quoted
        self.surface.forge(self.table, statement, row)


def shelf_of(case: Case, told: Sequence[Account]) -> tuple[Shelf, str]:
    """
    Return where the accounts lie, and what stands there of the last one.

    Raises:
        Inconclusive: no declared database has a table in which they are recognised.

    """
    last = told[-1]
    words = {str(last["outcome"]), str(last["cause"])}
    for surface in case.sight.resting():
        if not isinstance(surface, Forgeable):
            continue
        for table, rows in surface.tables().items():
            if len(rows) >= len(told) and (found := _last_like(rows, words)) is not None:
                column = next(n for n, cell in found.items() if last["outcome"] in str(cell))
                return Shelf(surface, table, column), str(found[column])
    raise Inconclusive("no declared database holds a table with the accounts in it")


def _last_like(
    rows: Sequence[Mapping[str, object]], words: set[str]
) -> Mapping[str, object] | None:
    """Return the last row that holds each of *words*, whole or within a text."""
    found = [row for row in rows if all(any(w in _said(c) for c in row.values()) for w in words)]
    return found[-1] if found else None


def _said(cell: object) -> set[str]:
    return {cell, *re.findall(r"[\w-]+", cell)} if isinstance(cell, str) else set()


@contextmanager
def jammed(case: Case) -> Iterator[None]:
    """
    Let nothing be removed from any database, as long as this lasts.

    Raises:
        Inconclusive: the target declares no database that can be made to refuse.

    """
    databases = [each for each in case.sight.resting() if isinstance(each, Forgeable)]
    if not databases:
        raise Inconclusive("the target declares no database in which a removal can be made to fail")
    with ExitStack() as stack:
        for each in databases:
            stack.enter_context(each.jammed())
        yield


def _quoted(name: str) -> str:
    """Return *name* as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
