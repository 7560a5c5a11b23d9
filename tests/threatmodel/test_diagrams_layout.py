"""Columns, ways and widths: what the drawings stand on."""

from itertools import pairwise

import pytest
from PIL import ImageFont

from idaudit.threatmodel.diagrams.lettering import KEPT, fits, width, wrap
from idaudit.threatmodel.diagrams.ranks import forward, ordered, ranks
from idaudit.threatmodel.diagrams.routing import Board, Box, Wire
from idaudit.threatmodel.errors import SuiteError
from idaudit.threatmodel.loader import load

ATTACK = load().attack


def test_a_column_is_the_longest_way_there() -> None:
    """What is reached by a short way and a long one stands behind the long one."""
    flows = [ATTACK.flows[id_] for id_ in ("application", "papers-shown", "scan-in-tray",
             "papers-reviewed", "decided", "record-opened", "keys-lent")]  # fmt: skip
    ids = dict.fromkeys(end.id for flow in flows for end in (flow.source, flow.target))

    assert ranks(list(ids), flows) == {
        "applicant": 0, "enrol-api": 1, "scanner": 1, "doc-temp": 2, "review": 3, "registry": 4,
        "kms": 3,
    }  # fmt: skip


def test_a_circle_is_cut_where_it_closes() -> None:
    """The flow that comes last in the story is the one that goes back."""
    assert forward([("a", "b"), ("b", "c"), ("c", "a"), ("a", "b")]) == [("a", "b"), ("b", "c")]


def test_neighbours_pull_each_other_level() -> None:
    """Where names alone would cross two flows, the middle of the neighbours uncrosses them."""
    cells = {("lane", "0"): ["a", "b"], ("lane", "1"): ["x", "y"]}

    order = ordered(cells, [("a", "y"), ("b", "x")])

    assert [cell.index(one) for cell, one in zip(order.values(), "ay", strict=True)] in (
        [0, 0],
        [1, 1],
    )


def test_a_wire_goes_around_what_stands_in_its_way() -> None:
    """It touches boxes at its two ends only."""
    boxes = {"a": Box(0, 0, 4, 4), "wall": Box(8, -2, 4, 8), "b": Box(16, 0, 4, 4)}
    board = Board(24, 12, boxes, ())

    way = board.lay([Wire("w", "a", "b")])["w"]

    assert way[0] in set(boxes["a"].points())
    assert way[-1] in set(boxes["b"].points())
    assert not {*way[1:-1]} & board.blocked
    assert all(abs(a - c) + abs(b - d) == 1 for (a, b), (c, d) in pairwise(way))


def test_two_wires_between_the_same_boxes_take_ways_of_their_own() -> None:
    """Not one step is shared."""
    boxes = {"a": Box(2, 2, 4, 4), "b": Box(14, 2, 4, 4)}

    ways = Board(24, 12, boxes, ()).lay([Wire("one", "a", "b"), Wire("two", "b", "a")])

    assert not set(ways["one"]) & set(ways["two"])


def test_the_order_of_the_boxes_does_not_move_a_wire() -> None:
    """Ties are broken by position."""
    boxes = {"a": Box(2, 2, 4, 4), "b": Box(14, 8, 4, 4), "c": Box(14, 2, 4, 4)}
    wires = [Wire("one", "a", "b"), Wire("two", "a", "c"), Wire("three", "c", "b")]

    forth = Board(24, 20, boxes, ()).lay(wires)
    back = Board(24, 20, dict(reversed(boxes.items())), ()).lay(wires[::-1])

    assert forth == back


def test_a_box_walled_in_is_an_error_and_not_an_endless_search() -> None:
    """The drawing stops and says what to widen."""
    boxes = {"a": Box(2, 2, 2, 2), "b": Box(12, 2, 2, 2)}

    with pytest.raises(SuiteError, match="widen the gutters"):
        Board(20, 6, boxes, (Box(0, 0, 10, 1), Box(5, 0, 1, 6), Box(0, 5, 6, 1))).lay(
            [Wire("w", "a", "b")]
        )


def test_letters_are_taken_no_narrower_than_they_are() -> None:
    """A drawing never counts on a font that is narrower than most."""
    font = ImageFont.load_default(1000)

    for code in range(0x20, 0x7F):
        assert width(chr(code), 1000) >= font.getlength(chr(code)), chr(code)


def test_words_break_only_where_they_must() -> None:
    """A line keeps to its room, a word longer than that is cut, and nothing is lost."""
    told = f"one two{KEPT}three donaudampfschifffahrtsgesellschaft"
    broken = wrap(told, 14, 90)

    assert all(width(line, 14) <= 90 for line in broken)
    assert f"two{KEPT}three" in broken
    assert "".join(broken).replace(" ", "") == told.replace(" ", "")
    assert not fits(told, 14, 90)
