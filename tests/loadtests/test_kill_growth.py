"""The measurement of the kill switch measures a real roster, and refuses to measure a sham."""

import pytest

from idaudit.fixtures.targets.reference import ReferenceTarget
from idaudit.loadtests import kill_growth
from idaudit.loadtests.kill_growth import Fired, measured, median, row
from idaudit.threatmodel.errors import SetupError


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_seeded_roster_opens_before_the_kill_and_not_after(database: str) -> None:
    """The times come in their order, and everything has been removed in the end."""
    (first,), (large,) = measured(database, (20, 150), turns=1).values()

    for took in (first, large):
        assert took.removed is not None
        assert 0 < took.unreadable <= took.gone
        assert 0 < took.answered <= took.gone <= took.removed


def test_a_roster_that_never_opened_voids_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be said of how fast unreadable rows become unreadable."""

    def none(_: ReferenceTarget) -> int:
        return 0

    monkeypatch.setattr(kill_growth, "opened", none)

    with pytest.raises(SetupError, match="not every record opens before the kill"):
        measured("sqlite", (20,), turns=1)


def test_a_record_that_opens_after_the_kill_voids_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A switch that only says it fired is not timed."""

    def all_of_them(_: ReferenceTarget) -> int:
        return 20

    monkeypatch.setattr(kill_growth, "opened", all_of_them)

    with pytest.raises(SetupError, match="a record opens after the kill"):
        measured("sqlite", (20,), turns=1)


def test_the_table_tells_medians_and_the_ratio_to_the_smallest() -> None:
    """Each time has its own median, in milliseconds; removal is measured once, in seconds."""
    runs = [Fired(0.01 * n, 0.1, 0.2, 3.0 if n == 1 else None) for n in (1, 2, 9)]

    assert median(runs) == Fired(0.02, 0.1, 0.2, 3.0)
    assert row("sqlite", 1000, 3, median(runs), runs[0]) == (
        "| sqlite | 1,000 | 3 | 20.0 ms | 100.0 ms | 200.0 ms | 2.00 | 3.0 s |"
    )
