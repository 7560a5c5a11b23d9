"""The page of growth shows every time that was taken, to scale, and runs nothing."""

import re

import pytest

from idaudit.reports.growth import GROWTH_SCHEMA, cloud, growth_page
from idaudit.threatmodel.errors import UsageError

ERRAND = {
    "name": "read <b>it</b>",
    "seconds": [[0.001, 0.002, 0.003], [0.010, 0.020, 0.030]],
    "said": "ten times as long",
}
ACCOUNT = {
    "schema": GROWTH_SCHEMA,
    "databases": [
        {"database": "sqlite", "sizes": [1000, 10000], "errands": [ERRAND], "oracle": ["nothing"]}
    ],
}


def test_every_time_is_drawn_and_longer_ones_stand_higher() -> None:
    """Ten times as long is as far up anywhere on a scale that grows by tens."""
    drawn = cloud([1000, 10000], ERRAND)
    heights = [y for _, y in drawn.dots]

    assert len(drawn.dots) == 6
    assert heights[:3] == sorted(heights[:3], reverse=True)
    steps = [heights[n] - heights[n + 3] for n in range(3)]
    assert steps == pytest.approx([steps[0]] * 3)
    assert [tick.label for tick in drawn.ticks] == ["1 ms", "10 ms", "100 ms"]
    assert drawn.ticks[0].y - drawn.ticks[1].y == pytest.approx(steps[0])
    assert "2 ms at 1,000, 20 ms at 10,000" in drawn.told


def test_one_size_and_equal_times_are_drawn_too() -> None:
    """A measurement that was cut short has a page all the same."""
    drawn = cloud([1000], {**ERRAND, "seconds": [[0.001, 0.001]]})

    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.dots)


def test_the_page_runs_nothing_and_shows_names_as_they_are() -> None:
    """What an account says is text."""
    page = growth_page(ACCOUNT)

    assert "read &lt;b&gt;it&lt;/b&gt;" in page
    assert page.count("<circle") == 6
    assert not re.search(r"<script|https?://", page)


def test_an_account_of_something_else_is_refused() -> None:
    """Nobody is shown an empty page."""
    with pytest.raises(UsageError, match="no account of growth"):
        growth_page({"schema": "idaudit/load/v1"})
