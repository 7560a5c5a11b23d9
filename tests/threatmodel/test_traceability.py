"""From every promise there is a way to its proof, or a reason in words why not."""

from dataclasses import replace
from datetime import date

from idaudit.command.linking import links
from idaudit.threatmodel.links import Links
from idaudit.threatmodel.loader import load
from idaudit.threatmodel.proof import shipped_proof
from idaudit.threatmodel.status import honest_run, standings
from idaudit.threatmodel.traceability import holes, trace

MODEL, LINKS, PROOF = load(), links(), shipped_proof()
STAND = standings(MODEL, LINKS, PROOF, honest_run(PROOF), date(2026, 11, 22))
ROWS = trace(MODEL, LINKS, STAND)


def test_every_promise_threat_check_and_defect_is_in_a_row() -> None:
    """Nothing is left beside the table."""
    assert {row.guarantee.id for row in ROWS} == set(MODEL.guarantees)
    assert {row.threat.id for row in ROWS} == set(MODEL.threats)
    assert {row.check.id for row in ROWS if row.check} == set(LINKS.checks)
    assert {row.defect.id for row in ROWS if row.defect} == set(LINKS.defects)


def test_every_pair_of_promise_and_threat_is_in_a_row() -> None:
    """A threat to three promises stands under each of them."""
    pairs = {(id_, threat.id) for threat in MODEL.threats.values() for id_ in threat.breaks}

    assert {(row.guarantee.id, row.threat.id) for row in ROWS} == pairs


def test_no_cell_is_empty_without_a_reason() -> None:
    """Nor is a reason given where there is a check."""
    assert list(holes(ROWS)) == []
    assert [row for row in ROWS if row.check and row.reason] == []
    assert all(row.controls for row in ROWS)


def test_a_row_ties_what_belongs_together() -> None:
    """A check of that promise, a defect it caught, both about that threat."""
    for row in ROWS:
        if row.check and row.defect:
            assert row.check.guarantee == row.guarantee.id
            assert row.threat.id in row.check.counters
            assert row.defect.caught_by == row.check.id
            assert row.threat.id in row.defect.realises


def test_a_hole_is_named() -> None:
    """A check without a defect, a missing reason, a promise without a control."""
    proven = next(row for row in ROWS if row.defect)
    excused = next(row for row in ROWS if row.reason)

    found = list(
        holes(
            (
                replace(proven, defect=None),
                replace(excused, reason=""),
                replace(proven, controls=()),
            )
        )
    )

    assert [gap.what for gap in found] == [
        f"No defect shows that {proven.check.id if proven.check else ''} can fail.",
        "It has no check, and no reason why not.",
        "No published control stands beside it.",
    ]


def test_a_threat_seen_through_another_promise_says_which() -> None:
    """The reader of one promise learns where to look."""
    told = {row.reason for row in ROWS if row.reason.startswith("It would be seen through")}

    assert told
    assert trace(MODEL, Links({}, {}), STAND) != ROWS
