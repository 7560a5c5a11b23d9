"""What an applicant types stays a word: no formula in a table, no name of a file."""

import csv
import io
from collections.abc import Iterator
from functools import partial

from idaudit.checks.access.injection import enrolled_or_declined
from idaudit.checks.case import ADMINISTRATOR, Case, File
from idaudit.checks.catalogue import ENROLMENT, Tier, check
from idaudit.checks.probes.holdings import prove_sight
from idaudit.fixtures.canaries import Field
from idaudit.fixtures.surfaces.purpose import Purpose
from idaudit.fixtures.surfaces.surface import purpose_of
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.errors import Inconclusive

ENOUGH = 12
"""So many people of one town that a count of them may be told."""

FORMULAS = {"an equals sign": '=HYPERLINK("//elsewhere.example";A1)', "a plus": "+1+A1 Town"}
"""What a spreadsheet works out, by how it begins; each also where people live."""

_SEPARATORS = (",", ";", "\t")
_TABLES = (".csv", ".tsv", ".tab")
_TABLE_TYPES = ("text/csv", "text/tab-separated-values")


@check(
    guarantee="least-access",
    counters=("name-opened-as-a-formula",),
    needs=(*ENROLMENT, Operation.EXPORT_FOR),
    sees=True,
    tier=Tier.FULL,
)
def no_formula_leaves_in_a_table(case: Case) -> None:
    """
    In no table that a spreadsheet opens does a cell begin with a formula somebody typed.

    A system may decline such words, or write something before them; a table in another
    form than CSV is none that a spreadsheet works out.
    """
    prove_sight(case.sight)
    typed = [text for text in FORMULAS.values() if _live_in(case, text)]
    places = {purpose_of(each) for each in case.sight.resting()} - {Purpose.PRODUCTION}
    if not places:
        raise Inconclusive("the target declares no place that is filled for anything but the work")
    for each in sorted(places):
        case.answered(case.target.export_for(each, ADMINISTRATOR))
    cells = list(_cells(case))
    for how, text in FORMULAS.items():
        begins = text in typed and any(
            cell.casefold().startswith(text.casefold()) for cell in cells
        )
        told = f"A cell of a table begins with a formula that somebody typed, with {how}."
        case.expect(not begins, "formula-exported", told)


def _live_in(case: Case, town: str) -> bool:
    """Enrol enough people who live in *town*; return whether such a word is taken."""
    people = [case.applicant(surname=town, city=town, size=4000)]
    people += [case.applicant(city=town, size=4000) for _ in range(ENOUGH)]
    found = [enrolled_or_declined(case, each) for each in people]
    return any(isinstance(each, File) for each in found)


def _cells(case: Case) -> Iterator[str]:
    """Return every cell of every table, in a file or an answer, however it is separated."""
    for surface in case.sight.resting():
        for part in surface.parts():
            if part.location.casefold().endswith(_TABLES):
                yield from cells_of(part.data)
    for exchange in case.target.exchanges():
        if exchange.headers.get("content-type", "").partition(";")[0] in _TABLE_TYPES:
            yield from cells_of(exchange.body)


def cells_of(text: bytes) -> Iterator[str]:
    """Return the cells of a table, read with each of the usual separators."""
    for separator in _SEPARATORS:
        lines = io.StringIO(text.decode("utf-8-sig", errors="replace"), newline="")
        for row in csv.reader(lines, delimiter=separator):
            yield from row


# -- names of files ------------------------------------------------------------------------


@check(
    guarantee="no-temporary-copy",
    counters=("name-becomes-a-file",),
    needs=ENROLMENT,
    sees=True,
    tier=Tier.FULL,
)
def nothing_typed_names_a_file(case: Case) -> None:
    """
    No file or folder is called after what somebody typed, nor lies where their words lead.

    It is looked for while the application is open, and again once it is decided.
    """
    prove_sight(case.sight)
    for how, text in {"a name": "{}", "dots and a slash": "../{}"}.items():
        token = case.mint.canary(case.people.next().index, Field.UNASKED).text
        person = case.applicant(
            surname=text.format(token), email=f"{token.lower()}@example.org", size=4000
        )
        unnamed = partial(_expect_no_name, case, token, how)
        found = enrolled_or_declined(case, person, meanwhile=unnamed)
        if found is False:
            raise Inconclusive("the system fails at such a name, which another check judges")
        unnamed()


def _expect_no_name(case: Case, token: str, how: str) -> None:
    """Expect that no place holds a file with *token* in its name."""
    case.sight.settle()
    for surface in case.sight.resting():
        named = any(token.casefold() in each.location.casefold() for each in surface.parts())
        told = f"Somebody types {how}, and a file in {surface.id} is called so."
        case.expect(not named, "typed-names-a-file", told)
