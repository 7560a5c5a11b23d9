"""What follows from sums by adding and taking away, and what does not."""

import pytest

from idaudit.checks.probes.sums import follows, small


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ("a", ["abc", "bc"]),
        ("a", ["ab", "bc", "ca"]),
        ("ad", ["ab", "bc", "cd"]),
        ("", []),
    ],
)
def test_a_sum_follows_from_others(wanted: str, known: list[str]) -> None:
    """Three overlapping sums give each part away."""
    assert follows(wanted, known)


@pytest.mark.parametrize(
    ("wanted", "known"), [("a", ["ab", "bc"]), ("b", ["ab", "cd", "abcd"]), ("a", [])]
)
def test_a_sum_does_not_follow_from_others(wanted: str, known: list[str]) -> None:
    """Two overlapping sums give no part away, and a sum of sums tells nothing new."""
    assert not follows(wanted, known)


ATOMS = {"bronx/1": 12, "bronx/2": 1, "queens/3": 12}
CELLS = {
    "all": frozenset(ATOMS),
    "bronx": frozenset({"bronx/1", "bronx/2"}),
    "1": frozenset({"bronx/1"}),
    "2": frozenset({"bronx/2"}),
    "queens": frozenset({"queens/3"}),
}


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (["all", "bronx", "queens"], []),
        (["bronx", "1"], ["2"]),
        (["all", "queens", "1"], ["2"]),
        (["all", "1"], []),
    ],
)
def test_a_few_people_are_found_by_taking_away(told: list[str], named: list[str]) -> None:
    """A number that was left out is the difference of two that were not."""
    assert list(small(ATOMS, CELLS, told, floor=3)) == named
