"""The page of a day of load is drawn from its account alone, and calls nobody."""

import re

import pytest

from idaudit.reports.load import LOAD_SCHEMA, load_page, plots
from idaudit.reports.plots import plotted
from idaudit.threatmodel.errors import UsageError

TOOK = {"count": 2, "p50": 0.1, "p99": 0.2, "p99.9": 0.2}
ACCOUNT = {
    "schema": LOAD_SCHEMA,
    "shape": "launch-day",
    "surge": 7.0,
    "seconds": 10.0,
    "workers": 1,
    "guarantee": {
        "verdict": "broken",
        "reason": "anothers-data: <b>somebody</b>",
        "findings": [
            {"reason": "anothers-data", "sentence": "<script>x</script>", "times": 2, "first": 3.0}
        ],
        "trials": {"anothers-data": 10},
    },
    "held": {
        "due": 5,
        "came": 5,
        "requests": 9,
        "errors": 1,
        "answered_per_second": 0.9,
        "busiest_second": 3,
        "connections_lost": 1,
    },
    "latency": {"all": TOOK, "steps": {"clerk: decide": TOOK}},
    "generator": {"ceiling_per_second": 900.0, "wrk_per_second": 20000.0},
    "limits": [
        {"name": "p50", "wanted": "<= 2 s", "found": 0.1, "met": True, "of_generator": False}
    ],
    "faults": [{"what": "power cut", "at": 4.0}],
    "series": {
        "at": [1.0, 2.0, 3.0],
        "answered": [1.0, 4.0, 2.0],
        "errors": [0.0, 0.0, 1.0],
        "p50": [0.1, None, 0.3],
        "p99": [0.2, None, 0.4],
        "wrong": [0.0, 0.0, 1.0],
    },
    "surfaces": {"at": [1.0, 2.0], "bytes": {f"place {n}": [n, None] for n in range(9)}},
}


def test_the_page_escapes_what_it_is_told_and_calls_nobody() -> None:
    """No script, no address, and nothing told becomes markup."""
    page = load_page(ACCOUNT)

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=", page)
    assert page.count("<figure>") == 4
    assert "wrk sends 20000" in page


def test_the_same_account_is_always_the_same_page() -> None:
    """No clock and no chance is in it."""
    assert load_page(ACCOUNT) == load_page(ACCOUNT)


def test_anything_else_is_refused() -> None:
    """An audit is no day of load."""
    with pytest.raises(UsageError, match="idaudit/load/v1"):
        load_page({"schema": "idaudit/audit/v1"})


def test_a_gap_in_a_line_stays_a_gap() -> None:
    """Where nobody was answered, nobody waited, and no line is drawn there."""
    waited = plots(ACCOUNT)[1]

    assert [len(line.paths) for line in waited.lines] == [2, 2]


def test_the_lightest_places_share_a_line() -> None:
    """Six lines can be told apart, and the others together."""
    names = [line.name for line in plots(ACCOUNT)[2].lines]

    assert names == ["place 8", "place 7", "place 6", "place 5", "place 4", "place 3", "all others"]


@pytest.mark.parametrize(("peak", "top"), [(0.0, 1.0), (0.3, 0.5), (7.0, 10.0), (1_500.0, 2_000.0)])
def test_a_scale_ends_at_the_next_round_number(peak: float, top: float) -> None:
    """Its ticks are readable, the largest last, and nothing is above it."""
    plot = plotted("x", "y", [0.0, 1.0], [("one", [0.0, peak])])
    labels = {0.5: "0.5", 1.0: "1", 10.0: "10", 2_000.0: "2 k"}

    assert plot.ticks[-1].label == labels[top]
    assert plot.ticks[0].label == "0"
    assert min(float(point.split(",")[1]) for point in plot.lines[0].paths[0].split()) >= 10
