"""A forged chain agrees with itself, and a recount of what was seen does not agree with it."""

from collections.abc import Mapping
from typing import Any

import pytest

from idaudit.checks.accountability.chaining import GUESS, PARTS, seal_of
from idaudit.checks.accountability.diary import Diary, entries
from idaudit.checks.accountability.tampering import TAMPERINGS, book_of
from idaudit.checks.case import AUDITOR, CLERK, Case
from idaudit.checks.sight import Sight
from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint
from idaudit.fixtures.targets.narration import Narrated
from idaudit.fixtures.targets.reference import ReferenceCities
from idaudit.fixtures.targets.target import Operation
from idaudit.threatmodel.loader import load

LINE: Mapping[str, Any] = {
    "seq": 1,
    "at": "2017-02-01T15:00:00.000000+00:00",
    "actor": "clerk:clerk-1",
    "act": "read_record",
    "outcome": "refused",
    "previous": "0" * 64,
}


def test_how_a_line_is_sealed_is_worked_out_from_the_lines() -> None:
    """The formula is no secret; under a key there is none to be found."""
    sealed = {**LINE, "hash": GUESS(LINE)}

    assert seal_of([sealed]) == GUESS
    assert seal_of([sealed, {**LINE, "hash": "keyed"}]) is None
    assert set(PARTS) == set(LINE)


@pytest.mark.parametrize("tampering", ["edited", "dropped", "chained-anew"])
def test_a_recount_sees_what_a_forged_chain_hides(tampering: str) -> None:
    """Even where the system calls its ledger whole, what was seen to happen has no line in it."""
    programme, mint = load().programmes["idnyc-2017"], Mint(5)
    cities = ReferenceCities(programme.terms, 5, defect="vouches-under-no-key")
    with cities, cities.unused() as city:
        target = Narrated(city)
        case = Case(target, programme, mint, Applicants(mint), Sight(target, mint))
        file = case.enrol()
        diary = Diary(case)
        for _ in range(9):
            diary.act(Operation.READ_RECORD, CLERK, file.record)
        assert not diary.missing()
        lines = entries(case)
        book = book_of(case, lines)
        case.must(target.crash())
        TAMPERINGS[tampering](book, lines)
        case.must(target.restart())

        whole = case.must(target.read_ledger(AUDITOR)).fields["intact"]
        assert whole == (tampering == "chained-anew")
        assert diary.missing()
